"""Nothing is drawn for guilds that the owners of the bot did not choose."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.hosting import NOT_SERVED
from bot.domain.order import Order
from bot.domain.sentences import say


class ListedGate:
    """Refuses orders that a guild would pay which is not served: also by direct message."""

    def __init__(self, is_listed: Callable[[int], bool]) -> None:
        self._is_listed = is_listed

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed.
        """
        del session, order, settings
        if self._is_listed(guild_id):
            return
        if asker.guild_id is not None:
            raise NotAllowed(NOT_SERVED)
        raise NotAllowed(
            say(
                "Direct messages count in the server where you last used me, and I draw no longer for that "
                "one. Use me in another server first."
            )
        )
