"""Bars about what is left behind, and who can read it."""

from pathlib import Path

from sqlalchemy import select

from bot.storage.models import Table
from playground import Drop, Playground, Status
from tests.chaos.bars import BOTH, Found, bar
from tests.chaos.cluster import PASSWORD
from tests.chaos.ground import Ground, Town
from tests.wire.conftest import opened_nursery
from tests.wire.test_path import grids

SECRET = "avery private zebra"
BOT_TOKEN = "MTE4ODg4ODg4ODg4ODg4ODg4OA.GaBcDe.not-a-token-of-anybody-0123456789-abc"


@bar("After /forget me neither rows nor files hold the prompt or the member", databases=BOTH, seconds=180)
async def forgotten(ground: Ground) -> Found:
    """All files are read byte by byte, the database's own too; the owner's log names members by number."""
    async with ground.town() as town:
        await town.ask(4, words=SECRET)
        await town.settled()
        member = town.members[0]
        grid = next(m for m in grids(town.discord, town.room) if member.id in m.mentions)
        await (await town.discord.press(member, grid, label="U1")).acknowledged()
        await town.discord.wait_for(lambda d: len(grids(d, town.room)) == 5, 60)
        for one in town.members[:4]:
            call = await (await town.discord.slash(one, town.room, "forget me")).acknowledged()
            assert call.message is not None
            pressed = await (await town.discord.press(one, call.message, label="Forget me")).acknowledged()
            assert pressed.error is None
        await town.settled()
        await town.bot.stop()
        rows, files = await rows_with(town, SECRET, str(member.id)), files_with(town, SECRET, str(member.id))
        files = [file for file in files if file != "bot.log" or SECRET in town.bot.log]
        await town.bot.start()
    figure = f"{len(rows)} rows ({', '.join(sorted(set(rows)))}), {len(files)} files ({', '.join(files)})"
    return Found(figure=figure.replace(" ()", ""), is_met=not rows and not files)


async def rows_with(town: Town, *wanted: str) -> list[str]:
    """The tables in whose rows any of this stands."""
    found = []
    async with town.bot.opened_database() as database, database.reading() as session:
        for table in Table.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                found += [table.name for word in wanted if word in str(tuple(row))]
    return found


def files_with(town: Town, *wanted: str) -> list[str]:
    """The files that any of this stands in."""
    every = (path for path in town.bot.folder.rglob("*") if path.is_file())
    return [
        str(path.relative_to(town.bot.folder))
        for path in every
        if any(word.encode() in path.read_bytes() or word in path.name for word in wanted)
    ]


@bar("Files are 0600 and folders 0700, whatever the umask", databases=("sqlite",))
async def file_modes(ground: Ground) -> Found:
    """Of all that the bot makes; the log is made by whoever starts it."""
    async with ground.town() as town:
        await town.ask(2)
        await town.settled()
        every = [path for path in town.bot.folder.rglob("*") if path.name != "bot.log"]
        open_ones = [path for path in every if mode(path) != (0o700 if path.is_dir() else 0o600)]
        shown = ", ".join(f"{path.relative_to(town.bot.folder)} {mode(path):o}" for path in open_ones[:5])
    figure = f"{len(open_ones)} of {len(every)} readable by others {shown}".strip()
    return Found(figure=figure, is_met=bool(every) and not open_ones)


def mode(path: Path) -> int:
    """Its permissions."""
    return path.stat().st_mode & 0o777


@bar("At DEBUG no token and no password reaches the log or the database", databases=BOTH, seconds=180)
async def secrets_at_debug(ground: Ground) -> Found:
    """Through drawing, presses, refusals, lost answers, a cut gateway and a restart."""
    async with (
        opened_nursery("tests.chaos.talkative") as nursery,
        ground.town(nursery, arrange=guard) as town,
    ):
        await town.ask(4)
        await town.settled()
        grid = grids(town.discord, town.room)[0]
        for fault in (Drop(processed=True), Status(status=500), Status(status=404, code=10062)):
            town.discord.faults.add(fault, method="*", path="*", times=3)
            await (await town.discord.press(town.members[0], grid, label="U1")).acknowledged()
            await town.ask(2)
        town.discord.faults.clear()
        town.discord.gateway.cut()
        await town.discord.bot_gone()
        await town.discord.bot_ready(60)
        await town.settled()
        await town.bot.stop()
        tokens = {record.token for record in town.discord.world.backend.interactions.values()}
        words = [*sorted(tokens), BOT_TOKEN, PASSWORD]
        logged = [word for word in words if word in town.bot.log]
        stored = await rows_with(town, *words)
        lines = town.bot.log.count(" DEBUG ")
        await town.bot.start()
    figure = f"{len(logged)} of {len(words)} secrets in {lines} lines of DEBUG, {len(stored)} in rows"
    return Found(figure=figure, is_met=lines > 100 and not logged and not stored)


def guard(discord: Playground) -> None:
    """Let the bot have a token like Discord's."""
    discord.token = discord.rest._token = discord.gateway._token = BOT_TOKEN
