"""The database: one writer, many readers, and migrations."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import alembic.command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import QueuePool

import migrations
from bot.storage.outage import reason_of
from bot.storage.ownership import DatabaseUnusable, Ownership, owned
from bot.storage.remembered import CHANGES, GENERATION, MEMORY, Memory
from bot.storage.sqlite_driver import DRIVER
from bot.storage.urls import UnreadableUrl, read_url

log = logging.getLogger(__name__)
T = TypeVar("T")

READER_CONNECTIONS = 4
POSTGRESQL_CONNECTIONS = 10
CLOSE_SECONDS = 5.0
BUSY_MS = 10_000
"""How long SQLite waits for another program's lock."""
KEPT_COPIES = 5
"""Of a SQLite file, from before migrations; older ones go."""


class Database:
    """Transactions on one database.

    SQLite gets exactly one writer connection, which begins IMMEDIATE, and a pool of read-only ones:
    nothing ever waits on a lock half-way through, and nothing is decided on stale reads.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.ownership: Ownership | None = None
        self._writer = self._sqlite_engine(writes=True) if self.is_sqlite else self._postgresql_engine()
        self._reader = self._sqlite_engine(writes=False) if self.is_sqlite else self._writer
        self._memory = Memory()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A unit of work: committed at the end, rolled back on any exception."""
        async with _whole(self._session(self._writer), self._memory) as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent read that cannot write."""
        async with _whole(self._session(self._reader), self._memory) as session:
            yield session

    async def scrub(self) -> bool:
        """Leave nothing of deleted rows in the database's own files; False where that could not be done now.

        SQLite overwrites them, and its log is emptied here. PostgreSQL marks their room as free, to be
        written over; its log and its replicas keep them until they are recycled.
        """
        if not self.is_sqlite:
            engine = self._writer.execution_options(isolation_level="AUTOCOMMIT")
            async with engine.connect() as connection:
                await connection.execute(text("VACUUM (SKIP_LOCKED)"))
            return True
        async with self._writer.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is None:
                return False
            cursor = await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_ = await cursor.fetchone()
            await cursor.close()
        return not is_busy

    def _session(self, engine: AsyncEngine) -> AsyncSession:
        # Rows never outlive their transaction, so there is nothing to keep in step with an UPDATE.
        return _Session(
            engine,
            expire_on_commit=False,
            execution_options={"synchronize_session": False},
            info={MEMORY: self._memory, GENERATION: self._memory.generation},
        )

    async def close(self) -> None:
        """Close all connections, once the units of work that are under way have ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                while self._num_busy():  # noqa: ASYNC110 - a pool sets no event
                    await asyncio.sleep(0.01)
        await self._writer.dispose()
        await self._reader.dispose()

    def _num_busy(self) -> int:
        """How many connections are in use."""
        pools = [self._writer.pool, self._reader.pool]
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    def _sqlite_engine(self, *, writes: bool) -> AsyncEngine:
        size = 1 if writes else READER_CONNECTIONS
        engine = create_async_engine(self.url, module=DRIVER, pool_size=size, max_overflow=0, pool_timeout=60)

        @event.listens_for(engine.sync_engine, "connect")
        def configure(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA secure_delete=ON")  # not every SQLite is built with it
            cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            cursor.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    def _postgresql_engine(self) -> AsyncEngine:
        return create_async_engine(
            self.url, pool_size=POSTGRESQL_CONNECTIONS, pool_pre_ping=True, pool_timeout=60
        )


class _Session(AsyncSession):
    """A session that finishes the statement under way, whoever is cancelled meanwhile.

    aiosqlite cannot stop one; and a connection that is closed while it has rows to give keeps its lock.
    """

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        return await _to_the_end(super().execute(*args, **kwargs))

    async def scalar(self, *args: Any, **kwargs: Any) -> Any:
        return await _to_the_end(super().scalar(*args, **kwargs))

    async def scalars(self, *args: Any, **kwargs: Any) -> Any:
        return await _to_the_end(super().scalars(*args, **kwargs))

    async def get(self, *args: Any, **kwargs: Any) -> Any:
        return await _to_the_end(super().get(*args, **kwargs))

    async def connection(self, *args: Any, **kwargs: Any) -> Any:
        return await _to_the_end(super().connection(*args, **kwargs))


@asynccontextmanager
async def _whole(session: AsyncSession, memory: Memory) -> AsyncIterator[AsyncSession]:
    """A session that ends in one piece, whoever is cancelled meanwhile."""
    try:
        yield session
    except BaseException:
        await _to_the_end(session.rollback())
        raise
    else:
        await _to_the_end(session.commit())
    finally:
        # Before the connection is free: who writes next sees what was changed here.
        if CHANGES in session.info:
            memory.clear()
        await _to_the_end(session.close())


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await what a cancellation must not cut in two: it is raised after it."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


@asynccontextmanager
async def owned_database(url: str) -> AsyncGenerator[Database]:
    """Open the database as its only owner: checked, backed up, migrated to head.

    Raises: DatabaseUnusable.
    """
    async with AsyncExitStack() as stack:
        try:
            database = open_database(url)
            stack.push_async_callback(database.close)
            database.ownership = await stack.enter_async_context(owned(database.url))
            await _check(database)
            await migrate(database)
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseUnusable(
                f"The database of DATABASE_URL cannot be used: {reason_of(error)}"
            ) from error
        yield database


def open_database(url: str) -> Database:
    """The database of a URL; the folder of a SQLite file is made.

    Raises: DatabaseUnusable, for any but the two kinds that we keep; OSError.
    """
    try:
        parsed = read_url(url)
    except UnreadableUrl as error:
        raise DatabaseUnusable(str(error)) from None
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Database(parsed)


def wal_of(url: str) -> Path | None:
    """The write-ahead log of a SQLite database; None where that is not ours to look at."""
    parsed = read_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(f"{parsed.database}-wal") if is_file else None


async def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision; a SQLite file with older tables is copied first."""
    current = await current_revision(database)
    if current == head_revision() and revision == "head":
        return
    await check_origin(database, current)
    if database.is_sqlite and current is not None and database.url.database:
        await asyncio.to_thread(_back_up, Path(database.url.database), current)
    await asyncio.to_thread(alembic.command.upgrade, alembic_config(database.url), revision)


def alembic_config(url: URL) -> Config:
    """Alembic's configuration for a database, whatever the working directory is."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    config.attributes["url"] = url
    return config


def head_revision() -> str | None:
    """The newest revision that this version of the bot knows."""
    return ScriptDirectory(migrations.__path__[0]).get_current_head()


def list_pending(revision: str | None) -> list[str]:
    """What a start does to a database at this revision, oldest first, as `0014: What is known of a job …`."""
    steps = ScriptDirectory(migrations.__path__[0]).iterate_revisions("head", revision or "base")
    return [f"{step.revision}: {step.doc}" for step in steps][::-1]


async def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    async with database.reading() as session:
        connection = await session.connection()
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def check_origin(database: Database, current: str | None) -> None:
    """Whether the tables are ours, and none of a version to come: before anything is copied or changed.

    Raises: DatabaseUnusable.
    """
    known = {script.revision for script in ScriptDirectory(migrations.__path__[0]).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseUnusable(
            f"The database was written by a newer version of Darkroom (its revision is {current}, and this "
            f"version knows {head_revision()}). Install that version again, or put back a copy from before it"
            f"{_newest_copy(database)}."
        )
    if current is None and (tables := await _list_tables(database)):
        raise DatabaseUnusable(
            f"The database of DATABASE_URL holds tables that are not Darkroom's ({', '.join(tables[:3])}). "
            "Name an empty database of its own."
        )


async def _list_tables(database: Database) -> list[str]:
    async with database.reading() as session:
        connection = await session.connection()
        return sorted(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


def copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite file that may be in use, for nobody else's eyes. Blocking. Raises: sqlite3.Error."""
    with (
        contextlib.closing(sqlite3.connect(source)) as ours,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        target.chmod(0o600)
        ours.backup(copy)  # all pages at once: a stepwise copy restarts at every write


def _back_up(path: Path, revision: str) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    copy_file(path, path.with_name(f"{path.name}.{revision}.{stamp}.bak"))
    for old in _copies(path)[:-KEPT_COPIES]:
        old.unlink(missing_ok=True)


def _copies(path: Path) -> list[Path]:
    """The copies beside a SQLite file, the newest last."""
    return sorted(path.parent.glob(f"{path.name}.*.bak"), key=lambda copy: copy.name.split(".")[-2])


def _is_emptied(path: Path) -> bool:
    """Whether the file is there without anything in it, and was more once."""
    return path.exists() and path.stat().st_size == 0 and bool(_copies(path))


def _newest_copy(database: Database) -> str:
    """Where the newest copy is, in brackets; nothing where there is none."""
    if not database.is_sqlite or not database.url.database:
        return ""
    copies = _copies(Path(database.url.database))
    return f" ({copies[-1]})" if copies else ""


async def _check(database: Database) -> None:
    """Whether a SQLite file is whole and can be written. Raises: DatabaseUnusable."""
    if not database.is_sqlite:
        return
    path = Path(database.url.database or "")
    if await asyncio.to_thread(_is_emptied, path):
        log.warning("%s is empty, though there is a copy of it%s.", path, _newest_copy(database))
    try:
        async with database.transaction() as session:
            problems = (await session.execute(text("PRAGMA quick_check(1)"))).scalar_one()
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise DatabaseUnusable(
                f"The database file {path} is locked by another program. Close that one first."
            ) from error
        raise
    except DatabaseError as error:
        problems = str(error.orig)
    if problems != "ok":
        raise DatabaseUnusable(
            f"The database file {path} is damaged ({problems}). Put the newest copy of it in its place"
            f"{_newest_copy(database) or ' (*.bak beside it, if there is one)'}."
        )
