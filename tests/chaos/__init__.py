"""What an owner is promised, tried at its worst: `python -m tests.chaos` prints a table of bars."""
