"""A Block and its Card -> a Note: safe HTML by field, and its media."""
