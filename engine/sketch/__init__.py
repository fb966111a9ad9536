"""The embedded model: weights, model card, and the code that trained it."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"

STEPS, GUIDANCE_SCALE = 12, 3.0
"""What it draws well and quickly with."""
