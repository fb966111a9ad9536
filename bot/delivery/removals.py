"""Removes the posts of pictures that were taken away: at once, or as soon as Discord lets us."""

import asyncio
import logging

import discord

from bot.delivery.access import LOOK, Access
from bot.delivery.calls import CallLost, ChannelClosed, TokenRefused
from bot.domain.job import Post
from bot.services.removals import Removals
from bot.storage.outage import persistently

log = logging.getLogger(__name__)

WATCH_SECONDS = 60.0


class Remover:
    """One look a minute at what is still to be removed; files that a dead process left go at the start."""

    def __init__(self, client: discord.Client, access: Access, removals: Removals) -> None:
        self._client = client
        self._access = access
        self._removals = removals
        self._lock = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go on with what an earlier process left."""
        self._watching = asyncio.create_task(self._watch(), name="removals")

    async def close(self) -> None:
        """Stop; what is to be removed stays in the database."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def remove(self) -> None:
        """Remove every post that is owed to go; what Discord does not answer for is tried again later."""
        async with self._lock:
            for post in await persistently(self._removals.list_posts):
                if await self._is_gone(post):
                    await self._forget(post)

    async def _watch(self) -> None:
        is_swept = False
        while True:
            try:
                is_swept = is_swept or await self._sweep()
                await self.remove()
            except Exception:  # the boundary of one look: the next one comes in a minute
                log.exception("posts could not be removed")
            await asyncio.sleep(WATCH_SECONDS)

    async def _sweep(self) -> bool:
        if count := await persistently(self._removals.sweep_files):
            log.info("deleted the files of %d pictures that were taken away", count)
        return True

    async def _forget(self, post: Post) -> None:
        await persistently(lambda: self._removals.removed(post))

    async def _is_gone(self, post: Post) -> bool:
        """Remove one; True where it is gone, or out of our reach for good."""
        known = self._client.get_channel(post.channel_id)
        guild_id = known.guild.id if isinstance(known, discord.abc.GuildChannel) else None
        channel = self._client.get_partial_messageable(post.channel_id, guild_id=guild_id)
        try:
            async with self._access.call(channel, LOOK):
                await channel.get_partial_message(post.message_id).delete()
        except (CallLost, TokenRefused) as error:
            log.info("message %s is not removed yet: %s", post.message_id, error)
            return False
        except (ChannelClosed, discord.HTTPException) as error:
            log.info("message %s cannot be removed, or is gone: %s", post.message_id, error)
        return True
