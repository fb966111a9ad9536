"""Many at once: what is begun is bounded, who is urgent finds room, and everybody hears where they stand."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load

from engine.api import Finished, Generate, Preview, Progress, Queued, Speed, Start
from engine.config import EngineConfig
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.rows import Rows
from engine.samplers import SAMPLERS
from engine.ticket import Ticket
from tests.engine.requests import generate, result

PICTURE = Start(source=Image.new("RGB", (64, 64), "teal"), strength=0.9)


def test_a_generation_takes_no_more_than_was_reckoned_with_any_sampler(library: Library) -> None:
    loop = DenoisingLoop(library, preview_seconds=0.0)
    for sampler in SAMPLERS:
        for start in (None, PICTURE):
            request = generate("a fox " * 60, sampler=sampler, num_inference_steps=7, seeds=(1,), start=start)
            ticket = loop.submit(request)
            while not loop.is_idle:
                loop.step()
                if (generation := loop.generation(ticket)) is not None:
                    assert generation.num_bytes <= ticket.num_bytes, sampler


def test_a_burst_takes_no_more_of_the_device_than_it_may(tiny_path: Path) -> None:
    loop = DenoisingLoop(Library(config(tiny_path, begun_mib=0.5)), preview_seconds=0.0)
    tickets = [loop.submit(generate(num_inference_steps=3, fairness_key=str(key))) for key in range(30)]
    most = 0
    while not loop.is_idle:
        loop.step()
        begun = [one for one in map(loop.generation, tickets) if one is not None]
        most = max(most, len(begun))
        assert sum(one.num_bytes for one in begun) <= 0.5 * 2**20
    assert most > 2


@pytest.mark.parametrize(("crowd", "urgent"), [(Speed.RELAX, Speed.FAST), (Speed.FAST, Speed.TURBO)])
def test_in_a_crowd_somebody_more_urgent_begins_at_once(
    library: Library, crowd: Speed, urgent: Speed
) -> None:
    loop = DenoisingLoop(library)
    for member in range(70):
        loop.submit(generate(speed=crowd, num_inference_steps=50, seeds=(1,), fairness_key=str(member)))
    for _ in range(10):
        loop.step()
    assert len(loop._waiting) > 0, "the crowd has filled the room that it may fill"
    one = loop.submit(generate(speed=urgent, num_inference_steps=3))
    loop.step()
    assert loop.generation(one) is not None


def test_who_leaves_while_places_are_told_is_told_nothing_more(tiny_path: Path) -> None:
    now = 0.0
    loop = DenoisingLoop(Library(config(tiny_path, max_rows=8)), preview_seconds=0.0, clock=lambda: now)
    tickets = [loop.submit(generate(num_inference_steps=90, fairness_key=str(key))) for key in range(50)]
    for _ in range(60):
        loop.step()
    now = 2.0
    assert positions(loop.step()), "the first of those who pause are told in this tick"
    for ticket in tickets[1:]:
        loop.cancel(ticket)
    assert {ticket for ticket, _ in loop.step()} <= {tickets[0]}


def test_who_cancels_one_of_several_keeps_the_turn_of_the_others(library: Library) -> None:
    loop = DenoisingLoop(library)
    cancelled, kept = (loop.submit(generate(fairness_key="first")) for _ in range(2))
    other = loop.submit(generate(fairness_key="second"))
    loop.cancel(cancelled)
    assert loop._waiting.in_order() == [kept, other]


def test_tenants_that_wait_take_turns_and_the_members_of_each_take_theirs(library: Library) -> None:
    loop = DenoisingLoop(library)
    keys = ["large/1", "large/1", "large/2", "large/3", "small/1", "small/1", "alone"]
    tickets = [loop.submit(generate(fairness_key=key)) for key in keys]
    expected = ["large/1", "small/1", "alone", "large/2", "small/1", "large/3", "large/1"]
    assert [one.request.fairness_key for one in loop._waiting.in_order()] == expected
    assert loop._waiting.heads(3, list(Speed)) == loop._waiting.in_order()[:3]
    loop._waiting.begin(tickets[0])
    after = ["small/1", "alone", "large/2", "small/1", "large/3", "large/1"]
    assert [one.request.fairness_key for one in loop._waiting.in_order()] == after


def test_in_a_large_crowd_the_last_in_line_is_told_its_place_too(tiny_path: Path) -> None:
    now = 0.0
    loop = DenoisingLoop(Library(config(tiny_path, begun_mib=0.06)), clock=lambda: now)
    first = loop.submit(generate(num_inference_steps=500))
    for member in range(100):
        loop.submit(generate(fairness_key=str(member)))
    last = loop.submit(generate(fairness_key="last"))
    loop.cancel(first)
    told: dict[Ticket, int] = {}
    for _ in range(8):
        now += 1.0  # as long a tick as a round may be
        told |= positions(loop.step())
    assert told[last] <= 100


def test_numbers_that_sixteen_bits_cannot_hold_are_drawn_once_more_in_float32(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = result(DenoisingLoop(Library(config(tiny_path))), steps(9)).latents
    rounded = Library(config(tiny_path, dtype="bfloat16"))
    usual = result(DenoisingLoop(rounded), steps(9)).latents
    predict = Checkpoint.predict_noise

    def overflowing(self: Checkpoint, rows: Rows) -> torch.Tensor:
        noise_pred = predict(self, rows)
        is_exact = next(self.unet.parameters()).dtype == torch.float32
        return noise_pred if is_exact else noise_pred * math.inf * 0

    loop = DenoisingLoop(rounded)
    with monkeypatch.context() as patched:
        patched.setattr(Checkpoint, "predict_noise", overflowing)
        told = []
        loop.submit(steps(9))
        while not loop.is_idle:
            told += loop.step()
    (end,) = [event for _, event in told if isinstance(event, Finished)]
    assert sum(isinstance(event, Progress) for _, event in told) < 9 + 9, "noticed before the last step"
    assert distance(end.generated.latents[0], expected[0]) < distance(usual[0], expected[0])
    assert result(loop, steps(9)).latents == usual, "afterwards nothing has changed"


def test_a_prediction_is_kept_only_where_a_preview_is_due(library: Library) -> None:
    now = 0.0
    loop = DenoisingLoop(library, clock=lambda: now)
    ticket = loop.submit(generate(num_inference_steps=9))
    told = loop.step()
    generation = loop.generation(ticket)
    assert generation is not None
    with_preview = generation.num_bytes
    assert any(isinstance(event, Preview) for _, event in told)
    assert not any(isinstance(event, Preview) for _, event in loop.step())
    assert generation.num_bytes < with_preview + generation.latents.numel() * 4


def config(
    path: Path, *, begun_mib: float | None = None, max_rows: int = 32, dtype: str = "float32"
) -> EngineConfig:
    return EngineConfig(
        model=str(path),
        device="cpu",
        dtype="bfloat16" if dtype == "bfloat16" else "float32",
        num_threads=1,
        max_rows=max_rows,
        begun_mib=begun_mib,
    )


def steps(count: int) -> Generate:
    return generate(num_inference_steps=count, seeds=(1,))


def positions(told: Sequence[tuple[Ticket, object]]) -> dict[Ticket, int]:
    return {ticket: event.position for ticket, event in told if isinstance(event, Queued)}


def distance(one: bytes, other: bytes) -> float:
    """Between two kept latents."""
    first, second = (load(kept)["latents"].float() for kept in (one, other))
    return float((first - second).abs().mean())
