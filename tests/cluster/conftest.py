"""The tiny checkpoint, and an engine whose driver and replicas are at hand."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.bench.tiny import save_tiny_checkpoint
from engine.cluster.driver import Driver, Fleet
from engine.cluster.exchange import Answer, Order
from engine.cluster.link import Member, Unreachable
from engine.cluster.wire import receive


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny SD checkpoint in diffusers layout."""
    return save_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny")


class _Line:
    """A way to a replica that is cut with the driver that has it."""

    def __init__(self, member: Member, is_alive: asyncio.Event) -> None:
        self._member = member
        self._is_alive = is_alive

    async def tell(self, driver: str, session: str, orders: Sequence[Order]) -> bool:
        self._check()
        return await self._member.tell(driver, session, orders)

    async def ask(self, driver: str, confirmed: int) -> Answer:
        self._check()
        return await self._member.ask(driver, confirmed)

    def _check(self) -> None:
        if not self._is_alive.is_set():
            raise Unreachable("the driver is dead")


class _Reached:
    """A fleet, as one driver reaches it."""

    def __init__(self, fleet: Fleet, is_alive: asyncio.Event) -> None:
        self._fleet = fleet
        self._is_alive = is_alive

    async def survey(self) -> Mapping[str, Member]:
        members = await self._fleet.survey()
        return {name: _Line(member, self._is_alive) for name, member in members.items()}


class NearDrivers:
    """Drivers as tasks of this process, on the replicas of a fleet; a test can end one as a kill does."""

    last_words = "it is near"

    def __init__(self, fleet: Fleet, *, unanswered_seconds: float = 8.0) -> None:
        self._fleet = fleet
        self._unanswered_seconds = unanswered_seconds
        self._serving: asyncio.Task[None] | None = None
        self._theirs: asyncio.StreamWriter | None = None
        self._is_alive = asyncio.Event()
        self.num_started = 0
        self.may_start = asyncio.Event()
        self.may_start.set()

    @asynccontextmanager
    async def started(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """As a process would be."""
        await self.may_start.wait()
        self.num_started += 1
        self._is_alive = asyncio.Event()
        self._is_alive.set()
        here, there = socket.socketpair()
        theirs, self._theirs = await asyncio.open_connection(sock=there)
        reader, writer = await asyncio.open_connection(sock=here)
        self._serving = asyncio.create_task(self._serve(theirs, self._theirs))
        try:
            yield reader, writer
        finally:
            writer.close()
            self._theirs.close()
            await asyncio.wait([self._serving])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receive(reader)  # how engines are configured
        driver = Driver(
            _Reached(self._fleet, self._is_alive),
            reader,
            writer,
            unanswered_seconds=self._unanswered_seconds,
            survey_seconds=0.05,
        )
        await driver.serve()

    def kill(self) -> None:
        """The driver is gone, and lets nobody know."""
        assert self._serving is not None
        assert self._theirs is not None
        self._is_alive.clear()
        self._serving.cancel()
        self._theirs.close()
