"""Nothing is drawn in a guild whose moderators have paused it."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import Unavailable
from bot.domain.guild import GuildSettings
from bot.domain.kept import Keep, Waits
from bot.domain.order import Order
from bot.domain.sentences import say


class PausedGate:
    """Refuses what would be drawn while the guild is paused; pictures that exist can still be picked."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: Unavailable.
        """
        del session, asker, guild_id
        if settings.is_paused and order.kind.traits.is_drawn:
            raise Unavailable(
                say(
                    "The moderators have paused drawing in this server. Try again later; nothing was charged."
                ),
                keep=Keep(why=Waits.QUEUE),
            )
