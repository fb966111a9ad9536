"""/imagine: draw four pictures from a prompt."""

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, in_guilds_and_dms
from bot.services import Services
from bot.views.brought import all_attached
from bot.views.drawing import MAX_PROMPT, draw

ASPECTS = ("1:1", "4:3", "3:2", "16:9", "2:1", "3:4", "2:3", "9:16", "1:2")
RAW = "raw"
MAX_WORD = 100
Picture = discord.Attachment


class Imagine(commands.Cog):
    """The main command."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(
        name=locale_str("imagine"), description=locale_str("Draw four pictures from a prompt")
    )
    @app_commands.describe(
        prompt=locale_str("What you want to see, then any --parameters, such as --ar 3:2"),
        image1=locale_str("A picture that is looked at beside the words"),
        image2=locale_str("A second one"),
        image3=locale_str("A third one"),
        image4=locale_str("A fourth one"),
        aspect=locale_str("The shape, width to height; left out: square"),
        model=locale_str("Which model draws; /models tells of each"),
        style=locale_str("Raw: as the words say, without the style of this server"),
    )
    @app_commands.choices(
        aspect=[Choice(name=ratio, value=ratio) for ratio in ASPECTS],
        style=[Choice(name=locale_str("Raw"), value=RAW)],
    )
    @in_guilds_and_dms
    async def imagine(
        self,
        interaction: Interaction,
        prompt: app_commands.Range[str, 1, MAX_PROMPT],
        image1: Picture | None = None,
        image2: Picture | None = None,
        image3: Picture | None = None,
        image4: Picture | None = None,
        aspect: str | None = None,
        model: app_commands.Range[str, 1, MAX_WORD] | None = None,
        style: str | None = None,
    ) -> None:
        """Draw four pictures from a prompt; what is chosen beside it is written behind it."""
        chosen = {"--ar": aspect, "--model": model, "--style": style}
        written = [f"{name} {value}" for name, value in chosen.items() if value is not None]
        sources = all_attached([image1, image2, image3, image4])
        await draw(interaction, " ".join([prompt, *written]), sources)

    @imagine.autocomplete("model")
    async def names(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        """The models that may be used here, by their names and other names."""
        found = await self.services.studios.suggest_models(asker_of(interaction), typed)
        return [Choice(name=name[:MAX_WORD], value=name) for name in found if len(name) <= MAX_WORD]
