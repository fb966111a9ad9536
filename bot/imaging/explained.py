"""How a picture came about, to be looked at: heat maps over it, its denoising as an animation."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageFilter, ImageOps

SHORTEST_SIDE = 512
"""Smaller pictures are enlarged to it."""
COLD, WARM, HOT = "#5b1a8b", "#f0433a", "#fff3a0"
COVER = 0.8
"""How much of the picture is covered where it is hottest; where it is cold, nothing of it."""
DIMMED = 0.6
"""How bright the grey picture is below."""
LEAST_SCALE = 0.25
"""A word that was looked at less than this share of the most is shown colder, and not as hot as that."""
ALIKE_LEVELS = 12.0
"""Mean difference, of 255 levels and as a root of squares, of what is one picture through a coarse file."""
AREA_FROM = 0.4
"""Share of a map's greatest heat from which on a place belongs to the thing."""
AREA_SIDE = 128
"""An area is looked for on a grid whose longer side has so many cells: maps are coarser than that."""
SPECK, GROWN = 3, 8
"""Cells of it: what is less high or wide is a speck and no part of an area, which reaches a little around."""
ANIMATION_BYTES = 8 * 2**20
PLAYED_MS, HELD_MS = 3000, 3000
"""How long all frames of an animation take, and how long the finished picture stands."""
SHORTEST_MS, LONGEST_MS = 60, 300
"""A frame of it."""
QUALITIES = (85, 70, 50)
SHRINK = 0.7
SMALLEST_SIDE = 32


def overlaid(picture: Image.Image, heat: Image.Image, *, beside: Sequence[Image.Image]) -> Image.Image:
    """A heat map in colours over a picture in grey; `beside` are all maps of the picture. Blocking."""
    picture = enlarged(picture)
    values = _resized(heat, picture.size)
    hottest = max(float(np.asarray(one).max()) for one in beside)
    scale = max(float(values.max()), LEAST_SCALE * hottest, 1e-9)
    levels = Image.fromarray((values / scale * 255).clip(0, 255).astype(np.uint8))
    coloured = ImageOps.colorize(levels, black=COLD, mid=WARM, white=HOT)
    dim = picture.convert("L").point(lambda level: level * DIMMED).convert("RGB")
    return Image.composite(coloured, dim, levels.point(lambda level: level * COVER))


def enlarged(picture: Image.Image) -> Image.Image:
    """A picture as it is shown: a small one larger, by a whole factor."""
    factor = max(1, -(-SHORTEST_SIDE // min(picture.size)))
    if factor == 1:
        return picture
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.LANCZOS)


def marked(heats: Sequence[Image.Image], size: tuple[int, int]) -> Image.Image:
    """Where some maps together are hot, in white, and a little around. Blocking."""
    scale = AREA_SIDE / max(size)
    coarse = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    maps = [_resized(heat, coarse) for heat in heats]
    mean = np.mean([one / max(float(one.max()), 1e-9) for one in maps], axis=0)
    low, high = np.percentile(mean, 1), mean.max()
    area = Image.fromarray((mean - low > AREA_FROM * (high - low)).astype(np.uint8) * 255)
    cleaned = area.filter(ImageFilter.MinFilter(SPECK)).filter(ImageFilter.MaxFilter(SPECK))
    area = cleaned if cleaned.getbbox() else area  # one speck is better than nothing
    grown = area.filter(ImageFilter.MaxFilter(2 * GROWN + 1)).resize(size, Image.Resampling.BILINEAR)
    return grown.point(lambda level: 255 if level >= 128 else 0)


def animated(
    frames: Sequence[Image.Image], picture: Image.Image, *, limit_bytes: int = ANIMATION_BYTES
) -> bytes:
    """An animated WebP, again and again from the frames to the picture, where it rests. Blocking."""
    versions = _animations(frames, picture)
    data = next(versions)
    while len(data) > limit_bytes and (smaller := next(versions, None)) is not None:
        data = smaller
    return data


def is_same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two are one picture, though a file may have made one of them coarser. Blocking."""
    if one.size != other.size:
        return False
    pixels = [np.asarray(each.convert("RGB"), dtype=float) for each in (one, other)]
    return float(np.sqrt(np.square(pixels[0] - pixels[1]).mean())) <= ALIKE_LEVELS


def _animations(frames: Sequence[Image.Image], picture: Image.Image) -> Iterator[bytes]:
    """Coarser and coarser, then smaller and smaller."""
    picture = enlarged(picture)
    for quality in QUALITIES:
        yield _animation(frames, picture, quality)
    while min(picture.size) > SMALLEST_SIDE:
        size = (round(picture.width * SHRINK), round(picture.height * SHRINK))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
        yield _animation(frames, picture, QUALITIES[-1])


def _animation(frames: Sequence[Image.Image], picture: Image.Image, quality: int) -> bytes:
    large = [frame.resize(picture.size, Image.Resampling.BICUBIC) for frame in frames]
    shown_ms = min(LONGEST_MS, max(SHORTEST_MS, PLAYED_MS // max(1, len(large))))
    file = io.BytesIO()
    first, *others = [*large, picture]
    first.save(
        file,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=[*[shown_ms] * len(large), HELD_MS],
        loop=0,
        quality=quality,
        method=2,
    )
    return file.getvalue()


def _resized(heat: Image.Image, size: tuple[int, int]) -> "np.ndarray[Any, Any]":
    """A map at the size of the picture, (h, w), nowhere below 0."""
    return np.asarray(heat.resize(size, Image.Resampling.BICUBIC)).clip(0)
