"""A grid shows its pictures in reading order, and nothing else of them."""

import numpy as np
import pytest
from PIL import Image

from bot.imaging.grid import BACKGROUND, make_grid

COLORS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30)]


def noise(seed: int, width: int, height: int) -> Image.Image:
    """A picture that equals no other."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("size", [(32, 32), (48, 32), (17, 31)])
def test_cell_three_is_tile_three(size: tuple[int, int]) -> None:
    tiles = [noise(seed, *size) for seed in range(4)]
    width, height = size
    grid = make_grid(tiles)
    assert grid.size == (2 * width, 2 * height)
    corners = [(0, 0), (width, 0), (0, height), (width, height)]
    for tile, (left, top) in zip(tiles, corners, strict=True):
        assert grid.crop((left, top, left + width, top + height)).tobytes() == tile.tobytes()


@pytest.mark.parametrize(("num_images", "size"), [(1, (8, 8)), (2, (16, 8)), (3, (16, 16)), (4, (16, 16))])
def test_any_number_of_pictures(num_images: int, size: tuple[int, int]) -> None:
    assert make_grid([Image.new("RGB", (8, 8), color) for color in COLORS[:num_images]]).size == size


def test_smaller_pictures_stand_in_the_middle() -> None:
    grid = make_grid([Image.new("RGB", (10, 10), COLORS[0]), Image.new("RGB", (4, 6), COLORS[1])])
    assert grid.size == (20, 10)
    assert grid.getpixel((10, 0)) == BACKGROUND
    assert grid.getpixel((15, 5)) == COLORS[1]


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1"])
def test_any_mode_becomes_rgb(mode: str) -> None:
    assert make_grid([Image.new(mode, (4, 4))] * 4).mode == "RGB"


def test_metadata_is_left_behind() -> None:
    image = Image.new("RGB", (4, 4))
    image.info["comment"] = b"secret"
    assert make_grid([image]).info == {}
