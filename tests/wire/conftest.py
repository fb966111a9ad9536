"""The whole bot as its own process, on a local Discord, over real sockets."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import select, text

from bot.storage import ledger
from bot.storage.database import Database
from bot.storage.models import JobRow
from engine.bench.tiny import save_tiny_checkpoint
from playground import Playground

START_SECONDS = 60.0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which databases the bot process runs on: SQLite, and where the test is decisive PostgreSQL too."""
    if "kind_of_database" not in metafunc.fixturenames:
        return
    marks = metafunc.definition
    kinds = ["sqlite", "postgresql"] if marks.get_closest_marker("both_databases") else ["sqlite"]
    if metafunc.config.getoption("--postgresql"):
        kinds = ["postgresql"]
        if why := marks.get_closest_marker("sqlite_alone"):
            metafunc.parametrize(
                "kind_of_database", [pytest.param("none", marks=pytest.mark.skip(*why.args))]
            )
            return
    metafunc.parametrize("kind_of_database", kinds)


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diffusers checkpoint that draws in milliseconds."""
    path = tmp_path_factory.mktemp("models") / "tiny"
    save_tiny_checkpoint(path)
    return path


@pytest.fixture
async def discord() -> AsyncIterator[Playground]:
    """A local Discord. Afterwards nothing that the bot sent may have broken Discord's own description."""
    spec = os.environ.get("DISCORD_OPENAPI")
    async with Playground(spec_path=spec) as playground:
        yield playground
        assert playground.violations == []


class Nursery:
    """Starts bot processes by forking; see `tests.wire.nursery`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._started: asyncio.Queue[int] = asyncio.Queue()
        self._ends: dict[int, asyncio.Future[int]] = {}

    async def start(self, arguments: Sequence[str], environment: dict[str, str], log: Path) -> int:
        """Start a bot; returns its process id."""
        assert self._process.stdin is not None
        order = {"arguments": arguments, "environment": environment, "log": str(log)}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return await self._started.get()

    def end_of(self, process_id: int) -> "asyncio.Future[int]":
        """Its exit code, once it has ended."""
        return self._ends.setdefault(process_id, asyncio.get_running_loop().create_future())

    async def listen(self) -> None:
        """Take in what the nursery tells."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            words = json.loads(line)
            if "started" in words:
                self._started.put_nowait(words["started"])
            else:
                self.end_of(words["ended"]).set_result(words["code"])


