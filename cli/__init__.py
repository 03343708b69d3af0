"""The command `build-decks`: options in, exit code out."""

__version__ = "1.0.0"
