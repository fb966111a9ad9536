"""Posts the weekly digests that are due: once each, whatever dies or is lost in between."""

import asyncio
import logging

import discord

from bot.delivery.access import LOOK, POST, Access
from bot.delivery.calls import UPLOAD_SECONDS, CallLost, ChannelClosed
from bot.delivery.channel import HISTORY_LIMIT
from bot.delivery.community import public_channels
from bot.domain.usage import Digest
from bot.messages import usage as messages
from bot.messages.components import to_file
from bot.services.usage import DueDigest, UsageReports

log = logging.getLogger(__name__)

WATCH_SECONDS = 60.0
ENGLISH = "en-US"


class Digests:
    """One look a minute at what is due."""

    def __init__(self, client: discord.Client, access: Access, usage: UsageReports) -> None:
        self._client = client
        self._access = access
        self._usage = usage
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Post what is due from now on."""
        self._watching = asyncio.create_task(self._watch(), name="digests")

    async def close(self) -> None:
        """Stop; what is due stays due."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                for digest in await self._usage.list_due():
                    await self._post(digest)
            except Exception:  # the boundary of one look: the next one comes in a minute
                log.exception("the digests could not be posted")
            await asyncio.sleep(WATCH_SECONDS)

    async def _post(self, digest: Digest) -> None:
        due = await self._usage.take(digest, prompts_from=self._quotable(digest))
        if due is None:
            return
        try:
            if due.is_first or not await self._is_there(due):
                await self._send(due)
        except CallLost as error:
            log.warning("the digest of guild %s is tried again: %s", digest.guild_id, error)
        except (ChannelClosed, discord.HTTPException) as error:
            log.warning("the digest of guild %s cannot be posted: %s", digest.guild_id, error)
            await self._usage.posted(digest, is_delivered=False)
        else:
            await self._usage.posted(digest)

    def _quotable(self, digest: Digest) -> frozenset[int] | None:
        """The channels whose prompts may be read where everybody reads; None for all, among moderators."""
        guild = self._client.get_guild(digest.guild_id)
        public = frozenset() if guild is None else public_channels(guild)
        return public if guild is None or digest.channel_id in public else None

    async def _is_there(self, due: DueDigest) -> bool:
        """Whether an earlier attempt succeeded without our hearing of it."""
        me = self._client.user
        channel = self._channel(due)
        async with self._access.call(channel, LOOK):
            async for message in channel.history(limit=HISTORY_LIMIT, after=due.digest.due_at):
                names = [attachment.filename for attachment in message.attachments]
                if me and message.author.id == me.id and any(due.token in name for name in names):
                    return True
        return False

    async def _send(self, due: DueDigest) -> None:
        guild = self._client.get_guild(due.digest.guild_id)
        locale = guild.preferred_locale.value if guild else ENGLISH
        channels = {channel.id: f"#{channel.name}" for channel in guild.channels} if guild else {}
        files = await asyncio.to_thread(
            messages.files, due.report, locale, channels=channels, token=due.token
        )
        channel = self._channel(due)
        async with self._access.call(channel, POST, seconds=UPLOAD_SECONDS):
            await channel.send(
                messages.digest(due.report, locale).content,
                files=[to_file(file) for file in files],
                nonce=due.token,
                allowed_mentions=discord.AllowedMentions.none(),
            )

    def _channel(self, due: DueDigest) -> discord.PartialMessageable:
        digest = due.digest
        return self._client.get_partial_messageable(digest.channel_id, guild_id=digest.guild_id)
