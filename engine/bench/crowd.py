"""What a crowd costs: host time of a tick, lag of the event loop and bytes begun, against how many wait."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import sleep, thread_time
from typing import Any

import torch
from diffusers import UNet2DConditionModel

from engine.api import Generate, ModelInfo, WeightedPrompt
from engine.bench.lag import lags, percentiles
from engine.bench.table import print_table
from engine.config import EngineConfig
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.worker import InProcessEngine

_PASS_SECONDS = 0.02
_STEPS = 500  # so many that nobody finishes, and nobody else is admitted
_TICKS = 200
_MEMBERS = 300


async def measure(config: EngineConfig, crowds: Sequence[int], seconds: float) -> None:
    """Print all three. A pass of the U-Net is a sleep of 20 ms; every request has a key of its own."""
    with _passes_of(_PASS_SECONDS):
        watched = [await _watched(config, crowd, seconds) for crowd in crowds]
    with _passes_of(0.0):
        library = Library(config)
        ticks = [_host_seconds(library, crowd) for crowd in crowds]
        begun, num_bytes = _begun(library)
    print_table(
        ["requests", "host ms a tick", "ratio", "lag p50 ms", "lag p99 ms", "lag max ms", "events a second"],
        (
            [str(crowd), f"{1000 * tick:.2f}", f"×{tick / ticks[0]:.2f}", *lag]
            for crowd, tick, lag in zip(crowds, ticks, watched, strict=True)
        ),
    )
    print_table(
        [f"of {_MEMBERS} members at once", "have begun", "MiB begun", "MiB allowed"],
        [["", str(begun), f"{num_bytes / 2**20:.1f}", f"{library.begun_budget / 2**20:.1f}"]],
    )


@contextmanager
def _passes_of(seconds: float) -> Iterator[None]:
    """Within this, a pass of any U-Net predicts nothing and takes so long, in which others may run."""

    def forward(_: UNet2DConditionModel, sample: torch.Tensor, *__: Any, **___: Any) -> tuple[torch.Tensor]:
        sleep(seconds)
        return (torch.zeros_like(sample),)

    real = UNet2DConditionModel.forward
    UNet2DConditionModel.forward = forward
    try:
        yield
    finally:
        UNet2DConditionModel.forward = real


def _host_seconds(library: Library, crowd: int) -> float:
    """CPU seconds of the engine's thread in a tick in which nobody is admitted, on average."""
    now = 0.0
    loop = DenoisingLoop(library, clock=lambda: now)
    info = library.models()[0]
    for number in range(crowd):
        loop.submit(_request(info, number))
    for _ in range(_TICKS):
        now += _PASS_SECONDS
        loop.step()
    started = thread_time()
    for _ in range(_TICKS):
        now += _PASS_SECONDS
        loop.step()
    return (thread_time() - started) / _TICKS


def _begun(library: Library) -> tuple[int, int]:
    """How many of a burst have begun after a while, and how many bytes those take."""
    loop = DenoisingLoop(library)
    tickets = [loop.submit(_request(library.models()[0], number)) for number in range(_MEMBERS)]
    for _ in range(_TICKS):
        loop.step()
    return sum(loop.generation(ticket) is not None for ticket in tickets), loop.begun_bytes


async def _watched(config: EngineConfig, crowd: int, seconds: float) -> list[str]:
    """Percentiles of the event loop's lag with so many requests open, and events a second."""
    count = 0

    async def follow(engine: InProcessEngine, number: int) -> None:
        nonlocal count
        async for _ in engine.run(_request(engine.models()[0], number)):
            count += 1

    async with InProcessEngine(config) as engine:
        members = [asyncio.create_task(follow(engine, number)) for number in range(crowd)]
        await asyncio.sleep(seconds)  # the burst itself is not what is measured
        count = 0
        late = await lags(seconds)
        for member in members:
            member.cancel()
        await asyncio.gather(*members, return_exceptions=True)
    return [*percentiles(late), f"{count / seconds:.0f}"]


def _request(info: ModelInfo, number: int) -> Generate:
    return Generate(
        model=info.name,
        prompts=(WeightedPrompt(text="a red apple"),),
        width=info.native_size,
        height=info.native_size,
        seeds=tuple(range(4 * number, 4 * number + 4)),
        num_inference_steps=_STEPS,
        guidance_scale=5.0,
        sampler="euler",
        fairness_key=str(number),
    )
