"""Takes the database away from everybody, in the ways that databases go away."""

import asyncio
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database


def sqlite_error(code: int, text: str) -> OperationalError:
    """What SQLAlchemy raises for a result code of SQLite."""
    original = sqlite3.OperationalError(text)
    original.sqlite_errorcode = code
    return OperationalError("UPDATE jobs", {}, original)


def postgresql_error(original: Exception) -> DBAPIError:
    """What SQLAlchemy raises for an error of the server."""
    return DBAPIError("UPDATE jobs", {}, original)


OUTAGES: dict[str, Callable[[], Exception]] = {
    "refused": lambda: ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 5432)"),
    "no space": lambda: OSError(28, "No space left on device"),
    "several addresses": lambda: OSError("Multiple exceptions: [Errno 111] …, [Errno 111] …"),
    "time-out": TimeoutError,
    "disk full": lambda: sqlite_error(sqlite3.SQLITE_FULL, "database or disk is full"),
    "locked": lambda: sqlite_error(sqlite3.SQLITE_BUSY, "database is locked"),
    "disk I/O": lambda: sqlite_error(sqlite3.SQLITE_IOERR_WRITE, "disk I/O error"),
    "shut down": lambda: postgresql_error(asyncpg.exceptions.AdminShutdownError("terminating connection")),
    "starting": lambda: asyncpg.exceptions.CannotConnectNowError("the database system is starting up"),
    "closed": lambda: InterfaceError("UPDATE jobs", {}, asyncpg.InterfaceError("connection is closed")),
}


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow."""
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


@contextmanager
def away(
    database: Database, monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception] = OUTAGES["refused"]
) -> Iterator[asyncio.Event]:
    """No transaction begins meanwhile; the event says that one was tried."""
    tried = asyncio.Event()

    @asynccontextmanager
    async def refused() -> AsyncIterator[AsyncSession]:
        tried.set()
        raise error()
        yield

    with monkeypatch.context() as outage:
        outage.setattr(database, "transaction", refused)
        outage.setattr(database, "reading", refused)
        yield tried


@contextmanager
def losing_confirmations(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[None]]:
    """The first transaction commits, but its confirmation does not come through."""
    transaction = database.transaction
    lost: list[None] = []

    @asynccontextmanager
    async def committed_but_lost() -> AsyncIterator[AsyncSession]:
        async with transaction() as session:
            yield session
        if not lost:
            lost.append(None)
            raise ConnectionResetError(104, "Connection reset by peer")

    with monkeypatch.context() as outage:
        outage.setattr(database, "transaction", committed_but_lost)
        yield lost
