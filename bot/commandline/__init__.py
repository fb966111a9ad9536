"""The commands that need no Discord."""
