"""The rules. No I/O, no clock."""
