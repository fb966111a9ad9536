"""Where bars are tried: a local Discord, databases of their own, and the bot as a process to be killed."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from uuid import uuid4

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.job import JobStatus
from bot.storage import ledger
from bot.storage.database import owned_database
from playground import Call, Playground
from playground.views import Channel, Member
from tests.conftest import SERVER
from tests.wire.conftest import BotProcess, Nursery

FINAL = {status.value for status in JobStatus if status.is_final}
MEMBERS = 20


@dataclass(slots=True, kw_only=True)
class Town:
    """A Discord with the bot, and what was asked of it; every prompt is another one."""

    discord: Playground
    bot: BotProcess
    room: Channel
    members: list[Member]
    calls: list[Call] = field(default_factory=list)

    async def ask(self, count: int = 1, *, words: str = "a red apple", more: str = "") -> list[Call]:
        """Ask for grids, each member in turn."""
        asked = []
        for _ in range(count):
            number = len(self.calls)
            member = self.members[number % len(self.members)]
            prompt = f"{words} no{number}x {more}".strip()
            call = await self.discord.slash(member, self.room, "imagine", prompt=prompt)
            self.calls.append(call)
            asked.append(call)
        return asked

    async def settled(self, seconds: float = 90.0) -> Counter[str]:
        """Wait until every job has ended; how many ended how."""
        ends_at = monotonic() + seconds
        while True:
            statuses = Counter(await self.bot.statuses())
            is_over = set(statuses) <= FINAL and not any(call.is_open for call in self.calls)
            if is_over and statuses.total() >= len(self.accepted()):
                return statuses
            if monotonic() > ends_at:
                if is_over:
                    return statuses  # what is missing by now is lost
                raise TimeoutError(f"jobs after {seconds:g} s: {dict(statuses)}")
            await asyncio.sleep(0.2)

    def results(self) -> Counter[int]:
        """How many results each call has, by its number."""
        found: Counter[int] = Counter()
        for message in self.discord.messages(self.room):
            if message.attachments and not any(item.label == "Cancel" for item in message.components):
                found.update(n for n in range(len(self.calls)) if f" no{n}x" in message.content)
        return found

    def accepted(self) -> list[int]:
        """The numbers of the calls whose member was promised a grid: answered in time, and not refused."""
        return [n for n, call in enumerate(self.calls) if is_promised(call)]

    async def told(self, seconds: float = 90.0) -> "Told":
        """What became of every call, once all has ended, which may take so long."""
        statuses = await self.settled(seconds)
        results = self.results()
        accepted = [n for n, call in enumerate(self.calls) if is_promised(call) or results[n]]
        without = sum(not results[n] for n in accepted) - statuses["failed"] - statuses["cancelled"]
        async with self.bot.opened_database() as database, database.reading() as session:
            wrong = await ledger.list_mismatches(session)
        return Told(
            accepted=len(accepted),
            refused=sum(call.error is None and n not in accepted for n, call in enumerate(self.calls)),
            deferred=sum(not results[n] and self.calls[n].kind == "deferred" for n in accepted),
            lost=max(0, without, statuses["delivered"] - len(+results)),
            doubled=sum(count > 1 for count in results.values()),
            failed=statuses["failed"],
            unbalanced=len(wrong),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of the jobs."""

    accepted: int
    refused: int
    """Told at once, or later, that it cannot be now: with what was asked for, and a button."""
    lost: int
    deferred: int
    """How many of the lost had been told to wait, and nothing more."""
    doubled: int
    failed: int
    unbalanced: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, or charged wrongly."""
        return self.accepted > 0 and not self.lost and not self.doubled and not self.unbalanced

    def __str__(self) -> str:
        return (
            f"{self.accepted} promised, {self.refused} told to ask again, {self.lost} lost "
            f"({self.deferred} of them only deferred), "
            f"{self.doubled} doubled, {self.failed} failed and refunded, "
            f"{self.unbalanced} accounts that do not add up"
        )


def is_promised(call: Call) -> bool:
    """Whether the member may expect a grid."""
    return call.error is None and not call.is_open and not (call.ephemeral and call.content)


class Ground:
    """One kind of database, and the model that draws."""

    def __init__(self, kind: str, checkpoint: Path, nursery: Nursery, server: URL = SERVER) -> None:
        self.kind = kind
        self.nursery = nursery
        self.checkpoint = checkpoint
        self.server = server

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """An empty folder of its own."""
        with TemporaryDirectory(prefix="chaos-") as name:
            yield Path(name)

    @asynccontextmanager
    async def database_url(self, folder: Path) -> AsyncIterator[str]:
        """A migrated database of its own."""
        if self.kind != "postgresql":
            yield f"sqlite+aiosqlite:///{folder}/darkroom.db"
            return
        name = f"darkroom_chaos_{uuid4().hex[:12]}"
        await on_server(f"CREATE DATABASE {name}", self.server)
        url = self.server.set(database=name).render_as_string(hide_password=False)
        try:
            async with owned_database(url):
                pass
            yield url
        finally:
            await on_server(f"DROP DATABASE {name} WITH (FORCE)", self.server)

    @asynccontextmanager
    async def town(
        self,
        nursery: Nursery | None = None,
        *,
        arrange: Callable[[Playground], None] = lambda _: None,
        **settings: str,
    ) -> AsyncIterator[Town]:
        """A Discord, arranged before the bot comes, with the bot in it, running; it is killed in the end."""
        async with (
            self.folder() as folder,
            self.database_url(folder) as url,
            Playground() as discord,
        ):
            discord.rate_limits.enabled = False
            arrange(discord)
            bot = BotProcess(discord, nursery or self.nursery, folder, str(self.checkpoint), url)
            bot.environment |= {"DAILY_IMAGES": "100000", **settings}
            members = [discord.add_member(discord.guild, f"member{n}") for n in range(MEMBERS)]
            await bot.start()
            try:
                yield Town(discord=discord, bot=bot, room=discord.guild.newbies, members=members)
            finally:
                await bot.kill()
                await keep_log(bot, self.kind)


async def keep_log(bot: BotProcess, kind: str) -> None:
    """Where CHAOS_LOGS names a folder, the log of every bot stays there."""
    if folder := os.environ.get("CHAOS_LOGS"):
        (Path(folder) / f"{kind}-{uuid4().hex[:6]}.log").write_text(bot.log)


async def on_server(statement: str, server: URL) -> None:
    """Run a statement on the PostgreSQL server itself."""
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
