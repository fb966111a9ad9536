"""How long a report of 100,000 jobs takes, and how the database finds them.

python -m tests.bot.storage.bench_report [--jobs 100000] [--database URL]
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.job import JobStatus
from bot.domain.kinds import JobKind
from bot.domain.usage import By, last_days
from bot.services.usage import UsageReports
from bot.storage import usage
from bot.storage.database import Database, owned_database
from bot.storage.models import JobRow, MemberRow
from tests.bot.builders import RECIPE

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAYS = 90
MEMBERS = 500
CHANNELS = 12
PROMPTS = 20_000
BATCH = 5000
REPEATS = 5
MODERATOR = Asker(source="0", guild_id=1, channel_id=1, user_id=1, is_manager=True)


async def main(num_jobs: int, url: str) -> None:
    """Fill a database, then time each report, and show the plans of its queries."""
    async with owned_database(url) as database:
        await fill(database, num_jobs)
        reports = UsageReports(database, now=lambda: NOW)
        for by in By:
            times = [
                await timed(partial(reports.report, MODERATOR, by=by, days=DAYS)) for _ in range(REPEATS)
            ]
            (median, busy), (worst, _) = sorted(times)[REPEATS // 2], max(times)
            write(
                f"by {by:<8} {num_jobs} jobs: median {median:.3f} s ({busy:.3f} s on the processor), "
                f"worst {worst:.3f} s"
            )
        await explain(database)


async def fill(database: Database, num_jobs: int) -> None:
    """One guild with so many jobs in 90 days, and a second one with as many, that no report may touch."""
    numbers = random.Random(7)
    for guild_id in (1, 2):
        async with database.transaction() as session:
            members = [
                {"guild_id": guild_id, "user_id": user_id, "last_used_at": NOW, "name": f"member {user_id}"}
                for user_id in range(1, MEMBERS + 1)
            ]
            await session.execute(insert(MemberRow), members)
            for first in range(0, num_jobs, BATCH):
                rows = [row(numbers, guild_id, first + n) for n in range(min(BATCH, num_jobs - first))]
                await session.execute(insert(JobRow), rows)
    async with database.transaction() as session:
        await session.execute(text("ANALYZE"))


def row(numbers: random.Random, guild_id: int, number: int) -> dict[str, Any]:
    """A finished job at a random moment; few members draw much, many a little."""
    member = min(MEMBERS, int(numbers.paretovariate(0.6)))
    return {
        "source": f"{guild_id}-{number}",
        "ordinal": 0,
        "kind": numbers.choice(
            [JobKind.IMAGINE, JobKind.IMAGINE, JobKind.VARY, JobKind.REROLL, JobKind.PICK]
        ),
        "status": numbers.choice([JobStatus.DELIVERED] * 9 + [JobStatus.CANCELLED]),
        "guild_id": guild_id,
        "channel_id": numbers.randint(1, CHANNELS),
        "user_id": member,
        "is_direct_message": False,
        "prompt": f"a red fox in the snow, number {numbers.randint(1, PROMPTS)}, as a woodcut --ar 3:2",
        "recipe": RECIPE.to_json(),
        "speed": "fast",
        "reserved_images": 4,
        "reserved_gpu_ms": 3000,
        "gpu_ms": numbers.randint(500, 9000),
        "locale": "en-US",
        "created_at": NOW - timedelta(seconds=numbers.uniform(0, (DAYS - 1) * 86_400)),
    }


async def timed(deed: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds that it takes, and how many of them it computes: the others it waits for a busy machine."""
    start, computed = time.perf_counter(), time.process_time()
    await deed()
    return time.perf_counter() - start, time.process_time() - computed


async def explain(database: Database) -> None:
    """The plan of every query of a report."""
    start, end = last_days(NOW, DAYS, UTC)
    span: dict[str, Any] = {"guild_id": 1, "start": start, "end": end}
    queries: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
        "members": lambda session: usage.list_by_member(session, **span),
        "channels": lambda session: usage.list_by_channel(session, **span),
        "days": lambda session: usage.list_by_slice(session, **span),
        "kinds": lambda session: usage.list_by_kind(session, **span),
        "prompts": lambda session: usage.list_prompts(session, limit=5, **span),
    }
    for name, query in queries.items():
        async with database.reading() as session:
            connection = await session.connection()
            seen: list[tuple[str, Any]] = []
            with listening(connection.sync_connection, seen):
                await query(session)
            ((statement, values),) = seen
            explained = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
            plan = await connection.exec_driver_sql(explained + statement, values)
            for line in plan:
                write(f"{name:<9} {line[-1]}")


@contextmanager
def listening(connection: Any, seen: list[tuple[str, Any]]) -> Iterator[None]:
    """Note the statements that are sent to the database, and their values."""

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        seen.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", note)


def write(line: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--database", help="URL of an empty database; a SQLite file if left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="darkroom-") as folder:
        asyncio.run(main(given.jobs, given.database or f"sqlite+aiosqlite:///{folder}/bench.db"))
