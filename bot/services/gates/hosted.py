"""Nothing is drawn in a guild that the owners of the bot have paused."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.echo import echo
from bot.domain.errors import Unavailable
from bot.domain.guild import GuildSettings
from bot.domain.kept import Keep, Waits
from bot.domain.order import Order
from bot.domain.sentences import say
from bot.storage import hosting


class HostedGate:
    """Refuses what would be drawn, in the owners' words; pictures that exist can still be picked."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: Unavailable.
        """
        del asker, settings
        decided = await hosting.recall(session, guild_id)
        if not decided.is_paused or not order.kind.traits.is_drawn:
            return
        if decided.words:
            sentence = say(
                "Whoever runs me has paused drawing in this server: {words} (Nothing was charged.)",
                words=echo(decided.words),
            )
        else:
            sentence = say(
                "Whoever runs me has paused drawing in this server. Try again later; nothing was charged."
            )
        raise Unavailable(sentence, keep=Keep(why=Waits.QUEUE))
