"""A line -> what it says: a label, a level, a question; in the languages of words.toml."""
