"""A picture too large for the memory is decoded in tiles, slice by slice, and has no seam where they meet."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.api import Generate, WeightedPrompt
from engine.bench.arms import denoised
from engine.config import EngineConfig
from engine.errors import OutOfMemory
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.work.tiles import Mosaic
from tests.engine.requests import generate, result
from tests.engine.test_loop import fail_when, record_sizes

Pixels = np.ndarray[Any, np.dtype[np.float64]]
LARGE = generate(width=168, height=104, seeds=(1, 2), num_inference_steps=2)


def library_of(path: Path, decode_mib: float | None = None) -> Library:
    return Library(
        EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1, decode_mib=decode_mib)
    )


@pytest.fixture(scope="module")
def sketch() -> Library:
    return library_of(Path("sketch"), decode_mib=1.0)


@pytest.mark.parametrize(
    ("height", "width", "side", "overlap"),
    [(8, 8, 8, 2), (13, 21, 8, 2), (3, 40, 8, 2), (9, 100, 8, 4), (16, 16, 8, 2)],
)
@pytest.mark.parametrize("wraps", [False, True])
def test_tiles_that_say_what_the_picture_says_give_the_picture(
    height: int, width: int, side: int, overlap: int, *, wraps: bool
) -> None:
    mosaic = Mosaic(height=height, width=width, side=side, overlap=overlap, scale_factor=2, wraps=wraps)
    latents = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))
    spread = mosaic.spread_out(latents)
    for tile in mosaic.tiles:
        assert max(tile.height, tile.width) <= side
        mosaic.add(tile, tile.of(spread)[0].repeat_interleave(2, 1).repeat_interleave(2, 2))
    expected = latents[0].repeat_interleave(2, 1).repeat_interleave(2, 2)
    torch.testing.assert_close(mosaic.pixels(), expected)


def test_tiles_that_differ_pass_into_each_other_without_a_step() -> None:
    mosaic = Mosaic(height=8, width=40, side=8, overlap=4, scale_factor=4, wraps=True)
    for number, tile in enumerate(mosaic.tiles):
        mosaic.add(tile, torch.full((3, tile.height * 4, tile.width * 4), float(number % 2)))
    pixels = mosaic.pixels()
    assert float((pixels - pixels.roll(1, 2)).abs().max()) <= 1.5 / 16
    assert pixels.min() < 0.1
    assert pixels.max() > 0.9


@pytest.mark.parametrize("size", [(768, 512), (512, 768)])
def test_in_tiles_it_is_the_picture_that_it_is_at_once_and_there_is_no_seam(
    sketch: Library, size: tuple[int, int]
) -> None:
    width, height = size
    request = sketch_request(width=width, height=height)
    latents = denoised(DenoisingLoop(sketch), request).latents
    whole = np.asarray(sketch.checkpoint("sketch").decode(latents)[0], dtype=float)
    tiled = np.asarray(result(DenoisingLoop(sketch), request).images[0], dtype=float)
    assert 10 * math.log10(255**2 / np.square(tiled - whole).mean()) >= 35.0
    for axis in (0, 1):
        steps = steps_beside_edges(tiled, whole, axis=axis)
        assert steps.max() < 3 * steps.mean(), "nowhere is there a step that is not in the picture"
        seen = steps_beside_edges(with_seam(tiled, axis=axis), whole, axis=axis)
        assert seen.max() > 3 * seen.mean(), "and one of 1.5 of 255 would be seen"


def with_seam(picture: Pixels, *, axis: int) -> Pixels:
    first, second = np.split(picture, [200], axis=axis)
    return np.concatenate([first, second + 1.5], axis=axis)


def steps_beside_edges(tiled: Pixels, whole: Pixels, *, axis: int) -> Pixels:
    """How steep the difference of two pictures (h, w, 3) is from line to line, away from their edges.

    At the borders of the picture the decoder sees less, at once as in tiles: they do not count.
    """
    is_edge = np.abs(np.diff(whole, axis=axis)).max(axis=2) >= 3
    is_flat = ~np.any([np.roll(is_edge, shift, axis=axis) for shift in range(-8, 9)], axis=0)
    errors = np.abs(np.diff(tiled - whole, axis=axis)).mean(axis=2)
    counts = is_flat.sum(axis=1 - axis)
    means = (errors * is_flat).sum(axis=1 - axis)[counts > 20] / counts[counts > 20]
    return np.asarray(means[2:-2])


def test_a_large_tile_that_joins_itself_does_so_when_it_is_decoded_in_tiles(sketch: Library) -> None:
    request = sketch_request(width=512, height=512, tiles=True)
    pixels = np.asarray(result(DenoisingLoop(sketch), request).images[0], dtype=float)
    for axis in (0, 1):
        between = np.abs(pixels - np.roll(pixels, 1, axis=axis)).mean(axis=(1 - axis, 2))
        assert between[0] <= between[16::16].max(), "a border is no more of an edge than where cells meet"


def test_what_would_take_more_memory_than_it_may_is_decoded_in_tiles(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = record_pieces(monkeypatch)
    result(DenoisingLoop(library_of(tiny_path)), LARGE)
    assert pieces[-1] == (2, 13, 21)
    loop = DenoisingLoop(library_of(tiny_path, decode_mib=0.1))
    pieces.clear()
    result(loop, LARGE)
    assert pieces == [(1, 8, 8)] * 2 * 2 * 4
    pieces.clear()
    result(loop, generate(num_inference_steps=2))
    assert pieces == [(1, 8, 8)] * 4, "one of the model's own size is decoded whole, but not beside others"
    loop = DenoisingLoop(library_of(tiny_path, decode_mib=2.0))
    pieces.clear()
    result(loop, generate(num_inference_steps=2))
    assert pieces == [(2, 8, 8)] * 2, "as many at once as may be"


def test_what_does_not_fit_whole_is_decoded_in_tiles_and_not_tried_again(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = DenoisingLoop(library_of(tiny_path))
    whole = record_sizes(monkeypatch, "decode")
    fail_when(
        monkeypatch, "decode_pixels", lambda latents: latents.shape[-1] > 8, torch.OutOfMemoryError("full")
    )
    assert result(loop, LARGE).images[1].size == (168, 104)
    assert whole == [2, 1]
    assert result(loop, LARGE).images[1].size == (168, 104)
    assert whole == [2, 1]
    assert len(result(loop, generate(num_inference_steps=2)).images) == 4


def test_where_not_even_a_tile_fits_the_request_fails(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = DenoisingLoop(library_of(tiny_path))
    fail_when(monkeypatch, "decode_pixels", lambda _: True, torch.OutOfMemoryError("full"))
    for request in (LARGE, generate(num_inference_steps=2)):
        with pytest.raises(OutOfMemory):
            result(loop, request)


def test_while_others_draw_tiles_are_decoded_one_at_a_time(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = record_pieces(monkeypatch)
    loop = DenoisingLoop(library_of(tiny_path, decode_mib=0.1), clock=lambda: 0.0)
    pieces.clear()
    loop.submit(generate(num_inference_steps=60))
    loop.submit(replace(LARGE, seeds=(1,)))
    most = 0
    while not loop.is_idle:
        before = len(pieces)
        loop.step()
        most = max(most, len(pieces) - before)
    assert most == 1
    assert pieces.count((1, 8, 8)) >= 8


def sketch_request(**changes: Any) -> Generate:
    return generate(
        model="sketch",
        prompts=(WeightedPrompt(text="a house by the sea"),),
        seeds=(1,),
        num_inference_steps=6,
        **changes,
    )


def record_pieces(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """How many latents of which height and width are decoded at once from now on."""
    pieces: list[tuple[int, ...]] = []
    decode = Checkpoint.decode_pixels

    def recording(self: Checkpoint, latents: torch.Tensor) -> torch.Tensor:
        pieces.append((len(latents), *latents.shape[-2:]))
        return decode(self, latents)

    monkeypatch.setattr(Checkpoint, "decode_pixels", recording)
    return pieces
