"""How things stand on paper: place, size and turn, papers, paint."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from engine.sketch.light import Colour

WHITE = (255, 255, 255)
PAPERS = {
    "blue": (120, 180, 240),
    "green": (150, 210, 140),
    "yellow": (250, 220, 110),
    "pink": (250, 180, 205),
    "red": (235, 100, 95),
    "purple": (185, 150, 225),
    "orange": (250, 175, 90),
    "black": (25, 25, 30),
    "grey": (170, 170, 175),
}
HUES = {
    "red": 0,
    "orange": 28,
    "yellow": 50,
    "green": 125,
    "blue": 215,
    "purple": 275,
    "pink": 330,
    "brown": 25,
}
"""Paints, in degrees of the colour circle."""
GREYS = {"black": (5, 0.2), "grey": (95, 0.35), "white": (205, 0.2)}
"""Paints without a hue: the least value, and how much of the art's own light is kept."""
PAINTS = (*HUES, *GREYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a picture stands on a canvas."""

    x: float = 0.5
    """The middle, as a share of the canvas' width."""
    y: float = 0.5
    size: float = 1.0
    """As a share of the canvas' shorter side."""
    turn: float = 0.0
    """Degrees, anticlockwise."""
    is_flipped: bool = False


def place(art: Image.Image, placement: Placement, width: int, height: int | None = None) -> Image.Image:
    """The RGBA art on a transparent canvas, a square one if no height is given."""
    height = height or width
    scale = art.width / (placement.size * min(width, height))
    turn = np.deg2rad(placement.turn)
    along, across = scale * np.cos(turn), scale * np.sin(turn)
    mirror = -1 if placement.is_flipped else 1
    x, y, middle = placement.x * width, placement.y * height, art.width / 2
    affine = (
        mirror * along,
        mirror * -across,
        middle - mirror * (along * x - across * y),
        across,
        along,
        middle - across * x - along * y,
    )
    return art.transform(
        (width, height),
        Image.Transform.AFFINE,
        affine,
        Image.Resampling.BICUBIC,
        fillcolor=(255, 255, 255, 0),
    )


def on_paper(art: Image.Image, colour: Colour = WHITE) -> Image.Image:
    """The RGBA art as RGB, on paper of one colour."""
    paper = Image.new("RGBA", art.size, (*colour, 255))
    paper.alpha_composite(art)
    return paper.convert("RGB")


def any_paper(side: int, rng: np.random.Generator) -> Image.Image:
    """Paper as an autoencoder should know it: mostly white, else any colour, plain or fading into another."""
    kind = rng.random()
    if kind < 0.5:
        return Image.new("RGBA", (side, side), (*WHITE, 255))
    first, second = rng.integers(0, 256, (2, 3))
    return fade(side, first, first if kind < 0.75 else second, rng.uniform(0, 360))


def fade(side: int, first: npt.ArrayLike, second: npt.ArrayLike, turn: float = 90.0) -> Image.Image:
    """A linear gradient between two colours, from left to right, turned (90: from top to bottom)."""
    angle = np.deg2rad(turn)
    ramp = np.linspace(-0.5, 0.5, side)
    along = ramp[None, :] * np.cos(angle) + ramp[:, None] * np.sin(angle)
    share = np.clip(along + 0.5, 0, 1)[..., None]
    colours = np.asarray(first) * (1 - share) + np.asarray(second) * share
    return Image.fromarray(colours.round().astype(np.uint8)).convert("RGBA")


def recolour(art: Image.Image, paint: str) -> Image.Image:
    """The art with its main colour, or its greys where it has none, turned into the paint; the rest stays."""
    hue, saturation, value = (
        np.asarray(band, np.float32) for band in art.convert("RGB").convert("HSV").split()
    )
    drawn = np.asarray(art.getchannel("A")) > 64
    near = main_colour(hue, saturation, value, drawn)
    if paint in GREYS:
        saturation = np.where(near, saturation * 0.08, saturation)
        least, kept = GREYS[paint]
        value = np.where(near, least + kept * value, value)
    else:
        hue = np.where(near, HUES[paint] * 255 / 360, hue)
        saturation = np.where(near, np.clip(saturation, 150 if paint != "pink" else 90, 230), saturation)
        level = {"brown": 140.0, "yellow": 245.0, "orange": 240.0, "pink": 250.0}.get(paint, 205.0)
        painted = value * level / max(1.0, float(value[near].mean() if near.any() else level))
        value = np.where(near, painted, value)
    bands = [Image.fromarray(np.clip(band, 0, 255).astype(np.uint8)) for band in (hue, saturation, value)]
    painted_art = Image.merge("HSV", bands).convert("RGB")
    painted_art.putalpha(art.getchannel("A"))
    return painted_art


Band: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.bool_]


def main_colour(hue: Band, saturation: Band, value: Band, drawn: Mask) -> Mask:
    """The pixels of the hue that covers most; all but the dark ones where the art is grey."""
    coloured = drawn & (saturation > 60) & (value > 50)
    if coloured.sum() < 0.2 * drawn.sum():
        return drawn & (value > 60)
    counts, edges = np.histogram(hue[coloured], bins=24, range=(0, 256))
    spread = counts + np.roll(counts, 1) + np.roll(counts, -1)
    centre = edges[int(spread.argmax())] + 256 / 48
    mask: Mask = coloured & (np.abs((hue - centre + 128) % 256 - 128) < 32)
    return mask


def tower(side: int) -> Image.Image:
    """The iron tower of Paris, transparent around it."""
    art = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(art)
    heights = np.linspace(0.03, 0.97, 40)
    widths = 0.012 + 0.26 * ((heights - 0.03) / 0.94) ** 2.6
    outline = [(0.5 - w, h) for w, h in zip(widths, heights, strict=True)]
    outline += [(1 - x, y) for x, y in reversed(outline)]
    draw.polygon([(x * side, y * side) for x, y in outline], fill=(110, 85, 70, 255))
    draw.ellipse([edge * side for edge in (0.36, 0.8, 0.64, 1.2)], fill=(0, 0, 0, 0))
    for top, half in ((0.4, 0.09), (0.66, 0.15)):
        draw.rectangle(
            [edge * side for edge in (0.5 - half, top, 0.5 + half, top + 0.035)], fill=(85, 65, 55, 255)
        )
    return art
