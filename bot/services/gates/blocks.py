"""Who is blocked, or has not read what moderators told them, does not draw."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.echo import echo
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.next_steps import Acknowledge, Appeal, NextStep
from bot.domain.order import Order
from bot.domain.people import MAX_TEXT, Sanction
from bot.domain.sentences import Sentence, moment, say
from bot.services.clock import Clock, utc_now
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
        del order, settings
        key = {"guild_id": guild_id, "user_id": asker.user_id}
        block = await people.get_block(session, **key, now=self._now())
        if block is not None:
            has_appeal = await people.has_appeal(session, guild_id=guild_id, sanction_id=block.id)
            raise blocked(block, has_appeal=has_appeal)
        unread = await people.get_unread(session, **key)
        if unread is not None:
            raise NotAllowed(
                say(
                    "The moderators of this server have a message for you: {text}",
                    text=echo(unread.reason, limit=MAX_TEXT),
                ),
                say("Press the button when you have read it, then draw again."),
                steps=(NextStep(action=Acknowledge(sanction_id=unread.id), label=say("I have read it")),),
            )


def blocked(block: Sanction, *, has_appeal: bool) -> NotAllowed:
    """The refusal that a blocked member reads: why, until when, and how to answer."""
    reason = echo(block.reason, limit=MAX_TEXT)
    sentences: list[Sentence] = [
        say("You may not draw in this server for now: {reason}", reason=reason),
        say("This ends {when}.", when=moment(block.until))
        if block.until
        else say("This lasts until the moderators lift it."),
    ]
    if has_appeal:
        return NotAllowed(*sentences, say("You have appealed; the moderators decide."))
    step = NextStep(action=Appeal(sanction_id=block.id), label=say("Appeal"))
    return NotAllowed(*sentences, steps=(step,))
