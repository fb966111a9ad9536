"""Large pictures in windows: seamless, in the passes of everybody else, and no pass larger than it may be."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.api import Finished, Generate, Preview, Progress, Speed, Start
from engine.api.windows import count, placed
from engine.bench.arms import denoised
from engine.checks import check
from engine.config import EngineConfig
from engine.errors import InvalidRequest
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.policy import Candidate, Group, choose
from engine.rows import Rows
from engine.work.denoising import Generation
from engine.work.slices import Opening
from engine.work.windows import Layout, Windows
from tests.engine.requests import generate, result
from tests.engine.test_enlarging import psnr as psnr_of
from tests.engine.test_enlarging import scene

PICTURE = scene(64, 64)


def creative(**changes: Any) -> Generate:
    """A picture of the native size, twice as large: nine windows."""
    values: dict[str, Any] = {
        "width": 128,
        "height": 128,
        "seeds": (1,),
        "start": Start(source=PICTURE, strength=0.5),
        "window": 64,
    }
    return generate(**values | changes)


def capped(path: Path, rows: int) -> Library:
    return Library(EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1, max_rows=rows))


@pytest.fixture(scope="module")
def small(tiny_path: Path) -> Library:
    """No more than five rows in a pass, which no number of windows with guidance fills."""
    return capped(tiny_path, 5)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each pass had, and of which shape they were."""
    sizes: list[int] = []
    predict = Checkpoint.predict_noise

    def counting(self: Checkpoint, rows: Rows) -> torch.Tensor:
        assert max(rows.sample.shape[-2:]) <= 8, "no row is larger than a window"
        sizes.append(len(rows))
        return predict(self, rows)

    monkeypatch.setattr(Checkpoint, "predict_noise", counting)
    return sizes


@pytest.mark.parametrize("side", [4, 7, 8, 28, 64])
def test_windows_cover_everything_and_overlap_enough(side: int) -> None:
    for length in range(1, 5 * side):
        starts = placed(length, side)
        assert starts[0] == 0
        assert starts[-1] + side >= length
        assert all(after - before <= side - side // 4 for before, after in pairwise(starts))
        assert len(starts) == count(length, side) == count(8 * length, 8 * side), "in pixels as in cells"


@pytest.mark.parametrize(("height", "width"), [(8, 8), (13, 30), (5, 19)])
def test_windows_that_say_what_the_whole_says_give_the_whole(height: int, width: int) -> None:
    layout = Layout(height=height, width=width, side=8, device=torch.device("cpu"))
    whole = torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(1))
    joined = layout.blank(whole)
    for window in layout.windows:
        window.of(joined).add_(layout.weighted(window, window.of(whole)))
    torch.testing.assert_close(joined, whole)
    corner = (..., slice(5), slice(5))
    assert torch.equal(joined[corner], whole[corner]), "to the bit, where only one window lies"


def test_one_window_that_covers_all_is_an_ordinary_picture_to_the_bit(library: Library) -> None:
    for window in (64, 128):
        request = generate(start=Start(source=PICTURE, strength=0.6), seeds=(1, 2))
        whole = result(DenoisingLoop(library), request)
        seen = result(DenoisingLoop(library), replace(request, window=window))
        assert (seen.images, seen.latents) == (whole.images, whole.latents)


def test_one_window_through_the_joining_gives_the_same_bits(library: Library) -> None:
    request = generate(start=Start(source=PICTURE, strength=0.6), seeds=(1, 2))
    checkpoint = library.checkpoint("tiny")
    plain, joined = (Generation(request, checkpoint) for _ in range(2))
    layout = Layout(height=8, width=8, side=8, device=library.device)
    joined._windows = Windows(layout)
    while not plain.is_done:
        for one in (plain, joined):
            one.advance(checkpoint.predict_noise(one.rows()))
    assert torch.equal(plain.latents, joined.latents)


def test_no_pass_has_more_rows_than_it_may_and_the_picture_is_the_same(
    library: Library, small: Library, passes: list[int]
) -> None:
    request = creative(guidance_scale=3.0)
    free = denoised(DenoisingLoop(library), request)
    assert max(passes) == 18, "where there is room, all nine windows are seen at once"
    passes.clear()
    bounded = denoised(DenoisingLoop(small), request)
    assert max(passes) == 4, "two windows with guidance"
    assert sum(passes) == 18 * bounded.num_steps
    assert psnr(bounded.latents, free.latents) >= 100.0


