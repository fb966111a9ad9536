"""How late the event loop wakes up while the engine draws: what a Discord heartbeat would feel."""

import asyncio
from time import perf_counter

import numpy as np

from engine.api import Generate, ModelInfo, WeightedPrompt
from engine.bench.table import print_table
from engine.config import EngineConfig
from engine.worker import InProcessEngine

_TICK_SECONDS = 0.01
_REQUESTS = 4
_ROUNDS = 3


async def measure(model: str, device: str, seconds: float) -> None:
    """Print the lag of a 10 ms timer with the engine idle and with four grids in flight, in turns."""
    idle: list[float] = []
    busy: list[float] = []
    async with InProcessEngine(EngineConfig(model=model, device=device)) as engine:
        for _ in range(_ROUNDS):
            idle += await lags(seconds / _ROUNDS)
            busy += await lags_while_drawing(engine, seconds / _ROUNDS)
    rows = [[name, *percentiles(late)] for name, late in (("idle", idle), ("drawing", busy))]
    print_table(["event loop", "p50 ms", "p99 ms", "max ms"], rows)


async def lags_while_drawing(engine: InProcessEngine, seconds: float) -> list[float]:
    """The same as `lags`, with four grids in flight all the time."""
    drawing = [asyncio.create_task(_draw_for_ever(engine, seed)) for seed in range(_REQUESTS)]
    late = await lags(seconds)
    for task in drawing:
        task.cancel()
    await asyncio.gather(*drawing, return_exceptions=True)
    return late


async def lags(seconds: float) -> list[float]:
    """By how much a timer of 10 ms came late, each time, in seconds."""
    late = []
    end = perf_counter() + seconds
    while (before := perf_counter()) < end:
        await asyncio.sleep(_TICK_SECONDS)
        late.append(perf_counter() - before - _TICK_SECONDS)
    return late


async def _draw_for_ever(engine: InProcessEngine, seed: int) -> None:
    request = _request(engine.models()[0], seed)
    while True:
        async for _ in engine.run(request):
            pass


def _request(model: ModelInfo, seed: int) -> Generate:
    return Generate(
        model=model.name,
        prompts=(WeightedPrompt(text="a red apple"),),
        width=model.native_size,
        height=model.native_size,
        seeds=tuple(range(seed, seed + 4)),
        num_inference_steps=model.default_steps,
        guidance_scale=model.default_guidance_scale,
        sampler=model.default_sampler,
    )


def percentiles(late: list[float]) -> list[str]:
    """The median, the 99th percentile and the largest, in milliseconds."""
    return [f"{1000 * float(np.percentile(late, share)):.1f}" for share in (50, 99, 100)]
