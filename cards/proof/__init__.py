"""A card's code -> the programs that prove it; what they did -> diagnostics and the record."""
