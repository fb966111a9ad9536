"""Bars about many: guilds, jobs that wait at a start, jobs of years, members in one moment."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.job import Job, JobStatus
from bot.domain.quota import Allowance
from bot.services import build_services
from bot.storage import jobs as jobs_table
from bot.storage import ledger
from bot.storage.database import Database, owned_database
from bot.storage.models import JobRow
from playground import Channel, Playground
from tests.bot.hand_engine import HandEngine
from tests.bot.services.bench_submit import measure
from tests.chaos.bars import BOTH, Found, bar
from tests.chaos.ground import Ground, Town
from tests.wire.test_path import grids

GUILDS = 10_000
CHANNELS_EACH, ROLES_EACH = 40, 25
MOST_MEBIBYTES = 350.0
"""Of memory that the guilds may take; the rest is the engine's."""
WAITING, ROOMS = 1_000, 50
MOST_REFUSED = 20
STORM_SECONDS = 90.0
OLD_JOBS = 200_000
CLAIMS = 200
MEMBERS = 500
AT_ONCE = 100
LEAST_ORDERS = 100


@bar(f"{GUILDS} guilds: started within 60 s of processor time, {MOST_MEBIBYTES:g} MiB for them", seconds=300)
async def many_guilds(ground: Ground) -> Found:
    """Each with 40 channels and 25 roles, all told again at a start."""
    few = Ground("sqlite", ground.checkpoint, ground.nursery)
    async with few.town() as town:
        await town.ask(1)
        await town.settled()
        before = resident_mebibytes(town)
        await town.bot.stop()
        join(town.discord, GUILDS)
        begin = monotonic()
        await town.bot.start()
        await town.bot.logged(f"in {GUILDS + 1} guilds")
        seconds, busy = monotonic() - begin, processor_seconds(town)
        (call,) = await town.ask(1)
        await call.acknowledged()
        await town.settled()
        grown = resident_mebibytes(town) - before
    figure = (
        f"{grown:.0f} MiB more, all known after {seconds:.0f} s and {busy:.0f} s of processor time, "
        f"then answered in {call.ack_seconds or 99:.2f} s"
    )
    return Found(figure=figure, is_met=grown < MOST_MEBIBYTES and busy < 60 and (call.ack_seconds or 99) < 2)


def join(discord: Playground, count: int) -> None:
    """Let the bot be in so many more guilds, which only the gateway knows."""
    world = discord.world
    ids, payload_of, shape = world.guild_ids, world.guild_payload, world.shape
    more = {discord.guild.id + (number << 22): number for number in range(1, count + 1)}
    template = payload_of(discord.guild.id)

    def guild_payload(guild_id: int) -> dict[str, Any]:
        return large(template, guild_id) if guild_id in more else payload_of(guild_id)

    def shaped(event: str, payload: dict[str, Any], intents: int) -> dict[str, Any] | None:
        is_ours = event == "GUILD_CREATE" and int(payload["id"]) in more
        return payload if is_ours else shape(event, payload, intents)

    world.guild_ids = lambda: [*ids(), *more]  # type: ignore[method-assign]
    world.guild_payload = guild_payload  # type: ignore[method-assign]
    world.shape = shaped  # type: ignore[method-assign]


def large(template: dict[str, Any], guild_id: int) -> dict[str, Any]:
    """A guild of ordinary size."""
    place = str(guild_id)
    channels = [
        template["channels"][0]
        | {"id": str(guild_id + 1 + number), "guild_id": place, "name": f"room-{number}", "position": number}
        for number in range(CHANNELS_EACH)
    ]
    everybody, own = template["roles"][0], template["roles"][1]
    roles = [everybody | {"id": place}, own] + [
        own | {"id": str(guild_id + 1000 + number), "name": f"role {number}", "managed": False}
        for number in range(ROLES_EACH)
    ]
    bots = [member for member in template["members"] if member["roles"]]
    return template | {"id": place, "channels": channels, "roles": roles, "members": bots}


