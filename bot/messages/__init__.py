"""Pure functions from domain values to what people read."""
