"""Where the bot may speak: asked of what the gateway told, and remembered of what Discord refused.

Who is refused ten thousand times in ten minutes is shut out of Discord. So nothing is sent where it is known
to be refused, and where nothing is known, a few things are tried before the rest.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import discord

from bot.delivery.calls import CALL_SECONDS, CallLost, ChannelClosed, call

log = logging.getLogger(__name__)

LOOK = discord.Permissions(view_channel=True)
"""What our own messages are found, changed and deleted with."""
SAY = LOOK | discord.Permissions(send_messages=True)
POST = SAY | discord.Permissions(attach_files=True)
EACH = (LOOK, SAY, POST)
"""Where one of them was refused, so is what needs more."""

CLOSED_SECONDS = 600.0
"""How long a channel that refused is left alone, unless its members are served there sooner."""
REFUSALS_SECONDS = 600.0
MOST_REFUSALS = 30
"""In that time; beyond it, places that have taken nothing since are only tried one after the other."""
TRIAL_SECONDS = 40.0
AT_ONCE = 40
"""Calls under way: so many may be refused before the first refusal is heard of."""
AT_ONCE_IN_CHANNEL = 4
"""Of one kind, so that a channel that is slow, or does not answer at all, leaves room for the others."""
MOST_CLOSED = 10_000
"""Channels that are remembered; the oldest is forgotten for a new one."""

FORBIDDEN = 403


class Access:
    """Stands before every call that the bot makes by itself in a channel."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._closed_until: dict[tuple[int, int], float] = {}
        self._refused_at: deque[float] = deque()
        self._takes: set[int] = set()
        self._next_trial = 0.0
        self._room = asyncio.Semaphore(AT_ONCE)
        self._room_in_channel: WeakValueDictionary[tuple[int, int], asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def call(
        self,
        channel: discord.PartialMessageable,
        needed: discord.Permissions,
        *,
        seconds: float = CALL_SECONDS,
    ) -> AsyncIterator[None]:
        """Make a call in a channel, as `bot.delivery.calls.call` does, unless it would be refused.

        Raises: ChannelClosed, without asking Discord where that is known; CallLost, TokenRefused.
        """
        key = channel.id, needed.value
        room = self._room_in_channel.setdefault(key, asyncio.Semaphore(AT_ONCE_IN_CHANNEL))
        async with room, self._room:
            self._check(channel, needed)
            try:
                async with call(seconds=seconds):
                    yield
            except ChannelClosed as error:
                self._refused(channel.id, needed, error.__cause__)
                raise
            except discord.Forbidden as error:
                self._count(error)
                raise
            if self._is_suspicious():
                self._takes.add(channel.id)

    def opened(self, channel_id: int) -> None:
        """Discord has just let somebody use the bot there: whatever was refused before is over."""
        for needed in EACH:
            self._closed_until.pop((channel_id, needed.value), None)

    def _check(self, channel: discord.PartialMessageable, needed: discord.Permissions) -> None:
        if self._is_shut(channel, needed):
            raise ChannelClosed("by what the gateway told, it is gone, or takes nothing from us")
        now = asyncio.get_running_loop().time()
        refused = [least for least in EACH if needed.is_superset(least)]
        if any(self._closed_until.get((channel.id, least.value), 0.0) > now for least in refused):
            raise ChannelClosed("it was refused a moment ago")
        if not self._is_suspicious() or channel.id in self._takes:
            return
        if now < self._next_trial:
            raise CallLost("Discord refuses so much just now that few things are tried")
        self._next_trial = now + TRIAL_SECONDS

    def _is_shut(self, channel: discord.PartialMessageable, needed: discord.Permissions) -> bool:
        """Whether it is known that a channel takes nothing; where nothing is known, Discord is asked."""
        if channel.guild_id is None or not self._client.is_ready() or self._client.user is None:
            return False
        guild = self._client.get_guild(channel.guild_id)
        if guild is None:
            return True
        place = guild.get_channel_or_thread(channel.id)
        me = guild.get_member(self._client.user.id)
        if place is None or me is None or guild.unavailable:
            return False
        try:
            granted = place.permissions_for(me)
        except discord.ClientException:  # a thread whose channel was not told
            return False
        return not granted.is_superset(_in(place, needed))

    def _refused(self, channel_id: int, needed: discord.Permissions, error: BaseException | None) -> None:
        if len(self._closed_until) >= MOST_CLOSED:
            del self._closed_until[next(iter(self._closed_until))]
        self._closed_until[channel_id, needed.value] = asyncio.get_running_loop().time() + CLOSED_SECONDS
        self._takes.discard(channel_id)
        if isinstance(error, discord.HTTPException):
            self._count(error)

    def _count(self, error: discord.HTTPException) -> None:
        if error.status != FORBIDDEN:
            return
        self._refused_at.append(asyncio.get_running_loop().time())
        if len(self._refused_at) == MOST_REFUSALS:
            log.error(
                "Discord has refused the bot %d times in ten minutes, in many channels: few things are tried "
                "now, so that it is not shut out. Were its permissions taken away?",
                MOST_REFUSALS,
            )

    def _is_suspicious(self) -> bool:
        """Whether Discord has refused so much lately that every place is doubtful."""
        long_ago = asyncio.get_running_loop().time() - REFUSALS_SECONDS
        while self._refused_at and self._refused_at[0] < long_ago:
            self._refused_at.popleft()
        if len(self._refused_at) < MOST_REFUSALS:
            self._takes.clear()
            return False
        return True


def _in(place: object, needed: discord.Permissions) -> discord.Permissions:
    """The same in a thread, where to speak is a permission of its own."""
    if not isinstance(place, discord.Thread) or not needed.send_messages:
        return needed
    spoken = discord.Permissions(needed.value)
    spoken.update(send_messages=False, send_messages_in_threads=True)
    return spoken
