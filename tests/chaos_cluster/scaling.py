"""How many times one replica several are, and how long a light member waits there beside a heavy one.

The same jobs, whose passes sleep, on a cluster that grows; and with one loop, without a cluster.
"""

import asyncio
import os
import sys
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from time import monotonic

from engine.api import Engine, Finished, Progress
from engine.cluster.engine import ClusterEngine
from engine.cluster.process import DriverProcess
from engine.config import EngineConfig
from engine.worker import InProcessEngine
from playground.process import free_port
from tests.chaos_cluster.machines import cluster
from tests.chaos_cluster.sleeping import PASS_SECONDS, sleep_through_passes
from tests.engine.requests import generate

SLOTS = (1, 2, 3)
"""Of the nodes that join one after the other: one replica, then three, then six."""
JOBS_A_REPLICA = 6
STEPS = 20
LEAST = {3: 2.8, 6: 5.0}
"""Times one."""
HEAVY_GRIDS = 40
"""That a heavy member asks for at once, for each replica."""
PAUSES = tuple(PASS_SECONDS * share for share in (0.25, 0.5, 0.75))
"""Of light ones, who ask one after the other: each so long after the last was served, in the midst of a pass.
Who asked in that very instant would be in time for the next pass in one loop, and nowhere else."""
MOST_LIGHT = 1.0
"""Times what a light member waits with one loop: it is promised to be served as with that."""
JOIN_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Scaled:
    """What was measured, by how many replicas there were."""

    rates: dict[int, float] = field(default_factory=dict)
    """Jobs a second."""
    light_seconds: dict[int, float] = field(default_factory=dict)
    """That a light member waits for a grid beside a heavy one; with 0 replicas: in one loop here."""


async def scaled(checkpoint: Path) -> Scaled:
    """Measure all of it."""
    measured = Scaled()
    config = EngineConfig(model=str(checkpoint), device="cpu", dtype="float32", num_threads=1, max_rows=8)
    sleep_through_passes()
    async with InProcessEngine(config) as loop:
        measured.light_seconds[0] = await light_wait(loop, HEAVY_GRIDS)
    async with cluster(SLOTS, port=free_port(), is_whole=False) as machines:
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(machines.token)}
        command = [sys.executable, "-m", "tests.chaos_cluster.sleeping", machines.address]
        await machines.nodes[0].start()
        async with ClusterEngine(
            config, DriverProcess(command, environment={**os.environ, **token})
        ) as engine:
            for number, node in enumerate(machines.nodes):
                if number:
                    await node.start()
                count = sum(SLOTS[: number + 1])
                async with asyncio.timeout(JOIN_SECONDS):
                    while engine.status.num_drawing < count:
                        await asyncio.sleep(0.1)
                await drawn(engine, count)  # warmed
                measured.rates[count] = await rate(engine, JOBS_A_REPLICA * count)
                measured.light_seconds[count] = await light_wait(engine, HEAVY_GRIDS * count)
    return measured


async def light_wait(engine: Engine, grids: int) -> float:
    """Seconds that a grid takes on the mean, for members who ask for one while another has asked for many."""
    has_begun = asyncio.Event()
    heavy = [asyncio.create_task(draw(engine, "heavy", has_begun)) for _ in range(grids)]
    await has_begun.wait()
    seconds = []
    for number, pause in enumerate(PAUSES):
        await asyncio.sleep(pause)
        begin = monotonic()
        await draw(engine, f"light {number}")
        seconds.append(monotonic() - begin)
    for task in heavy:
        task.cancel()
    await asyncio.gather(*heavy, return_exceptions=True)
    return mean(seconds)


async def draw(engine: Engine, key: str, has_begun: asyncio.Event | None = None) -> None:
    """A grid for a member."""
    async with aclosing(engine.run(generate(num_inference_steps=STEPS, fairness_key=key))) as events:
        async for event in events:
            if isinstance(event, Progress) and has_begun is not None:
                has_begun.set()
    if not isinstance(event, Finished):
        raise TypeError(f"{event} came last")


async def rate(engine: Engine, jobs: int) -> float:
    """Jobs a second, of so many at once."""
    begin = monotonic()
    await drawn(engine, jobs)
    return jobs / (monotonic() - begin)


async def drawn(engine: Engine, jobs: int) -> None:
    """So many grids, each of another member."""
    await asyncio.gather(*(draw(engine, str(number)) for number in range(jobs)))
