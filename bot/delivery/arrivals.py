"""Goes on with what an earlier process told members to wait for, and decided nothing of."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

import discord

from bot.delivery.jobs import GATEWAY_SECONDS, Delivery
from bot.delivery.moderators import Moderators
from bot.domain.errors import UserError
from bot.messages import arrivals as messages
from bot.services.arrivals import Arrivals, Left

log = logging.getLogger(__name__)

AT_ONCE = 16
"""So many are submitted at once: who asks now comes in between."""


class LeftBehind:
    """Each is drawn as if nothing had happened, or its member is told why not."""

    def __init__(
        self, client: discord.Client, arrivals: Arrivals, delivery: Delivery, moderators: Moderators
    ) -> None:
        self._client = client
        self._arrivals = arrivals
        self._delivery = delivery
        self._moderators = moderators
        self._working: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look what was left, before anybody is served, and go on with it once the gateway is there."""
        left = await self._arrivals.list_left()
        if left:
            log.info("going on with %d requests that nothing was decided of", len(left))
            self._working = asyncio.create_task(self._go_on(left), name="left behind")

    async def close(self) -> None:
        """Stop; what is left stays so."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _go_on(self, left: Sequence[Left]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GATEWAY_SECONDS):
                await self._client.wait_until_ready()
        for first in range(0, len(left), AT_ONCE):
            await asyncio.gather(*map(self._decide, left[first : first + AT_ONCE]))

    async def _decide(self, left: Left) -> None:
        try:
            if left.is_fresh:
                await self._draw(left)
            else:
                await self._ask(left)
        except Exception:  # the boundary of a request: the others go on, and it is tried at the next start
            log.exception("nothing came of request %s", left.arrival.asker.source)

    async def _draw(self, left: Left) -> None:
        asker = left.arrival.asker
        try:
            job = await self._arrivals.submit(left)
        except UserError as error:
            letter = messages.not_drawn(error, asker.locale)
            await self._moderators.tell_member(asker.user_id, letter)
            await self._arrivals.forget(left.arrival)
        else:
            await self._delivery.follow_all(job)

    async def _ask(self, left: Left) -> None:
        asker = left.arrival.asker
        step = await self._arrivals.offer(left)
        letter = messages.still_wanted(left.arrival.text, step, asker.locale)
        await self._moderators.tell_member(asker.user_id, letter)
