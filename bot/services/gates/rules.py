"""A guild's own rules: what a room is for, what is for adults only, and words that cost something."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import RULE, Deed
from bot.domain.echo import echo_code
from bot.domain.errors import PromptRefused, UserError
from bot.domain.guild import GuildSettings
from bot.domain.kept import Keep, Waits
from bot.domain.moderation import check_explicit, is_explicit
from bot.domain.order import Order
from bot.domain.pardons import EXPLICIT, ROOM, is_allowed, of_phrase
from bot.domain.people import POINTS
from bot.domain.rules import GuildRule, Weight, broken, check_room, texts_of
from bot.domain.sentences import say
from bot.domain.strike_words import because, not_until, standing
from bot.services.clock import Clock, utc_now
from bot.services.gates import RefusedWithTrace
from bot.services.sanctions import causes_of, strike
from bot.storage import audit, rules

Writing = Callable[[AsyncSession], Awaitable[UserError]]


@contextmanager
def _appealable(rule: str, order: Order) -> Iterator[None]:
    """What is refused here, moderators can allow; what they have allowed passes."""
    try:
        yield
    except UserError as refusal:
        if is_allowed(rule, order.pardons):
            return
        allowed = (pardon.rule for pardon in order.pardons)
        refusal.keep = Keep(why=Waits.APPEAL, objections=tuple(dict.fromkeys([*allowed, rule])))
        raise


class RuleGate:
    """Lets an order pass that fits its room, and breaks no rule of its guild."""

    def __init__(self, *, allows_nsfw: bool = False, now: Clock = utc_now) -> None:
        self._allows_nsfw = allows_nsfw
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed, PromptRefused, RefusedWithTrace.
        """
        traits = order.kind.traits
        if traits.obeys_room:
            policy = await rules.recall_policy(
                session, guild_id=guild_id, channel_id=asker.channel_id, parent_id=asker.parent_channel_id
            )
            with _appealable(ROOM, order):
                check_room(policy, asker, order.recipe)
        texts = texts_of(order.recipe)
        if is_explicit(*texts):
            self._check_explicit(asker, order, settings)
        found = broken(await rules.recall_rules(session, guild_id=guild_id), *texts)
        hard = [of_phrase(rule) for rule in found if rule.weight is not Weight.SOFT]
        for rule in found:
            if rule.weight is not Weight.SOFT and is_allowed(of_phrase(rule), order.pardons):
                continue
            if rule.weight is not Weight.SOFT:
                objections = (*(pardon.rule for pardon in order.pardons), *hard)
                raise RefusedWithTrace(
                    self._refusal(asker, order, rule, guild_id, settings, tuple(dict.fromkeys(objections)))
                )
            if order.has_own_text and not order.is_confirmed:
                raise RefusedWithTrace(self._question(asker, rule, guild_id))

    def _check_explicit(self, asker: Asker, order: Order, settings: GuildSettings) -> None:
        """What is for adults only. That it is so can be a mistake; where nobody allows it, that is no matter.

        Raises: PromptRefused.
        """
        is_possible = self._allows_nsfw and settings.is_nsfw_allowed
        where = {"is_allowed": is_possible, "is_age_restricted": asker.is_age_restricted}
        if not is_possible:
            check_explicit(**where)
        with _appealable(EXPLICIT, order):
            check_explicit(**where)

    def _question(self, asker: Asker, rule: GuildRule, guild_id: int) -> Writing:
        async def write(session: AsyncSession) -> UserError:
            await self._note(session, asker, rule, guild_id)
            return PromptRefused(
                say(
                    "This server is careful with `{phrase}`. If you mean it well, press the button and it "
                    "is drawn.",
                    phrase=echo_code(rule.phrase),
                ),
                keep=Keep(why=Waits.WORDS),
            )

        return write

    def _refusal(
        self,
        asker: Asker,
        order: Order,
        rule: GuildRule,
        guild_id: int,
        settings: GuildSettings,
        objections: tuple[str, ...],
    ) -> Writing:
        keep = Keep(why=Waits.APPEAL, objections=objections)
        # Who presses a button under somebody else's picture did not write its prompt.
        points = POINTS[rule.weight] if order.has_own_text else 0

        async def write(session: AsyncSession) -> UserError:
            await self._note(session, asker, rule, guild_id)
            refused = say("This server's rules do not allow `{phrase}`.", phrase=echo_code(rule.phrase))
            cure = say("Change the prompt and draw again; nothing was charged.")
            if not points:
                return PromptRefused(refused, cure, keep=keep)
            now = await strike(
                session,
                guild_id=guild_id,
                user_id=asker.user_id,
                points=points,
                reason=rule.phrase,
                source=asker.source,
                settings=settings,
                now=self._now(),
            )
            counts = standing(now, added=points)
            if now.block is None:
                return PromptRefused(refused, cure, *counts, keep=keep)
            causes = await causes_of(session, now.block, settings)
            kept = not_until(now.block, because(now.block, causes, settings.strike_days))
            return PromptRefused(refused, *counts, kept, keep=keep)

        return write

    async def _note(self, session: AsyncSession, asker: Asker, rule: GuildRule, guild_id: int) -> None:
        await audit.note(
            session,
            guild_id,
            RULE,
            Deed.RULE_ASKED if rule.weight is Weight.SOFT else Deed.RULE_REFUSED,
            target_id=asker.user_id,
            reason=rule.phrase,
            now=self._now(),
            weight=rule.weight.value,
        )
