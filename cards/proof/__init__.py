"""A card's code -> the programs that prove it; their results -> diagnostics and the record."""
