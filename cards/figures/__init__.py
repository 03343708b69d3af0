"""Cards, guide text and exercises -> the track in figures, its hours and its index."""
