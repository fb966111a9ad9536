"""A map of areas: where a picture has a thing, ground, sky or plain paper, each in the colour of its kind."""

import numpy as np
from PIL import Image, ImageFilter

from engine.sketch.data import Pixels
from engine.sketch.scenes import Mask
from engine.sketch.shots import Shot

PAPER, THING, SKY, GROUND = range(4)
COLOURS = ((255, 255, 255), (255, 0, 122), (6, 230, 230), (120, 120, 70))
"""Of paper, which ADE20K has no word for, white; of the others as of its animals, sky and earth."""
GREYS = tuple(Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0)) for colour in COLOURS)
"""How light each is: all that an adapter of one channel sees of a colour."""
SHARE = 4
"""Pixels of a picture for each of the map that is kept of it."""
COARSE = 4
"""Pixels of a picture for each that a scene is parted by."""
SMOOTH = 4
"""Levels by which neighbours differ at most within one area: more than a sky that fades, less than a hill."""


def of_shot(shot: Shot) -> Pixels:
    """The areas of a composed picture as numbers, (height, width) of a quarter of its sides."""
    size = (shot.image.width // SHARE, shot.image.height // SHARE)
    kinds = np.full((size[1], size[0]), PAPER, np.uint8)
    if shot.scene is not None:
        ground = Image.fromarray(ground_of(shot.scene)).resize(size, Image.Resampling.NEAREST)
        kinds = np.where(np.asarray(ground), GROUND, SKY).astype(np.uint8)
    kinds[np.asarray(shot.things.resize(size, Image.Resampling.BOX)) > 127] = THING
    return kinds


def ground_of(scene: Image.Image) -> Mask:
    """Where a scene is ground, coarsely: what hangs together with its lower edge and not with its upper one.

    Below what is ground everything is: stones and windows too.
    """
    small = scene.convert("RGB").reduce(COARSE).filter(ImageFilter.MedianFilter(3))  # flakes would be bridges
    pixels = np.asarray(small, np.int16)
    is_level = np.abs(np.diff(pixels, axis=1)).max(2) <= SMOOTH
    is_upright = np.abs(np.diff(pixels, axis=0)).max(2) <= SMOOTH
    edge = np.zeros(pixels.shape[:2], bool)
    edge[0] = True
    above = _grown(edge, is_level, is_upright)
    lower = np.zeros_like(edge)
    lower[-1] = ~above[-1]
    ground: Mask = np.logical_or.accumulate(_grown(lower, is_level, is_upright), axis=0)
    return ground


def _grown(area: Mask, is_level: Mask, is_upright: Mask) -> Mask:
    """What can be walked to from an area, by steps between neighbours that are alike."""
    while True:
        wider = area.copy()
        wider[:, 1:] |= wider[:, :-1] & is_level
        wider[:, :-1] |= wider[:, 1:] & is_level
        wider[1:] |= wider[:-1] & is_upright
        wider[:-1] |= wider[1:] & is_upright
        if (wider == area).all():
            return area
        area = wider


def painted(kinds: Pixels) -> Image.Image:
    """The map as people paint it."""
    return Image.fromarray(np.asarray(COLOURS, np.uint8)[kinds])
