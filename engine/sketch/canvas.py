"""What places are painted with: a canvas under a light; skies, hills, waters, trees and houses on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from engine.sketch.captions import Choice, pick
from engine.sketch.light import Colour, Light, Season

Point: TypeAlias = tuple[float, float]
Floats: TypeAlias = npt.NDArray[np.float64]

FINE = 2
"""Scenes are drawn so many times larger and made small again: PIL's edges have no half tones."""
CLOUD, SUN, MOON, STAR = (255, 255, 255), (255, 232, 130), (250, 246, 225), (255, 248, 220)
LIT, TRUNK, SNOW, SAND = (255, 218, 110), (105, 75, 55), (246, 249, 255), (242, 216, 158)


@dataclass(slots=True, kw_only=True)
class Canvas:
    """A picture on its way: x and y are shares of width and height, sizes of the shorter side."""

    width: int
    height: int
    light: Light
    rng: np.random.Generator
    season: Season = Season.SUMMER
    image: Image.Image = field(init=False)
    pen: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        size = (self.width * FINE, self.height * FINE)
        self.image = Image.new("RGB", size, self.light.sky[1])
        self.pen = ImageDraw.Draw(self.image)

    @property
    def unit(self) -> float:
        """Pixels of the shorter side."""
        return min(self.width, self.height) * FINE

    def at(self, x: float, y: float) -> Point:
        """A place in pixels."""
        return x * self.width * FINE, y * self.height * FINE

    def near(self, low: float, high: float) -> float:
        """Some number between two."""
        return float(self.rng.uniform(low, high))

    def any(self, choices: Sequence[Choice]) -> Choice:
        """One of the choices, as likely as any other."""
        return pick(self.rng, choices)

    def happens(self, probability: float) -> bool:
        """Whether what is this likely happens here."""
        return bool(self.rng.random() < probability)

    def lit(self, colour: Colour, depth: float = 0.0) -> Colour:
        """A colour under this light; `depth` is 0 for what is near and 1 for what meets the sky."""
        haze = depth * self.light.haze
        shown = [
            channel * tint * (1 - haze) + sky * haze
            for channel, tint, sky in zip(colour, self.light.tint, self.light.sky[1], strict=True)
        ]
        red, green, blue = (int(min(255, max(0, round(channel)))) for channel in shown)
        return red, green, blue

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled shape."""
        self.pen.polygon([self.at(x, y) for x, y in points], fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.pen.rectangle((*self.at(left, top), *self.at(right, bottom)), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, flat: float = 1.0) -> None:
        """A filled circle, `flat` times as high as wide."""
        (across, down), radius = self.at(x, y), radius * self.unit
        box = (across - radius, down - radius * flat, across + radius, down + radius * flat)
        self.pen.ellipse(box, fill=colour)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light around a point."""
        rows, columns = np.mgrid[0 : self.image.height, 0 : self.image.width]
        across, down = self.at(x, y)
        away = np.hypot(columns - across, rows - down) / (radius * self.unit)
        self.lay(colour, strength * np.exp(-(away**2)))

    def lay(self, colour: Colour, share: Floats) -> None:
        """A colour over everything, of which `share` (rows, columns) is seen."""
        mask = Image.fromarray((255 * np.clip(share, 0, 1)).astype(np.uint8))
        self.image.paste(colour, (0, 0), mask)

    def shade(self, top: float, bottom: float, first: Colour, second: Colour) -> None:
        """A band that fades from one colour into another."""
        (_, above), (_, below) = self.at(0, top), self.at(0, bottom)
        rows = max(1, round(below) - round(above))
        ramp = np.linspace(0, 1, rows)[:, None, None]
        colours = np.asarray(first) * (1 - ramp) + np.asarray(second) * ramp
        band = Image.fromarray(np.broadcast_to(colours.round().astype(np.uint8), (rows, 1, 3)).copy())
        self.image.paste(band.resize((self.image.width, rows)), (0, round(above)))


# What is in the sky


def sky(canvas: Canvas, horizon: float) -> None:
    """The sky down to the horizon: its colours, sun, moon, stars, clouds, and its weather."""
    light = canvas.light
    canvas.shade(0, horizon, *light.sky)
    if light.weather == "aurora":
        _aurora(canvas, horizon)
    stars(canvas, light.stars, horizon * 0.9)
    if light.sun is not None:
        _sun(canvas, horizon, light.sun)
    if canvas.happens(light.moon):
        _moon(canvas, horizon)
    if canvas.happens(light.clouds):
        for _ in range(int(canvas.rng.integers(1, 4))):
            cloud(canvas, canvas.near(0.05, 0.95), canvas.near(0.06, horizon * 0.6), canvas.near(0.05, 0.1))
    if light.weather == "rainbow":
        _rainbow(canvas, horizon)
    if light.weather == "storm":
        _lightning(canvas, horizon)


