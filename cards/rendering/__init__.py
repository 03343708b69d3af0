"""A Block and its Card -> a Note: safe HTML by field, and the media that it shows."""
