"""One replica as the driver follows it: orders there, what is said back, and whether it is still there."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar
from uuid import uuid4

from engine.cluster.exchange import Answer, Order, Said, State

log = logging.getLogger(__name__)
T = TypeVar("T")

UNANSWERED_SECONDS = 8.0
"""A replica that does not answer for so long is taken for lost."""
RETRY_SECONDS = 1.0


class Unreachable(Exception):
    """A replica cannot be asked just now, or has died."""


class Member(Protocol):
    """A replica, wherever it is: see `Replica`, whose methods these are. They raise Unreachable."""

    async def tell(self, driver: str, session: str, orders: Sequence[Order]) -> bool:
        """Take orders in; False where the session is over."""
        ...

    async def ask(self, driver: str, confirmed: int) -> Answer:
        """What is new."""
        ...


class Listener(Protocol):
    """Who is told of a replica."""

    async def on_state(self, name: str, state: State) -> None:
        """It answers, and this is how it is."""
        ...

    async def on_said(self, name: str, said: Said) -> None:
        """What became of a request, each once and in order."""
        ...

    async def on_lost(self, name: str) -> None:
        """It is not there any more; whatever it had been given is to be given to another."""
        ...


class Link:
    """To one replica. After a loss it is greeted under another name: nothing old is mistaken for new."""

    def __init__(
        self,
        name: str,
        member: Member,
        listener: Listener,
        *,
        unanswered_seconds: float = UNANSWERED_SECONDS,
    ) -> None:
        self._name = name
        self._member = member
        self._listener = listener
        self._unanswered_seconds = unanswered_seconds
        self._driver = uuid4().hex
        self._session: str | None = None
        self._confirmed = 0
        self._state: State | None = None
        self._orders: list[Order] = []
        self._has_orders = asyncio.Event()
        self._lock = asyncio.Lock()

    def order(self, order: Order) -> None:
        """Have the replica told, in order."""
        self._orders.append(order)
        self._has_orders.set()

    async def follow(self) -> None:
        """For as long as there should be such a replica."""
        delivering = asyncio.create_task(self._deliver_on(), name=f"orders of {self._name}")
        try:
            while True:
                await self._ask()
        finally:
            delivering.cancel()
            with suppress(asyncio.CancelledError):
                await delivering

    async def dismiss(self) -> None:
        """Tell the replica what is still to be told, now, and nothing more. Best effort."""
        with suppress(Unreachable, TimeoutError):
            async with asyncio.timeout(RETRY_SECONDS):
                await self._deliver()

    async def _ask(self) -> None:
        try:
            answer = await self._in_time(self._member.ask(self._driver, self._confirmed))
        except (Unreachable, TimeoutError) as error:
            await self._lose(error)
            await asyncio.sleep(RETRY_SECONDS)
            return
        if self._session is not None and answer.session != self._session:
            await self._lose("it was started anew, or had missed us")
            return
        if answer.state != self._state or self._session is None:
            await self._listener.on_state(self._name, answer.state)
        self._session, self._state = answer.session, answer.state
        for said in answer.said:
            if said.number > self._confirmed:
                self._confirmed = said.number
                await self._listener.on_said(self._name, said)

    async def _deliver_on(self) -> None:
        while True:
            await self._has_orders.wait()
            try:
                await self._in_time(self._deliver())
            except (Unreachable, TimeoutError) as error:
                await self._lose(error)

    async def _deliver(self) -> None:
        async with self._lock:
            orders, self._orders = self._orders, []
            self._has_orders.clear()
            session = self._session
            if session is None or not orders:
                return
            if not await self._member.tell(self._driver, session, orders):
                raise Unreachable("it had missed us")

    async def _in_time(self, answering: Awaitable[T]) -> T:
        async with asyncio.timeout(self._unanswered_seconds):
            return await answering

    async def _lose(self, why: object) -> None:
        """Forget what was agreed; the replica drops what it hears no more of."""
        was_here = self._session is not None
        self._driver, self._session, self._state, self._confirmed = uuid4().hex, None, None, 0
        self._orders.clear()
        self._has_orders.clear()
        if was_here:
            log.warning("replica %s is lost: %s", self._name, str(why) or type(why).__name__)
            await self._listener.on_lost(self._name)
