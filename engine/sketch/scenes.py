"""Where things stand: place, size and turn, papers, paint, and the skies and grounds behind them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Colour: TypeAlias = tuple[int, int, int]
Draw: TypeAlias = Callable[[int, np.random.Generator], Image.Image]
"""Draws a scene of a side in pixels."""

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


def crop_to(scene: Image.Image, width: int, height: int) -> Image.Image:
    """The part of a square scene that a frame shows: its middle, a little below where sky and ground meet."""
    left, top = (scene.width - width) // 2, round((scene.height - height) * 0.6)
    return scene.crop((left, top, left + width, top + height))


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


def _hill(draw: ImageDraw.ImageDraw, side: int, top: float, colour: Colour, rng: np.random.Generator) -> None:
    middle, rise = rng.uniform(0.2, 0.8) * side, rng.uniform(0.02, 0.1) * side
    box = (middle - 1.6 * side, top * side - rise, middle + 1.6 * side, top * side + 2.4 * side)
    draw.ellipse(box, fill=colour)


def _sun(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 225, 120))


def _dots(draw: ImageDraw.ImageDraw, side: int, count: int, colour: Colour, rng: np.random.Generator) -> None:
    for x, y, radius in zip(*rng.uniform(0, side, (2, count)), rng.uniform(0.003, 0.011, count), strict=True):
        draw.ellipse(
            (x - radius * side, y - radius * side, x + radius * side, y + radius * side), fill=colour
        )


def _range(draw: ImageDraw.ImageDraw, side: int, colour: Colour, rng: np.random.Generator) -> None:
    for middle in rng.permutation(4) / 3 + rng.uniform(-0.12, 0.12, 4):
        top, half = rng.uniform(0.3, 0.52), rng.uniform(0.28, 0.45)
        draw.polygon(
            [((middle + x) * side, y * side) for x, y in ((-half, 1), (0, top), (half, 1))], fill=colour
        )
        cap = 0.28
        peak = ((-half * cap, top + cap * (1 - top)), (0, top), (half * cap, top + cap * (1 - top)))
        draw.polygon([((middle + x) * side, y * side) for x, y in peak], fill=(245, 245, 250))
        colour = (min(255, colour[0] + 18), min(255, colour[1] + 16), min(255, colour[2] + 14))


def snow(side: int, rng: np.random.Generator) -> Image.Image:
    """A pale sky, a white hill, flakes."""
    scene = fade(side, (150, 195, 235), (225, 238, 250))
    draw = ImageDraw.Draw(scene)
    _hill(draw, side, rng.uniform(0.6, 0.75), (250, 252, 255), rng)
    _dots(draw, side, 40, WHITE, rng)
    return scene


def sunset(side: int, rng: np.random.Generator) -> Image.Image:
    """A sky from purple to orange and a low sun."""
    scene = fade(side, (110, 70, 150), (255, 165, 70))
    draw = ImageDraw.Draw(scene)
    x, radius = rng.uniform(0.25, 0.75) * side, rng.uniform(0.1, 0.16) * side
    _sun(draw, x, 0.62 * side, radius)
    _hill(draw, side, rng.uniform(0.68, 0.78), (95, 50, 85), rng)
    return scene


def night(side: int, rng: np.random.Generator) -> Image.Image:
    """A dark sky with stars over a dark hill."""
    scene = fade(side, (14, 20, 55), (55, 65, 120))
    draw = ImageDraw.Draw(scene)
    _dots(draw, side, 45, (255, 245, 205), rng)
    _hill(draw, side, rng.uniform(0.74, 0.84), (20, 30, 50), rng)
    return scene


def galaxy(side: int, rng: np.random.Generator) -> Image.Image:
    """Black space, a glowing band across it, many stars."""
    turn = np.deg2rad(rng.uniform(20, 70)) * rng.choice([-1, 1])
    ramp = np.linspace(-0.5, 0.5, side)
    across = ramp[None, :] * np.sin(turn) + ramp[:, None] * np.cos(turn)
    glow = np.exp(-((across / 0.17) ** 2))[..., None]
    colours = np.asarray((14, 10, 34)) * (1 - glow) + np.asarray((150, 95, 190)) * glow
    scene = Image.fromarray(colours.round().astype(np.uint8)).convert("RGBA")
    _dots(ImageDraw.Draw(scene), side, 80, (255, 250, 235), rng)
    return scene


def sea(side: int, rng: np.random.Generator) -> Image.Image:
    """Deep water with bubbles over sand."""
    scene = fade(side, (80, 200, 225), (15, 75, 140))
    draw = ImageDraw.Draw(scene)
    _hill(draw, side, 0.88, (225, 205, 150), rng)
    _dots(draw, side, 18, (190, 235, 245), rng)
    return scene


def beach(side: int, rng: np.random.Generator) -> Image.Image:
    """Sky, water and sand in bands."""
    scene = fade(side, (120, 200, 250), (205, 238, 252))
    draw = ImageDraw.Draw(scene)
    draw.rectangle((0, 0.5 * side, side, side), fill=(40, 150, 205))
    _hill(draw, side, rng.uniform(0.68, 0.76), (245, 220, 160), rng)
    return scene


def meadow(side: int, rng: np.random.Generator) -> Image.Image:
    """Blue sky, clouds, a green hill."""
    scene = fade(side, (110, 190, 250), (205, 235, 252))
    draw = ImageDraw.Draw(scene)
    for x, y in rng.uniform((0, 0.05), (1, 0.3), (3, 2)):
        for step in (-0.08, 0.0, 0.08):
            box = (x + step - 0.07, y - 0.045, x + step + 0.07, y + 0.045)
            draw.ellipse([edge * side for edge in box], fill=WHITE)
    _hill(draw, side, rng.uniform(0.62, 0.74), (105, 185, 80), rng)
    return scene


def desert(side: int, rng: np.random.Generator) -> Image.Image:
    """A hot sky over dunes."""
    scene = fade(side, (250, 205, 130), (255, 235, 190))
    draw = ImageDraw.Draw(scene)
    _hill(draw, side, rng.uniform(0.55, 0.65), (225, 170, 95), rng)
    _hill(draw, side, rng.uniform(0.72, 0.8), (205, 145, 75), rng)
    return scene


def forest(side: int, rng: np.random.Generator) -> Image.Image:
    """Rows of firs."""
    scene = fade(side, (190, 225, 200), (120, 180, 120))
    draw = ImageDraw.Draw(scene)
    for x in np.linspace(0, 1, 7) + rng.uniform(-0.05, 0.05, 7):
        top, half = rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.16)
        shade = int(rng.integers(70, 120))
        draw.polygon(
            [((x + dx) * side, y * side) for dx, y in ((-half, 0.85), (0, top), (half, 0.85))],
            fill=(20, shade, 55),
        )
    _hill(draw, side, rng.uniform(0.74, 0.82), (75, 140, 60), rng)
    return scene


def mountains(side: int, rng: np.random.Generator) -> Image.Image:
    """A range of snowy peaks under a clear sky."""
    scene = fade(side, (110, 185, 245), (225, 240, 252))
    _range(ImageDraw.Draw(scene), side, (85, 110, 145), rng)
    return scene


def evening_mountains(side: int, rng: np.random.Generator) -> Image.Image:
    """The same under an evening sky, with the sun going down behind them."""
    scene = fade(side, (95, 70, 150), (255, 170, 90))
    draw = ImageDraw.Draw(scene)
    _sun(draw, rng.uniform(0.2, 0.8) * side, 0.32 * side, 0.13 * side)
    _range(draw, side, (75, 60, 105), rng)
    return scene


def city(side: int, rng: np.random.Generator) -> Image.Image:
    """Tall houses with lit windows in front of an evening sky."""
    scene = fade(side, (70, 80, 150), (245, 170, 140))
    draw = ImageDraw.Draw(scene)
    for left in np.arange(0, 1, 0.125):
        top, shade = rng.uniform(0.3, 0.75), int(rng.integers(35, 70))
        draw.rectangle(
            (left * side, top * side, (left + 0.115) * side, side), fill=(shade, shade, shade + 30)
        )
        for y in np.arange(top + 0.04, 0.97, 0.08):
            for x in (left + 0.025, left + 0.07):
                if rng.random() < 0.6:
                    draw.rectangle([e * side for e in (x, y, x + 0.022, y + 0.032)], fill=(255, 220, 120))
    return scene


def rain(side: int, rng: np.random.Generator) -> Image.Image:
    """A grey sky and slanting rain."""
    scene = fade(side, (110, 125, 145), (175, 185, 200))
    draw = ImageDraw.Draw(scene)
    for x, y in rng.uniform(0, side, (45, 2)):
        draw.line((x, y, x - 0.02 * side, y + 0.07 * side), fill=(120, 175, 235), width=max(1, side // 100))
    return scene


def black_hole(side: int, rng: np.random.Generator) -> Image.Image:
    """A dark disc in a ring of light, among stars."""
    scene = fade(side, (8, 6, 22), (30, 18, 55))
    _dots(ImageDraw.Draw(scene), side, 50, (255, 250, 235), rng)
    x, y = rng.uniform(-0.1, 0.1, 2)
    ramp = np.linspace(-0.5, 0.5, side)
    across, down = ramp[None, :] - x, ramp[:, None] - y
    ring = np.hypot(across, down) / rng.uniform(0.22, 0.3)
    disc = np.hypot(across / 2.1, down * 2.6) / 0.22
    glow = np.exp(-(((ring - 1.12) / 0.13) ** 2)) + 0.8 * np.exp(-(((disc - 1) / 0.25) ** 2)) * (ring > 0.95)
    light = np.clip(glow, 0, 1)[..., None]
    dark = np.where(ring[..., None] < 0.97, 0.0, np.asarray(scene.convert("RGB"), float))
    colours = dark * (1 - light) + np.asarray((255, 190, 80)) * light
    return Image.fromarray(colours.round().astype(np.uint8)).convert("RGBA")


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


BACKDROPS: dict[Draw, tuple[str, ...]] = {
    snow: (" in the snow", " in the snow", " on a snowy hill", " in winter"),
    sunset: (" at sunset", " at sunset", " in the evening", " at dusk"),
    night: (" at night", " under the stars", " in the night sky"),
    galaxy: (" in space", " in the milky way", " in the galaxy", " among the stars"),
    sea: (" under the sea", " under water", " in the ocean"),
    beach: (" on the beach", " by the sea", " in summer"),
    meadow: (" in a meadow", " in the grass", " in a field", " under a blue sky"),
    desert: (" in the desert", " on a dune"),
    forest: (" in a forest", " in the woods", " among trees"),
    mountains: (" in the mountains", " in front of mountains", " over a mountain range"),
    evening_mountains: (" in the mountains at sunset", " over a mountain range at sunset"),
    city: (" in the city", " in front of a skyline", " over the city"),
    rain: (" in the rain", " on a rainy day"),
}
VIEWS: dict[Draw, tuple[str, ...]] = {
    snow: ("snow", "winter landscape"),
    sunset: ("sunset", "sunset sky", "evening sky"),
    night: ("starry night", "night sky"),
    galaxy: ("milky way", "galaxy", "space", "universe"),
    sea: ("ocean", "deep sea"),
    beach: ("beach", "coast"),
    meadow: ("green hill", "meadow", "landscape"),
    desert: ("desert", "dunes"),
    forest: ("forest", "woods"),
    mountains: ("mountain range", "mountains", "snowy mountains"),
    evening_mountains: ("sunset over a mountain range", "mountains at sunset", "sunset in the mountains"),
    city: ("city skyline", "city at dusk", "skyscrapers"),
    rain: ("rain", "rainy day"),
    black_hole: ("black hole", "sunshine black hole", "glowing black hole", "eclipse"),
}
