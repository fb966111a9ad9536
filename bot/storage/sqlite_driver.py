"""SQLite's driver, with a statement and all of its rows in one hop to the thread of its connection.

The stock adapter hops four times: for a cursor, the statement, the rows and the cursor's end. A hop costs
more than most statements. The adapter and aiosqlite offer no other way in than what is private to them; every
test on SQLite goes through here, so that a version that differs is seen at once.
"""

import sqlite3
from collections import deque
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)


@dataclass(slots=True, kw_only=True)
class _Outcome:
    """What a statement left behind: SQLAlchemy reads these of a cursor. There is nothing left to close."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1

    def close(self) -> None:
        """Close nothing."""


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Runs a statement to its end."""

    __slots__ = ()
    _awaitable_cursor_close = False

    def _make_new_cursor(self, connection: Any) -> Any:
        del connection
        return _Outcome()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._run(sqlite3.Cursor.execute, operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._run(sqlite3.Cursor.executemany, operation, seq_of_parameters)

    async def _run(self, execute: Any, operation: Any, parameters: Any) -> None:
        connection: Any = self._connection
        raw = connection._conn  # noqa: SLF001 - see above
        async with self._adapt_connection._execute_mutex:  # noqa: SLF001
            outcome, rows = await connection._execute(  # noqa: SLF001
                _to_the_end, raw, execute, operation, parameters
            )
        outcome.arraysize = self._cursor.arraysize
        self._cursor, self._rows = outcome, deque(rows)


def _to_the_end(
    connection: sqlite3.Connection, execute: Any, operation: Any, parameters: Any
) -> tuple[_Outcome, list[Any]]:
    """A statement's outcome and rows. Blocking."""
    cursor = connection.cursor()
    try:
        execute(cursor, operation, parameters)
        rows = cursor.fetchall() if cursor.description else []
        outcome = _Outcome(
            description=cursor.description, rowcount=cursor.rowcount, lastrowid=cursor.lastrowid
        )
    finally:
        cursor.close()
    return outcome, rows


class _Connection(AsyncAdapt_aiosqlite_connection):
    """Gives such cursors, and ends only what was begun: a pool rolls back whatever is given back to it."""

    __slots__ = ()
    _cursor_cls = _Cursor

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        if self._is_in_transaction():
            super().rollback()

    def commit(self) -> None:
        """Commit the transaction, if there is one."""
        if self._is_in_transaction():
            super().commit()

    def _is_in_transaction(self) -> bool:
        connection: sqlite3.Connection | None = self._connection._connection  # noqa: SLF001
        return connection is not None and connection.in_transaction


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    """The module that SQLAlchemy asks for connections."""

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        """A connection, with a thread of its own."""
        return _Connection(self, super().connect(*arg, **kw)._connection)  # noqa: SLF001


DRIVER = _Driver(aiosqlite, sqlite3)
