"""Who asked to be forgotten does not draw for a while, so that it frees nobody of a block or a spent day."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.order import Order
from bot.domain.sentences import moment, say
from bot.services.clock import Clock, utc_now
from bot.services.forgetting import Digests
from bot.storage import forgetting


class ForgottenGate:
    """Lets those pass who were not forgotten lately."""

    def __init__(self, digests: Digests, *, now: Clock = utc_now) -> None:
        self._digests = digests
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed.
        """
        del order, settings
        digest = await self._digests.of(asker.user_id)
        absence = await forgetting.get_forgotten(session, guild_id=guild_id, digest=digest, now=self._now())
        if absence is None:
            return
        if absence.until is None:
            raise NotAllowed(say("You were blocked here when you asked to be forgotten; this lasts."))
        raise NotAllowed(
            say("You asked to be forgotten. You can draw here again {when}.", when=moment(absence.until))
        )
