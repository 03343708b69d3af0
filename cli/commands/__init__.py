"""The commands, one per file: its options, its calls and its output."""
