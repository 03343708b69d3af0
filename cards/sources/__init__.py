"""A folder -> its concept files as text, and each text -> a Document and the Blocks of its cards."""
