"""/help: how to draw, and every parameter."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction
from bot.messages import guide


class Help(commands.Cog):
    """What a member can ask for."""

    @app_commands.command(name=locale_str("help"), description=locale_str("How to draw, and every parameter"))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def help(self, interaction: Interaction) -> None:
        """Show the guide."""
        payload = guide.help_text(interaction.locale.value)
        await interaction.response.send_message(payload.content, ephemeral=True)
