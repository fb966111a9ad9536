"""/info: where a member stands. /status: how the bot is."""

from importlib.metadata import version

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, in_guilds_and_dms, patience, reply
from bot.messages import info as messages
from bot.services import Services
from bot.views.info_buttons import page


class Info(commands.Cog):
    """For everybody; each answer is private."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(
        name=locale_str("info"),
        description=locale_str("What you have left and used, and your jobs: where they are, cancel them"),
    )
    @in_guilds_and_dms
    async def info(self, interaction: Interaction) -> None:
        """Show where the member stands."""
        async with patience(interaction):
            found = await self.services.info.show(asker_of(interaction))
        await reply(interaction, page(interaction, found))

    @app_commands.command(
        name=locale_str("status"), description=locale_str("What draws here, and how long the queue is")
    )
    @in_guilds_and_dms
    async def status(self, interaction: Interaction) -> None:
        """Show how the bot is."""
        async with patience(interaction):
            found = await self.services.info.status(asker_of(interaction))
        await reply(interaction, messages.status(found, version("darkroom"), interaction.locale.value))
