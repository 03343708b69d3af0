"""A Document -> the cards whose mark nothing else is written like: clozes, definitions, tables, `::`."""
