"""`--w 448 --h 640`, as other tools and old versions ask for a shape: it is a ratio here."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import gcd

from bot.domain.prompt.marks import Given
from bot.domain.sentences import Sentence, say

_WIDTHS, _HEIGHTS = ("w", "width"), ("h", "height")
_PIXELS = re.compile(r"([0-9]{2,5})(?:px)?[.,;]?", re.IGNORECASE)


def with_ratio(given: Sequence[Given]) -> tuple[list[Given], list[Sentence]]:
    """The parameters with a ratio in place of width and height, and what is said of it."""
    width, height = _pixels(given, _WIDTHS), _pixels(given, _HEIGHTS)
    if width is None or height is None:
        return list(given), []
    divisor = gcd(width[1], height[1])
    ratio = f"{width[1] // divisor}:{height[1] // divisor}"
    sentence = say(
        "A shape is told by its ratio, and the model chooses the size: write `--ar {ratio}`, not `--{width}` "
        "and `--{height}`.",
        ratio=ratio,
        width=width[0].name,
        height=height[0].name,
    )
    others = [one for one in given if one is not height[0]]
    return [replace(one, name="ar", glued="", value=ratio) if one is width[0] else one for one in others], [
        sentence
    ]


def _pixels(given: Sequence[Given], names: Sequence[str]) -> tuple[Given, int] | None:
    """The one parameter of these names, and its pixels."""
    found = [one for one in given if one.name in names]
    pixels = _PIXELS.fullmatch(f"{found[0].glued}{found[0].value}") if len(found) == 1 else None
    return None if pixels is None else (found[0], int(pixels[1]))
