"""What steers a generation beside its text."""
