"""What a member wants in every prompt: read and changed by them alone, in the guild where they ask."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed, NotFound, PromptError, Unreadable
from bot.domain.guild import GuildSettings
from bot.domain.job import Speed
from bot.domain.preferences import ASK_ABOVE_CHOICES, STYLIZE, Preferences, VariationMode
from bot.domain.sentences import say
from bot.domain.suffix import read_suffix
from bot.services.allowances import charged_guild, guild_of
from bot.services.clock import Clock, utc_now
from bot.services.models import Models
from bot.services.studios import studio_of
from bot.storage import guilds, members
from bot.storage import preferences as preferences_table
from bot.storage.database import Database

ANY_MODEL = "-"
"""How the menu names the model that the guild itself has."""
Change = Callable[[Preferences, GuildSettings], Preferences]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPanel:
    """A member's own settings, and what they can choose from."""

    preferences: Preferences
    guild_id: int
    models: tuple[str, ...]
    """By name, the first is the guild's own."""
    is_turbo_allowed: bool
    is_relax_free: bool


class MemberPreferences:
    """A member's own settings."""

    def __init__(self, database: Database, models: Models, *, now: Clock = utc_now) -> None:
        self._database = database
        self._models = models
        self._now = now

    async def get(self, asker: Asker) -> Preferences:
        """The asker's own, as they hold now; in a direct message those of the guild that is charged."""
        async with self._database.reading() as session:
            guild_id = await guild_of(session, asker)
            if guild_id is None:
                return Preferences()
            found = await preferences_table.get(session, guild_id=guild_id, user_id=asker.user_id)
            settings = await guilds.recall_settings(session, guild_id)
        return _as_allowed(found, settings)

    async def panel(self, asker: Asker) -> MemberPanel:
        """The asker's own settings, with everything that can be chosen.

        Raises: NotAllowed in a direct message of somebody who never used the bot in a guild.
        """
        async with self._database.reading() as session:
            guild_id = await charged_guild(session, asker)
            found = await preferences_table.get(session, guild_id=guild_id, user_id=asker.user_id)
            settings = await guilds.get_settings(session, guild_id)
        return self._panel(_as_allowed(found, settings), settings, guild_id)

    async def change(self, asker: Asker, change: Callable[[Preferences], Preferences]) -> Preferences:
        """Change the asker's own, and give what they are now.

        Raises: NotAllowed, as `panel`.
        """
        return (await self._change(asker, lambda mine, _: change(mine))).preferences

    async def press(self, asker: Asker, action: str, value: str = "") -> MemberPanel:
        """Change one of the asker's own settings, as a part of the panel says.

        Raises: NotFound, where there is no such choice; NotAllowed.
        """
        return await self._change(asker, lambda mine, settings: self._pressed(mine, settings, action, value))

    async def set_suffix(self, asker: Asker, text: str) -> MemberPanel:
        """What is added to each of the asker's prompts; nothing, where it is empty.

        Raises: Unreadable, with every mistake; NotAllowed.
        """
        suffix = " ".join(text.split())
        try:
            if suffix:
                read_suffix(suffix)
        except PromptError as error:
            raise Unreadable(*error.sentences) from None
        return await self._change(asker, lambda mine, _: replace(mine, suffix=suffix))

    async def set_speed(self, asker: Asker, speed: Speed) -> MemberPanel:
        """How urgent the asker's jobs are from now on, where they do not say otherwise.

        Raises: NotAllowed.
        """
        return await self._change(asker, lambda mine, settings: _with_speed(mine, settings, speed))

    async def _change(self, asker: Asker, change: Change) -> MemberPanel:
        async with self._database.transaction() as session:
            guild_id, settings = await self._locked(session, asker)
            key = {"guild_id": guild_id, "user_id": asker.user_id}
            changed = change(await preferences_table.get(session, **key), settings)
            await preferences_table.update(session, changed, **key)
        return self._panel(_as_allowed(changed, settings), settings, guild_id)

    async def _locked(self, session: AsyncSession, asker: Asker) -> tuple[int, GuildSettings]:
        """The row of a member is a lock: two presses at once change one after the other."""
        guild_id = await charged_guild(session, asker)
        await members.update_last_used(
            session, guild_id=guild_id, user_id=asker.user_id, name=asker.name, now=self._now()
        )
        return guild_id, await guilds.get_settings(session, guild_id)

    def _panel(self, mine: Preferences, settings: GuildSettings, guild_id: int) -> MemberPanel:
        return MemberPanel(
            preferences=mine,
            guild_id=guild_id,
            models=self._models.names(studio_of(settings)),
            is_turbo_allowed=settings.is_turbo_allowed,
            is_relax_free=settings.is_relax_free,
        )

    def _pressed(self, mine: Preferences, settings: GuildSettings, action: str, value: str) -> Preferences:
        known = self._models.names(studio_of(settings))
        match action:
            case "model" if value == ANY_MODEL or value in known:
                changed = replace(mine, model=value if value in known else None)
            case "stylize" if (level := _number(value)) in STYLIZE:
                changed = replace(mine, stylize=None if mine.stylize == level else level)
            case "raw":
                changed = replace(mine, is_raw=not mine.is_raw)
            case "variation" if value in list(VariationMode):
                changed = replace(mine, variation=VariationMode(value))
            case "speed" if value in list(Speed):
                changed = _with_speed(mine, settings, Speed(value))
            case "remix":
                changed = replace(mine, is_remix=not mine.is_remix)
            case "ask" if (count := _number(value)) in ASK_ABOVE_CHOICES:
                changed = replace(mine, ask_above=count)
            case "reset":
                changed = Preferences()
            case _:
                raise NotFound(say("There is no such choice any more. Ask for /settings anew."))
        return changed


def _with_speed(mine: Preferences, settings: GuildSettings, speed: Speed) -> Preferences:
    if speed is Speed.TURBO and not settings.is_turbo_allowed:
        raise NotAllowed(
            say("This server has no turbo: nobody goes before the others. /fast draws in your turn.")
        )
    return replace(mine, speed=None if speed is Speed.FAST else speed)


def _as_allowed(mine: Preferences, settings: GuildSettings) -> Preferences:
    """Turbo goes with the moderators' leave."""
    is_late = mine.speed is Speed.TURBO and not settings.is_turbo_allowed
    return replace(mine, speed=None, has_lost_turbo=True) if is_late else mine


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() else 0
