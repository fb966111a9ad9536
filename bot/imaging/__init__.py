"""Pillow: grids, encodings."""
