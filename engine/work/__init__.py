"""What the engine does for a request: denoise it tick by tick, and the rest in slices between ticks."""
