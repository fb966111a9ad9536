"""Bars that are tests of ours, run anew; and how late the event loop is."""

import asyncio
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from engine.bench.lag import lags_while_drawing
from engine.config import EngineConfig
from engine.worker import InProcessEngine
from tests.chaos.bars import CannotRun, Found, bar
from tests.chaos.ground import Ground

ROOT = Path(__file__).parents[2]
LAG_SECONDS = 20.0


async def tests_of(*arguments: str) -> Found:
    """What tests of ours say, run anew."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-n", "0", "--no-header", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    last = said.decode().strip().splitlines()[-1].strip("= ")
    if "passed" not in last and "skipped" in last:
        raise CannotRun(f"no database or device for it: {last}")
    return Found(figure=last, is_met=process.returncode == 0)


@bar("No form of an address reaches a private network (SSRF): direct, redirected, rebound", seconds=240)
async def forged_addresses(_: Ground) -> Found:
    """Over forty forms each."""
    return await tests_of("tests/bot/imaging/test_fetch.py")


@bar("Hostile pictures and bombs are told why", seconds=240)
async def hostile_pictures(_: Ground) -> Found:
    """Flat bombs, packed text, broken heads."""
    return await tests_of("tests/bot/imaging/test_clean.py")


@bar("Foreign members, guilds and moderators get nothing", seconds=400)
async def foreign_access(_: Ground) -> Found:
    """A generated matrix, on both databases."""
    return await tests_of("tests/bot/services/test_foreign_access.py")


@bar(
    "A hundred presses at once, and one replayed a hundred times: exactly what the allowance holds",
    seconds=120,
)
async def presses_at_once(_: Ground) -> Found:
    """Ten of forty pictures, and one job."""
    return await tests_of("tests/bot/services/test_jobs.py", "-k", "a_hundred")


@bar("10,000 random steps of the ledger on SQLite, 1,000 on PostgreSQL", seconds=900)
async def ledger_steps(_: Ground) -> Found:
    """Its sums are proved after each."""
    return await tests_of("tests/bot/storage/test_ledger.py")


@bar(
    "10,000 random steps of jobs, posts, kept orders and the ledger, through deaths: nothing lost or doubled",
    databases=("sqlite", "postgresql"),
    seconds=1500,
)
async def lives(ground: Ground) -> Found:
    """What must hold is looked at after each; other steps each time."""
    chosen = ("-k", f"on_{ground.kind}", "--steps", "10000")
    return await tests_of("tests/bot/services/test_lives.py", *chosen)


@bar("Outages of the database while a job starts, draws, ends: settled once", seconds=300)
async def outages(_: Ground) -> Found:
    """Refused, full, locked, lost confirmations."""
    return await tests_of("tests/bot/services/test_outage.py", "tests/bot/storage/test_ownership.py")


@bar("No secret reaches a log", seconds=120)
async def secrets(_: Ground) -> Found:
    """Tokens in every form, and passwords of databases."""
    return await tests_of("tests/bot/test_logs.py", "tests/bot/storage/test_urls.py")


@bar("500 channels revoked, in one guild and in 500: fewer than 100 refused requests each", seconds=240)
async def revoked_channels(_: Ground) -> Found:
    """Told by the gateway and not; and one post without an answer holds up no other channel."""
    return await tests_of("tests/bot/delivery/test_patience.py")


@bar("Pickles and damaged models run nothing, and are refused by name", seconds=400)
async def hostile_models(_: Ground) -> Found:
    """Whole models, their parts, what is named otherwise."""
    files = ("sources", "loading", "recognition")
    return await tests_of(*(f"tests/engine/test_{name}.py" for name in files), "-k", "pickle or refused")


@bar("The event loop is late by less than 100 ms (p99) while four grids are drawn", seconds=180)
async def loop_lag(ground: Ground) -> Found:
    """With the small model, on all cores."""
    async with InProcessEngine(EngineConfig(model=str(ground.checkpoint), device="cpu")) as engine:
        late = await lags_while_drawing(engine, LAG_SECONDS)
    p50, p99, last = (1000 * float(np.percentile(late, share)) for share in (50, 99, 100))
    return Found(figure=f"median {p50:.1f} ms, p99 {p99:.1f} ms, last {last:.0f} ms", is_met=p99 < 100)


@bar("Several devices: replicas, drivers, nodes and cables fail, and no job is lost", seconds=900)
async def several_devices(_: Ground) -> Found:
    """On a cluster of this machine alone, and on Ray where it is installed."""
    found = await tests_of("tests/cluster")
    if find_spec("ray") is None:
        return replace(found, figure=f"{found.figure}; on a fleet of ours alone: Ray is not installed here")
    return found
