"""A folder -> its concept files as text; each text -> a Document and the Blocks of its cards."""
