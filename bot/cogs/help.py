"""/help: the manual."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, patience, reply
from bot.messages.manual import Page
from bot.views.help_buttons import page


class Help(commands.Cog):
    """What a member can ask for, and a moderator."""

    @app_commands.command(
        name=locale_str("help"), description=locale_str("How to draw, every parameter, every command")
    )
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def help(self, interaction: Interaction) -> None:
        """Show the first page."""
        async with patience(interaction):
            payload = await page(interaction, Page.DRAWING)
        await reply(interaction, payload)
