"""The compiler: concept files in, notes and packages out. Nothing here prints or reads the clock."""
