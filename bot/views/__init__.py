"""Buttons and forms; all their state is in the custom_id."""
