"""The embedded model: weights, model card, and the code that trained it."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"

IMAGE_TOWER, IP_ADAPTER, CONTROLS = "image_tower", "ip_adapter", "controls"
"""Folders of a checkpoint like the embedded one, beside its parts: what looks at pictures, what draws by
that, and what steers by maps, in a folder for each kind of them."""

STEPS, GUIDANCE_SCALE, SAMPLER = 16, 5.0, "dpmpp-2m-sde"
"""What it draws well and quickly with. As each step adds noise, later ones mend what earlier ones did: eyes
part, stray bits go."""

AROUND_STRENGTH = 0.4
"""How much of the schedule is run around a picture, whose edges go on there before. It learnt to fill a paper
with one thing: from noise alone it draws that again, around the first."""

MAPS_STRENGTH = 2.0
"""How much a map counts that is followed at scale 1: twice what its adapter learnt with, where its lines are
kept, and the words still say what they are."""


def has_tower(checkpoint: Path) -> bool:
    """Whether a checkpoint's folder has an image tower as the embedded model's has: it is of its kind."""
    return (checkpoint / IMAGE_TOWER / "config.json").is_file()
