"""The stages in sequence, one module for each use: concept files in, the result for a command out.

Every use begins with `reading`, which turns files into cards. `building` makes decks of them, `checking` judges them,
`counting` gives their statistics, and `proving` the programs of their code.
"""
