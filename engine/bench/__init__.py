"""Measurements, run and not asserted."""
