"""The sentence, a file a use: concept files in, and what a command asks of them out.

Every use begins with `reading`: files -> cards. `building` makes decks of them, `checking` judges them, `counting`
gives their figures, `proving` the programs of their code.
"""
