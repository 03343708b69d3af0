"""A Document -> the cards with unmistakable marks: clozes, definitions, tables, `::`."""
