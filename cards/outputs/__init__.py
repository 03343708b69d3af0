"""What is made of notes: each output writes them to a stream, the same bytes for the same notes."""
