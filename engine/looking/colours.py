"""The colours of a picture by their names, the paper that a thing stands on, and whether it is all lines."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Pixels: TypeAlias = npt.NDArray[Any]
"""(height, width, 3), from 0 to 255."""

_SIDE = 96
"""Pixels that are enough to tell colours by."""
_HUES = ((12, "red"), (44, "orange"), (66, "yellow"), (165, "green"), (255, "blue"), (310, "purple"))
"""Degrees of the colour circle up to which a colour has the name."""
_PLAIN = 14.0
"""By how much the border of plain paper differs from its own colour, in levels."""
_WHITE = 235
_MOST_INSIDE = 0.45
"""Of what is dark; of a silhouette more lies inside."""


def colour_name(colour: npt.ArrayLike) -> str:
    """What people call a colour of red, green and blue."""
    red, green, blue = (float(level) / 255 for level in np.asarray(colour))
    value, chroma = max(red, green, blue), max(red, green, blue) - min(red, green, blue)
    saturation = chroma / value if value else 0.0
    if value < 0.2:
        return "black"
    if saturation < 0.14:
        return "white" if value > 0.85 else "grey"
    hue = _hue(red, green, blue, chroma)
    if 10 <= hue < 50 and saturation < 0.45 and value > 0.6:
        return "beige"
    if 8 <= hue < 45 and value * (1 - saturation / 3) < 0.55:
        return "brown"
    if (hue < 12 or hue >= 310) and (saturation < 0.5 or 310 <= hue < 345):
        return "pink"
    return next((name for most, name in _HUES if hue < most), "red")


def colours_of(picture: Image.Image) -> tuple[tuple[str, float], ...]:
    """The colours of what stands on the paper, each with its share, the largest first."""
    pixels = _small(picture)
    paper = paper_of(picture)
    if paper is not None:
        pixels = pixels[np.abs(pixels - paper).max(axis=-1) > 30]
    counts: dict[str, int] = {}
    cells, numbers = np.unique(pixels.reshape(-1, 3).astype(int) // 16, axis=0, return_counts=True)
    for cell, number in zip(cells, numbers, strict=True):
        name = colour_name(cell * 16 + 8)
        counts[name] = counts.get(name, 0) + int(number)
    total = sum(counts.values())
    return tuple((name, count / total) for name, count in sorted(counts.items(), key=lambda one: -one[1]))


def paper_of(picture: Image.Image) -> Pixels | None:
    """The colour (3,) of plain paper around what is drawn; None where it is not plain."""
    border = border_of(_small(picture))
    paper: Pixels = np.median(border, axis=0)
    return paper if float(np.abs(border - paper).mean()) < _PLAIN else None


def on_white(picture: Image.Image) -> Image.Image:
    """The picture on white paper, where its own is plain and of another colour."""
    paper = paper_of(picture)
    if paper is None or paper.min() >= _WHITE:
        return picture
    white, (width, height) = picture.copy(), picture.size
    for x in (1, width // 2, width - 2):
        for y in (1, height // 2, height - 2):
            if (x, y) != (width // 2, height // 2):
                ImageDraw.floodfill(white, (x, y), (255, 255, 255), thresh=60)
    return white


def is_lines(picture: Image.Image) -> bool:
    """Whether all that is drawn are dark lines on paper."""
    pixels = _small(picture)
    drawn = pixels[pixels.min(axis=-1) < _WHITE]
    if not len(drawn) or len(drawn) > 0.5 * pixels.shape[0] * pixels.shape[1]:
        return False
    chroma, dark = (drawn.max(axis=-1) - drawn.min(axis=-1)).mean(), pixels.max(axis=-1) < 110
    is_thin = _inside(dark).sum() < _MOST_INSIDE * dark.sum()
    return bool(chroma < 24 and dark.sum() > 0.5 * len(drawn) and is_thin)


def _inside(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """What of a mask (height, width) lies more than two pixels within it."""
    inside = np.ones((mask.shape[0] - 4, mask.shape[1] - 4), dtype=bool)
    for top in range(5):
        for left in range(5):
            inside &= mask[top : top + inside.shape[0], left : left + inside.shape[1]]
    return inside


def border_of(pixels: Pixels, depth: int = 6) -> Pixels:
    """The pixels (n, 3) along the four sides."""
    sides = (pixels[:depth], pixels[-depth:], pixels[:, :depth], pixels[:, -depth:])
    return np.concatenate([side.reshape(-1, 3) for side in sides])


def _small(picture: Image.Image) -> Pixels:
    small: Pixels = np.asarray(picture.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX))
    return small.astype(float)


def _hue(red: float, green: float, blue: float, chroma: float) -> float:
    """Degrees on the colour circle."""
    if red >= max(green, blue):
        return 60 * (((green - blue) / chroma) % 6)
    if green >= blue:
        return 60 * ((blue - red) / chroma + 2)
    return 60 * ((red - green) / chroma + 4)
