"""Who goes before all others: only where the guild's moderators allow it."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import PromptError
from bot.domain.guild import GuildSettings
from bot.domain.job import Speed
from bot.domain.order import Order
from bot.domain.prompt import parse
from bot.domain.sentences import say
from bot.domain.speeds import without_speed


class SpeedGate:
    """Refuses a typed `--turbo` where there is none; the prompt can be drawn without."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: PromptError.
        """
        del session, asker, guild_id
        if order.speed is not Speed.TURBO or settings.is_turbo_allowed:
            return
        refusal = PromptError(
            say("This server has no `--turbo`: nobody goes before the others. Draw it without, in your turn.")
        )
        refusal.without = str(without_speed(parse(order.recipe.typed or str(order.recipe.prompt))))
        raise refusal
