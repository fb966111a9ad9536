"""Enlarged pictures: their size, their edges, and that nobody's drawing stalls for them."""

import io
import math
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from PIL import Image, ImageDraw
from torch import from_numpy

from engine.api import Enlarge, Event, Finished, Generated, Progress, Queued, Speed, Started
from engine.checks import check_enlarging
from engine.errors import EngineError, InvalidRequest
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.ticket import Ticket
from engine.work.enlarging import sharpened
from engine.work.slices import Enlarging
from tests.engine.requests import generate


def scene(width: int, height: int) -> Image.Image:
    """A bright disc on a ramp, with hard edges and a flat part."""
    y, x = np.mgrid[:height, :width]
    disc = ((x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 3) ** 2)[..., None]
    ramp = np.stack([x * 255 // width, y * 255 // height, 0 * x + 40], axis=2)
    return Image.fromarray(np.where(disc, (250, 240, 20), ramp).astype(np.uint8))


def shapes(side: int) -> Image.Image:
    """Smooth outlines and thin lines, four times as fine before."""
    large = side * 4
    image = Image.new("RGB", (large, large), (30, 60, 120))
    draw = ImageDraw.Draw(image)
    corners = [(large * x, large * y) for x, y in ((0.5, 0.3), (0.95, 0.2), (0.8, 0.9))]
    draw.ellipse((large * 0.1, large * 0.15, large * 0.7, large * 0.8), fill=(230, 60, 40))
    draw.polygon(corners, fill=(240, 230, 40))
    draw.line((0, large * 0.9, large, large * 0.55), fill=(255, 255, 255), width=large // 50)
    return image.reduce(4)


def psnr(image: Image.Image, other: Image.Image) -> float:
    """How alike two pictures are, in decibels."""
    difference = np.asarray(image, dtype=float) - np.asarray(other, dtype=float)
    return 10 * math.log10(255**2 / np.square(difference).mean())


def enlarged(loop: DenoisingLoop, request: Enlarge) -> Image.Image:
    """The picture, once the loop has run dry."""
    loop.submit(request)
    while not loop.is_idle:
        for _, event in loop.step():
            if isinstance(event, Finished):
                (image,) = event.generated.images
                return image
    raise AssertionError("nothing came of it")


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("size", [(64, 64), (133, 71), (1, 3)])
def test_it_is_exactly_so_much_larger(library: Library, size: tuple[int, int], factor: int) -> None:
    image = enlarged(DenoisingLoop(library), Enlarge(picture=scene(*size), factor=factor))
    assert image.size == (size[0] * factor, size[1] * factor)
    assert image.mode == "RGB"


@pytest.mark.parametrize("factor", [2, 4])
def test_it_is_the_same_picture_and_has_no_seams_where_pieces_meet(library: Library, factor: int) -> None:
    picture = scene(230, 150)
    image = enlarged(DenoisingLoop(library), Enlarge(picture=picture, factor=factor))
    whole = sharpened(from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255, factor)
    expected = (whole[0] * 255).round().byte().permute(1, 2, 0).numpy()
    assert np.abs(np.asarray(image).astype(int) - expected).max() <= 1
    back = np.asarray(image.reduce(factor)).astype(float)
    assert np.abs(back - np.asarray(picture)).mean() < 2


@pytest.mark.parametrize(("factor", "better"), [(2, 4.0), (4, 1.5)])
def test_it_is_nearer_to_the_large_original_than_lanczos(
    library: Library, factor: int, better: float
) -> None:
    original = shapes(512)
    small = original.reduce(factor)
    ours = enlarged(DenoisingLoop(library), Enlarge(picture=small, factor=factor))
    lanczos = small.resize(original.size, Image.Resampling.LANCZOS)
    assert psnr(ours, original) >= psnr(lanczos, original) + better


@pytest.mark.parametrize("factor", [2, 4])
def test_an_edge_is_steeper_than_lanczos_makes_it_and_has_no_halo(library: Library, factor: int) -> None:
    pixels = np.full((32, 32, 3), 60, dtype=np.uint8)
    pixels[:, 16:] = 200
    picture = Image.fromarray(pixels)
    ours = np.asarray(enlarged(DenoisingLoop(library), Enlarge(picture=picture, factor=factor))).astype(int)
    size = (32 * factor, 32 * factor)
    lanczos = np.asarray(picture.resize(size, Image.Resampling.LANCZOS)).astype(int)
    assert lanczos.min() < 60
    assert ours.min() == 60
    assert ours.max() == 200
    assert np.abs(np.diff(ours, axis=1)).max() > np.abs(np.diff(lanczos, axis=1)).max()


def test_noise_in_a_flat_part_grows_no_stronger(library: Library) -> None:
    noise = np.random.default_rng(1).integers(-2, 3, (48, 48, 3))
    picture = Image.fromarray((128 + noise).astype(np.uint8))
    image = enlarged(DenoisingLoop(library), Enlarge(picture=picture))
    assert np.asarray(image).std() <= np.asarray(picture).std()


def test_beside_a_drawing_it_takes_a_slice_between_ticks_no_longer_than_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = DenoisingLoop(library)
    allowed: list[float | None] = []
    advance = Enlarging.advance

    def recorded(self: Enlarging, library: Library, seconds: float | None) -> Generated | None:
        allowed.append(seconds)
        done = self.num_done
        result = advance(self, library, None if seconds is None else 0.0)
        assert self.num_done == done + 1 or seconds is None
        return result

    monkeypatch.setattr(Enlarging, "advance", recorded)
    drawn = loop.submit(generate(num_inference_steps=12))
    large = loop.submit(Enlarge(picture=scene(400, 400), fairness_key="b"))
    told: list[tuple[Ticket, type]] = []
    while not loop.is_idle:
        told += [(ticket, type(event)) for ticket, event in loop.step()]
    assert allowed[0] is not None, "while somebody is drawn, it has so long as a tick takes"
    steps = [index for index, one in enumerate(told) if one == (drawn, Progress)]
    pieces = [index for index, one in enumerate(told) if one == (large, Progress)]
    assert len(steps) == 12, "it is drawn in each tick"
    assert sum(steps[0] < piece < steps[-1] for piece in pieces) >= 8
    assert [kind for ticket, kind in told if ticket is large and kind is not Progress] == [
        Queued,
        Started,
        Finished,
    ]


def test_relaxed_it_waits_until_nobody_else_is_drawn(library: Library) -> None:
    loop = DenoisingLoop(library)
    drawn = loop.submit(generate())
    relaxed = loop.submit(Enlarge(picture=scene(64, 64), speed=Speed.RELAX))
    told: list[tuple[Ticket, type]] = []
    while not loop.is_idle:
        told += [(ticket, type(event)) for ticket, event in loop.step()]
    last_step = max(index for index, one in enumerate(told) if one == (drawn, Progress))
    assert told.index((relaxed, Started)) > last_step
    assert (relaxed, Finished) in told


def test_another_begins_when_the_memory_for_what_has_begun_has_room(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Enlarge(picture=scene(500, 500), factor=4)
    monkeypatch.setattr(library, "begun_budget", 2000 * 2000 * 3 * 3 // 2)
    loop = DenoisingLoop(library)
    first = loop.submit(request)
    told = [(ticket, type(event)) for ticket, event in loop.step()]
    urgent = loop.submit(replace(request, speed=Speed.TURBO))
    while not loop.is_idle:
        told += [(ticket, type(event)) for ticket, event in loop.step()]
        assert loop.begun_bytes <= 2000 * 2000 * 3
    assert told.index((first, Finished)) < told.index((urgent, Started))
    assert (urgent, Finished) in told


def test_a_broken_picture_ends_its_own_request_and_no_other(library: Library) -> None:
    file = io.BytesIO()
    scene(64, 64).save(file, "PNG")
    broken = Image.open(io.BytesIO(file.getvalue()[:200]))  # read when it is first looked at
    loop = DenoisingLoop(library)
    culprit = loop.submit(Enlarge(picture=broken))
    other = loop.submit(Enlarge(picture=scene(64, 64)))
    ends: dict[Ticket, Event | EngineError] = {}
    while not loop.is_idle:
        ends |= {ticket: event for ticket, event in loop.step() if isinstance(event, Finished | EngineError)}
    assert isinstance(ends[culprit], EngineError)
    assert isinstance(ends[other], Finished)


def test_its_time_is_charged(library: Library) -> None:
    loop = DenoisingLoop(library, clock=map(float, count()).__next__)
    loop.submit(Enlarge(picture=scene(32, 32)))
    charged = []
    while not loop.is_idle:
        charged += [event.gpu_seconds for _, event in loop.step() if isinstance(event, Finished)]
    assert charged == [1.0]


def test_cancelled_it_is_forgotten(library: Library) -> None:
    loop = DenoisingLoop(library)
    ticket = loop.submit(Enlarge(picture=scene(1500, 1500), factor=4))
    loop.step()
    assert not loop.is_idle, "nobody waits for all of a large picture"
    assert loop.begun_bytes == 6000 * 6000 * 3
    loop.cancel(ticket)
    assert loop.is_idle
    assert loop.begun_bytes == 0


@pytest.mark.parametrize(
    ("size", "factor", "sentence"),
    [((8, 8), 3, "2 or 4 times, not 3"), ((8, 4097), 4, "at most 16384 pixels long, not 16388")],
)
def test_what_cannot_be_enlarged_is_refused_in_a_sentence(
    size: tuple[int, int], factor: int, sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        check_enlarging(Enlarge(picture=Image.new("RGB", size), factor=factor))


def test_what_it_will_take_is_known_beforehand(library: Library) -> None:
    model = library.models()[0]
    assert 0 < model.estimate_enlarging(width=128, height=128) < 1.0
    assert model.estimate_enlarging(width=256, height=128) == pytest.approx(
        2 * model.estimate_enlarging(width=128, height=128)
    )
