"""Requests whose member is only told to wait: kept before that, so that no death of the process loses one."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import Job
from bot.domain.kept import FRESH, KeptOrder, Waits
from bot.domain.moderation import check_text
from bot.domain.next_steps import Draw, NextStep
from bot.services.allowances import guild_of
from bot.services.clock import Clock, utc_now
from bot.services.kept import LABELS
from bot.services.orders import Arrival, Orders
from bot.storage import kept_orders
from bot.storage.database import Database
from bot.storage.grouped import Batch
from bot.storage.outage import persistently

log = logging.getLogger(__name__)

KEEP_SECONDS = 0.8
"""Discord waits for three seconds: nobody is told to wait later because the database takes its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What an earlier process told somebody to wait for, and decided nothing of."""

    kept_id: int
    arrival: Arrival
    is_fresh: bool
    """Whether its member still waits."""


class Undecided:
    """A request that is being worked on; it is kept once its member is told to wait."""

    def __init__(self, arrivals: "Arrivals", arrival: Arrival) -> None:
        self._arrivals = arrivals
        self._arrival = arrival
        self._keeping: asyncio.Task[None] | None = None

    async def keep(self) -> None:
        """Keep it, before it is promised; where the database takes too long for that, go on all the same."""
        if not self._arrival.can_be_kept:
            return
        self._keeping = self._arrivals.in_background(self._arrivals.keep(self._arrival))
        await asyncio.wait([self._keeping], timeout=KEEP_SECONDS)
        source = self._arrival.asker.source
        if not self._keeping.done():
            log.warning("interaction %s is promised an answer before it is kept", source)

    def over(self) -> None:
        """Its member has an answer, or there is a job that gives one."""
        if self._keeping is not None:
            self._arrivals.in_background(self._forget(self._keeping))

    async def _forget(self, keeping: asyncio.Task[None]) -> None:
        await asyncio.wait([keeping])
        await self._arrivals.forget(self._arrival)


class Arrivals:
    """The requests that nothing was decided of."""

    def __init__(self, database: Database, orders: Orders, *, now: Clock = utc_now) -> None:
        self._database = database
        self._orders = orders
        self._now = now
        self._new = Batch(database, self._add)
        self._over = Batch(database, kept_orders.delete_arrived)
        self._tasks: set[asyncio.Task[None]] = set()

    def undecided(self, arrival: Arrival) -> Undecided:
        """A request that begins to be worked on."""
        return Undecided(self, arrival)

    async def keep(self, arrival: Arrival) -> None:
        """Keep a request, unless the rule on minors refuses its words: nothing of that is ever written."""
        if check_text(arrival.text).sentence is None:
            await self._new.add(arrival)

    async def forget(self, arrival: Arrival) -> None:
        """Something was decided of a request; it may have been kept for a press since."""
        await persistently(lambda: self._over.add(arrival.asker.source))

    async def list_left(self) -> list[Left]:
        """After a start, before anybody is served: what the last process left, in the order it came."""
        async with self._database.transaction() as session:
            await kept_orders.delete_submitted(session)
            return [self._left(kept) for kept in await kept_orders.list_arrived(session)]

    async def submit(self, left: Left) -> Job:
        """Do what was asked for, once, whoever dies meanwhile. The first job of it.

        Raises: UserError.
        """
        job = await persistently(lambda: self._orders.take(left.arrival))
        await self.forget(left.arrival)
        return job

    async def offer(self, left: Left) -> NextStep:
        """The button that does what was asked for; until it is pressed it waits like a refused order."""
        async with self._database.transaction() as session:
            await kept_orders.update_why(session, left.kept_id, Waits.QUEUE)
        return NextStep(action=Draw(kept_id=left.kept_id), label=LABELS[Waits.QUEUE])

    def in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do what nobody waits for to its end; what fails there is logged."""
        task = asyncio.create_task(work, name="arrival")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("a request could not be kept: %s", error)

    async def _add(self, session: AsyncSession, arrivals: Sequence[Arrival]) -> None:
        rows = [
            {
                "guild_id": guild_id,
                "user_id": arrival.asker.user_id,
                "source": arrival.asker.source,
                "order": arrival.to_json(),
            }
            for arrival in arrivals
            if (guild_id := await guild_of(session, arrival.asker)) is not None
        ]
        if rows:
            await kept_orders.add_arrived(session, rows, now=self._now())

    def _left(self, kept: KeptOrder) -> Left:
        arrival = Arrival.from_json(kept.order, source=kept.source, user_id=kept.user_id)
        is_fresh = self._now() - kept.created_at < FRESH
        return Left(kept_id=kept.id, arrival=arrival, is_fresh=is_fresh)
