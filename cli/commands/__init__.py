"""The commands, one a file: its options, what it calls and what it says."""
