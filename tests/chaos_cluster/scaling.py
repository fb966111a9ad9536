"""How many times one replica several are: the same jobs, whose passes sleep, on a cluster that grows."""

import asyncio
import os
import sys
from pathlib import Path
from time import monotonic

from engine.api import Engine, Finished
from engine.cluster.engine import ClusterEngine
from engine.cluster.process import DriverProcess
from engine.config import EngineConfig
from playground.process import free_port
from tests.chaos_cluster.machines import cluster
from tests.engine.requests import generate

SLOTS = (1, 2, 3)
"""Of the nodes that join one after the other: one replica, then three, then six."""
JOBS_A_REPLICA = 6
STEPS = 20
LEAST = {3: 2.8, 6: 5.0}
"""Times one."""
JOIN_SECONDS = 180.0


async def scaled(checkpoint: Path) -> dict[int, float]:
    """Jobs a second, by how many replicas there are."""
    rates: dict[int, float] = {}
    async with cluster(SLOTS, port=free_port(), is_whole=False) as machines:
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(machines.token)}
        command = [sys.executable, "-m", "tests.chaos_cluster.sleeping", machines.address]
        config = EngineConfig(model=str(checkpoint), device="cpu", dtype="float32", num_threads=1, max_rows=8)
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
                rates[count] = await rate(engine, JOBS_A_REPLICA * count)
    return rates


async def rate(engine: Engine, jobs: int) -> float:
    """Jobs a second, of so many at once."""
    begin = monotonic()
    await drawn(engine, jobs)
    return jobs / (monotonic() - begin)


async def drawn(engine: Engine, jobs: int) -> None:
    """So many grids, each of another member."""

    async def draw(number: int) -> None:
        request = generate(num_inference_steps=STEPS, fairness_key=str(number))
        events = [event async for event in engine.run(request)]
        if not isinstance(events[-1], Finished):
            raise TypeError(f"{events[-1]} came last")

    await asyncio.gather(*map(draw, range(jobs)))
