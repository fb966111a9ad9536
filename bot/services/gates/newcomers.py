"""Only those draw whose account is old enough, and who accepted the guild's terms."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.guild import GuildSettings
from bot.domain.onboarding import TermsNotAccepted, check_account
from bot.domain.order import Order
from bot.services.clock import Clock, utc_now
from bot.storage import members, onboarding


class NewcomerGate:
    """Asks for the terms once; what was asked for is kept until they are accepted."""

    def __init__(self, *, now: Clock = utc_now) -> None:
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed, TermsNotAccepted.
        """
        if not order.kind.traits.is_drawn:
            return
        check_account(asker, settings, now=self._now())
        if not await has_agreed(session, asker, guild_id, settings):
            is_greeted = await members.is_greeted(session, guild_id=guild_id, user_id=asker.user_id)
            raise TermsNotAccepted(settings, is_first=not is_greeted, is_typed=order.has_own_text)


async def has_agreed(session: AsyncSession, asker: Asker, guild_id: int, settings: GuildSettings) -> bool:
    """Whether the guild has no terms, or the asker has accepted those that hold now."""
    return not settings.terms or await onboarding.has_accepted(
        session, guild_id=guild_id, user_id=asker.user_id, version=settings.terms_version
    )
