"""Bars about a PostgreSQL server that is restarted, crashes, and cuts its connections, under load."""

import asyncio
from time import monotonic

from sqlalchemy import text

from tests.chaos.bars import CannotRun, Found, bar
from tests.chaos.cluster import Cluster, NoCluster, opened_cluster
from tests.chaos.ground import Ground, Town, on_server

CUTS = 20
RESTARTS = ("fast", "immediate") * 3
OUTAGE_SECONDS = 10.0
STALL_SECONDS = 15.0


@bar(f"All connections to the server cut {CUTS} times under load", databases=("postgresql",), seconds=300)
async def connections_cut(ground: Ground) -> Found:
    """As a failover does it, or a firewall."""
    async with ground.town() as town:
        name = town.bot.environment["DATABASE_URL"].rpartition("/")[2]
        for _ in range(CUTS):
            asked = await town.ask(3)
            await asked[0].acknowledged()
            await asyncio.sleep(0.5)
            await on_server(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
                ground.server,
            )
        told = await town.told()
        tracebacks = town.bot.log.count("Traceback")
        return Found(figure=f"{told}; {tracebacks} tracebacks", is_met=told.is_clean and not told.failed)


@bar(
    f"The server restarted {len(RESTARTS)} times under load, half of them crashes, and away for "
    f"{OUTAGE_SECONDS:g} s: nothing lost, back within {STALL_SECONDS:g} s",
    databases=("postgresql",),
    seconds=300,
)
async def server_restarts(ground: Ground) -> Found:
    """On a cluster of its own, which a member never notices but for a pause."""
    try:
        async with opened_cluster() as cluster:
            own = Ground(ground.kind, ground.checkpoint, ground.nursery, cluster.url)
            async with own.town() as town:
                return await restarted_under_load(town, cluster)
    except NoCluster as error:
        raise CannotRun(str(error)) from error


async def restarted_under_load(town: Town, cluster: Cluster) -> Found:
    """Whether everything that was promised came, and how long nobody was served."""
    stalls = []
    for number, mode in enumerate(RESTARTS):
        for _ in range(3):
            await town.ask(2)
            await asyncio.sleep(0.4)
        await cluster.stop(mode)
        await town.ask(2)
        await asyncio.sleep(OUTAGE_SECONDS if number == 0 else 1.0)
        await cluster.start()
        stalls.append(await seconds_until_served(town))
    told = await town.told()
    held = await advisory_locks(town)
    figure = f"served again after {max(stalls):.1f} s at most; {told}; the lock is held {held} time"
    is_met = told.is_clean and not told.failed and max(stalls) <= STALL_SECONDS and held == 1
    return Found(figure=figure, is_met=is_met)


async def seconds_until_served(town: Town) -> float:
    """How long after this a member is drawn for."""
    begin = monotonic()
    while monotonic() - begin < 60:
        (call,) = await town.ask(1)
        await call.acknowledged()
        number = len(town.calls) - 1
        while number in town.accepted():
            if town.results()[number]:
                return monotonic() - begin
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)
    return monotonic() - begin


async def advisory_locks(town: Town) -> int:
    """How many processes own the database."""
    async with town.bot.opened_database() as database, database.reading() as session:
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        return int(await session.scalar(text(query)) or 0)
