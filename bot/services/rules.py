"""A guild's own rules, as its moderators keep them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain import prompt as prompts
from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.echo import echo_code
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.guild import check_possible, is_moderator
from bot.domain.job import Job
from bot.domain.moderation import check_explicit, check_text, is_explicit
from bot.domain.rules import (
    MAX_REQUIRED,
    MAX_RULES,
    GuildRule,
    Place,
    RoomPolicy,
    Weight,
    broken,
    texts_of,
    to_phrase,
)
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.guilds import locked_guild, moderated_guild
from bot.storage import audit, guilds, rules
from bot.storage.database import Database


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
    """Reads and changes a guild's rules; `bot.services.gates.rules` applies them."""

    def __init__(self, database: Database, *, allows_nsfw: bool = False, now: Clock = utc_now) -> None:
        self._database = database
        self._allows_nsfw = allows_nsfw
        self._now = now

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
            await self._note(session, asker, guild_id, Deed.RULE_ADD, details)
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
            await self._note(session, asker, guild_id, Deed.RULE_REMOVE, {"phrase": phrase})
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
        check_explicit(
            is_allowed=self._allows_nsfw and settings.is_nsfw_allowed, is_age_restricted=is_age_restricted
        )

    async def set_nsfw(self, asker: Asker, *, is_allowed: bool) -> bool:
        """Whether nudity may be drawn in the age-restricted rooms of the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await locked_guild(session, asker, now=self._now())
            changed = replace(settings, is_nsfw_allowed=is_allowed)
            check_possible(settings, changed, allows_nsfw=self._allows_nsfw)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await self._note(session, asker, guild_id, Deed.NSFW, {"is_allowed": is_allowed})
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
        takes_pictures: bool | None = None,
    ) -> RoomPolicy:
        """Say who may draw in a room, with which models, and whether from pictures that members bring.

        None leaves it, empty opens it to all.

        Raises: NotAllowed.
        """

        def change(policy: RoomPolicy) -> RoomPolicy:
            return replace(
                policy,
                role_ids=policy.role_ids if role_ids is None else role_ids,
                models=policy.models if models is None else models,
                takes_pictures=policy.takes_pictures if takes_pictures is None else takes_pictures,
            )

        return await self._change(asker, channel_id, change)

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
            await self._note(session, asker, guild_id, Deed.ROOM, details)
        return policy

    async def _note(
        self, session: AsyncSession, asker: Asker, guild_id: int, action: Deed, details: Mapping[str, Any]
    ) -> None:
        await audit.note(session, guild_id, asker.user_id, action, now=self._now(), **details)
