"""A line -> what it says: a label, a level, a question; in the languages of words.toml.

What a single line says is known here, for every dialect. A label that is not recognised is fixed in `labels`, a bold
line in `emphasis`, a callout in `callouts`, a level in `levels`, what a question asks in `question`; a list that should
be read item by item, in `items`. A word that is missing belongs in words.toml, which `vocabulary` reads.
"""
