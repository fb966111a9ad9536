"""Brings appeals and reports to a guild's moderators, and decisions to members."""

import logging

import discord

from bot.delivery.access import SAY, Access
from bot.delivery.calls import CallLost, ChannelClosed, call
from bot.messages.components import to_view
from bot.messages.payload import Payload

log = logging.getLogger(__name__)


class Moderators:
    """Nothing is lost by a post that fails: it also stands in /mod inbox, or waits at the next picture."""

    def __init__(self, client: discord.Client, access: Access) -> None:
        self._client = client
        self._access = access

    async def tell(self, guild_id: int, channel_id: int | None, payload: Payload) -> None:
        """Post in the moderators' channel, if there is one, and only if it is this guild's."""
        channel = None if channel_id is None else self._client.get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel) or channel.guild.id != guild_id:
            log.info("guild %s has no channel for its moderators: it waits in the inbox", guild_id)
            return
        try:
            desk = self._client.get_partial_messageable(channel.id, guild_id=guild_id)
            async with self._access.call(desk, SAY):
                await _send(desk, payload)
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.warning("the moderators of guild %s could not be told: %s", guild_id, error)

    async def is_gone(self, guild_id: int, user_id: int) -> bool:
        """Whether somebody has surely left a guild, or asked to be forgotten."""
        guild = self._client.get_guild(guild_id)
        if guild is None or user_id <= 0:
            return True
        try:
            async with call():
                await guild.fetch_member(user_id)
        except discord.NotFound:
            return True
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("nobody knows whether a member is still there: %s", error)
        return False

    async def tell_member(self, user_id: int, payload: Payload) -> None:
        """Write to a member in private, once: who takes no messages reads it at their next picture."""
        if user_id <= 0:  # they asked to be forgotten
            return
        try:
            async with call():
                channel = await self._client.create_dm(discord.Object(user_id))
                await _send(channel, payload)
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("a member could not be told in private: %s", error)


async def _send(channel: discord.abc.Messageable, payload: Payload) -> None:
    await channel.send(
        payload.content,
        view=to_view(payload.rows),
        allowed_mentions=discord.AllowedMentions.none(),
        suppress_embeds=True,
    )
