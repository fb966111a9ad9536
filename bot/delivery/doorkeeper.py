"""Takes the bot out of guilds: those that it does not serve, and those that an owner wants it to leave."""

import logging

import discord

from bot.delivery.access import SAY, Access
from bot.delivery.calls import CallLost, ChannelClosed, call
from bot.delivery.moderators import Moderators
from bot.domain.errors import Unavailable
from bot.domain.sentences import say
from bot.messages import host as messages
from bot.services.host import Host
from bot.storage.outage import passing_over_outages

log = logging.getLogger(__name__)


class Doorkeeper:
    """Says why, once, before it leaves by itself."""

    def __init__(self, client: discord.Client, access: Access, moderators: Moderators, host: Host) -> None:
        self._client = client
        self._access = access
        self._moderators = moderators
        self._host = host
        self._told: set[int] = set()

    async def look_around(self) -> None:
        """Leave every guild that is not served: one may have been taken off the list, or joined meanwhile."""
        for guild in list(self._client.guilds):
            await self.received(guild)

    async def received(self, guild: discord.Guild) -> None:
        """The bot is in a guild: where it is not served, say so and leave."""
        if self._host.is_listed(guild.id):
            return
        if guild.id not in self._told:
            self._told.add(guild.id)
            await self._say(guild)
        try:
            await self.leave(guild.id)
        except Unavailable:
            log.warning("guild %d (%s) is not in GUILDS, and could not be left yet", guild.id, guild.name)
            return
        with passing_over_outages("noting that a guild was left"):
            await self._host.note_unlisted(guild.id, name=guild.name)
        log.warning("guild %d (%s) is not in GUILDS: the bot said so, and left", guild.id, guild.name)

    async def leave(self, guild_id: int) -> None:
        """Leave a guild; one that the bot is not in is left already.

        Raises: Unavailable.
        """
        try:
            async with call():
                await self._client.http.leave_guild(guild_id)
        except discord.NotFound:
            return
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            raise Unavailable(
                say("Discord does not let me leave just now. Try again in a minute.")
            ) from error

    async def _say(self, guild: discord.Guild) -> None:
        """In the channel for such messages, where the bot may; else to the owner of the guild alone."""
        payload = messages.farewell(guild.id, guild.name, guild.preferred_locale.value)
        place = guild.system_channel
        if place is not None and place.permissions_for(guild.me).is_superset(SAY):
            try:
                desk = self._client.get_partial_messageable(place.id, guild_id=guild.id)
                async with self._access.call(desk, SAY):
                    await desk.send(payload.content, allowed_mentions=discord.AllowedMentions.none())
            except (CallLost, ChannelClosed, discord.HTTPException) as error:
                log.info("guild %d was not told in its channel: %s", guild.id, error)
            else:
                return
        if guild.owner_id is not None:
            await self._moderators.tell_member(guild.owner_id, payload)