def stars(canvas: Canvas, count: int, lowest: float = 1.0, largest: float = 0.008) -> None:
    """So many stars from the upper edge down to a height."""
    for _ in range(count):
        canvas.disc(canvas.near(0, 1), canvas.near(0, lowest), canvas.near(0.003, largest), STAR)


def _sun(canvas: Canvas, horizon: float, height: float) -> None:
    x, y = canvas.near(0.15, 0.85), horizon * (1 - height)
    radius = canvas.near(0.07, 0.12)
    low = height < 0.5
    canvas.glow(x, y, radius * 3, (255, 220, 150), 0.6 if low else 0.35)
    canvas.disc(x, y, radius, (255, 214, 112) if low else SUN)


def _moon(canvas: Canvas, horizon: float) -> None:
    x, y, radius = canvas.near(0.15, 0.85), canvas.near(0.12, 0.45) * horizon + 0.05, canvas.near(0.05, 0.09)
    canvas.glow(x, y, radius * 2.2, (150, 165, 215), 0.45)
    canvas.disc(x, y, radius, MOON)
    if canvas.happens(0.35):
        above = canvas.light.sky[0]
        canvas.disc(
            x + radius * 0.5 / canvas.width * min(canvas.width, canvas.height), y, radius * 0.9, above
        )


