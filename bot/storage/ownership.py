"""The lock that makes one process the owner of a database, watched for as long as it runs."""

import asyncio
import contextlib
import fcntl
import logging
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

log = logging.getLogger(__name__)

ADVISORY_LOCK = 0x6461726B  # "dark"
WATCH_SECONDS = 2.0
ANSWER_SECONDS = 5.0
"""A server that does not answer for longer has lost us."""
MAX_NAME = 63
"""PostgreSQL cuts the names of applications off here."""


class DatabaseUnusable(Exception):
    """The database cannot be opened or owned; the text says why and what to do."""


class Lock(Protocol):
    """A lock that only one process can hold."""

    async def take(self) -> None:
        """Take it. Raises: DatabaseUnusable, where somebody else has it; OSError, SQLAlchemyError."""

    async def is_held(self) -> bool:
        """Whether it is still ours. Raises: OSError, SQLAlchemyError."""

    async def holder(self) -> str:
        """Who has it, by looking only; empty where it is free. Raises: OSError, SQLAlchemyError."""

    async def release(self) -> None:
        """Let go of it."""


class Ownership:
    """Whether the database is ours. A lock that was lost is taken again, unless another process has it."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._is_taken = asyncio.get_running_loop().create_future()
        self.is_held = True

    async def lost(self) -> str:
        """Return when another process owns the database, and say which: this one had better end."""
        return str(await asyncio.shield(self._is_taken))

    async def watch(self) -> None:
        """Look after the lock, until another process has it."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self._look()
            except DatabaseUnusable as error:
                self.is_held = False
                self._is_taken.set_result(str(error))
                return
            except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                if self.is_held:
                    log.warning("the lock on the database is lost until the database is back: %s", error)
                self.is_held = False

    async def _look(self) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            if self.is_held and await self._lock.is_held():
                return
        self.is_held = False
        await self._lock.release()
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._lock.take()
        log.warning("the lock on the database was lost; it was free, and is ours again")
        self.is_held = True


@asynccontextmanager
async def owned(url: URL) -> AsyncGenerator[Ownership]:
    """Own the database while inside.

    Raises: DatabaseUnusable, where another process does; OSError, SQLAlchemyError.
    """
    lock = _lock(url)
    watching = None
    try:
        await lock.take()
        ownership = Ownership(lock)
        watching = asyncio.create_task(ownership.watch(), name="database lock")
        yield ownership
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        await lock.release()


async def get_owner(url: URL) -> str:
    """The process that owns the database; empty where none does. It is not owned by asking.

    Raises: OSError, SQLAlchemyError.
    """
    return await _lock(url).holder()


def _lock(url: URL) -> Lock:
    name = f"{socket.gethostname()}, process {os.getpid()}"
    return FileLock(url, name) if url.get_backend_name() == "sqlite" else AdvisoryLock(url, name)


class FileLock:
    """A lock on a file beside a SQLite database; the system frees it when its process dies."""

    def __init__(self, url: URL, owner: str) -> None:
        self._database = url.database
        self._path = Path(f"{url.database}.lock")
        self._owner = owner
        self._descriptor: int | None = None

    async def take(self) -> None:
        """Take it, and write into it whose it is."""
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(self._database, _written_in(self._descriptor)) from None
        os.truncate(self._descriptor, 0)
        os.pwrite(self._descriptor, self._owner.encode(), 0)

    async def is_held(self) -> bool:
        """Whether the file is still the one that we locked: a deleted one locks nobody out."""
        if self._descriptor is None or not self._path.exists():
            return False
        return os.path.samestat(os.fstat(self._descriptor), self._path.stat())

    async def holder(self) -> str:
        """What its owner wrote into the file, while he has it locked."""
        if not self._path.exists():
            return ""
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _written_in(descriptor)
        finally:
            os.close(descriptor)
        return ""

    async def release(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class AdvisoryLock:
    """A session's lock on a PostgreSQL server; it is gone with its connection."""

    def __init__(self, url: URL, owner: str) -> None:
        self._url = url
        self._name = f"darkroom {owner}"[:MAX_NAME]
        self._engine: AsyncEngine | None = None
        self._connection: AsyncConnection | None = None
        self._backend = 0

    async def take(self) -> None:
        """Take it on a connection of its own, and make sure that it stays with that connection."""
        engine = await self._connect()
        if not await self._scalar("SELECT pg_try_advisory_lock(:key)", key=ADVISORY_LOCK):
            holder = await self._holder() or "another process"
            if self._backend and holder == self._name:
                raise ConnectionError("the server has not noticed yet that our connection is gone")
            raise _in_use(self._url.database, holder)
        self._backend = await self._scalar("SELECT pg_backend_pid()")
        await self._refuse_pooler(engine)

    async def _connect(self) -> AsyncEngine:
        settings = {"server_settings": {"application_name": self._name}}
        self._engine = create_async_engine(self._url, poolclass=NullPool, connect_args=settings)
        self._connection = await self._engine.connect()
        await self._connection.execution_options(isolation_level="AUTOCOMMIT")
        return self._engine

    async def holder(self) -> str:
        """What the connection that has the lock calls itself."""
        try:
            await self._connect()
            return await self._holder()
        finally:
            await self.release()

    async def is_held(self) -> bool:
        """Whether our own connection has it."""
        return bool(
            await self._scalar(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted "
                "AND pid = pg_backend_pid() AND pid = :backend",
                key=ADVISORY_LOCK,
                backend=self._backend,
            )
        )

    async def release(self) -> None:
        """Close the connection, however badly it is."""
        connection, engine = self._connection, self._engine
        self._connection = self._engine = None
        if connection is None or engine is None:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await connection.close()
        except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.invalidate()
        await engine.dispose()

    async def _refuse_pooler(self, engine: AsyncEngine) -> None:
        """A pooler that gives each transaction another connection to the server holds no lock for us.

        While a second connection keeps a transaction open, such a pooler must give us another one.
        """
        async with engine.connect() as other:
            await other.execute(text("SELECT 1"))
            if await self.is_held():
                return
            # The pooler keeps the connection that has the lock: nobody could take it until that ends.
            with contextlib.suppress(DBAPIError):  # which may be this very one
                await other.execute(text("SELECT pg_terminate_backend(:backend)"), {"backend": self._backend})
        raise DatabaseUnusable(
            "DATABASE_URL leads to a connection pooler in transaction mode, where I cannot hold the lock "
            "that keeps a second bot away. Use the direct connection, or the pooler's port for session mode."
        )

    async def _holder(self) -> str:
        holder = await self._scalar(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE locktype = 'advisory' AND objid = :key AND granted AND datname = current_database()",
            key=ADVISORY_LOCK,
        )
        return "" if holder is None else str(holder or "another process")

    async def _scalar(self, query: str, **values: object) -> Any:
        if self._connection is None:
            raise ConnectionError("the lock's connection is closed")
        return await self._connection.scalar(text(query), values)


def _written_in(descriptor: int) -> str:
    return os.read(descriptor, 200).decode(errors="replace") or "another process"


def _in_use(database: str | None, holder: str) -> DatabaseUnusable:
    return DatabaseUnusable(f"The database {database} is in use by {holder}. Stop that one first.")