def test_windows_and_pictures_of_their_size_share_passes_and_do_not_notice(
    library: Library, passes: list[int]
) -> None:
    requests = [
        creative(seeds=(7,)),
        generate(seeds=(3, 4), num_inference_steps=9),
        generate(seeds=(5,), start=Start(source=PICTURE, strength=0.9), sampler="euler-a"),
    ]
    alone = [denoised(DenoisingLoop(library), request).latents for request in requests]
    passes.clear()
    for request, expected in zip(requests, alone, strict=True):
        others = [other for other in requests if other is not request]
        together = denoised(DenoisingLoop(library), request, others, ticks_apart=1).latents
        assert psnr(together, expected) >= 100.0
    assert max(passes) == 18 + 4 + 2


def test_windows_fill_the_rows_that_others_leave() -> None:
    group = Group(model="tiny", width=64, height=64)
    one = Candidate(
        ticket=1, group=group, fairness_key="", speed=Speed.FAST, rows=8, queued_at=0.0, seconds_left=1.0
    )
    large = replace(one, ticket=2, rows=18, least_rows=2)
    assert [each.rows for each in choose([one, large], lambda _: 13)] == [8, 4]
    assert [each.rows for each in choose([large, one], lambda _: 13)] == [12]
    assert [each.rows for each in choose([one, large], lambda _: 9)] == [8]
    assert [each.rows for each in choose([large], lambda _: 1)] == [2], "the first runs, as little as it can"


def test_where_windows_meet_is_no_seam(sketch: Library) -> None:
    """Against windows that are each drawn alone and laid side by side, which do show where they meet."""
    large = Image.fromarray(np.random.default_rng(3).integers(90, 160, (352, 224, 3), dtype=np.uint8))
    request = generate(
        "a green meadow under a blue sky",
        model="sketch",
        width=224,
        height=352,
        seeds=(4,),
        num_inference_steps=8,
        start=Start(source=large, strength=0.9),
        window=224,
    )
    joined = np.asarray(result(DenoisingLoop(sketch), request).images[0], dtype=float)
    halves = [
        result(
            DenoisingLoop(sketch),
            replace(request, height=176, start=Start(source=large.crop(box), strength=0.9), window=None),
        ).images[0]
        for box in ((0, 0, 224, 176), (0, 176, 224, 352))
    ]
    pasted = np.concatenate([np.asarray(half, dtype=float) for half in halves])
    joins = (128, 224)  # where one window ends, and where the other begins
    assert step_at(pasted, 176) > 2.0, "the measure sees a seam where there is one"
    assert max(step_at(joined, join) for join in joins) < 1.5


def test_a_large_picture_that_is_cancelled_midway_leaves_nothing_behind(small: Library) -> None:
    for passes_before in range(8):
        loop = DenoisingLoop(small)
        ticket = loop.submit(creative())
        for _ in range(passes_before):
            loop.step()
        assert loop.begun_bytes > 0 or passes_before == 0
        loop.cancel(ticket)
        assert not [told for told, _ in loop.step() if told is ticket]
        assert loop.is_idle
        assert loop.begun_bytes == 0


def test_progress_counts_windows_and_a_preview_may_come_between_two_steps(small: Library) -> None:
    loop = DenoisingLoop(small, preview_seconds=0.0)
    loop.submit(creative(num_inference_steps=6))
    told = []
    while not loop.is_idle:
        told += [event for _, event in loop.step()]
    steps = [event.step for event in told if isinstance(event, Progress)]
    assert steps[:6] == [2, 4, 6, 8, 9, 11]
    assert steps[-1] == 27
    (preview, *_), finished = [event for event in told if isinstance(event, Preview)], told[-1]
    assert preview.images[0].width == preview.images[0].height
    assert isinstance(finished, Finished)
    assert finished.generated.images[0].size == (128, 128)


def test_others_are_drawn_while_the_picture_is_enlarged_and_encoded(small: Library) -> None:
    loop = DenoisingLoop(small)
    other = loop.submit(generate(seeds=(1,), num_inference_steps=60))
    loop.step()
    large = loop.submit(creative(width=256, height=256, seeds=(2,)))
    ticks = 0
    while loop.generation(large) is None:
        before = loop.generation(other)
        assert before is not None
        step = before.step
        loop._tick_seconds = 0.0
        loop.step()
        ticks += before.step - step
    assert ticks >= 5, "there is a slice of it in each tick"


