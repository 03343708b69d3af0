"""Cards, guide text and exercises -> the statistics of the track, its hours and its index."""
