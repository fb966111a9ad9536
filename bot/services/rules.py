"""A guild's own rules: kept by its moderators, applied to every job before it is charged."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain import prompt as prompts
from bot.domain.asker import Asker
from bot.domain.audit import RULE
from bot.domain.echo import echo_code
from bot.domain.errors import NextStep, NotAllowed, NotFound, PromptRefused, UserError
from bot.domain.guild import GuildSettings, is_moderator
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.moderation import check_text, is_explicit
from bot.domain.people import POINTS, strikes_of
from bot.domain.rules import (
    MAX_REQUIRED,
    MAX_RULES,
    GuildRule,
    Place,
    RoomPolicy,
    Weight,
    broken,
    check_room,
    texts_of,
    to_phrase,
)
from bot.domain.sentences import moment, say
from bot.services.clock import Clock, utc_now
from bot.services.gates import Order, RefusedWithTrace
from bot.services.guilds import moderated_guild
from bot.services.people import strike
from bot.storage import audit, guilds, members, rules
from bot.storage.database import Database

Writing = Callable[[AsyncSession], Awaitable[UserError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Everything that a guild's moderators have decided about prompts."""

    rules: tuple[GuildRule, ...]
    rooms: dict[int, RoomPolicy]
    """By channel."""
    is_nsfw_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the rules say to a prompt."""

    minors: bool
    """The one rule that nobody can switch off."""
    explicit: bool
    rules: tuple[GuildRule, ...]


class Rules:
    """Reads and changes a guild's rules. Also the gate that applies them."""

    def __init__(self, database: Database, *, allows_nsfw: bool = False, now: Clock = utc_now) -> None:
        self._database = database
        self._allows_nsfw = allows_nsfw
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let an order pass that fits its room, and breaks no rule of its guild.

        Raises: NotAllowed, PromptRefused, RefusedWithTrace.
        """
        policy = await rules.get_policy(
            session, guild_id=guild_id, channel_id=asker.channel_id, parent_id=asker.parent_channel_id
        )
        if order.kind is JobKind.IMAGINE:
            check_room(policy, asker, order.recipe)
        if is_explicit(*texts_of(order.recipe)):
            self.check_explicit(settings, is_age_restricted=asker.is_age_restricted)
        every = await rules.list_rules(session, guild_id=guild_id)
        for rule in broken(every, *texts_of(order.recipe)):
            if rule.weight is not Weight.SOFT:
                raise RefusedWithTrace(self._refusal(asker, order, rule, guild_id, settings))
            if order.kind is JobKind.IMAGINE and not order.is_confirmed:
                raise RefusedWithTrace(self._question(asker, order, rule, guild_id))

    def check_explicit(self, settings: GuildSettings, *, is_age_restricted: bool) -> None:
        """Let what is for adults only into rooms that are, where deployment and guild allow it.

        Raises: PromptRefused.
        """
        if not (self._allows_nsfw and settings.is_nsfw_allowed):
            raise PromptRefused(say("Nudity and sexual content are not drawn in this server."))
        if not is_age_restricted:
            raise PromptRefused(say("This is for age-restricted rooms. Draw it in one of those."))

    async def add(self, asker: Asker, phrase: str, weight: Weight, place: Place) -> GuildRule:
        """Set what a word or phrase costs in the asker's guild.

        Raises: NotAllowed.
        """
        phrase = to_phrase(phrase)
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            if await rules.count_rules(session, guild_id=guild_id) >= MAX_RULES:
                raise NotAllowed(say("There are {most} rules already: remove some first.", most=MAX_RULES))
            await rules.update_rule(
                session, guild_id=guild_id, phrase=phrase, weight=weight, place=place, now=self._now()
            )
            details = {"phrase": phrase, "weight": weight.value, "place": place.value}
            await self._note(session, asker, guild_id, "rule_add", details)
        return GuildRule(id=0, guild_id=guild_id, phrase=phrase, weight=weight, place=place)

    async def remove(self, asker: Asker, phrase: str) -> str:
        """Forget a rule of the asker's guild.

        Raises: NotAllowed, NotFound.
        """
        phrase = to_phrase(phrase)
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            if not await rules.delete_rule(session, guild_id=guild_id, phrase=phrase):
                raise NotFound(say("This server has no rule on `{phrase}`.", phrase=echo_code(phrase)))
            await self._note(session, asker, guild_id, "rule_remove", {"phrase": phrase})
        return phrase

    async def list_phrases(self, asker: Asker) -> list[str]:
        """What the asker's guild has rules on; nothing for whoever may not read them."""
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, asker.guild_id or 0)
            if not is_moderator(asker, settings):
                return []
            return [rule.phrase for rule in await rules.list_rules(session, guild_id=asker.guild_id or 0)]

    async def check_post(self, job: Job, *, is_age_restricted: bool) -> None:
        """Whether a drawn job may stand in a channel as it is now: rooms and settings change.

        Raises: PromptRefused.
        """
        if not is_explicit(*texts_of(job.recipe)):
            return
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, job.guild_id)
        self.check_explicit(settings, is_age_restricted=is_age_restricted)

    async def set_nsfw(self, asker: Asker, *, is_allowed: bool) -> bool:
        """Whether nudity may be drawn in the age-restricted rooms of the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await moderated_guild(session, asker)
            if is_allowed and not self._allows_nsfw:
                raise NotAllowed(say("Whoever runs this bot does not allow it (the setting ALLOW_NSFW)."))
            changed = replace(settings, is_nsfw_allowed=is_allowed)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await self._note(session, asker, guild_id, "nsfw", {"is_allowed": is_allowed})
        return is_allowed

    async def book(self, asker: Asker) -> RuleBook:
        """Every rule of the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            return RuleBook(
                rules=await rules.list_rules(session, guild_id=guild_id),
                rooms=await rules.list_policies(session, guild_id=guild_id),
                is_nsfw_allowed=self._allows_nsfw and settings.is_nsfw_allowed,
            )

    async def judge(self, asker: Asker, text: str) -> Findings:
        """What the rules of the asker's guild would say to a prompt; nothing follows from it.

        Raises: NotAllowed, PromptError.
        """
        prompt = prompts.parse(text)
        wanted = " ".join(part.text for part in prompt.parts if part.weight >= 0)
        unwanted = " ".join(
            [*prompt.parameters.negative, *(part.text for part in prompt.parts if part.weight < 0)]
        )
        book = await self.book(asker)
        return Findings(
            minors=check_text(text).sentence is not None,
            explicit=is_explicit(wanted, unwanted),
            rules=tuple(broken(book.rules, wanted, unwanted)),
        )

    async def require(self, asker: Asker, channel_id: int, words: Sequence[str], at_least: int) -> RoomPolicy:
        """Give a room a theme: words of which a prompt must have some. No words end the theme.

        Raises: NotAllowed.
        """
        required = tuple(dict.fromkeys(map(to_phrase, words)))[:MAX_REQUIRED]
        return await self._change(
            asker,
            channel_id,
            lambda policy: replace(policy, required=required, num_required=max(1, at_least)),
        )

    async def room(
        self,
        asker: Asker,
        channel_id: int,
        *,
        role_ids: tuple[int, ...] | None = None,
        models: tuple[str, ...] | None = None,
    ) -> RoomPolicy:
        """Say who may draw in a room, and with which models. None leaves it, empty opens it to all.

        Raises: NotAllowed.
        """

        def change(policy: RoomPolicy) -> RoomPolicy:
            return replace(
                policy,
                role_ids=policy.role_ids if role_ids is None else role_ids,
                models=policy.models if models is None else models,
            )

        return await self._change(asker, channel_id, change)

    async def confirmed(self, asker: Asker, confirmation_id: int) -> str:
        """The prompt about which the asker was asked, now that they mean it.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            guild_id = asker.guild_id or await members.get_last_guild(session, asker.user_id) or 0
            text = await rules.get_confirmation(
                session, guild_id=guild_id, user_id=asker.user_id, confirmation_id=confirmation_id
            )
        if text is None:
            raise NotFound(say("This question is not open any more. Draw it anew with /imagine."))
        return text

    async def _change(
        self, asker: Asker, channel_id: int, change: Callable[[RoomPolicy], RoomPolicy]
    ) -> RoomPolicy:
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            policy = change(await rules.get_policy(session, guild_id=guild_id, channel_id=channel_id))
            await rules.update_policy(
                session, guild_id=guild_id, channel_id=channel_id, policy=policy, now=self._now()
            )
            details = {"channel": channel_id, **policy.to_json()}
            await self._note(session, asker, guild_id, "room", details)
        return policy

    def _question(self, asker: Asker, order: Order, rule: GuildRule, guild_id: int) -> Writing:
        async def write(session: AsyncSession) -> UserError:
            confirmation_id = await rules.add_confirmation(
                session, guild_id=guild_id, user_id=asker.user_id, text=order.text, now=self._now()
            )
            await self._fired(session, asker, rule, guild_id)
            step = NextStep(custom_id=f"confirm:{confirmation_id}:draw", label=say("Draw it"))
            return PromptRefused(
                say(
                    "This server is careful with `{phrase}`. If you mean it well, press the button and it "
                    "is drawn.",
                    phrase=echo_code(rule.phrase),
                ),
                steps=(step,),
            )

        return write

    def _refusal(
        self, asker: Asker, order: Order, rule: GuildRule, guild_id: int, settings: GuildSettings
    ) -> Writing:
        # Who presses a button under somebody else's picture did not write its prompt.
        points = POINTS[rule.weight] if order.kind is JobKind.IMAGINE else 0

        async def write(session: AsyncSession) -> UserError:
            await self._fired(session, asker, rule, guild_id)
            sentences = [
                say("This server's rules do not allow `{phrase}`.", phrase=echo_code(rule.phrase)),
                say("Change the prompt and draw again; nothing was charged."),
            ]
            block = points and await strike(
                session,
                guild_id=guild_id,
                user_id=asker.user_id,
                points=points,
                reason=rule.phrase,
                source=asker.source,
                settings=settings,
                now=self._now(),
            )
            if strikes_of(points):
                sentences.append(say("This counts as a strike."))
            if block and block.until:
                sentences.append(say("You cannot draw here until {when}.", when=moment(block.until)))
            return PromptRefused(*sentences)

        return write

    async def _fired(self, session: AsyncSession, asker: Asker, rule: GuildRule, guild_id: int) -> None:
        await audit.add(
            session,
            guild_id=guild_id,
            actor_id=RULE,
            action="rule_asked" if rule.weight is Weight.SOFT else "rule_refused",
            target_id=asker.user_id,
            reason=rule.phrase,
            details={"weight": rule.weight.value},
            now=self._now(),
        )

    async def _note(
        self, session: AsyncSession, asker: Asker, guild_id: int, action: str, details: Mapping[str, object]
    ) -> None:
        await audit.add(
            session,
            guild_id=guild_id,
            actor_id=asker.user_id,
            action=action,
            target_id=None,
            reason="",
            details=details,
            now=self._now(),
        )
