"""How many pictures a day the owners of the bot let a guild draw, whoever of its members asks."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import Unavailable
from bot.domain.guild import GuildSettings
from bot.domain.hosting import day_of
from bot.domain.kept import Keep, Waits
from bot.domain.order import Order
from bot.domain.sentences import moment, say
from bot.services.clock import Clock, utc_now
from bot.services.models import Models
from bot.storage import hosting


class CapGate:
    """Refuses what goes over the cap of its guild. Grants and free relaxed pictures count here as well."""

    def __init__(self, models: Models, *, now: Clock = utc_now) -> None:
        self._models = models
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: Unavailable; the order is kept until the day is over, where a day has room for it.
        """
        del asker, settings
        if not order.kind.traits.is_drawn or (await hosting.recall(session, guild_id)).cap is None:
            return
        await hosting.lock_caps(session)
        cap = (await hosting.get(session, guild_id)).cap
        start, end = day_of(self._now())
        used = await hosting.count_images(session, guild_id, since=start)
        asked = self._models.charge(order).images
        if cap is None or used + asked <= cap:
            return
        wanted = asked * order.batch_size
        raise Unavailable(
            say(
                "Whoever runs me lets this server draw {cap} pictures a day, all its members together. "
                "{used} are drawn or on their way, and this is {wanted} more. The next day begins {when}; "
                "nothing was charged.",
                cap=cap,
                used=max(0, used - order.ordinal * asked),  # what the request itself took is given back
                wanted=wanted,
                when=moment(end),
            ),
            keep=Keep(why=Waits.ALLOWANCE, until=end) if wanted <= cap else None,
        )
