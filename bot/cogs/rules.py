"""/rules: what a server does not want drawn, and what its rooms ask for."""

import re
from functools import partial

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.boundary import MODERATORS, Interaction, answer, asker_of, patience, reply
from bot.domain.image_filter import ImageFilter
from bot.domain.rules import MAX_PHRASE, Place, Weight
from bot.messages import rules as messages
from bot.services import Services

Phrase = app_commands.Range[str, 1, MAX_PHRASE]
Text = app_commands.Range[str, 1, 1000]
WEIGHTS = [
    Choice(name=locale_str("soft: asks first"), value=Weight.SOFT.value),
    Choice(name=locale_str("light: refuses"), value=Weight.LIGHT.value),
    Choice(name=locale_str("medium: refuses; three are a strike"), value=Weight.MEDIUM.value),
    Choice(name=locale_str("heavy: refuses, and is a strike"), value=Weight.HEAVY.value),
]
PLACES = [
    Choice(name=locale_str("anywhere"), value=Place.ANYWHERE.value),
    Choice(name=locale_str("in the prompt"), value=Place.PROMPT.value),
    Choice(name=locale_str("after --no"), value=Place.NEGATIVE.value),
]
FILTERS = [
    Choice(name=locale_str("nothing"), value=ImageFilter.OFF.value),
    Choice(name=locale_str("behind a spoiler"), value=ImageFilter.SPOILER.value),
    Choice(name=locale_str("behind a spoiler, and to the moderators"), value=ImageFilter.MODERATORS.value),
    Choice(name=locale_str("deleted"), value=ImageFilter.BLOCK.value),
]
MAX_CHOICES = 25  # Discord's limit
_ID = re.compile(r"\d{15,20}")


class Rules(commands.Cog):
    """For moderators; the services check it."""

    rules = app_commands.Group(
        name=locale_str("rules"),
        description=locale_str("What this server does not want drawn"),
        guild_only=True,
        default_permissions=MODERATORS,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(self, services: Services) -> None:
        self.services = services

    @rules.command(name=locale_str("add"), description=locale_str("Set what a word or phrase costs"))
    @app_commands.describe(
        phrase=locale_str("The word or phrase, in any disguise"),
        weight=locale_str("What happens; medium if left out"),
        place=locale_str("Where it counts; anywhere if left out"),
    )
    @app_commands.choices(weight=WEIGHTS, place=PLACES)
    async def add(
        self,
        interaction: Interaction,
        phrase: Phrase,
        weight: str = Weight.MEDIUM,
        place: str = Place.ANYWHERE,
    ) -> None:
        """Add or change a rule."""
        asker = asker_of(interaction)
        rule = self.services.rules.add(asker, phrase, Weight(weight), Place(place))
        await answer(interaction, rule, messages.added)

    @rules.command(name=locale_str("remove"), description=locale_str("Allow a word or phrase again"))
    @app_commands.describe(phrase=locale_str("The word or phrase"))
    async def remove(self, interaction: Interaction, phrase: Phrase) -> None:
        """Remove a rule."""
        asker = asker_of(interaction)
        await answer(interaction, self.services.rules.remove(asker, phrase), messages.removed)

    @remove.autocomplete("phrase")
    async def phrases(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        """The phrases that there are rules on."""
        found = await self.services.rules.list_phrases(asker_of(interaction))
        matching = [phrase for phrase in found if typed.casefold() in phrase]
        return [Choice(name=phrase, value=phrase) for phrase in matching[:MAX_CHOICES]]

    @rules.command(name=locale_str("list"), description=locale_str("Every rule of this server"))
    async def list(self, interaction: Interaction) -> None:
        """Show every rule."""
        async with patience(interaction):
            book = await self.services.rules.book(asker_of(interaction))
        locale = interaction.locale.value
        await reply(interaction, messages.book(book, locale), file=messages.book_file(book, locale))

    @rules.command(name=locale_str("check"), description=locale_str("What the rules say to a prompt"))
    @app_commands.describe(prompt=locale_str("The prompt, as a member would type it"))
    async def check(self, interaction: Interaction, prompt: Text) -> None:
        """Try the rules; nothing follows from it."""
        asker = asker_of(interaction)
        await answer(interaction, self.services.rules.judge(asker, prompt), messages.findings)

    @rules.command(name=locale_str("require"), description=locale_str("Give a room a theme"))
    @app_commands.describe(
        room=locale_str("Which room"),
        words=locale_str("The words of the theme, separated by commas; leave out to end it"),
        at_least=locale_str("How many of them a prompt needs; one if left out"),
    )
    async def require(
        self,
        interaction: Interaction,
        room: discord.TextChannel,
        words: Text | None = None,
        at_least: app_commands.Range[int, 1, 20] = 1,
    ) -> None:
        """Change what prompts in a room must have."""
        asker = asker_of(interaction)
        wanted = [word for word in (words or "").split(",") if word.strip()]
        policy = self.services.rules.require(asker, room.id, wanted, at_least)
        await answer(interaction, policy, partial(messages.room, room.id))

    @rules.command(name=locale_str("room"), description=locale_str("Who may draw in a room, with what"))
    @app_commands.describe(
        room=locale_str("Which room"),
        roles=locale_str("The roles that may draw there, as mentions; none opens it to all"),
        models=locale_str("The models that draw there, separated by commas; none allows all"),
        pictures=locale_str("Whether members may bring pictures there to draw from"),
    )
    async def room(
        self,
        interaction: Interaction,
        room: discord.TextChannel,
        roles: Text | None = None,
        models: Text | None = None,
        pictures: bool | None = None,  # noqa: FBT001
    ) -> None:
        """Change who may draw in a room; what is left out stays."""
        asker = asker_of(interaction)
        policy = self.services.rules.room(
            asker, room.id, role_ids=_ids(roles), models=_names(models), takes_pictures=pictures
        )
        await answer(interaction, policy, partial(messages.room, room.id))

    @rules.command(name=locale_str("nsfw"), description=locale_str("Nudity in age-restricted rooms"))
    @app_commands.describe(allow=locale_str("Whether it may be drawn there"))
    async def nsfw(self, interaction: Interaction, allow: bool) -> None:  # noqa: FBT001
        """Change whether nudity may be drawn in age-restricted rooms."""
        asker = asker_of(interaction)
        await answer(interaction, self.services.rules.set_nsfw(asker, is_allowed=allow), messages.nsfw)

    @rules.command(name=locale_str("images"), description=locale_str("What happens to nude pictures"))
    @app_commands.describe(action=locale_str("To pictures that a classifier takes for nudity; it errs"))
    @app_commands.choices(action=FILTERS)
    async def images(self, interaction: Interaction, action: str) -> None:
        """Change the image filter."""
        asker = asker_of(interaction)
        chosen = self.services.safety.set_filter(asker, ImageFilter(action))
        await answer(interaction, chosen, messages.image_filter)


def _ids(typed: str | None) -> tuple[int, ...] | None:
    return None if typed is None else tuple(map(int, _ID.findall(typed)))


def _names(typed: str | None) -> tuple[str, ...] | None:
    if typed is None:
        return None
    return tuple(name.strip() for name in typed.split(",") if name.strip().lower() not in {"", "none"})
