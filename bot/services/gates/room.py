"""Where members draw: the channels that the guild names, and its newbie rooms while they are open."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.order import Order
from bot.domain.rooms import least_busy
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.storage import rooms


class RoomGate:
    """Lets members draw only where the guild wants it, and points them to the least busy newbie room."""

    def __init__(self, *, now: Clock = utc_now) -> None:
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed.
        """
        if not order.kind.traits.is_drawn or asker.guild_id is None:
            return
        here = {asker.channel_id, asker.parent_channel_id or asker.channel_id}
        doors = await rooms.recall_doors(session, guild_id)
        is_room = any(doors[channel_id] for channel_id in here & doors.keys())
        is_closed = any(not doors[channel_id] for channel_id in here & doors.keys())
        is_allowed = not settings.drawing_channel_ids or not here.isdisjoint(settings.drawing_channel_ids)
        if is_room or (is_allowed and not is_closed):
            return
        room = least_busy(await rooms.list_of_guild(session, guild_id, now=self._now()))
        place = room.channel_id if room else next(iter(settings.drawing_channel_ids), None)
        if place is None:
            raise NotAllowed(say("This room is closed. Try another one."))
        raise NotAllowed(say("Nobody draws in this channel. Come to {channel}.", channel=f"<#{place}>"))
