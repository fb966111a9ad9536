"""Makes and closes newbie rooms on Discord, as the services plan it. Running it again makes nothing twice."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import TypeAlias

import discord

from bot.delivery.access import SAY, Access
from bot.delivery.calls import CallLost, ChannelClosed, call
from bot.delivery.channel import only
from bot.domain.errors import MissingPermissions, Unavailable, UserError
from bot.domain.guild import GuildSettings
from bot.domain.rooms import Room, RoomChanges
from bot.domain.sentences import Sentence, say
from bot.messages import onboarding as messages
from bot.messages.components import to_view
from bot.services.guilds import Guilds
from bot.services.rooms import Rooms

log = logging.getLogger(__name__)

Channels: TypeAlias = Mapping[int, discord.abc.GuildChannel]

WATCH_SECONDS = 60.0
MAX_GREETINGS = 10
"""New members of a guild greeted by name in a minute."""

NEEDED = {
    "view_channel": say("View Channels"),
    "send_messages": say("Send Messages"),
    "attach_files": say("Attach Files"),
    "read_message_history": say("Read Message History"),
    "manage_channels": say("Manage Channels"),
    "manage_roles": say("Manage Roles"),
    "pin_messages": say("Pin Messages"),
    "create_instant_invite": say("Create Invite"),
    "use_application_commands": say("Use Application Commands"),
}
"""What the bot must be allowed in the whole server, to look after rooms."""

OURS = discord.PermissionOverwrite(
    view_channel=True, send_messages=True, attach_files=True, read_message_history=True, pin_messages=True
)
OPEN = discord.PermissionOverwrite(
    view_channel=True, send_messages=True, read_message_history=True, use_application_commands=True
)
"""Newcomers draw here even where a server allows commands nowhere else."""
CLOSED = discord.PermissionOverwrite(view_channel=True, send_messages=False, read_message_history=True)


class RoomKeeper:
    """The hands of `bot.services.rooms`."""

    def __init__(self, client: discord.Client, access: Access, rooms: Rooms, guilds: Guilds) -> None:
        self._client = client
        self._access = access
        self._rooms = rooms
        self._guilds = guilds
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._greeted: defaultdict[int, deque[float]] = defaultdict(deque)
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look after the rooms of every guild from now on."""
        self._watching = asyncio.create_task(self._watch(), name="rooms")

    async def close(self) -> None:
        """Stop looking after them."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def missing(self, guild_id: int) -> tuple[Sentence, ...]:
        """The permissions that the bot lacks in a guild, by name."""
        guild = self._client.get_guild(guild_id)
        return () if guild is None else _missing(guild)

    async def arrange(self, guild_id: int, *, is_asked: bool = False) -> RoomChanges:
        """Make, open and close rooms until they are as planned; when asked to, guides that were deleted too.

        Raises: MissingPermissions, by name and before anything is made; Unavailable.
        """
        guild = self._client.get_guild(guild_id)
        if guild is None:
            raise Unavailable(say("I do not see this server just now. Try again in a minute."))
        async with self._locks[guild_id]:
            try:
                if is_asked:
                    await self._forget_lost_guides(guild)
                return await self._arrange(guild)
            except (CallLost, ChannelClosed, discord.HTTPException) as error:
                log.warning("the rooms of guild %s are not arranged: %s", guild_id, error)
                raise Unavailable(
                    say("Discord did not let me finish. Try again: what is made already is not made twice.")
                ) from error

    async def greet(self, member: discord.Member) -> None:
        """Say welcome in the least busy room."""
        if member.bot or not self._may_greet(member.guild.id):
            return
        room = await self._rooms.least_busy(member.guild.id)
        if room is None:
            return
        payload = messages.arrival(member.id, member.guild.preferred_locale.value)
        channel = self._client.get_partial_messageable(room.channel_id, guild_id=member.guild.id)
        try:
            async with self._access.call(channel, SAY):
                await channel.send(
                    payload.content, view=to_view(payload.rows), allowed_mentions=only(member.id)
                )
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("a new member could not be greeted: %s", error)

    def _may_greet(self, guild_id: int) -> bool:
        """Not a whole raid: the guide is pinned for those who are not greeted by name."""
        now = asyncio.get_running_loop().time()
        lately = self._greeted[guild_id]
        while lately and now - lately[0] > WATCH_SECONDS:
            lately.popleft()
        if len(lately) >= MAX_GREETINGS:
            return False
        lately.append(now)
        return True

    async def _watch(self) -> None:
        """Again and again: rooms fill and empty by themselves."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self.look_after_all()
            except Exception:  # the boundary of one look: the next one comes in a minute
                log.exception("the rooms could not be looked after")

    async def look_after_all(self) -> None:
        """Arrange the rooms of every guild that has some."""
        for guild_id in await self._rooms.list_guild_ids():
            try:
                await self.arrange(guild_id)
            except UserError as error:
                log.info("the rooms of guild %s stay as they are: %s", guild_id, error)

    async def _arrange(self, guild: discord.Guild) -> RoomChanges:
        async with call():
            channels = {channel.id: channel for channel in await guild.fetch_channels()}
        plan = await self._rooms.plan(guild.id, channels.keys())
        settings = await self._guilds.get(guild.id)
        if plan.is_needed and (missing := _missing(guild)):
            raise MissingPermissions(
                say("I cannot look after rooms in this server. Give my role these permissions:"), *missing
            )
        made = []
        if plan.create:
            category = await self._category(guild, channels, settings)
            made = [await self._make(guild, channels, category, number) for number in plan.create]
        for room in plan.reopen:
            await self._open(guild, channels[room.channel_id], room, is_open=True)
        deleted = [room for room in plan.delete if await self._delete(channels[room.channel_id], room)]
        closed = [room for room in (*plan.close, *plan.delete) if room not in deleted]
        for room in closed:
            await self._open(guild, channels[room.channel_id], room, is_open=False)
        await self._post_missing_guides(guild)
        return RoomChanges(
            made=tuple(number for number in made if number not in channels),
            adopted=tuple(number for number in made if number in channels),
            reopened=tuple(room.channel_id for room in plan.reopen),
            closed=tuple(room.channel_id for room in closed),
            deleted=tuple(room.channel_id for room in deleted),
        )

    async def _category(
        self, guild: discord.Guild, channels: Channels, settings: GuildSettings
    ) -> discord.abc.Snowflake:
        """The category of the rooms: the one made before, else one of that name, else a new one."""
        if settings.newbie_category_id in channels:
            return channels[settings.newbie_category_id]
        named = (
            channel
            for channel in channels.values()
            if isinstance(channel, discord.CategoryChannel) and channel.name == settings.newbie_category
        )
        category = next(named, None)
        if category is None:
            async with call():
                category = await guild.create_category(settings.newbie_category)
        await self._rooms.category_made(guild.id, category.id)
        return category

    async def _make(
        self,
        guild: discord.Guild,
        channels: Channels,
        category: discord.abc.Snowflake,
        number: int,
    ) -> int:
        """A room; a channel of its name that is there already becomes it, as after a crash in between.

        One that the bot does not see is somebody's own.
        """
        name = f"newbies-{number}"
        taken = {room.channel_id for room in await self._rooms.list_of_guild(guild.id)}
        named = (
            channel
            for channel in channels.values()
            if isinstance(channel, discord.TextChannel)
            and channel.name == name
            and channel.id not in taken
            and channel.permissions_for(guild.me).view_channel
        )
        channel = next(named, None)
        if channel is None:
            async with call():
                channel = await guild.create_text_channel(
                    name,
                    category=discord.Object(category.id, type=discord.CategoryChannel),  # type: ignore[arg-type]
                    overwrites={guild.default_role: OPEN, guild.me: OURS},
                )
        elif not channel.permissions_for(guild.default_role).is_superset(OPEN.pair()[0]):
            await self._unlock(guild, channel, is_open=True)
        await self._rooms.room_made(guild.id, channel_id=channel.id, number=number)
        return channel.id

    async def _open(
        self, guild: discord.Guild, channel: discord.abc.GuildChannel, room: Room, *, is_open: bool
    ) -> None:
        """Let members write in a room, or only read."""
        await self._unlock(guild, channel, is_open=is_open)
        await self._rooms.room_opened(room.channel_id, is_open=is_open)

    async def _unlock(
        self, guild: discord.Guild, channel: discord.abc.GuildChannel, *, is_open: bool
    ) -> None:
        async with call():
            await channel.set_permissions(guild.me, overwrite=OURS)
        async with call():
            await channel.set_permissions(guild.default_role, overwrite=OPEN if is_open else CLOSED)

    async def _delete(self, channel: discord.abc.GuildChannel, room: Room) -> bool:
        """Delete a room in which nobody but us ever spoke; False where somebody did."""
        if isinstance(channel, discord.TextChannel):
            async with call():
                said = [message.author.id async for message in channel.history(limit=10)]
            if set(said) - {channel.guild.me.id}:
                return False
        async with call():
            await channel.delete()
        await self._rooms.room_deleted(room.channel_id)
        return True

    async def _forget_lost_guides(self, guild: discord.Guild) -> None:
        """Guides that somebody deleted; nobody tells us without the intent for messages."""
        for room in await self._rooms.list_of_guild(guild.id):
            if room.guide_message_id is None:
                continue
            channel = self._client.get_partial_messageable(room.channel_id, guild_id=guild.id)
            try:
                async with call():
                    await channel.fetch_message(room.guide_message_id)
            except (ChannelClosed, discord.NotFound):
                await self._rooms.guide_posted(room.channel_id, None)

    async def _post_missing_guides(self, guild: discord.Guild) -> None:
        for room in await self._rooms.list_of_guild(guild.id):
            if room.is_open and room.guide_message_id is None:
                await self._post_guide(guild, room)

    async def _post_guide(self, guild: discord.Guild, room: Room) -> None:
        """Post the guide and pin it; one of ours that is pinned already is it."""
        channel = self._client.get_partial_messageable(room.channel_id, guild_id=guild.id)
        async with call():
            pinned = [
                message.id async for message in channel.pins(limit=50) if message.author.id == guild.me.id
            ]
        if pinned:
            await self._rooms.guide_posted(room.channel_id, pinned[0])
            return
        payload = messages.room_guide(guild.preferred_locale.value)
        async with call():
            message = await channel.send(
                payload.content,
                view=to_view(payload.rows),
                nonce=f"guide{room.channel_id}",
                allowed_mentions=discord.AllowedMentions.none(),
            )
        async with call():
            await message.pin()
        await self._rooms.guide_posted(room.channel_id, message.id)


def _missing(guild: discord.Guild) -> tuple[Sentence, ...]:
    granted = guild.me.guild_permissions
    return tuple(name for flag, name in NEEDED.items() if not getattr(granted, flag))
