"""A line -> what it says: a label, a level, a question; in the languages of words.toml.

All dialects read single lines here. Fix a label that is not recognised in `labels`, a bold line in `emphasis`, a
callout in `callouts`, a level in `levels`, the text of a question in `question`, and a list that should be read item by
item in `items`. A missing word belongs in words.toml, which `vocabulary` reads.
"""
