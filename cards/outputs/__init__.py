"""Notes -> files: each output writes them to a stream, with the same bytes for the same notes."""
