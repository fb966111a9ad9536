"""Newbie rooms: what must change on Discord, and what was changed."""

from collections.abc import Collection
from dataclasses import replace

from bot.domain.rooms import Room, RoomPlan, least_busy, plan_rooms
from bot.services.clock import Clock, utc_now
from bot.storage import guilds, rooms
from bot.storage.database import Database


class Rooms:
    """The newbie rooms of every guild."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def list_guild_ids(self) -> list[int]:
        """The guilds that have rooms to look after."""
        async with self._database.reading() as session:
            return await rooms.list_guild_ids(session)

    async def list_of_guild(self, guild_id: int) -> list[Room]:
        """A guild's rooms by number."""
        async with self._database.reading() as session:
            return await rooms.list_of_guild(session, guild_id, now=self._now())

    async def least_busy(self, guild_id: int) -> Room | None:
        """Where to send people."""
        return least_busy(await self.list_of_guild(guild_id))

    async def plan(self, guild_id: int, existing: Collection[int]) -> RoomPlan:
        """What must change, given the channels that there are; rooms without their channel are forgotten."""
        async with self._database.transaction() as session:
            known = await rooms.list_of_guild(session, guild_id, now=self._now())
            gone = [room.channel_id for room in known if room.channel_id not in existing]
            await rooms.delete_rooms(session, gone)
            settings = await guilds.get_settings(session, guild_id)
        kept = [room for room in known if room.channel_id not in gone]
        return plan_rooms(kept, least=settings.newbie_rooms, most=settings.max_newbie_rooms, now=self._now())

    async def category_made(self, guild_id: int, category_id: int) -> None:
        """Remember the category of the rooms."""
        async with self._database.transaction() as session:
            settings = await guilds.lock_settings(session, guild_id, now=self._now())
            changed = replace(settings, newbie_category_id=category_id)
            await guilds.update_settings(session, guild_id, changed, now=self._now())

    async def room_made(self, guild_id: int, *, channel_id: int, number: int) -> None:
        """Remember a room."""
        async with self._database.transaction() as session:
            await rooms.add(session, guild_id, channel_id=channel_id, number=number)

    async def guide_posted(self, channel_id: int, message_id: int | None) -> None:
        """Remember the pinned guide of a room; None once it is gone."""
        async with self._database.transaction() as session:
            await rooms.update_room(session, channel_id, guide_message_id=message_id)

    async def room_opened(self, channel_id: int, *, is_open: bool) -> None:
        """Remember that a room was opened again, or closed."""
        async with self._database.transaction() as session:
            await rooms.update_room(session, channel_id, is_open=is_open)

    async def room_deleted(self, channel_id: int) -> None:
        """Forget a room."""
        async with self._database.transaction() as session:
            await rooms.delete_rooms(session, [channel_id])
