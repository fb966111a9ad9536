"""Who is blocked, or has not read what moderators told them, does not draw."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain import next_steps
from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.kept import Keep, Waits
from bot.domain.next_steps import Acknowledge, NextStep
from bot.domain.order import Order
from bot.domain.people import Appeal, AppealStatus, Sanction, Standing
from bot.domain.sentences import Sentence, say
from bot.domain.strike_words import because, not_until, they_write, told
from bot.services.clock import Clock, utc_now
from bot.services.sanctions import causes_of, standing_of
from bot.storage import people


class BlockGate:
    """Lets those pass who are not blocked, and have read what moderators told them."""

    def __init__(self, *, now: Clock = utc_now) -> None:
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed, with a button to appeal or to acknowledge.
        """
        del order
        key = {"guild_id": guild_id, "user_id": asker.user_id}
        if not await people.has_open(session, **key, now=self._now()):
            return
        await check_block(session, **key, settings=settings, now=self._now())
        unread = await people.get_unread(session, **key)
        if unread is not None:
            now = await standing_of(session, **key, settings=settings, now=self._now())
            raise to_read(unread, now)


async def check_block(
    session: AsyncSession, *, guild_id: int, user_id: int, settings: GuildSettings, now: datetime
) -> None:
    """Let those pass who are not blocked. Raises: NotAllowed, with a button to appeal."""
    block = await people.get_block(session, guild_id=guild_id, user_id=user_id, now=now)
    if block is not None:
        raise await _refusal(session, block, settings)


async def _refusal(session: AsyncSession, block: Sanction, settings: GuildSettings) -> NotAllowed:
    key = {"guild_id": block.guild_id}
    appeal = await people.get_appeal_against(session, **key, sanction_id=block.id)
    decision = appeal and await people.get_decision(session, **key, appeal_id=appeal.id)
    reason = because(block, await causes_of(session, block, settings), settings.strike_days)
    return blocked(block, reason, appeal=appeal, answer=decision.reason if decision else "")


def blocked(
    block: Sanction, reason: Sentence | str, *, appeal: Appeal | None = None, answer: str = ""
) -> NotAllowed:
    """The refusal that a blocked member reads: why, until when, and how to answer or what that came to."""
    kept_out = not_until(block, reason)
    if appeal is None:
        step = NextStep(action=next_steps.Appeal(sanction_id=block.id), label=say("Appeal"))
        return NotAllowed(kept_out, steps=(step,))
    if appeal.status is AppealStatus.OPEN:
        return NotAllowed(kept_out, say("You have appealed; the moderators decide."))
    return NotAllowed(
        kept_out, say("The moderators have read your appeal, and keep the block."), *they_write(answer)
    )


def to_read(unread: Sanction, now: Standing) -> NotAllowed:
    """The refusal of somebody who has not read yet what moderators told them."""
    step = NextStep(action=Acknowledge(sanction_id=unread.id), label=say("I have read it"))
    press = say(
        "Press the button when you have read it. What you asked for is kept; one more press draws it."
    )
    return NotAllowed(*told(unread, now), press, steps=(step,), keep=Keep(why=Waits.NOTICE))
