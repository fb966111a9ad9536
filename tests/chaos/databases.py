"""Bars about databases that fill up, are held, damaged, copied and put back."""

import asyncio
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from bot.storage import ledger
from bot.storage.database import owned_database
from bot.storage.ownership import DatabaseUnusable
from tests.chaos.bars import BOTH, Found, bar
from tests.chaos.ground import Ground, Town
from tests.wire.conftest import BotProcess

PAGE = 4096
RESTORED_SECONDS = 15.0
"""What was asked for after the copy is not in it: nobody waits for that."""


@bar("Somebody else holds the database for 5 s: all answered, nothing lost", databases=BOTH)
async def foreign_lock(ground: Ground) -> Found:
    """Members are answered in time, and drawn for afterwards."""
    async with ground.town() as town:
        await town.ask(1)
        await town.settled()
        async with town.bot.held_database():
            calls = await town.ask(10)
            await asyncio.sleep(5)
            late = sum(call.error is not None for call in calls)
        told = await town.told()
        return Found(figure=f"{late} of 10 not answered in time; {told}", is_met=told.is_clean and not late)


@bar("Disk full: a sentence, no traceback to a member, and work goes on by itself", databases=("sqlite",))
async def disk_full(ground: Ground) -> Found:
    """No file of the bot may grow for a while."""
    async with ground.town() as town:
        await town.ask(2)
        await town.settled()
        process = town.bot._process_id or 0
        soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
        calls = await town.ask(3)
        for call in calls:
            await call.acknowledged()
        await asyncio.sleep(5)
        said = {call.content.partition(" Your prompt")[0] for call in calls if call.content}
        resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))
        drawn_before = town.results().total()
        await town.ask(3)
        await town.settled()
        drawn = town.results().total() - drawn_before
        async with town.bot.opened_database() as database, database.reading() as session:
            wrong = await ledger.list_mismatches(session)
    shown = sum("Traceback" in words or "Error" in words for words in said)
    figure = f"told: {'; '.join(sorted(said)) or 'nothing'}; {drawn} drawn once there was room"
    return Found(figure=figure, is_met=drawn >= 3 and not shown and not wrong and bool(said))


@bar("A damaged file (8 kinds) is refused at start, and the newest backup named", databases=("sqlite",))
async def corrupt_pages(ground: Ground) -> Found:
    """Never written into, never guessed at."""
    async with ground.folder() as folder:
        path = folder / "d.db"
        url = f"sqlite+aiosqlite:///{path}"
        await filled(url)
        copy = folder / "d.db.0006.20260101T000000.bak"
        copy.touch()
        whole = path.read_bytes()
        found = [name for name, data in damages(whole).items() if await is_refused(url, path, data, copy)]
        kinds = len(damages(whole))
    return Found(figure=f"{len(found)} of {kinds}: {', '.join(found)}", is_met=len(found) == kinds)


async def filled(url: str) -> None:
    """A database with some hundred rows, without its journals."""
    async with owned_database(url) as database, database.transaction() as session:
        for number in range(300):
            await session.execute(
                text(f"INSERT INTO members (guild_id, user_id, last_used_at) VALUES ({number}, {number}, 0)")
            )
    with closing(sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def damages(whole: bytes) -> dict[str, bytes]:
    """Eight ways in which a file goes bad."""
    pages = len(whole) // PAGE
    members = next(n for n in range(pages - 1, 0, -1) if whole[n * PAGE] == 0x0D)  # a leaf with rows
    at = members * PAGE
    return {
        "no header": bytes(100) + whole[100:],
        "no database": b"no database" * 500,
        "first half": whole[: len(whole) // 2],
        "half a page short": whole[: -PAGE // 2],
        "all but two pages scribbled over": whole[: 2 * PAGE] + b"\x5a" * (len(whole) - 2 * PAGE),
        "a page of zeros": whole[:at] + bytes(PAGE) + whole[at + PAGE :],
        "a page twice": whole[:at] + whole[PAGE : 2 * PAGE] + whole[at + PAGE :],
        "a flipped byte in a page's head": whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :],
    }


async def is_refused(url: str, path: Path, data: bytes, copy: Path) -> bool:
    """Whether a start with this file ends in a sentence that names the copy."""
    for journal in path.parent.glob("d.db-*"):
        journal.unlink()
    path.write_bytes(data)
    try:
        async with owned_database(url):
            return False
    except DatabaseUnusable as error:
        return str(copy) in str(error)


@bar("A backup under load, put back: proven, and its books add up", databases=BOTH, seconds=300)
async def backup_under_load(ground: Ground) -> Found:
    """While the bot draws, and nothing is posted twice after."""
    async with ground.town() as town:
        await town.ask(20)
        await asyncio.sleep(0.5)
        copy = town.bot.folder / "copy.backup"
        made = await command(town, "backup", "--out", str(copy))
        await town.ask(10)
        await town.settled()
        await town.bot.stop()
        before = town.results()
        back = await command(town, "restore", str(copy))
        await town.bot.start()
        await town.settled(RESTORED_SECONDS)
        twice = [n for n, count in town.results().items() if count > max(1, before[n])]
        async with town.bot.opened_database() as database, database.reading() as session:
            wrong = await ledger.list_mismatches(session)
    is_met = made[0] == back[0] == 0 and "and proven" in made[1] and not twice and not wrong
    figure = f"{made[1].strip().rpartition(': ')[2]}; restored with exit {back[0]}; {len(twice)} posted twice"
    return Found(figure=f"{figure}, {len(wrong)} accounts that do not add up", is_met=is_met)


async def command(town: Town, *arguments: str) -> tuple[int, str]:
    """The exit code of a command of the bot beside the bot, and what it said."""
    folder = town.bot.folder / f"command-{arguments[0]}"
    folder.mkdir(exist_ok=True)
    url = town.bot.environment["DATABASE_URL"]
    beside = BotProcess(town.discord, town.bot.nursery, folder, town.bot.environment["MODEL"], url)
    await beside.spawn(*arguments, DATA_DIR=str(town.bot.folder))
    return await beside.ended(), beside.log
