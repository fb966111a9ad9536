"""How many orders of as many members are taken in a second, while the engine takes none of them on.

python -m tests.bot.services.bench_submit [--orders 200] [--members 200] [--database URL]
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import event

from bot.domain.asker import Asker
from bot.services import Services, build_services
from bot.storage.database import owned_database
from tests.bot.hand_engine import HandEngine

PLENTY = 1_000_000
"""Pictures a day."""


@asynccontextmanager
async def services_on(url: str, folder: Path) -> AsyncIterator[tuple[Services, list[int]]]:
    """Services whose engine draws nothing, and how many statements their writer executed so far."""
    async with owned_database(url) as database:
        engine = HandEngine()
        engine.hold()
        services = build_services(database, engine, data_dir=folder, daily_images=PLENTY)
        statements = [0]

        @event.listens_for(database._writer.sync_engine, "before_cursor_execute")
        def count(*_: object) -> None:
            statements[0] += 1

        try:
            yield services, statements
        finally:
            await services.runs.drain()


async def imagine(services: Services, number: int, members: int) -> None:
    """One member's prompt, in a guild that all share."""
    asker = Asker(source=uuid4().hex, guild_id=1, channel_id=10, user_id=1000 + number % members)
    await services.orders.imagine(asker, f"a red apple number {number}")


async def measure(url: str, folder: Path, *, orders: int, members: int) -> str:
    """What it came to, in a line."""
    async with services_on(url, folder) as (services, statements):
        await imagine(services, 0, members)
        began, busy, before = time.perf_counter(), time.process_time(), statements[0]
        await asyncio.gather(*(imagine(services, number + 1, members) for number in range(orders)))
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        return (
            f"{orders / seconds:.0f} orders a second, {1000 * busy / orders:.1f} ms of CPU and "
            f"{(statements[0] - before) / orders:.1f} statements of the writer for each"
        )


def main() -> None:
    """Measure once, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite+aiosqlite:///{folder}/bench.db"
        line = asyncio.run(measure(url, Path(folder), orders=asked.orders, members=asked.members))
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
