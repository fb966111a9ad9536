"""A database that is away: told apart from our own mistakes, and outlasted."""

import asyncio
import errno
import itertools
import logging
import random
import socket
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

log = logging.getLogger(__name__)
T = TypeVar("T")

RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0, 5.0)

SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""Primary result codes of SQLite that say: not now. https://www.sqlite.org/rescode.html"""

POSTGRESQL_AWAY = ("08", "25006", "40001", "40P01", "53", "55P03", "57", "58")
"""SQLSTATEs, or their classes: connection, read-only (a standby), conflicts, resources, shutdown, system."""

POSTGRESQL_DISK_FULL = "53100"

SYSTEM_AWAY = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.EROFS,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ETIMEDOUT,
    }
)


class DatabaseAway(Exception):
    """The database cannot be reached, or takes nothing, just now; it is worth another try."""


def is_outage(error: BaseException) -> bool:
    """Whether an error of the database passes by itself: nothing of what was asked is wrong."""
    if isinstance(error, DatabaseAway | PoolTimeoutError | ConnectionError | TimeoutError | socket.gaierror):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_driver_away(error)
    if isinstance(error, asyncpg.PostgresError):
        return _is_state_away(error.sqlstate)
    if isinstance(error, OSError):
        # asyncio raises a bare OSError where a name has several addresses and none of them answers.
        return error.errno in SYSTEM_AWAY or (type(error) is OSError and error.errno is None)
    return False


def is_disk_full(error: BaseException) -> bool:
    """Whether an outage is for want of room."""
    if isinstance(error, DatabaseAway) and error.__cause__ is not None:
        return is_disk_full(error.__cause__)
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return bool(code & 0xFF == sqlite3.SQLITE_FULL)
    if getattr(original, "sqlstate", None) == POSTGRESQL_DISK_FULL:
        return True
    return isinstance(original, OSError) and original.errno in {errno.ENOSPC, errno.EDQUOT}


def _is_driver_away(error: DBAPIError) -> bool:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in SQLITE_AWAY
    state = getattr(original, "sqlstate", None)
    if state is not None:
        return _is_state_away(state)
    # asyncpg's own complaints: of a connection that is closed, or of a value that fits no column.
    return isinstance(error, InterfaceError) and not isinstance(
        getattr(original, "__cause__", None), ValueError | TypeError
    )


def _is_state_away(state: object) -> bool:
    return isinstance(state, str) and state.startswith(POSTGRESQL_AWAY)


def reason_of(error: BaseException) -> str:
    """What the database, or the system, says of an error: its first line."""
    return str(getattr(error, "orig", None) or error).split("\n", 1)[0]


@contextmanager
def naming_outages() -> Iterator[None]:
    """Call an outage by its name.

    Raises: DatabaseAway; other errors stay what they are.
    """
    try:
        yield
    except Exception as error:
        if is_outage(error):
            raise DatabaseAway(str(getattr(error, "orig", None) or error) or type(error).__name__) from error
        raise


@contextmanager
def passing_over_outages(what: str) -> Iterator[None]:
    """For what may be left undone: an outage is logged, and no reason to stop."""
    try:
        yield
    except Exception as error:
        if not is_outage(error):
            raise
        log.warning("the database is away, %s is left undone: %s", what, error)


async def persistently(work: Callable[[], Awaitable[T]], *, on_outage: Callable[[], None] | None = None) -> T:
    """Do what needs the database, again and again while that is away; cancelling ends it.

    A commit whose confirmation was lost may have happened: `work` must know what it has done already.
    `on_outage` is called once, when the first attempt has failed.
    """
    for attempt, delay in enumerate(delays(RETRY_SECONDS)):
        try:
            with naming_outages():
                return await work()
        except DatabaseAway as error:
            if attempt == 0:
                log.warning("waiting for the database: %s", error, exc_info=error)
                if on_outage is not None:
                    on_outage()
        await asyncio.sleep(delay)
    raise AssertionError("the delays never end")


def delays(schedule: Sequence[float], *, spread: tuple[float, float] = (0.5, 1.0)) -> Iterator[float]:
    """Seconds before each further attempt, for ever; spread, so that many do not come back at once."""
    for seconds in itertools.chain(schedule, itertools.repeat(schedule[-1])):
        yield seconds * random.uniform(*spread)