@asynccontextmanager
async def opened_nursery(module: str = "tests.wire.nursery", **settings: str) -> AsyncIterator[Nursery]:
    """A process that imports everything under these settings, and forks."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", **settings},
    )
    nursery = Nursery(process)
    listening = asyncio.create_task(nursery.listen())
    try:
        yield nursery
    finally:
        process.kill()
        await process.wait()
        await listening


@pytest.fixture(scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    """One for the whole run: what is slow is imported once."""
    async with opened_nursery() as nursery:
        yield nursery


class BotProcess:
    """The bot as its own process, started and killed at will on one database."""

    def __init__(
        self, playground: Playground, nursery: Nursery, folder: Path, model: str, database_url: str
    ) -> None:
        self.playground = playground
        self.nursery = nursery
        self.folder = folder
        self.environment = {
            **os.environ,
            "DISCORD_TOKEN": playground.token,
            "DISCORD_API_BASE": playground.base_url,
            "DATABASE_URL": database_url,
            "DATA_DIR": str(folder),
            "MODEL": model,
            "DEVICE": "cpu",
            "DAILY_IMAGES": "100",
            "WEB_PORT": "0",
            "OMP_NUM_THREADS": "1",
        }
        self._process_id: int | None = None

    async def start(self, **settings: str) -> Self:
        """Start it, and wait until Discord knows its commands."""
        await self.spawn(**settings)
        await self.playground.bot_ready(START_SECONDS)
        return self

    async def spawn(self, *arguments: str, **settings: str) -> None:
        """Start it without waiting."""
        environment = {**self.environment, **settings}
        self._process_id = await self.nursery.start(arguments, environment, self.folder / "bot.log")

    async def kill(self) -> None:
        """kill -9: no chance to say good-bye."""
        await self._stop(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        return await self._stop(signal.SIGTERM)

    async def ended(self) -> int:
        """Wait for it to end by itself."""
        assert self._process_id is not None
        return await asyncio.wait_for(asyncio.shield(self.nursery.end_of(self._process_id)), START_SECONDS)

    @asynccontextmanager
    async def opened_database(self) -> AsyncIterator[Database]:
        """Its database, beside it."""
        database = Database(self.environment["DATABASE_URL"])
        try:
            yield database
        finally:
            await database.close()

    @asynccontextmanager
    async def held_database(self) -> AsyncIterator[None]:
        """Nobody else writes meanwhile, as when a hundred others come first."""
        async with self.opened_database() as database, database.transaction() as session:
            if database.is_sqlite:
                await session.execute(text("SELECT 1"))  # its transactions begin with the lock on the file
            else:
                every = ", ".join(table.name for table in JobRow.metadata.sorted_tables)
                await session.execute(text(f"LOCK TABLE {every} IN EXCLUSIVE MODE"))
            yield

    async def statuses(self) -> list[str]:
        """The state of every job in the database, in order."""
        async with self.opened_database() as database, database.reading() as session:
            return list(await session.scalars(select(JobRow.status).order_by(JobRow.id)))

    async def has(self, *statuses: str) -> None:
        """Wait until the jobs of the database have these states."""
        async with asyncio.timeout(START_SECONDS):
            while await self.statuses() != list(statuses):
                await asyncio.sleep(0.05)

    async def logged(self, text: str) -> None:
        """Wait until it wrote this."""
        async with asyncio.timeout(START_SECONDS):
            while text not in self.log:
                await asyncio.sleep(0.05)

    async def _stop(self, how: signal.Signals) -> int:
        assert self._process_id is not None
        if not self.nursery.end_of(self._process_id).done():
            with suppress(ProcessLookupError):  # it has just ended, and we are about to be told
                os.kill(self._process_id, how)
        code = await self.ended()
        await self.playground.bot_gone()
        return code

    @property
    def log(self) -> str:
        """Everything that it wrote."""
        file = self.folder / "bot.log"
        return file.read_text() if file.exists() else ""  # it makes the file when it has begun

    async def close(self) -> None:
        """Stop it, and check its books and its log."""
        if self._process_id is not None:
            await self.stop()
        assert "Traceback" not in self.log, self.log
        async with self.opened_database() as database:
            if database.is_sqlite and not Path(database.url.database or "").exists():
                return  # it ended before it had one
            async with database.reading() as session:
                assert await ledger.list_mismatches(session) == []


@pytest.fixture
def database_url(request: pytest.FixtureRequest, kind_of_database: str, tmp_path: Path) -> str:
    """Where the bot keeps what it knows: a file that is not there yet, or a migrated database of its own."""
    if kind_of_database == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite+aiosqlite:///{tmp_path}/darkroom.db"


@pytest.fixture
async def bot(
    discord: Playground, nursery: Nursery, tmp_path: Path, tiny_checkpoint: Path, database_url: str
) -> AsyncIterator[BotProcess]:
    """The bot with a model that draws in milliseconds; not started yet."""
    process = BotProcess(discord, nursery, tmp_path, str(tiny_checkpoint), database_url)
    yield process
    await process.close()


@pytest.fixture
async def slow_bot(
    discord: Playground, nursery: Nursery, tmp_path: Path, database_url: str
) -> AsyncIterator[BotProcess]:
    """The bot with the embedded model: at 100 steps a job takes long enough to be interrupted.

    A processor that has more than AVX2, bfloat16 above all, would be done in a few seconds.
    """
    process = BotProcess(discord, nursery, tmp_path, "sketch", database_url)
    process.environment |= {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
    yield process
    await process.close()
