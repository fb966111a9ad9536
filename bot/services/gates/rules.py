"""A guild's own rules: what a room is for, what is for adults only, and words that cost something."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import RULE, Deed
from bot.domain.echo import echo_code
from bot.domain.errors import PromptRefused, UserError
from bot.domain.guild import GuildSettings
from bot.domain.kept import Keep, Waits
from bot.domain.moderation import check_explicit, is_explicit
from bot.domain.order import Order
from bot.domain.people import POINTS
from bot.domain.rules import GuildRule, Weight, broken, check_room, texts_of
from bot.domain.sentences import say
from bot.domain.strike_words import because, not_until, standing
from bot.services.clock import Clock, utc_now
from bot.services.gates import RefusedWithTrace
from bot.services.sanctions import causes_of, strike
from bot.storage import audit, rules

Writing = Callable[[AsyncSession], Awaitable[UserError]]


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
            policy = await rules.get_policy(
                session, guild_id=guild_id, channel_id=asker.channel_id, parent_id=asker.parent_channel_id
            )
            check_room(policy, asker, order.recipe)
        texts = texts_of(order.recipe)
        if is_explicit(*texts):
            check_explicit(
                is_allowed=self._allows_nsfw and settings.is_nsfw_allowed,
                is_age_restricted=asker.is_age_restricted,
            )
        for rule in broken(await rules.list_rules(session, guild_id=guild_id), *texts):
            if rule.weight is not Weight.SOFT:
                raise RefusedWithTrace(self._refusal(asker, order, rule, guild_id, settings))
            if order.has_own_text and not order.is_confirmed:
                raise RefusedWithTrace(self._question(asker, rule, guild_id))

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
        self, asker: Asker, order: Order, rule: GuildRule, guild_id: int, settings: GuildSettings
    ) -> Writing:
        # Who presses a button under somebody else's picture did not write its prompt.
        points = POINTS[rule.weight] if order.has_own_text else 0

        async def write(session: AsyncSession) -> UserError:
            await self._note(session, asker, rule, guild_id)
            refused = say("This server's rules do not allow `{phrase}`.", phrase=echo_code(rule.phrase))
            cure = say("Change the prompt and draw again; nothing was charged.")
            if not points:
                return PromptRefused(refused, cure)
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
                return PromptRefused(refused, cure, *counts)
            causes = await causes_of(session, now.block, settings)
            kept = not_until(now.block, because(now.block, causes, settings.strike_days))
            return PromptRefused(refused, *counts, kept)

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
