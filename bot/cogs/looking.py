"""/describe and /shorten: a picture in words, and a prompt in fewer."""

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, answer, asker_of, in_guilds_and_dms
from bot.domain.uploads import MAX_LINK
from bot.messages import looking as messages
from bot.services import Services
from bot.views.brought import one_of
from bot.views.drawing import MAX_PROMPT
from bot.views.looked_buttons import describe


class Looking(commands.Cog):
    """Nothing is drawn, and nothing charged."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(name=locale_str("describe"), description=locale_str("Four prompts for a picture"))
    @app_commands.describe(
        image=locale_str("The picture"), link=locale_str("Or its link, or one of mine, such as picture:12.1")
    )
    @in_guilds_and_dms
    async def describe(
        self,
        interaction: Interaction,
        image: discord.Attachment | None = None,
        link: app_commands.Range[str, 1, MAX_LINK] | None = None,
    ) -> None:
        """Say what a picture shows, for all to see."""
        await describe(interaction, one_of(image, link))

    @app_commands.command(
        name=locale_str("shorten"), description=locale_str("Which words of a prompt count, and shorter ones")
    )
    @app_commands.describe(prompt=locale_str("The prompt; weights and parameters stay as they are"))
    @in_guilds_and_dms
    async def shorten(self, interaction: Interaction, prompt: app_commands.Range[str, 1, MAX_PROMPT]) -> None:
        """Weigh the words of a prompt, in private."""
        found = self.services.looking.shorten(prompt, asker_of(interaction))
        await answer(interaction, found, messages.shortened)
