"""Processes that die where a test wants it: after so many transactions, and nothing is written after that."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database
from bot.storage.remembered import Memory
from engine import api
from engine.errors import EngineError
from tests.bot.hand_engine import HandEngine, result_of

T = TypeVar("T")
QUIET_TURNS = 12
"""How often the loop goes round without anybody at work before all are taken to wait."""


class Died(BaseException):
    """The process is dead: no handler runs in it any more."""


class MortalDatabase(Database):
    """One process's view of a database that outlives it."""

    def __init__(self, base: Database) -> None:
        self.__dict__.update(base.__dict__)
        self._memory = Memory()
        self.is_dead = False
        self.commits_left: int | None = None
        """How many transactions are committed before the process dies; None lets it live."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        self._live()
        async with super().transaction() as session:
            yield session
        if self.commits_left is not None:
            self.commits_left -= 1
        self._live()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        self._live()
        async with super().reading() as session:
            yield session

    @property
    def is_busy(self) -> bool:
        """Whether a statement is under way."""
        return bool(self._num_busy())

    def _live(self) -> None:
        self.is_dead = self.is_dead or (self.commits_left is not None and self.commits_left <= 0)
        if self.is_dead:
            raise Died


class WorkedEngine(HandEngine):
    """Every request is begun at once and ends as it is told, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[asyncio.Future[None]] = []

    def finish(self, number: int, error: EngineError | None = None) -> None:
        """Let one of the requests end, the oldest being 0."""
        held = self.held.pop(number)
        if error is None:
            held.set_result(None)
        else:
            held.set_exception(error)

    async def run(self, request: api.Request) -> AsyncGenerator[api.Event, None]:
        """Draw plain colours, once told to."""
        if not isinstance(request, api.Generate):
            raise TypeError(request)
        yield api.Queued(position=1)
        yield api.Started()
        told = asyncio.get_running_loop().create_future()
        self.held.append(told)
        try:
            await told
        finally:
            if told in self.held:
                self.held.remove(told)
        yield api.Finished(result=result_of(request), gpu_seconds=0.25)


class CountingThreads(ThreadPoolExecutor):
    """Threads that tell whether they are at work."""

    pending = 0

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        self.pending += 1
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        self.pending -= 1


async def until_all_wait(database: MortalDatabase, threads: CountingThreads) -> None:
    """Let everybody go on until all wait for the test."""
    for _ in range(2):
        quiet = 0
        while quiet < QUIET_TURNS:
            is_busy = database.is_busy or threads.pending
            await asyncio.sleep(0.0005 if is_busy else 0)
            quiet = 0 if is_busy else quiet + 1
        await asyncio.sleep(0.0005)
