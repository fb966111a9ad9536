"""The one rule that nobody can switch off: no sexual content with minors, in no kind of order."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.guild import GuildSettings
from bot.domain.moderation import check_text
from bot.domain.order import Order
from bot.domain.rules import texts_of


class MinorsGate:
    """The first gate. It judges what was typed and what would be drawn; what it refuses is never kept."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: PromptRefused.
        """
        del session, asker, guild_id, settings
        judge(order)


def judge(order: Order) -> None:
    """Let an order pass by what was typed and what would be drawn.

    Raises: PromptRefused.
    """
    check_text(order.text).enforce()
    drawn = " ".join(texts_of(order.recipe))
    if drawn != order.text:
        check_text(drawn).enforce()
