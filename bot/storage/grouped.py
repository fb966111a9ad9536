"""What waits at the same time is written in one transaction: one commit, and one wait for the disk."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database
from bot.storage.outage import is_outage

T = TypeVar("T")
V = TypeVar("V")
Work = Callable[[AsyncSession], Awaitable[T]]

MOST = 16
"""Units in one transaction: others, who need the writer as well, wait for all of them."""
LANES = 4
"""Transactions at once, where the database takes more than one."""


@dataclass(slots=True, eq=False)
class _Waiting:
    work: Work[Any]
    done: "asyncio.Future[Any]"


class GroupCommit:
    """Few transactions at a time, each for as many units as came while the last one was under way.

    A unit may be worked on twice, the first time being rolled back: it changes nothing but the database.
    """

    def __init__(self, database: Database) -> None:
        self._lanes = [_Lane(database) for _ in range(1 if database.is_sqlite else LANES)]

    async def run(self, work: Work[T], *, key: int) -> T:
        """Do a unit of work and commit it; alone or with others is all the same to it.

        Units of one key, which lock the same rows, are done one after the other. Who is cancelled before
        theirs began takes it along; later it is done all the same.

        Raises: what the unit raises, or the database, and then it is rolled back.
        """
        return await self._lanes[key % len(self._lanes)].run(work)


class _Lane:
    """One transaction at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._working: asyncio.Task[None] | None = None

    async def run(self, work: Work[T]) -> T:
        one = _Waiting(work, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="group commit")
        try:
            return await asyncio.shield(one.done)
        except asyncio.CancelledError:
            if one in self._waiting:
                self._waiting.remove(one)
            elif not one.done.done():
                await asyncio.wait([one.done])
            if one.done.done() and not one.done.cancelled():
                one.done.exception()  # nobody else asks for it
            raise

    async def _work(self) -> None:
        try:
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                await self._commit(group)
        finally:
            self._working = None

    async def _commit(self, group: list[_Waiting]) -> None:
        """All of them, or each by itself where one of them fails."""
        try:
            async with self._database.transaction() as session:
                found = [await one.work(session) for one in group]
        except asyncio.CancelledError:
            for one in group:
                one.done.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - it is theirs who wait
            if len(group) == 1 or is_outage(error):
                for one in group:
                    one.done.set_exception(error)
                return
            for one in group:
                await self._commit([one])
        else:
            for one, result in zip(group, found, strict=True):
                one.done.set_result(result)


class Batch(Generic[V]):
    """Values that come while others are written are written together after them, in few statements."""

    def __init__(self, database: Database, write: Callable[[AsyncSession, list[V]], Awaitable[None]]) -> None:
        self._database = database
        self._write = write
        self._is_writing = asyncio.Lock()
        self._next: tuple[list[V], asyncio.Task[None]] | None = None

    async def add(self, value: V) -> None:
        """Write a value; it is written even if nobody waits for it any more.

        Raises: what the database raises, to all whose values were in one transaction.
        """
        if self._next is None:
            values: list[V] = []
            self._next = values, asyncio.create_task(self._write_all(values), name="batch")
        values, done = self._next
        values.append(value)
        await asyncio.shield(done)

    async def _write_all(self, values: list[V]) -> None:
        async with self._is_writing:
            self._next = None
            async with self._database.transaction() as session:
                await self._write(session, values)
