"""What dies costs time and no request: replicas, drivers, cables. All on the real loop, in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from engine.api import Finished, Generate, Progress, Queued, Started
from engine.cluster import link
from engine.cluster.engine import ClusterEngine
from engine.cluster.replica import Replica
from engine.errors import EngineError, GenerationFailed
from tests.cluster.conftest import NearDrivers
from tests.cluster.local import LocalFleet
from tests.engine.contract import config, last
from tests.engine.requests import generate

LONG = 60


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is lost is asked again at once."""
    monkeypatch.setattr(link, "RETRY_SECONDS", 0.05)


@asynccontextmanager
async def cluster(
    tiny_path: Path, count: int = 1, *, silence_seconds: float = 4.0, unanswered_seconds: float = 8.0
) -> AsyncIterator[tuple[ClusterEngine, LocalFleet, NearDrivers]]:
    """An engine on so many replicas, which can be killed."""
    fleet = LocalFleet(config(tiny_path), count, silence_seconds=silence_seconds)
    drivers = NearDrivers(fleet, unanswered_seconds=unanswered_seconds)
    async with ClusterEngine(config(tiny_path), drivers) as engine:
        await until(lambda: engine.status.num_drawing == count)
        yield engine, fleet, drivers
    await fleet.close()


async def test_a_lost_replica_costs_time_and_no_request(tiny_path: Path) -> None:
    async with cluster(tiny_path, 2) as (engine, fleet, _):
        tasks = [asyncio.create_task(last(engine, long_one(seed))) for seed in range(4)]
        await until(lambda: all(num_runs(member.replica) for member in fleet.members.values()))
        lost = fleet.members["local-0"]
        await lost.kill()
        finished = await asyncio.gather(*tasks)
        assert len(finished) == 4
        alone = await last(engine, long_one(2))
        assert alone.generated.images[0].tobytes() == finished[2].generated.images[0].tobytes()


async def test_who_waits_for_a_replica_is_told_so_and_goes_on_when_there_is_one(tiny_path: Path) -> None:
    async with cluster(tiny_path) as (engine, fleet, _):
        member = fleet.members["local-0"]
        async with aclosing(engine.run(long_one(1))) as events:
            async for event in events:
                if isinstance(event, Progress):
                    break
            await member.kill()
            told = [event async for event in until_away(events)]
            assert isinstance(told[-1], Queued)
            assert told[-1].eta_seconds > 0
            assert engine.models(), "what can be asked for stays known"
            member.restart()
            rest = [event async for event in events]
        assert isinstance(rest[-1], Finished)
        assert not any(isinstance(event, Started) for event in rest), "it had begun before"


async def test_a_lost_driver_costs_time_and_no_request(tiny_path: Path) -> None:
    async with cluster(tiny_path) as (engine, fleet, drivers):
        tasks = [asyncio.create_task(last(engine, long_one(seed))) for seed in range(3)]
        await until(lambda: num_runs(fleet.members["local-0"].replica) >= 2)
        drivers.kill()
        assert len(await asyncio.gather(*tasks)) == 3
        assert drivers.num_started == 2


async def test_who_waits_for_a_driver_is_told_so(tiny_path: Path) -> None:
    async with cluster(tiny_path) as (engine, _, drivers):
        async with aclosing(engine.run(long_one(1))) as events:
            async for event in events:
                if isinstance(event, Progress):
                    break
            drivers.may_start.clear()
            drivers.kill()
            told = [event async for event in until_away(events)]
            assert isinstance(told[-1], Queued)
            asked_meanwhile = asyncio.create_task(last(engine, generate()))
            drivers.may_start.set()
            assert isinstance([event async for event in events][-1], Finished)
        assert (await asked_meanwhile).gpu_seconds > 0


async def test_the_work_of_a_dead_driver_is_dropped_and_counted(tiny_path: Path) -> None:
    async with cluster(tiny_path, silence_seconds=2.0) as (engine, fleet, drivers):
        task = asyncio.create_task(last(engine, generate(num_inference_steps=500)))
        replica = fleet.members["local-0"].replica
        assert replica is not None
        await until(lambda: num_runs(replica) == 1)
        drivers.may_start.clear()
        drivers.kill()
        await until(lambda: num_runs(replica) == 0)
        assert replica.state.num_dropped == 1
        drivers.may_start.set()
        await until(lambda: engine.num_dropped == 1)
        task.cancel()


async def test_what_a_replica_draws_that_was_cut_off_does_not_count(
    tiny_path: Path,
) -> None:
    async with cluster(tiny_path, 2, unanswered_seconds=1.5) as (engine, fleet, _):
        tasks = [asyncio.create_task(last(engine, long_one(seed))) for seed in range(4)]
        await until(lambda: all(num_runs(member.replica) for member in fleet.members.values()))
        cut = fleet.members["local-0"]
        cut.is_cut_off = True
        await until(lambda: engine.status.num_drawing == 1)
        cut.is_cut_off = False
        assert len(await asyncio.gather(*tasks)) == 4
        await until(lambda: engine.status.num_drawing == 2)


async def test_what_replicas_die_of_has_failed_and_others_have_not(tiny_path: Path) -> None:
    async with cluster(tiny_path) as (engine, fleet, _):
        member = fleet.members["local-0"]
        poison = asyncio.create_task(last(engine, generate(num_inference_steps=500, seeds=(13,))))
        for _ in range(4):
            await until(lambda: num_runs(member.replica) >= 1)
            await member.kill()
            member.restart()
        with pytest.raises(GenerationFailed, match="lost"):
            await poison
        assert (await last(engine, generate())).gpu_seconds > 0


async def test_a_cancelled_request_is_given_up_wherever_it_is(tiny_path: Path) -> None:
    async with cluster(tiny_path) as (engine, fleet, _):
        tasks = [asyncio.create_task(last(engine, generate(num_inference_steps=500))) for _ in range(12)]
        await until(lambda: num_runs(fleet.members["local-0"].replica) >= 2)
        for task in tasks:
            task.cancel()
        await until(lambda: num_runs(fleet.members["local-0"].replica) == 0)
        assert (await last(engine, generate())).gpu_seconds > 0


async def test_a_replica_that_could_not_load_its_model_tries_again_for_the_next_bot(tiny_path: Path) -> None:
    missing = tiny_path.with_name("copied-later")
    fleet = LocalFleet(config(missing))
    with pytest.raises(EngineError, match="copied-later"):
        async with ClusterEngine(config(missing), NearDrivers(fleet)):
            pass
    missing.symlink_to(tiny_path)
    async with ClusterEngine(config(missing), NearDrivers(fleet)) as engine:
        assert not engine.is_away()
    await fleet.close()


def long_one(seed: int) -> Generate:
    """Long enough that something can happen to it."""
    return generate(seeds=(seed,), num_inference_steps=LONG, fairness_key=str(seed))


def num_runs(replica: Replica | None) -> int:
    """What a replica draws for whoever asked it."""
    return 0 if replica is None else sum(len(one.runs) for one in replica._sessions.values())


async def until_away(events: AsyncIterator[object]) -> AsyncIterator[object]:
    """The events up to the one that says that the engine is away."""
    async for event in events:
        yield event
        if isinstance(event, Queued) and event.is_engine_away:
            return


async def until(condition: object) -> None:
    """Wait for something to become true."""
    assert callable(condition)
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