def cloud(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A cloud of five discs on a flat foot."""
    colour = canvas.lit(CLOUD, 0.25)
    wide = size * min(canvas.width, canvas.height) / canvas.width
    for step, share in ((-1.5, 0.55), (-0.7, 0.85), (0.2, 1.0), (1.0, 0.75), (1.7, 0.5)):
        canvas.disc(x + step * wide, y, size * share, colour, flat=0.62)


def _aurora(canvas: Canvas, horizon: float) -> None:
    rows, columns = np.mgrid[0 : canvas.image.height, 0 : canvas.image.width]
    for colour in ((90, 240, 165), (120, 220, 210), (170, 110, 225))[: int(canvas.rng.integers(2, 4))]:
        middle = horizon * canvas.near(0.25, 0.6) * canvas.image.height
        wave = np.sin(columns / canvas.image.width * canvas.near(4, 9) + canvas.near(0, 6))
        away = (rows - middle - wave * 0.12 * canvas.unit) / (0.13 * canvas.unit)
        canvas.lay(colour, 0.5 * np.exp(-(np.where(away > 0, away * 2.5, away) ** 2)))


def _rainbow(canvas: Canvas, horizon: float) -> None:
    x, y = canvas.at(canvas.near(0.3, 0.7), horizon + 0.05)
    radius = canvas.near(0.42, 0.55) * canvas.unit
    width = 0.02 * canvas.unit
    for band, colour in enumerate(
        ((225, 80, 75), (245, 160, 70), (250, 225, 100), (110, 195, 110), (90, 150, 230), (150, 105, 205))
    ):
        edge = radius - band * width
        canvas.pen.arc(
            (x - edge, y - edge, x + edge, y + edge), 180, 360, fill=colour, width=round(width) + 1
        )


def _lightning(canvas: Canvas, horizon: float) -> None:
    for _ in range(4):
        cloud_at = (canvas.near(0, 1), canvas.near(0.02, 0.16))
        for step in (-0.08, 0.0, 0.08):
            canvas.disc(cloud_at[0] + step, cloud_at[1], canvas.near(0.07, 0.11), (66, 72, 92), flat=0.55)
    x, y = canvas.near(0.2, 0.8), 0.16
    points = [(x, y)]
    while y < horizon:
        x, y = x + canvas.near(-0.06, 0.06), y + canvas.near(0.05, 0.1)
        points.append((x, y))
    canvas.pen.line(
        [canvas.at(*point) for point in points], fill=(255, 246, 190), width=round(canvas.unit / 60)
    )


def falling(canvas: Canvas) -> None:
    """What falls before everything: rain, or flakes; or the fog that lies over it."""
    if canvas.light.weather in {"rain", "storm"}:
        for _ in range(44):
            x, y = canvas.at(canvas.near(0, 1), canvas.near(-0.05, 1))
            end = (x - 0.02 * canvas.unit, y + 0.07 * canvas.unit)
            canvas.pen.line((x, y, *end), fill=(150, 190, 232), width=round(canvas.unit / 110))
    if canvas.light.weather == "snow":
        for _ in range(38):
            canvas.disc(canvas.near(0, 1), canvas.near(0, 1), canvas.near(0.004, 0.011), CLOUD)
    if canvas.light.weather == "fog":
        rows = np.linspace(0, 1, canvas.image.height)[:, None] * np.ones(canvas.image.width)
        canvas.lay(canvas.light.sky[1], 0.55 * np.exp(-(((rows - 0.55) / 0.22) ** 2)))


# What lies on the ground


def ridge(canvas: Canvas, top: float, foot: float, colour: Colour, *, peaks: int, snow: float = 0.0) -> None:
    """Mountains with a light and a dark side, down to `foot`; `snow` is the share that is white."""
    places = (np.arange(peaks) + 0.5) / peaks + canvas.rng.uniform(-0.35, 0.35, peaks) / peaks
    heights = canvas.rng.uniform(0.6, 1.0, peaks)
    for x, height in sorted(zip(places, heights, strict=True), key=lambda each: each[1]):
        peak = foot - (foot - top) * height
        half = canvas.near(0.75, 1.1) / peaks
        lean = canvas.near(-0.25, 0.25) * half
        dark = (int(colour[0] * 0.8), int(colour[1] * 0.8), int(colour[2] * 0.84))
        canvas.shape([(x - half, foot), (x + lean, peak), (x + half, foot)], colour)
        canvas.shape([(x + lean, peak), (x + half, foot), (x + lean * 0.2, foot)], dark)
        if snow:
            down = (foot - peak) * snow
            left = x + lean - (half + lean) * snow
            right = x + lean + (half - lean) * snow
            middle = x + lean - lean * 0.8 * snow
            white, shadow = canvas.lit(SNOW, 0.15), canvas.lit((205, 218, 238), 0.15)
            teeth = [(left, peak + down), (left + (middle - left) / 2, peak + down * 0.72)]
            canvas.shape([*teeth, (middle, peak + down), (x + lean, peak)], white)
            teeth = [(middle, peak + down), (middle + (right - middle) / 2, peak + down * 0.72)]
            canvas.shape([*teeth, (right, peak + down), (x + lean, peak)], shadow)


def hill(canvas: Canvas, top: float, colour: Colour, rise: float = 0.06) -> None:
    """A gentle rise over the whole width, down to the lower edge."""
    xs = np.linspace(0, 1, 33)
    turn, length = canvas.near(0, 6), canvas.near(2, 5)
    line = top + rise * (0.5 - 0.5 * np.sin(xs * length + turn)) - rise / 2
    canvas.shape([(0, 1), *zip(xs.tolist(), line.tolist(), strict=True), (1, 1)], colour)


def water(canvas: Canvas, top: float, bottom: float = 1.0, *, mirrors: bool = False, swell: int = 7) -> None:
    """Water between two heights, with the light of the sky on it, or with what stands over it in it."""
    upper, lower = canvas.light.sky
    near = canvas.lit((38, 118, 186))
    mixed = ((lower[0] + near[0]) // 2, (lower[1] + near[1]) // 2, (lower[2] + near[2]) // 2)
    if mirrors:
        _, line = canvas.at(0, top)
        _, end = canvas.at(0, bottom)
        depth = round(end) - round(line)
        above = canvas.image.crop((0, max(0, round(line) - depth), canvas.image.width, round(line)))
        mirrored = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((canvas.image.width, depth))
        mirrored = mirrored.filter(ImageFilter.BoxBlur(canvas.unit / 120))
        canvas.image.paste(
            Image.blend(mirrored, Image.new("RGB", mirrored.size, near), 0.32), (0, round(line))
        )
    else:
        canvas.shade(top, bottom, mixed, near)
    gleam = ((upper[0] + 255) // 2, (upper[1] + 255) // 2, (upper[2] + 255) // 2)
    gleam = gleam if not canvas.light.is_dark else lower
    for _ in range(swell):
        depth_share = canvas.near(0.05, 1) ** 1.3
        x, y = canvas.near(0, 1), top + (bottom - top) * depth_share
        length = canvas.near(0.05, 0.16) * (0.4 + depth_share)
        canvas.disc(x, y, length, gleam, flat=0.05)


def fir(canvas: Canvas, x: float, foot: float, size: float, colour: Colour) -> None:
    """A fir of three tiers; `size` is its height."""
    wide = size * 0.27 * canvas.height / canvas.width
    canvas.box(x - wide * 0.14, foot - size * 0.16, x + wide * 0.14, foot, canvas.lit(TRUNK))
    for low, high, half in ((0.1, 0.55, 1.0), (0.35, 0.8, 0.75), (0.6, 1.0, 0.5)):
        tier = [
            (x - wide * half, foot - size * low),
            (x, foot - size * high),
            (x + wide * half, foot - size * low),
        ]
        canvas.shape(tier, colour)
        if canvas.season is Season.WINTER:
            tip = [
                (x - wide * half * 0.45, foot - size * (low + (high - low) * 0.55)),
                (x, foot - size * high),
                (x + wide * half * 0.45, foot - size * (low + (high - low) * 0.55)),
            ]
            canvas.shape(tip, canvas.lit(SNOW))


def leafy(canvas: Canvas, x: float, foot: float, size: float, colour: Colour) -> None:
    """A tree with a round crown; bare in winter."""
    wide = size * canvas.height / canvas.width
    canvas.box(x - wide * 0.05, foot - size * 0.5, x + wide * 0.05, foot, canvas.lit(TRUNK))
    if canvas.season is Season.WINTER:
        for lean, high in ((-0.3, 0.95), (0.28, 0.9), (-0.16, 1.0), (0.14, 1.0)):
            start, end = canvas.at(x, foot - size * 0.45), canvas.at(x + wide * lean, foot - size * high)
            canvas.pen.line(
                (*start, *end), fill=canvas.lit(TRUNK), width=max(2, round(size * canvas.unit / 28))
            )
        return
    scale = size * canvas.height * FINE / canvas.unit
    for dx, dy, radius in ((-0.2, 0.58, 0.22), (0.2, 0.58, 0.22), (0, 0.76, 0.26)):
        canvas.disc(x + dx * wide, foot - dy * size, radius * scale, colour)
    light = (min(255, colour[0] + 22), min(255, colour[1] + 22), min(255, colour[2] + 10))
    canvas.disc(x - 0.07 * wide, foot - 0.82 * size, 0.13 * scale, light)


def palm(canvas: Canvas, x: float, foot: float, size: float) -> None:
    """A palm that leans."""
    lean = canvas.near(-0.18, 0.18) * size
    wide = 0.03 * size
    trunk = [
        (x - wide, foot),
        (x + lean - wide * 0.6, foot - size),
        (x + lean + wide * 0.6, foot - size),
        (x + wide, foot),
    ]
    canvas.shape(trunk, canvas.lit((140, 100, 65)))
    scale = size * canvas.height / canvas.width
    for angle in (-160, -120, -70, -20, 20, 200):
        turn = np.deg2rad(angle)
        tip = (
            x + lean + 0.42 * scale * np.cos(turn),
            foot - size + 0.42 * size * np.sin(turn) * 0.6 + 0.08 * size,
        )
        middle = (
            x + lean + 0.24 * scale * np.cos(turn),
            foot - size + 0.3 * size * np.sin(turn) * 0.8 - 0.04 * size,
        )
        canvas.shape(
            [(x + lean, foot - size), middle, tip, (x + lean, foot - size + 0.05 * size)],
            canvas.lit((46, 140, 70)),
        )


def house(canvas: Canvas, x: float, foot: float, size: float) -> None:
    """A small house with a pitched roof, a door and a window that is lit at night."""
    wide = size * canvas.height / canvas.width
    walls = ((240, 225, 195), (225, 190, 160), (235, 235, 230), (200, 215, 225), (240, 205, 120))
    roofs = ((190, 75, 60), (150, 65, 55), (95, 105, 125), (120, 85, 65))
    wall, roof = canvas.any(walls), canvas.any(roofs)
    canvas.box(x - wide * 0.42, foot - size * 0.55, x + wide * 0.42, foot, canvas.lit(wall))
    canvas.shape(
        [(x - wide * 0.52, foot - size * 0.52), (x, foot - size), (x + wide * 0.52, foot - size * 0.52)],
        canvas.lit(SNOW if canvas.season is Season.WINTER else roof),
    )
    canvas.box(x - wide * 0.3, foot - size * 0.36, x - wide * 0.1, foot, canvas.lit((110, 75, 55)))
    pane = LIT if canvas.light.is_dark else canvas.lit((130, 175, 210))
    canvas.box(x + wide * 0.08, foot - size * 0.4, x + wide * 0.3, foot - size * 0.18, pane)


def tower_block(canvas: Canvas, left: float, right: float, top: float, foot: float, depth: float) -> None:
    """A tall building with rows of windows."""
    light = canvas.light
    shade = canvas.near(0.75, 1.1)
    base = canvas.any(((150, 160, 176), (176, 166, 160), (130, 150, 172)))
    colour = canvas.lit((int(base[0] * shade), int(base[1] * shade), int(base[2] * shade)), depth)
    canvas.box(left, top, right, foot, colour)
    neon = ((255, 70, 180), (70, 230, 240), (190, 100, 255), (255, 190, 80))
    columns = max(2, round((right - left) * canvas.width / min(canvas.width, canvas.height) / 0.05))
    step, tall = (right - left) / columns, 0.062
    pane = canvas.any(neon) if light.weather == "neon" else LIT
    for row in np.arange(top + 0.03, foot - 0.03, tall):
        for column in range(columns):
            if light.is_dark and canvas.happens(0.45):
                continue
            x = left + step * (column + 0.24)
            glass = pane if light.is_dark else canvas.lit((196, 222, 240), depth)
            canvas.box(x, row, x + step * 0.52, row + tall * 0.5, glass)
    if light.weather == "neon" and canvas.happens(0.6):
        sign = canvas.any(neon)
        x = left + (right - left) * canvas.near(0.1, 0.6)
        y = canvas.near(top + 0.05, max(top + 0.06, foot - 0.3))
        canvas.box(x, y, x + (right - left) * 0.3, y + 0.16, sign)


def blocks(canvas: Canvas, foot: float, lowest: float, highest: float, depth: float, count: int) -> None:
    """A row of tall buildings over the whole width."""
    edges = np.sort(
        np.concatenate(
            [[-0.02, 1.02], (np.arange(1, count) + canvas.rng.uniform(-0.3, 0.3, count - 1)) / count]
        )
    )
    for left, right in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        tower_block(canvas, left + 0.006, right - 0.006, canvas.near(highest, lowest), foot, depth)


def flowers(canvas: Canvas, top: float, colours: Sequence[Colour], count: int = 60) -> None:
    """Flowers that grow larger towards the lower edge."""
    for depth in np.sort(canvas.rng.uniform(0, 1, count)):
        x, y = canvas.near(0, 1), top + (1 - top) * float(depth)
        size = 0.008 + 0.024 * float(depth)
        colour = canvas.any(colours)
        canvas.disc(x, y, size, canvas.lit(colour))
        canvas.disc(x, y, size * 0.35, canvas.lit((250, 220, 90)))


def way(canvas: Canvas, top: float, colour: Colour, *, line: Colour | None = None, wide: float = 0.3) -> None:
    """A road or path that runs to a point at the horizon."""
    x, start = canvas.near(0.42, 0.58), canvas.near(0.4, 0.6)
    half = 0.012
    canvas.shape([(start - wide, 1), (x - half, top), (x + half, top), (start + wide, 1)], canvas.lit(colour))
    if line is not None:
        for near, far in ((1.0, 0.72), (0.6, 0.4), (0.3, 0.18)):
            low, high = top + (1 - top) * near, top + (1 - top) * far
            points = []
            for share, y, side in ((near, low, -1), (far, high, -1), (far, high, 1), (near, low, 1)):
                middle = x + (start - x) * share
                points.append((middle + side * 0.014 * share, y))
            canvas.shape(points, canvas.lit(line))


GREENS = {
    Season.SPRING: ((132, 196, 96), (112, 180, 84)),
    Season.SUMMER: ((106, 178, 82), (84, 156, 70)),
    Season.AUTUMN: ((190, 160, 78), (172, 132, 66)),
    Season.WINTER: (SNOW, (228, 236, 248)),
}
"""Meadows, the farther and the nearer."""
CROWNS = {
    Season.SPRING: ((244, 178, 204), (250, 200, 218), (150, 205, 110)),
    Season.SUMMER: ((62, 142, 72), (82, 160, 76), (50, 122, 66)),
    Season.AUTUMN: ((222, 118, 48), (236, 164, 56), (190, 74, 48)),
    Season.WINTER: ((90, 120, 110), (76, 108, 104), (104, 130, 120)),
}


def green(canvas: Canvas, which: int = 1) -> Colour:
    return GREENS[canvas.season][which]


def crown(canvas: Canvas) -> Colour:
    crowns = CROWNS[canvas.season]
    return canvas.lit(canvas.any(crowns))


def conifer(canvas: Canvas) -> Colour:
    shade = int(canvas.rng.integers(78, 118))
    return canvas.lit((28, shade, 66))
