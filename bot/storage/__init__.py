"""The database and the picture files."""
