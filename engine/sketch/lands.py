"""The lands of places, each painted from far to near; each says where things may stand in it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image, ImageDraw

from engine.sketch.canvas import (
    CLOUD,
    LIT,
    SAND,
    Canvas,
    blocks,
    cloud,
    conifer,
    crown,
    fir,
    flowers,
    green,
    hill,
    house,
    leafy,
    palm,
    ridge,
    sky,
    stars,
    water,
    way,
)
from engine.sketch.light import Colour, Season


class Footing(StrEnum):
    """What a thing finds under it."""

    GROUND = "ground"
    WATER = "water"
    AIR = "air"
    DEPTH = "depth"
    """In water or space: nothing above and nothing below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where things stand in a land that was drawn."""

    footing: Footing
    foot: float = 0.82
    """The height of their feet, or of their middle where there is nothing under them."""
    horizon: float = 0.5
    """Where sky and ground meet."""


def mountains(canvas: Canvas) -> Stand:
    """Two ranges, and foothills in front."""
    horizon = canvas.near(0.62, 0.72)
    sky(canvas, horizon + 0.1)
    snow = 0.3 if canvas.happens(0.7) else 0.0
    ridge(
        canvas, canvas.near(0.2, 0.32), horizon + 0.08, canvas.lit((112, 128, 160), 0.6), peaks=3, snow=snow
    )
    ridge(
        canvas,
        canvas.near(0.36, 0.46),
        horizon + 0.1,
        canvas.lit((84, 98, 132), 0.2),
        peaks=4,
        snow=snow * 0.8,
    )
    hill(canvas, horizon, canvas.lit(green(canvas, 0), 0.15))
    if canvas.happens(0.6):
        for x in canvas.rng.uniform(0, 1, int(canvas.rng.integers(4, 9))):
            fir(canvas, float(x), horizon + canvas.near(0.03, 0.08), canvas.near(0.09, 0.15), conifer(canvas))
    hill(canvas, canvas.near(0.8, 0.86), canvas.lit(green(canvas)), rise=0.04)
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=horizon)


def mountain_lake(canvas: Canvas) -> Stand:
    """Mountains and firs, and a lake that shows them again."""
    shore = canvas.near(0.52, 0.6)
    sky(canvas, shore)
    ridge(canvas, canvas.near(0.14, 0.24), shore, canvas.lit((98, 114, 150), 0.4), peaks=3, snow=0.3)
    hill(canvas, shore - 0.04, canvas.lit(green(canvas, 0), 0.2), rise=0.03)
    for x in canvas.rng.uniform(0, 1, 9):
        fir(canvas, float(x), shore, canvas.near(0.07, 0.15), conifer(canvas))
    water(canvas, shore, mirrors=True)
    return Stand(footing=Footing.WATER, foot=0.8, horizon=shore)


def lake(canvas: Canvas) -> Stand:
    """A lake between hills, with a meadow before it."""
    shore = canvas.near(0.44, 0.52)
    sky(canvas, shore)
    hill(canvas, shore - 0.1, canvas.lit(green(canvas, 0), 0.5), rise=0.1)
    for x in canvas.rng.uniform(0, 1, 6):
        leafy(canvas, float(x), shore + 0.01, canvas.near(0.08, 0.14), crown(canvas))
    water(canvas, shore, mirrors=True)
    hill(canvas, canvas.near(0.8, 0.86), canvas.lit(green(canvas)), rise=0.05)
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=shore)


def beach(canvas: Canvas) -> Stand:
    """Sky, sea and sand; at times a palm."""
    horizon = canvas.near(0.38, 0.48)
    sky(canvas, horizon)
    water(canvas, horizon)
    sand = canvas.near(0.64, 0.72)
    hill(canvas, sand - 0.02, canvas.lit((236, 246, 250)), rise=0.05)
    hill(canvas, sand, canvas.lit(SAND), rise=0.05)
    return Stand(footing=Footing.GROUND, foot=0.88, horizon=horizon)


def palm_beach(canvas: Canvas) -> Stand:
    """A beach under palms."""
    stand = beach(canvas)
    side = canvas.near(0.06, 0.16)
    for x in (side, 1 - side)[: int(canvas.rng.integers(1, 3))]:
        palm(canvas, x, canvas.near(0.78, 0.86), canvas.near(0.4, 0.5))
    return stand


def sea(canvas: Canvas) -> Stand:
    """Nothing but water to the horizon."""
    horizon = canvas.near(0.42, 0.55)
    sky(canvas, horizon)
    water(canvas, horizon, swell=14)
    return Stand(footing=Footing.WATER, foot=0.76, horizon=horizon)


def island(canvas: Canvas) -> Stand:
    """A small island with palms in the sea."""
    horizon = canvas.near(0.5, 0.58)
    sky(canvas, horizon)
    water(canvas, horizon)
    x = canvas.near(0.4, 0.6)
    canvas.disc(x, horizon + 0.12, 0.3, canvas.lit(SAND), flat=0.28)
    canvas.disc(x, horizon + 0.07, 0.22, canvas.lit((110, 180, 90)), flat=0.3)
    palm(canvas, x - 0.08, horizon + 0.08, canvas.near(0.28, 0.36))
    palm(canvas, x + 0.07, horizon + 0.08, canvas.near(0.2, 0.28))
    return Stand(footing=Footing.WATER, foot=0.85, horizon=horizon)


def under_water(canvas: Canvas) -> Stand:
    """Blue depth with rays of light, weeds, corals and bubbles over sand."""
    canvas.shade(0, 1, (88, 206, 228), (16, 78, 146))
    for x in canvas.rng.uniform(0.05, 0.95, 3):
        wide = canvas.near(0.03, 0.07)
        rays = Image.new("L", canvas.image.size)
        points = [
            canvas.at(*point) for point in ((x, 0), (x + wide, 0), (x + wide * 3, 0.8), (x - wide, 0.8))
        ]
        ImageDraw.Draw(rays).polygon(points, fill=44)
        canvas.image.paste((190, 240, 250), (0, 0), rays)
    hill(canvas, 0.86, (222, 202, 148), rise=0.05)
    for x in canvas.rng.uniform(0, 1, 5):
        if canvas.happens(0.5):
            height = canvas.near(0.12, 0.24)
            for bend in (-0.02, 0.02):
                points = [
                    (x, 0.92),
                    (x + bend, 0.92 - height / 2),
                    (x - bend, 0.92 - height),
                    (x + 0.025, 0.92),
                ]
                canvas.shape(points, (46, 140, 96))
        else:
            colour = canvas.any(((236, 110, 120), (245, 150, 90), (190, 110, 200)))
            for dx in (-0.03, 0.0, 0.03):
                canvas.disc(float(x) + dx, 0.9 - abs(dx), 0.035, colour)
    for _ in range(14):
        canvas.disc(canvas.near(0, 1), canvas.near(0.1, 0.8), canvas.near(0.006, 0.014), (196, 238, 246))
    return Stand(footing=Footing.DEPTH, foot=0.48, horizon=0.86)


def forest(canvas: Canvas) -> Stand:
    """Trees with crowns, rows behind rows."""
    return _woods(canvas, leafy)


def fir_forest(canvas: Canvas) -> Stand:
    """The same of firs."""
    return _woods(canvas, fir)


def _woods(canvas: Canvas, tree: Callable[[Canvas, float, float, float, Colour], None]) -> Stand:
    horizon = canvas.near(0.6, 0.68)
    sky(canvas, horizon)
    hill(canvas, horizon - 0.05, canvas.lit(green(canvas, 0), 0.5))
    for row, (foot, size, depth) in enumerate(((0.0, 0.34, 0.55), (0.06, 0.46, 0.25), (0.13, 0.6, 0.0))):
        for x in (np.arange(6 - row) + canvas.rng.uniform(0.1, 0.9, 6 - row)) / (6 - row):
            if row == 2 and 0.24 < x < 0.76:
                continue
            shade = conifer(canvas) if tree is fir else crown(canvas)
            tree(
                canvas,
                float(x),
                horizon + foot,
                size * canvas.near(0.85, 1.1),
                canvas.lit(shade, depth) if depth else shade,
            )
        hill(canvas, horizon + foot + 0.02, canvas.lit(green(canvas, row % 2), depth * 0.5), rise=0.03)
    return Stand(footing=Footing.GROUND, foot=0.89, horizon=horizon)


def desert(canvas: Canvas) -> Stand:
    """Dunes; at times a cactus."""
    horizon = canvas.near(0.5, 0.6)
    sky(canvas, horizon + 0.05)
    hill(canvas, horizon, canvas.lit((232, 182, 108), 0.35), rise=0.1)
    hill(canvas, horizon + 0.12, canvas.lit((222, 166, 92), 0.1), rise=0.09)
    hill(canvas, canvas.near(0.76, 0.82), canvas.lit((206, 146, 76)), rise=0.06)
    if canvas.happens(0.4):
        _cactus(canvas, canvas.near(0.06, 0.2) if canvas.happens(0.5) else canvas.near(0.8, 0.94), 0.8)
    return Stand(footing=Footing.GROUND, foot=0.89, horizon=horizon)


def _cactus(canvas: Canvas, x: float, foot: float) -> None:
    colour = canvas.lit((70, 150, 86))
    canvas.box(x - 0.018, foot - 0.22, x + 0.018, foot, colour)
    for side, y in ((-1, 0.1), (1, 0.14)):
        left, right = sorted((x, x + side * 0.055))
        canvas.box(left, foot - y - 0.025, right, foot - y, colour)
        left, right = sorted((x + side * 0.035, x + side * 0.06))
        canvas.box(left, foot - y - 0.08, right, foot - y, colour)


def pyramids(canvas: Canvas) -> Stand:
    """The desert with pyramids at its horizon."""
    horizon = canvas.near(0.58, 0.64)
    sky(canvas, horizon)
    for x, half, top in ((canvas.near(0.2, 0.35), 0.24, 0.3), (canvas.near(0.6, 0.78), 0.2, 0.38)):
        canvas.shape([(x - half, horizon), (x, top), (x + half, horizon)], canvas.lit((226, 184, 112), 0.1))
        canvas.shape(
            [(x, top), (x + half, horizon), (x + half * 0.2, horizon)], canvas.lit((190, 146, 82), 0.1)
        )
    hill(canvas, horizon, canvas.lit((224, 172, 98)), rise=0.03)
    hill(canvas, 0.8, canvas.lit((208, 150, 80)), rise=0.05)
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=horizon)


def meadow(canvas: Canvas) -> Stand:
    """Rolling hills of grass, at times with a tree or two."""
    horizon = canvas.near(0.5, 0.6)
    sky(canvas, horizon + 0.04)
    hill(canvas, horizon - 0.02, canvas.lit(green(canvas, 0), 0.5), rise=0.1)
    hill(canvas, horizon + 0.1, canvas.lit(green(canvas, 0), 0.15), rise=0.07)
    for _ in range(int(canvas.rng.integers(0, 3))):
        leafy(canvas, canvas.near(0, 1), horizon + 0.14, canvas.near(0.14, 0.22), crown(canvas))
    hill(canvas, canvas.near(0.74, 0.8), canvas.lit(green(canvas)), rise=0.05)
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=horizon)


def flower_field(canvas: Canvas) -> Stand:
    """A meadow full of flowers."""
    horizon = canvas.near(0.48, 0.56)
    sky(canvas, horizon)
    hill(canvas, horizon - 0.04, canvas.lit(green(canvas, 0), 0.4), rise=0.06)
    hill(canvas, horizon + 0.03, canvas.lit(green(canvas)), rise=0.03)
    kinds = (
        ((235, 80, 90), (245, 120, 130)),
        ((250, 215, 90), CLOUD),
        ((170, 120, 220), (200, 150, 235)),
        ((245, 150, 190), CLOUD),
    )
    flowers(canvas, horizon + 0.06, canvas.any(kinds))
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=horizon)


def wheat(canvas: Canvas) -> Stand:
    """Golden rows that run to the horizon."""
    horizon = canvas.near(0.46, 0.54)
    sky(canvas, horizon)
    hill(canvas, horizon - 0.05, canvas.lit((120, 160, 90), 0.5), rise=0.05)
    canvas.shade(horizon, 1, canvas.lit((236, 200, 110)), canvas.lit((214, 168, 70)))
    for x in np.linspace(-1.2, 2.2, 22):
        points = [(0.5 + (float(x) - 0.5) * 0.06, horizon), (float(x), 1.0), (float(x) + 0.05, 1.0)]
        canvas.shape(points, canvas.lit((196, 148, 56)))
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=horizon)


def lavender(canvas: Canvas) -> Stand:
    """Purple rows that run to the horizon."""
    horizon = canvas.near(0.46, 0.54)
    sky(canvas, horizon)
    hill(canvas, horizon - 0.05, canvas.lit((110, 150, 110), 0.5), rise=0.06)
    canvas.shade(horizon, 1, canvas.lit((150, 170, 110)), canvas.lit((120, 150, 80)))
    for x in np.linspace(-0.9, 1.9, 11):
        points = [
            (0.5 + (float(x) - 0.5) * 0.07, horizon),
            (float(x) - 0.06, 1.0),
            (float(x) + 0.1, 1.0),
            (0.5 + (float(x) - 0.5) * 0.07 + 0.008, horizon),
        ]
        canvas.shape(points, canvas.lit((146, 104, 200)))
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=horizon)


def road(canvas: Canvas) -> Stand:
    """A road through open land to the horizon."""
    horizon = canvas.near(0.48, 0.56)
    sky(canvas, horizon)
    is_dry = canvas.season is Season.SUMMER and canvas.happens(0.3)
    if canvas.happens(0.5):
        ridge(canvas, canvas.near(0.26, 0.36), horizon + 0.02, canvas.lit((110, 124, 152), 0.6), peaks=4)
    land = (222, 176, 108) if is_dry else green(canvas)
    hill(canvas, horizon, canvas.lit(land), rise=0.01)
    way(canvas, horizon + 0.01, (92, 94, 104), line=(246, 240, 220), wide=0.42)
    return Stand(footing=Footing.GROUND, foot=0.88, horizon=horizon)


def river(canvas: Canvas) -> Stand:
    """A river that winds through a valley."""
    horizon = canvas.near(0.44, 0.52)
    sky(canvas, horizon)
    ridge(
        canvas, canvas.near(0.2, 0.3), horizon + 0.02, canvas.lit((104, 120, 150), 0.55), peaks=3, snow=0.25
    )
    hill(canvas, horizon, canvas.lit(green(canvas, 0), 0.1), rise=0.03)
    shares = np.linspace(0, 1, 20)
    middle = 0.5 + 0.16 * np.sin(shares * canvas.near(4, 6) + canvas.near(0, 6)) * (0.3 + shares)
    half = 0.01 + 0.17 * shares**1.5
    ys = horizon + 0.02 + (0.98 - horizon) * shares
    left = list(zip((middle - half).tolist(), ys.tolist(), strict=True))
    right = list(zip((middle + half).tolist(), ys.tolist(), strict=True))
    canvas.shape([*left, *reversed(right)], canvas.lit((88, 164, 220)))
    for x in canvas.rng.uniform(0, 1, 7):
        if abs(x - 0.5) > 0.22:
            fir(canvas, float(x), canvas.near(horizon + 0.06, 0.8), canvas.near(0.12, 0.2), conifer(canvas))
    return Stand(footing=Footing.GROUND, foot=0.92, horizon=horizon)


def waterfall(canvas: Canvas) -> Stand:
    """Water that falls from a cliff into a pool."""
    pool = canvas.near(0.7, 0.76)
    sky(canvas, 0.4)
    canvas.box(0, 0.2, 1, pool, canvas.lit((96, 104, 112), 0.1))
    for x in (0.0, 0.2, 0.8, 1.0):
        hill_top = canvas.near(0.12, 0.24)
        canvas.disc(x, hill_top + 0.08, 0.17, canvas.lit(green(canvas)), flat=0.6)
    x, half = canvas.near(0.42, 0.58), canvas.near(0.08, 0.14)
    canvas.box(x - half, 0.2, x + half, pool, canvas.lit((226, 242, 252)))
    for stripe in np.linspace(-0.7, 0.7, 4):
        left = x + half * float(stripe)
        canvas.box(left, 0.22, left + half * 0.16, pool, canvas.lit((170, 214, 242)))
    water(canvas, pool)
    canvas.disc(x, pool + 0.01, half * 1.6, canvas.lit(CLOUD), flat=0.25)
    for side in (0.05, 0.95):
        leafy(canvas, side, pool + 0.02, canvas.near(0.3, 0.4), crown(canvas))
    return Stand(footing=Footing.WATER, foot=0.88, horizon=pool)


def volcano(canvas: Canvas) -> Stand:
    """A cone with fire in its mouth and smoke over it."""
    horizon = canvas.near(0.7, 0.78)
    sky(canvas, horizon)
    x, top = canvas.near(0.4, 0.6), canvas.near(0.3, 0.38)
    for step in range(4):
        canvas.disc(
            x + 0.03 * step, top - 0.05 - 0.06 * step, 0.07 + 0.02 * step, canvas.lit((120, 112, 116), 0.2)
        )
    canvas.shape(
        [(x - 0.42, horizon + 0.05), (x - 0.07, top), (x + 0.07, top), (x + 0.42, horizon + 0.05)],
        canvas.lit((96, 76, 78)),
    )
    canvas.disc(x, top, 0.075, (255, 140, 50), flat=0.4)
    for lean in (-0.12, 0.02, 0.14):
        points = [
            (x + lean * 0.3 - 0.015, top),
            (x + lean * 0.3 + 0.015, top),
            (x + lean + 0.02, top + 0.26),
            (x + lean - 0.015, top + 0.26),
        ]
        canvas.shape(points, (250, 96, 42))
    hill(canvas, horizon, canvas.lit((86, 92, 70)), rise=0.04)
    return Stand(footing=Footing.GROUND, foot=0.92, horizon=horizon)


def city(canvas: Canvas) -> Stand:
    """A skyline in two rows over a street."""
    street = canvas.near(0.8, 0.86)
    sky(canvas, street)
    blocks(canvas, street, 0.5, 0.16, 0.65, int(canvas.rng.integers(7, 10)))
    blocks(canvas, street, 0.68, 0.34, 0.1, int(canvas.rng.integers(5, 8)))
    canvas.box(0, street, 1, 1, canvas.lit((90, 92, 102)))
    if canvas.light.weather in {"neon", "rain"}:
        water(canvas, street, mirrors=True, swell=3)
    return Stand(footing=Footing.GROUND, foot=0.94, horizon=street)


def street(canvas: Canvas) -> Stand:
    """Houses on both sides of a street that runs away."""
    end = canvas.near(0.5, 0.56)
    sky(canvas, end)
    canvas.box(0, end, 1, 1, canvas.lit((186, 180, 172)))
    colours = ((206, 120, 92), (226, 190, 140), (150, 170, 186), (196, 206, 170), (222, 160, 150))
    for side in (-1, 1):
        for step, (near, far) in enumerate(((0.62, 0.36), (0.34, 0.2), (0.19, 0.1))):
            colour = canvas.any(colours)
            outer, inner = 0.5 + side * near, 0.5 + side * far
            tall_near, tall_far = near * 0.95, far * 0.95
            wall = [
                (outer, end - tall_near),
                (inner, end - tall_far),
                (inner, end + far * 0.62),
                (outer, end + near * 0.62),
            ]
            canvas.shape(wall, canvas.lit(colour, 0.15 * step))
            for level in (0.25, 0.6):
                for along in (0.3, 0.7):
                    x = outer + (inner - outer) * along
                    tall = tall_near + (tall_far - tall_near) * along
                    y = end - tall * (1 - level)
                    half = abs(outer - inner) * 0.1
                    pane = LIT if canvas.light.is_dark else canvas.lit((150, 190, 220), 0.15 * step)
                    canvas.box(x - half, y, x + half, y + tall * 0.16, pane)
    way(canvas, end, (94, 96, 106), line=(246, 240, 220), wide=0.36)
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=end)


def village(canvas: Canvas) -> Stand:
    """Small houses among trees on a hill."""
    horizon = canvas.near(0.5, 0.58)
    sky(canvas, horizon)
    if canvas.happens(0.5):
        ridge(
            canvas,
            canvas.near(0.2, 0.3),
            horizon + 0.05,
            canvas.lit((110, 124, 156), 0.55),
            peaks=3,
            snow=0.25,
        )
    hill(canvas, horizon, canvas.lit(green(canvas, 0), 0.2), rise=0.05)
    for x in (np.arange(4) + canvas.rng.uniform(0.2, 0.8, 4)) / 4:
        if canvas.happens(0.4):
            leafy(canvas, float(x) - 0.1, horizon + 0.1, canvas.near(0.14, 0.2), crown(canvas))
        house(canvas, float(x), horizon + canvas.near(0.1, 0.16), canvas.near(0.15, 0.2))
    hill(canvas, canvas.near(0.78, 0.84), canvas.lit(green(canvas)), rise=0.04)
    return Stand(footing=Footing.GROUND, foot=0.92, horizon=horizon)


def farm(canvas: Canvas) -> Stand:
    """One house in wide fields."""
    horizon = canvas.near(0.5, 0.58)
    sky(canvas, horizon)
    hill(canvas, horizon, canvas.lit(green(canvas, 0), 0.25), rise=0.05)
    house(canvas, canvas.near(0.2, 0.8), horizon + 0.1, canvas.near(0.22, 0.28))
    hill(
        canvas,
        horizon + 0.12,
        canvas.lit((224, 190, 100) if canvas.happens(0.4) else green(canvas)),
        rise=0.03,
    )
    for x in (0.06, 0.94):
        leafy(canvas, x, horizon + 0.16, canvas.near(0.2, 0.28), crown(canvas))
    return Stand(footing=Footing.GROUND, foot=0.92, horizon=horizon)


def park(canvas: Canvas) -> Stand:
    """A lawn between trees, with a path."""
    horizon = canvas.near(0.52, 0.58)
    sky(canvas, horizon)
    for x in canvas.rng.uniform(0, 1, 7):
        leafy(canvas, float(x), horizon + 0.03, canvas.near(0.2, 0.32), canvas.lit(crown(canvas), 0.2))
    hill(canvas, horizon + 0.02, canvas.lit(green(canvas)), rise=0.02)
    way(canvas, horizon + 0.03, (226, 204, 166), wide=0.22)
    for x in (0.03, 0.97):
        leafy(canvas, x, 0.78, canvas.near(0.42, 0.52), crown(canvas))
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=horizon)


def clouds(canvas: Canvas) -> Stand:
    """Nothing but sky, clouds above and below."""
    sky(canvas, 1.0)
    for y in (0.24, 0.5, 0.78, 0.92):
        cloud(canvas, canvas.near(0, 1), y + canvas.near(-0.06, 0.06), canvas.near(0.06, 0.13))
    return Stand(footing=Footing.AIR, foot=0.5, horizon=1.0)


def room(canvas: Canvas) -> Stand:
    """A wall with a window and a picture, and a floor with a rug."""
    floor = canvas.near(0.66, 0.74)
    walls = (
        (236, 214, 184),
        (196, 216, 206),
        (214, 204, 226),
        (240, 226, 200),
        (186, 206, 226),
        (226, 180, 170),
    )
    wall = canvas.any(walls)
    indoors = 0.62 if canvas.light.is_dark else 1.0
    warm = (1.0, 0.9, 0.72) if canvas.light.is_dark else (1.0, 1.0, 1.0)

    def inside(colour: Colour) -> Colour:
        red, green, blue = (int(channel * tint * indoors) for channel, tint in zip(colour, warm, strict=True))
        return red, green, blue

    canvas.box(0, 0, 1, floor, inside(wall))
    x = canvas.near(0.2, 0.34) if canvas.happens(0.5) else canvas.near(0.66, 0.8)
    outside = canvas.light.sky
    canvas.box(x - 0.15, 0.12, x + 0.15, 0.48, inside((250, 250, 248)))
    pane = Image.new("RGB", (1, 2))
    pane.putdata([outside[0], outside[1]])
    (left, top), (right, bottom) = canvas.at(x - 0.13, 0.14), canvas.at(x + 0.13, 0.46)
    canvas.image.paste(
        pane.resize((round(right - left), round(bottom - top)), Image.Resampling.BILINEAR),
        (round(left), round(top)),
    )
    canvas.box(x - 0.008, 0.14, x + 0.008, 0.46, inside((250, 250, 248)))
    canvas.box(x - 0.13, 0.292, x + 0.13, 0.308, inside((250, 250, 248)))
    other = 1 - x
    canvas.box(other - 0.09, 0.2, other + 0.09, 0.36, inside((120, 90, 66)))
    canvas.box(
        other - 0.075,
        0.216,
        other + 0.075,
        0.344,
        inside(canvas.any(((110, 170, 200), (226, 160, 90), (130, 180, 120), (200, 120, 150)))),
    )
    boards = canvas.any(((176, 130, 90), (150, 106, 74), (196, 160, 120)))
    canvas.box(0, floor, 1, 1, inside(boards))
    canvas.box(0, floor - 0.02, 1, floor, inside((248, 246, 240)))
    if canvas.happens(0.6):
        rug = canvas.any(((190, 80, 80), (90, 120, 170), (226, 190, 110)))
        canvas.disc(0.5, 0.88, 0.36, inside(rug), flat=0.25)
    return Stand(footing=Footing.GROUND, foot=0.9, horizon=floor)


def table(canvas: Canvas) -> Stand:
    """A table top before a plain wall."""
    edge = canvas.near(0.56, 0.64)
    walls = ((206, 222, 214), (240, 226, 200), (196, 212, 230), (232, 204, 196), (214, 206, 196))
    canvas.shade(0, edge, canvas.any(walls), (246, 240, 230))
    wood = canvas.any(((186, 132, 86), (150, 104, 70), (214, 172, 124)))
    darker = (int(wood[0] * 0.86), int(wood[1] * 0.86), int(wood[2] * 0.86))
    canvas.shade(edge, 1, wood, darker)
    canvas.box(0, edge, 1, edge + 0.012, darker)
    return Stand(footing=Footing.GROUND, foot=0.84, horizon=edge)


def space(canvas: Canvas) -> Stand:
    """Stars, a glow of dust, at times a planet or two."""
    canvas.shade(0, 1, (12, 10, 32), (28, 18, 58))
    for colour in ((110, 60, 160), (50, 90, 170), (170, 70, 120))[: int(canvas.rng.integers(0, 3))]:
        canvas.glow(canvas.near(0, 1), canvas.near(0, 1), canvas.near(0.2, 0.4), colour, 0.5)
    stars(canvas, 46, largest=0.009)
    return Stand(footing=Footing.DEPTH, foot=0.5, horizon=1.0)


def planets(canvas: Canvas) -> Stand:
    """Space with one large planet and a small one."""
    stand = space(canvas)
    colours = ((214, 130, 80), (90, 150, 210), (200, 170, 120), (150, 110, 190), (110, 180, 150))
    for size, x in (
        (canvas.near(0.16, 0.26), canvas.near(0.2, 0.8)),
        (canvas.near(0.05, 0.09), canvas.near(0.1, 0.9)),
    ):
        red, green, blue = canvas.any(colours)
        y = canvas.near(0.18, 0.4) if size > 0.1 else canvas.near(0.6, 0.85)
        canvas.disc(x, y, size, (int(red * 0.6), int(green * 0.6), int(blue * 0.6)))
        canvas.disc(x - size * 0.12, y - size * 0.1, size * 0.86, (red, green, blue))
        if canvas.happens(0.4):
            canvas.disc(x, y, size * 1.7, (226, 206, 160), flat=0.16)
            canvas.disc(x, y - size * 0.12, size * 0.86, (red, green, blue), flat=0.8)
    return stand


def milky_way(canvas: Canvas) -> Stand:
    """A glowing band across the stars."""
    stand = space(canvas)
    rows, columns = np.mgrid[0 : canvas.image.height, 0 : canvas.image.width] / canvas.unit
    turn = np.deg2rad(canvas.near(20, 70)) * (1 if canvas.happens(0.5) else -1)
    across = (columns - columns.mean()) * np.sin(turn) + (rows - rows.mean()) * np.cos(turn)
    canvas.lay((160, 105, 200), 0.85 * np.exp(-((across / 0.17) ** 2)))
    canvas.lay((240, 205, 235), 0.45 * np.exp(-((across / 0.07) ** 2)))
    stars(canvas, 40)
    return stand


def black_hole(canvas: Canvas) -> Stand:
    """A dark disc in a ring of light, among stars."""
    stand = space(canvas)
    rows, columns = np.mgrid[0 : canvas.image.height, 0 : canvas.image.width] / canvas.unit
    across, down = (
        columns - columns.mean() - canvas.near(-0.1, 0.1),
        rows - rows.mean() - canvas.near(-0.1, 0.1),
    )
    ring, disc = np.hypot(across, down) / canvas.near(0.22, 0.3), np.hypot(across / 2.1, down * 2.6) / 0.22
    canvas.lay((0, 0, 0), (ring < 0.97).astype(float))
    glow = np.exp(-(((ring - 1.12) / 0.13) ** 2)) + 0.8 * np.exp(-(((disc - 1) / 0.25) ** 2)) * (ring > 0.95)
    canvas.lay((255, 190, 80), glow)
    return stand


def moon_ground(canvas: Canvas) -> Stand:
    """Grey ground with craters under black sky; the earth above."""
    return _strange_ground(canvas, (168, 170, 178), earth=True)


def mars_ground(canvas: Canvas) -> Stand:
    """Red ground with craters under a dusty sky."""
    return _strange_ground(canvas, (198, 96, 62), earth=False)


def _strange_ground(canvas: Canvas, ground: Colour, *, earth: bool) -> Stand:
    horizon = canvas.near(0.56, 0.64)
    canvas.shade(0, 1, *(((8, 8, 22), (22, 22, 44)) if earth else ((178, 120, 92), (236, 186, 140))))
    if earth:
        stars(canvas, 34, horizon)
        x, y, radius = canvas.near(0.2, 0.8), canvas.near(0.16, 0.3), canvas.near(0.07, 0.11)
        canvas.disc(x, y, radius, (70, 130, 210))
        canvas.disc(x - radius * 0.2, y - radius * 0.1, radius * 0.45, (100, 170, 100), flat=0.8)
        canvas.disc(x + radius * 0.3, y + radius * 0.3, radius * 0.3, CLOUD, flat=0.4)
    hill(canvas, horizon, ground, rise=0.06)
    dark = (int(ground[0] * 0.8), int(ground[1] * 0.8), int(ground[2] * 0.82))
    for _ in range(7):
        y = canvas.near(horizon + 0.08, 0.97)
        canvas.disc(canvas.near(0, 1), y, 0.02 + 0.07 * (y - horizon), dark, flat=0.4)
    return Stand(footing=Footing.GROUND, foot=0.86, horizon=horizon)