def resident_mebibytes(town: Town) -> float:
    """The bot's memory."""
    status = Path(f"/proc/{town.bot._process_id}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def processor_seconds(town: Town) -> float:
    """What the bot has computed so far."""
    fields = Path(f"/proc/{town.bot._process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


@bar(
    f"{WAITING} jobs wait at a start: fewer than {MOST_REFUSED} requests too many (429)",
    databases=BOTH,
    seconds=240,
    shortfall="Discord lets the bot wait for each of them: results come later, and none is lost",
)
async def storm_at_start(ground: Ground) -> Found:
    """In 50 channels, none with a message yet; Discord's limits are in force."""
    async with ground.town() as town:
        await town.ask(1)
        await town.settled()
        await town.bot.stop()
        rooms = [town.discord.add_channel(town.discord.guild, f"room-{number}") for number in range(ROOMS)]
        async with town.bot.opened_database() as database:
            await clone(database, rooms, town)
        town.discord.rate_limits.enabled = True
        refused, seen = [0], town.discord.requests
        town.discord.rest.on_change = counting(town, refused, town.discord.rest.on_change)
        begin = monotonic()
        await town.bot.start()
        while monotonic() - begin < STORM_SECONDS and posted(town, rooms) < WAITING:
            await asyncio.sleep(1)
        seconds, done = monotonic() - begin, posted(town, rooms)
    figure = f"{refused[0]} of {len(seen)} requests refused, {done} results posted in {seconds:.0f} s"
    return Found(figure=figure, is_met=refused[0] < MOST_REFUSED and done > 0)


def counting(town: Town, refused: list[int], inner: Callable[[], None]) -> Callable[[], None]:
    """Count the requests that were too many: the log of requests forgets."""
    last = [0.0]

    def changed() -> None:
        requests = town.discord.requests
        if requests and requests[-1].at != last[0]:
            last[0] = requests[-1].at
            refused[0] += requests[-1].status == 429
        inner()

    return changed


def posted(town: Town, rooms: Sequence[Channel]) -> int:
    """How many results there are."""
    return sum(len(grids(town.discord, room)) for room in rooms)


async def clone(database: Database, rooms: Sequence[Channel], town: Town) -> None:
    """Let a thousand like the first wait, each with its reservation."""
    now = datetime.now(UTC)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    async with database.transaction() as session:
        first = await jobs_table.get(session, 1)
        assert first is not None
        for number in range(WAITING):
            job = replace(
                first,
                source=f"clone-{number}",
                status=JobStatus.QUEUED,
                channel_id=rooms[number % len(rooms)].id,
                user_id=town.members[number % len(town.members)].id,
                created_at=now,
            )
            await add_reserved(session, job, day, now)


async def add_reserved(session: AsyncSession, job: Job, day: datetime, now: datetime) -> None:
    """A job that waits, and its entry in the ledger."""
    account = await ledger.get_account(session, guild_id=job.guild_id, user_id=job.user_id, start=day)
    job_id = await jobs_table.add(session, job, account_id=account)
    assert job_id is not None
    plenty = Allowance(amount=1_000_000)
    await ledger.reserve(session, account, job_id, job.charge, allowance=plenty, since=day, now=now)


@bar(
    f"{WAITING} jobs waiting beside {OLD_JOBS} old ones: a job is begun within 20 ms (p99)",
    databases=BOTH,
    seconds=300,
    shortfall="Each job begins some milliseconds later than it might",
)
async def old_jobs(ground: Ground) -> Found:
    """And the waiting ones are listed, as at a start, and those of a member counted, as before an order."""
    async with (
        ground.folder() as folder,
        ground.database_url(folder) as url,
        owned_database(url) as database,
    ):
        await fill(database, folder)
        waiting = await waiting_ids(database)
        begun = await timed(lambda s, n: jobs_table.update_started(s, waiting[n]), database)
        counted = await timed(lambda s, _: jobs_table.count_unfinished(s, guild_id=1, user_id=100), database)
        listed = await timed(lambda s, _: jobs_table.list_unfinished(s), database, times=5)
    p99 = sorted(begun)[int(0.99 * len(begun))]
    figure = (
        f"begun in {median(begun):.1f} ms, p99 {p99:.1f} ms; counted in {median(counted):.1f} ms, "
        f"listed in {median(listed):.0f} ms"
    )
    return Found(figure=figure, is_met=p99 < 20)


async def fill(database: Database, folder: Path) -> None:
    """Old jobs by doubling one, and a thousand that wait."""
    services = build_services(database, HandEngine(), data_dir=folder, daily_images=1_000_000)
    await services.runs.drain()
    asker = Asker(source="first", guild_id=1, channel_id=10, user_id=100)
    await services.orders.imagine(asker, "a red apple")
    columns = [column.name for column in JobRow.__table__.columns]
    names = ", ".join(name for name in columns if name not in {"id", "source", "user_id"})
    copied = (
        f"INSERT INTO jobs (source, user_id, {names}) SELECT :tag || CAST(id AS VARCHAR(20)), "
        f"100 + id % {MEMBERS}, {names} FROM jobs ORDER BY id LIMIT :most"
    )
    number = 1
    async with database.transaction() as session:
        await session.execute(text("UPDATE jobs SET status = 'delivered'"))
    while number < OLD_JOBS:
        async with database.transaction() as session:
            await session.execute(text(copied), {"tag": f"{number}-", "most": OLD_JOBS - number})
        number = min(2 * number, OLD_JOBS)
    async with database.transaction() as session:
        await session.execute(text(copied), {"tag": "waits-", "most": WAITING})
        await session.execute(text("UPDATE jobs SET status = 'queued' WHERE source LIKE 'waits-%'"))


async def waiting_ids(database: Database) -> list[int]:
    """Those that wait, in no order."""
    async with database.reading() as session:
        ids = [job.id for job in await jobs_table.list_unfinished(session)]
    assert len(ids) == WAITING
    return random.Random(3).sample(ids, CLAIMS)


async def timed(
    work: Callable[[AsyncSession, int], Awaitable[object]], database: Database, *, times: int = CLAIMS
) -> list[float]:
    """Milliseconds that each transaction of this took."""
    found = []
    for number in range(times):
        begin = monotonic()
        async with database.transaction() as session:
            await work(session, number)
        found.append(1000 * (monotonic() - begin))
    return found


def median(values: list[float]) -> float:
    """The one in the middle."""
    return sorted(values)[len(values) // 2]


@bar(
    f"{AT_ONCE} members in one moment: answered within 0.5 s (p99), none after 2 s",
    databases=BOTH,
    seconds=180,
    shortfall="In such a crowd a busy machine answers some later; nobody is charged twice",
)
async def crowd_at_once(ground: Ground) -> Found:
    """A promise of an answer counts; each is drawn for afterwards."""

    def arrange(discord: Playground) -> None:
        discord.answer_within = 30.0

    async with ground.town(arrange=arrange) as town:
        await town.ask(1)
        await town.settled()
        await town.ask(AT_ONCE)
        calls = town.calls[1:]
        for call in calls:
            await call.acknowledged(60)
        begin = monotonic()
        told = await town.told()
        seconds = monotonic() - begin
    late = sorted(call.ack_seconds or 99.0 for call in calls)
    p99 = late[int(0.99 * len(late)) - 1]
    figure = (
        f"median {median(late):.2f} s, p99 {p99:.2f} s, last {late[-1]:.2f} s; "
        f"all drawn {seconds:.0f} s later; {told}"
    )
    return Found(figure=figure, is_met=p99 < 0.5 and late[-1] < 2 and told.is_clean)


@bar(
    f"{LEAST_ORDERS} orders a second are taken from {AT_ONCE} members at once",
    databases=BOTH,
    seconds=180,
    shortfall="Who asks while so many others do is told their place some seconds later",
)
async def orders_a_second(ground: Ground) -> Found:
    """Reserved, inserted and committed, while the engine takes none of them on."""
    async with ground.folder() as folder, ground.database_url(folder) as url:
        line = await measure(url, folder, orders=3 * AT_ONCE, members=AT_ONCE)
    return Found(figure=line, is_met=float(line.split()[0]) >= LEAST_ORDERS)
