"""A Document of other people's notes -> its cards, weighed by evidence, and the reasons."""
