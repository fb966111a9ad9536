"""Pictures as if painted in watercolour, which no source of the art is."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

STYLE = "watercolor"
"""What captions call it first."""
PAPER = 255.0


def watercolour(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The picture (RGB) in thin paint that runs a little, lies unevenly and gathers where it ends."""
    wide, high = picture.size
    flat = np.asarray(picture.filter(ImageFilter.MedianFilter(5)), np.float32)
    rows, columns = np.mgrid[:high, :wide]
    swayed = flat[
        np.clip(rows + 5 * _cloud(rng, (high, wide), 20), 0, high - 1).round().astype(int),
        np.clip(columns + 5 * _cloud(rng, (high, wide), 20), 0, wide - 1).round().astype(int),
    ]
    soft = _blurred(swayed, 1.2)
    gathered = np.abs(_blurred(swayed, 5) - soft).max(-1, keepdims=True) / PAPER
    uneven = 0.17 * _cloud(rng, (high, wide), 36) + 0.06 * _cloud(rng, (high, wide), 9)
    paint = np.clip(0.78 - uneven[..., None] + 0.9 * gathered, 0.3, 1.15)
    return Image.fromarray(np.clip(PAPER - paint * (PAPER - soft), 0, PAPER).astype(np.uint8))


def _cloud(rng: np.random.Generator, shape: tuple[int, int], grain: int) -> npt.NDArray[np.float32]:
    """Smooth noise between about -1 and 1, whose patches are `grain` pixels wide."""
    high, wide = shape
    seeds = rng.uniform(-1, 1, (high // grain + 3, wide // grain + 3)).astype(np.float32)
    return np.asarray(Image.fromarray(seeds).resize((wide, high), Image.Resampling.BICUBIC))


def _blurred(pixels: npt.NDArray[np.float32], radius: float) -> npt.NDArray[np.float32]:
    soft = Image.fromarray(pixels.astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(soft, np.float32)
