"""/mine: a member's own pictures, page by page, with the way to each."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, answer, asker_of
from bot.messages import mine as messages
from bot.services import Services


class Mine(commands.Cog):
    """Nothing that was drawn is lost."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(name=locale_str("mine"), description=locale_str("All your pictures, newest first"))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def mine(self, interaction: Interaction) -> None:
        """Show the first page."""
        await answer(interaction, self.services.gallery.list_page(asker_of(interaction), 0), messages.page)
