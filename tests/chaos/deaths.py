"""Bars about processes that die, stop, or stand still."""

import asyncio
import os
import random
import signal
from time import monotonic
from typing import Any

from sqlalchemy import select

from bot.storage.models import JobRow
from tests.chaos.bars import BOTH, Found, bar
from tests.chaos.ground import Ground, Town
from tests.chaos.poisoned import DRAWN, HANDED_OVER
from tests.wire.conftest import opened_nursery

KILLS, JOBS = 40, 200
MOST_BLAMELESS = 2
FROZEN_SECONDS = 60.0
RECOVERY_SECONDS = 45.0
BACKLOG_SECONDS = 300.0
ONE_BY_ONE = "After a death what was on the device is drawn one by one: a slow machine takes minutes for it"
MOST_DEATHS = 4
NEIGHBOURS = 12


async def any_answered(town: Town) -> None:
    """Wait until one of what was asked last is answered: the bot is at work."""
    last = town.calls[-1]
    await town.discord.wait_for(lambda _: not last.is_open, 20)


async def restarted(town: Town) -> None:
    """Kill the bot, and start it again."""
    await town.bot.kill()
    await town.bot.start()


@bar(
    f"{JOBS} jobs under {KILLS} kills, 0 to 1.5 s apart: none lost, doubled or charged wrongly, and at most "
    f"{MOST_BLAMELESS} failed, refunded",
    databases=BOTH,
    seconds=1200,
    shortfall=ONE_BY_ONE,
)
async def kills_under_load(ground: Ground) -> Found:
    """At moments that nobody chose."""
    dice = random.Random(7)
    async with ground.town() as town:
        for number in range(KILLS):
            await town.ask(JOBS // KILLS + (number < JOBS % KILLS))
            await any_answered(town)
            await asyncio.sleep(dice.uniform(0.0, 1.5))
            await restarted(town)
        told = await town.told(BACKLOG_SECONDS)
        return Found(figure=str(told), is_met=told.is_clean and told.failed <= MOST_BLAMELESS)


@bar(
    f"{KILLS} kills, 3 to 8 s apart, under load: no job is blamed for them",
    databases=BOTH,
    seconds=900,
    shortfall=ONE_BY_ONE,
)
async def kills_seconds_apart(ground: Ground) -> Found:
    """Long enough for a suspect to be tried, and to be there at the next one."""
    dice = random.Random(8)
    async with ground.town() as town:
        for _ in range(KILLS):
            dies_at = monotonic() + dice.uniform(3.0, 8.0)
            while monotonic() < dies_at:
                await town.ask(1)
                await asyncio.sleep(1.0)
            await restarted(town)
        told = await town.told(BACKLOG_SECONDS)
    return Found(figure=str(told), is_met=told.is_clean and not told.failed)


@bar(
    f"Killed while it draws: a process that imports all anew has drawn on within {RECOVERY_SECONDS:g} s",
    databases=BOTH,
    seconds=180,
)
async def fresh_process(ground: Ground) -> Found:
    """As a supervisor starts it."""
    async with ground.town() as town:
        await town.ask(6, more="--steps 60")
        await any_answered(town)
        await town.bot.kill()
        begin = monotonic()
        async with opened_nursery() as nursery:
            town.bot.nursery = nursery
            await town.bot.start()
            told = await town.told()
            seconds = monotonic() - begin
            await town.bot.kill()
    is_met = told.is_clean and not told.failed and seconds < RECOVERY_SECONDS
    return Found(figure=f"all drawn {seconds:.0f} s after the kill; {told}", is_met=is_met)


@bar("SIGTERM under load: exit 0, nothing left running, nothing lost", databases=BOTH, seconds=240)
async def sigterm_under_load(ground: Ground) -> Found:
    """In the middle of drawing, five times."""
    codes, left = [], 0
    async with ground.town() as town:
        for _ in range(5):
            await town.ask(6)
            await any_answered(town)
            await asyncio.sleep(0.4)
            codes.append(await town.bot.stop())
            left += (await town.bot.statuses()).count("running")
            await town.bot.start()
        told = await town.told()
    clean = told.is_clean and not told.failed and not left and codes == [0] * 5
    return Found(figure=f"exit codes {codes}, {left} left running; {told}", is_met=clean)


@bar(f"A process that stands still for {FROZEN_SECONDS:g} s goes on", databases=BOTH, seconds=300)
async def frozen(ground: Ground) -> Found:
    """As a laptop that was closed."""
    async with ground.town() as town:
        for call in await town.ask(12):
            await call.acknowledged()
        assert town.bot._process_id is not None
        os.kill(town.bot._process_id, signal.SIGSTOP)
        await asyncio.sleep(FROZEN_SECONDS)
        os.kill(town.bot._process_id, signal.SIGCONT)
        await town.discord.bot_ready(60)
        await town.settled()
        await town.ask(2)
        told = await town.told()
        return Found(figure=str(told), is_met=told.is_clean and not told.failed)


@bar(f"A job that kills the process is found within {MOST_DEATHS} starts", databases=BOTH, seconds=300)
async def poison_job(ground: Ground) -> Found:
    """Its neighbours lose nothing, and are drawn."""
    return await poisoned_by(ground, DRAWN)


@bar(f"So is one that kills it before it has begun, in {MOST_DEATHS} starts", databases=BOTH, seconds=300)
async def sudden_poison_job(ground: Ground) -> Found:
    """Nothing says that it was on the device."""
    return await poisoned_by(ground, HANDED_OVER)


async def poisoned_by(ground: Ground, words: str) -> Found:
    """How often a process dies of such a job, and who is blamed."""
    async with opened_nursery("tests.chaos.poisoned") as nursery, ground.town(nursery) as town:
        await town.ask(NEIGHBOURS, more="--steps 60")
        while len(await town.bot.statuses()) < NEIGHBOURS:
            await asyncio.sleep(0.05)
        await town.ask(1, words=words)
        deaths = 0
        while deaths <= 2 * MOST_DEATHS and not await ended_or_settled(town):
            deaths += 1
            await town.discord.bot_gone()
            await town.bot.start()
        told = await town.told()
        async with town.bot.opened_database() as database, database.reading() as session:
            blamed = list(await session.scalars(select(JobRow).where(JobRow.lone_deaths > 0)))
    clean = told.is_clean and told.failed == 1 and len(blamed) <= 1 and deaths <= MOST_DEATHS
    return Found(figure=f"found after {deaths} deaths, {len(blamed)} job blamed; {told}", is_met=clean)


async def ended_or_settled(town: Town) -> bool:
    """Whether all jobs have ended; False where the bot died before that."""
    assert town.bot._process_id is not None
    end = town.bot.nursery.end_of(town.bot._process_id)
    settled = asyncio.ensure_future(town.settled())
    try:
        either: list[asyncio.Future[Any]] = [end, settled]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return not end.done() and settled.done() and settled.exception() is None
    finally:
        settled.cancel()
        await asyncio.gather(settled, return_exceptions=True)
