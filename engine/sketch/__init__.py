"""The embedded model: weights, model card, and the code that trained it."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"

IMAGE_TOWER, IP_ADAPTER, CONTROLS = "image_tower", "ip_adapter", "controls"
"""Folders of a checkpoint like the embedded one, beside its parts: what looks at pictures, what draws by
that, and what steers by maps, in a folder for each kind of them."""

STEPS, GUIDANCE_SCALE = 12, 3.0
"""What it draws well and quickly with."""

AROUND_STRENGTH = 0.5
"""How much of the schedule is run around a picture, whose edges go on there before. It learnt to fill a paper
with one thing: from noise alone it draws that again, around the first."""
