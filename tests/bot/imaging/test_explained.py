"""How a picture came about, to be looked at: hot places are seen, areas found, animations small enough."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageSequence

from bot.imaging.explained import HELD_MS, animated, is_same, marked, overlaid
from tests.bot.imaging.test_grid import noise


def spot(x: int, y: int, *, cells: int = 16, warmth: float = 0.5) -> Image.Image:
    """A map that is hot in one cell and its neighbours, and nearly cold elsewhere."""
    across, down = np.meshgrid(np.arange(cells), np.arange(cells))
    heat = 0.02 + warmth * np.exp(-((across - x) ** 2 + (down - y) ** 2) / 4)
    return Image.fromarray(heat.astype(np.float32))


def frames_of(film: Image.Image) -> int:
    return sum(1 for _ in ImageSequence.Iterator(film))


def test_what_is_hot_is_coloured_and_what_is_cold_is_the_picture_in_grey() -> None:
    picture = Image.new("RGB", (128, 128), (90, 140, 200))
    seen = np.asarray(overlaid(picture, spot(4, 12), beside=[spot(4, 12)])).astype(int)
    assert seen.shape == (512, 512, 3)
    hot, cold = seen[12 * 32 + 16, 4 * 32 + 16], seen[60, 450]
    assert hot[0] - hot[2] > 60
    assert np.ptp(cold) < 12


def test_a_word_that_was_hardly_looked_at_is_colder_than_the_others() -> None:
    picture = Image.new("RGB", (64, 64), "white")
    reds = []
    maps = [spot(8, 8), spot(8, 8, warmth=0.05)]
    for heat in maps:
        seen = np.asarray(overlaid(picture, heat, beside=maps)).astype(int)
        reds.append((seen[..., 0] - seen[..., 2]).max())
    assert reds[1] < reds[0]


@pytest.mark.parametrize("size", [(256, 256), (96, 64), (640, 1200)])
def test_an_area_lies_around_what_is_hot_and_reaches_a_little_further(size: tuple[int, int]) -> None:
    area = np.asarray(marked([spot(4, 4), spot(11, 4)], size))
    assert area.shape == size[::-1]
    assert set(np.unique(area)) == {0, 255}
    width, height = size
    row = area[round(0.28 * height)]
    assert row[round(0.28 * width)] == row[round(0.72 * width)] == 255
    assert area[round(0.8 * height)].max() == 0
    assert 0.05 < (area > 0).mean() < 0.4


def test_an_animation_goes_through_all_frames_and_rests_on_the_picture() -> None:
    picture = noise(1, 96, 64).filter(ImageFilter.GaussianBlur(4))
    frames = [noise(seed, 24, 16) for seed in range(5)]
    with Image.open(io.BytesIO(animated(frames, picture))) as film:
        assert film.format == "WEBP"
        assert frames_of(film) == 6
        film.seek(0)
        first = np.asarray(film.convert("RGB")).astype(float)
        film.seek(5)
        film.load()
        assert film.info["duration"] == HELD_MS
        last = film.convert("RGB")
    large = picture.resize(last.size, Image.Resampling.LANCZOS)
    assert last.size == (768, 512)
    assert is_same(last, large)
    assert np.abs(first - np.asarray(large)).mean() > 20


def test_an_animation_becomes_coarser_and_smaller_until_it_fits() -> None:
    picture, frames = noise(1, 128, 128), [noise(seed, 128, 128) for seed in range(3)]
    limit = len(animated(frames, picture)) // 8
    data = animated(frames, picture, limit_bytes=limit)
    assert len(data) <= limit
    with Image.open(io.BytesIO(data)) as film:
        assert frames_of(film) == 4


def test_a_coarse_file_is_the_same_picture_and_another_is_not() -> None:
    picture = noise(1, 16, 16).resize((128, 128), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=70)
    assert is_same(picture, Image.open(file))
    assert not is_same(picture, noise(2, 16, 16).resize((128, 128), Image.Resampling.BICUBIC))
    assert not is_same(picture, picture.resize((64, 64)))
