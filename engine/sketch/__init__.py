"""The embedded model: weights, model card, and the code that trained it."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