def test_what_it_begins_with_is_what_the_encoder_makes_of_the_enlarged_picture(sketch: Library) -> None:
    picture, size = scene(224, 224), 448
    opening = Opening(creative(model="sketch", width=size, height=size, window=224), picture)
    moments = None
    while moments is None:
        moments = opening.advance(sketch, None)
    assert psnr_of(opening._picture, picture.resize((size, size))) > 20, "enlarged, sharper than resized"
    checkpoint = sketch.checkpoint("sketch")
    whole = checkpoint.moments(checkpoint.pixels(opening._picture, size, size))
    mean, expected = moments.chunk(2, dim=1)[0], whole.chunk(2, dim=1)[0]
    assert psnr(mean, expected) >= 30.0


def test_it_takes_no_more_than_was_reckoned(library: Library) -> None:
    for sampler in ("dpmpp-2m", "heun", "unipc", "euler-a"):
        loop = DenoisingLoop(library, preview_seconds=0.0)
        ticket = loop.submit(creative(sampler=sampler, num_inference_steps=8))
        while not loop.is_idle:
            loop.step()
            if (generation := loop.generation(ticket)) is not None:
                assert generation.num_bytes <= ticket.num_bytes, sampler


def test_its_share_of_the_device_is_reckoned_by_its_windows(library: Library) -> None:
    loop = DenoisingLoop(library)
    one, nine = loop.submit(generate(seeds=(1,))), loop.submit(creative(start=None))
    assert nine.share_seconds == pytest.approx(9 * one.share_seconds)
    assert nine.group == one.group
    assert (one.candidate().least_rows, nine.candidate().least_rows) == (None, 2)
    info = library.entry("tiny").info
    estimate = info.estimate_windows(width=128, height=128, steps=5)
    assert estimate > 2 * info.estimate_seconds(width=128, height=128, steps=5, num_images=1)


def test_memory_that_is_short_in_a_step_spoils_nothing(
    small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = denoised(DenoisingLoop(small), creative()).latents
    stepped, fails = Generation._stepped, iter([True, False] * 20)

    def short(self: Generation, *arguments: torch.Tensor) -> torch.Tensor:
        if next(fails):
            raise torch.OutOfMemoryError
        return stepped(self, *arguments)

    monkeypatch.setattr(Generation, "_stepped", short)
    assert torch.equal(denoised(DenoisingLoop(small), creative()).latents, expected)


def test_numbers_that_sixteen_bits_cannot_hold_are_drawn_once_more_from_the_same_beginning(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = EngineConfig(model=str(tiny_path), device="cpu", dtype="bfloat16", num_threads=1, max_rows=6)
    predict, opened = Checkpoint.predict_noise, 0

    def overflowing(self: Checkpoint, rows: Rows) -> torch.Tensor:
        is_exact = next(self.unet.parameters()).dtype == torch.float32
        return predict(self, rows) * (1.0 if is_exact else math.nan)

    def counted(self: Opening, library: Library, seconds: float | None) -> torch.Tensor | None:
        nonlocal opened
        moments = advance(self, library, seconds)
        opened += moments is not None
        return moments

    advance = Opening.advance
    monkeypatch.setattr(Checkpoint, "predict_noise", overflowing)
    monkeypatch.setattr(Opening, "advance", counted)
    (image,) = result(DenoisingLoop(Library(config)), creative(num_inference_steps=12)).images
    assert np.asarray(image).std() > 5
    assert opened == 1, "it is not enlarged and encoded again"


@pytest.mark.parametrize("name", ["painter", "painter-xl"])
def test_a_model_for_inpainting_draws_in_windows_too(inpainting: Library, name: str) -> None:
    (image,) = result(DenoisingLoop(inpainting), creative(model=name)).images
    assert image.size == (128, 128)
    assert np.asarray(image).std() > 5


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (creative(window=60), "The window must be a multiple of 8 and at least 32 pixels, not 60."),
        (creative(window=16), "The window must be a multiple of 8 and at least 32 pixels, not 16."),
        (creative(tiles=True), "A picture that is drawn in windows cannot join itself."),
    ],
)
def test_what_cannot_be_drawn_in_windows_is_refused(
    library: Library, request_: Generate, sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        check(request_, library.entry("tiny").info)


@pytest.fixture(scope="module")
def sketch() -> Library:
    return capped(Path("sketch"), 8)


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    difference = float((one - other).square().mean())
    span = float(other.max() - other.min())
    return math.inf if difference == 0 else 10 * math.log10(span**2 / difference)


def step_at(pixels: np.ndarray[tuple[int, ...], np.dtype[np.float64]], row: int) -> float:
    """How much more two rows of pixels differ than those about them do."""
    steps = np.abs(np.diff(pixels, axis=0)).mean(axis=(1, 2))
    return float(steps[row - 1] / np.median(steps[row - 12 : row + 12]))
