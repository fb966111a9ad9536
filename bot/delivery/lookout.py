"""Finds the progress messages of many jobs in a channel by looking through it once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import discord

from bot.delivery.access import LOOK, Access
from bot.delivery.channel import CLOCKS_APART, HISTORY_LIMIT, messages_since
from bot.domain.job import Job
from bot.messages.custom_ids import of_cancel


@dataclass(slots=True, kw_only=True)
class _Look:
    """What was seen in one channel."""

    begun_at: float
    """Loop time."""
    since: datetime
    until: datetime | None = None
    """The last message that was seen; None where that was the last there was."""
    messages: dict[str, int] = field(default_factory=dict)
    """Ours, by the custom_ids under them."""

    def covers(self, job: Job, *, asked_at: float) -> bool:
        """Whether a look tells about a job; what is older than the question may be out of date."""
        is_far_enough = self.until is None or job.created_at + CLOCKS_APART < self.until
        return self.begun_at >= asked_at and self.since <= job.created_at and is_far_enough


class Lookout:
    """After a start a thousand jobs may ask for their messages in one channel at the same moment."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._asking: Counter[int] = Counter()
        self._turns: dict[int, asyncio.Lock] = {}
        self._looks: dict[int, _Look] = {}

    async def find(self, channel: discord.PartialMessageable, job: Job, *, me: int) -> int | None:
        """The job's progress message, of those that `me` wrote; None where there is none.

        Raises: CallLost, ChannelClosed, TokenRefused, discord.HTTPException.
        """
        self._asking[channel.id] += 1
        try:
            look = await self._seen(channel, job, me=me)
        finally:
            self._asking[channel.id] -= 1
            if not self._asking[channel.id]:
                for kept in (self._asking, self._turns, self._looks):
                    kept.pop(channel.id, None)
        return look.messages.get(of_cancel(job.id))

    async def _seen(self, channel: discord.PartialMessageable, job: Job, *, me: int) -> _Look:
        asked_at = asyncio.get_running_loop().time()
        async with self._turns.setdefault(channel.id, asyncio.Lock()):
            look = self._looks.get(channel.id)
            if look is None or not look.covers(job, asked_at=asked_at):
                look = self._looks[channel.id] = await self._look(channel, job, me=me)
        return look

    async def _look(self, channel: discord.PartialMessageable, job: Job, *, me: int) -> _Look:
        look = _Look(begun_at=asyncio.get_running_loop().time(), since=job.created_at)
        count, last = 0, job.created_at
        async with self._access.call(channel, LOOK):
            async for message in messages_since(job, channel):
                count, last = count + 1, message.created_at
                if message.author.id == me:
                    look.messages |= dict.fromkeys(_custom_ids(message), message.id)
        look.until = last if count >= HISTORY_LIMIT else None
        return look


def _custom_ids(message: discord.Message) -> set[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    ids = (getattr(item, "custom_id", None) for row in rows for item in row.children)
    return {custom_id for custom_id in ids if custom_id is not None}
