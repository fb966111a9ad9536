"""The database: one writer, many readers, and migrations."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import alembic.command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import QueuePool

import migrations
from bot.storage.ownership import DatabaseUnusable, Ownership, owned

READER_CONNECTIONS = 4
POSTGRESQL_CONNECTIONS = 10
CLOSE_SECONDS = 5.0
DRIVERS = frozenset({"sqlite+aiosqlite", "postgresql+asyncpg"})
URL_FORMS = "Write sqlite+aiosqlite:///data/darkroom.db or postgresql+asyncpg://user:password@host/database."


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

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A unit of work: committed at the end, rolled back on any exception."""
        async with _whole(self._session(self._writer)) as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent read that cannot write."""
        async with _whole(self._session(self._reader)) as session:
            yield session

    def _session(self, engine: AsyncEngine) -> AsyncSession:
        # Rows never outlive their transaction, so there is nothing to keep in step with an UPDATE.
        return AsyncSession(engine, expire_on_commit=False, execution_options={"synchronize_session": False})

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
        engine = create_async_engine(self.url, pool_size=size, max_overflow=0, pool_timeout=60)

        @event.listens_for(engine.sync_engine, "connect")
        def configure(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA busy_timeout=10000")
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


@asynccontextmanager
async def _whole(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """A session that ends in one piece, whoever is cancelled meanwhile."""
    try:
        yield session
    except BaseException:
        await _to_the_end(session.rollback())
        raise
    else:
        await _to_the_end(session.commit())
    finally:
        await _to_the_end(session.close())


async def _to_the_end(ending: Coroutine[Any, Any, None]) -> None:
    """Await what a cancellation must not cut in two: it is raised after it."""
    task = asyncio.create_task(ending)
    try:
        await asyncio.shield(task)
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
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            raise DatabaseUnusable(f"The database of DATABASE_URL cannot be used: {reason}") from error
        yield database


def open_database(url: str) -> Database:
    """The database of a URL; the folder of a SQLite file is made.

    Raises: DatabaseUnusable, for any but the two kinds that we keep; OSError.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError:
        raise DatabaseUnusable(f"DATABASE_URL is not the URL of a database. {URL_FORMS}") from None
    if parsed.drivername not in DRIVERS:
        raise DatabaseUnusable(
            f"DATABASE_URL begins with {parsed.drivername}://, which I cannot use. {URL_FORMS}"
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Database(parsed)


async def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision; a SQLite file with older tables is copied first."""
    current = await current_revision(database)
    if current == head_revision() and revision == "head":
        return
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


async def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    async with database.reading() as session:
        connection = await session.connection()
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def _back_up(path: Path, revision: str) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    copy = path.with_name(f"{path.name}.{revision}.{stamp}.bak")
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)  # all pages at once: a stepwise copy restarts at every write
    copy.chmod(0o600)


async def _check(database: Database) -> None:
    if not database.is_sqlite:
        return
    async with database.reading() as session:
        problems = (await session.execute(text("PRAGMA quick_check(1)"))).scalar_one()
    if problems != "ok":
        raise DatabaseUnusable(
            f"The database file {database.url.database} is damaged ({problems}). Put the newest backup "
            "(*.bak beside it) in its place."
        )
