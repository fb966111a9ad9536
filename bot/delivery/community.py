"""What the web page may know of Discord: counts, invitations, and which channels everybody sees."""

import asyncio
import logging

import discord

from bot.delivery.calls import CallLost, ChannelClosed, call
from bot.domain.community import Counts
from bot.services.rooms import Rooms

log = logging.getLogger(__name__)

COUNTS_SECONDS = 60.0
INVITATION_SECONDS = 24 * 3600.0
"""How long an invitation is good for; a new one is made after half of that."""


class Community:
    """Asks Discord, and remembers the answers: visitors come more often than Discord wants to be asked."""

    def __init__(self, client: discord.Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms
        self._counts: dict[int, tuple[float, Counts]] = {}
        self._invitations: dict[int, tuple[float, str]] = {}
        self._asking = asyncio.Lock()

    async def counts(self, guild_id: int) -> Counts | None:
        """How many people there are, and how many of them now; where Discord does not tell, what we know."""
        known = self.glance(guild_id)
        async with self._asking:
            now = asyncio.get_running_loop().time()
            asked_at, counts = self._counts.get(guild_id, (float("-inf"), None))
            if counts is not None and now - asked_at < COUNTS_SECONDS:
                return counts
            here = self._client.get_guild(guild_id)
            if here is None:
                return None
            try:
                async with call():
                    guild = await self._client.fetch_guild(guild_id, with_counts=True)
            except (CallLost, ChannelClosed, discord.HTTPException) as error:
                log.info("the counts of guild %s are not known: %s", guild_id, error)
                return counts or known
            bots = num_bots(here)
            counts = Counts(
                name=guild.name,
                members=_less(guild.approximate_member_count, bots),
                online=_less(guild.approximate_presence_count, bots),
            )
            self._counts[guild_id] = (now, counts)
            return counts

    def glance(self, guild_id: int) -> Counts | None:
        """What the gateway told of a guild, which costs no request; None where the bot is not in it."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return None
        return Counts(name=guild.name, members=_less(guild.member_count, num_bots(guild)))

    async def invitation(self, guild_id: int) -> str | None:
        """The address that leads to the least busy newbie room, or to a public channel; None without any."""
        room = await self._rooms.least_busy(guild_id)
        guild = self._client.get_guild(guild_id)
        channel = None if guild is None else way_in(guild, None if room is None else room.channel_id)
        if channel is None:
            return None
        async with self._asking:
            now = asyncio.get_running_loop().time()
            made_at, url = self._invitations.get(channel.id, (float("-inf"), ""))
            if now - made_at < INVITATION_SECONDS / 2:
                return url
            try:
                async with call():
                    invite = await channel.create_invite(
                        max_age=int(INVITATION_SECONDS), unique=False, reason="From the web page"
                    )
            except (CallLost, ChannelClosed, discord.HTTPException) as error:
                log.warning("nobody can be invited to guild %s: %s", guild_id, error)
                return None
            self._invitations[channel.id] = (now, invite.url)
            return invite.url

    def is_here(self, guild_id: int) -> bool:
        """Whether the bot is in a guild."""
        return self._client.get_guild(guild_id) is not None

    def public_channels(self, guild_id: int) -> frozenset[int]:
        """The channels that every member sees, and that are not age-restricted."""
        guild = self._client.get_guild(guild_id)
        return frozenset() if guild is None else public_channels(guild)


def way_in(guild: discord.Guild, room_id: int | None) -> discord.TextChannel | None:
    """Where a guest arrives: in this room, or in the first channel that all see and the bot may invite to."""
    if room_id is not None:
        room = guild.get_channel(room_id)
        return room if isinstance(room, discord.TextChannel) else None
    public = public_channels(guild)
    invites = (channel for channel in guild.text_channels if channel.id in public)
    return next((one for one in invites if one.permissions_for(guild.me).create_instant_invite), None)


def num_bots(guild: discord.Guild) -> int:
    """How many bots of a guild are known: by the roles that Discord makes for them, and by who was seen."""
    by_role = {role.tags.bot_id for role in guild.roles if role.tags and role.tags.bot_id}
    return len(by_role | {member.id for member in guild.members if member.bot})


def _less(estimate: int | None, bots: int) -> int | None:
    """People alone, of an estimate that counts bots, which are always there."""
    return max(0, estimate - bots) if estimate else None


def public_channels(guild: discord.Guild) -> frozenset[int]:
    """The channels of a guild that every member sees, and that are not age-restricted."""
    everybody = guild.default_role
    return frozenset(
        channel.id
        for channel in guild.text_channels
        if not channel.is_nsfw() and channel.permissions_for(everybody).view_channel
    )
