"""/mine: a member's own pictures, page by page, with the way to each."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of
from bot.messages import mine as messages
from bot.messages.components import to_view
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
        asker = asker_of(interaction)
        payload = messages.page(await self.services.gallery.list_page(asker, 0), asker.locale)
        await interaction.response.send_message(payload.content, view=to_view(payload.rows), ephemeral=True)
