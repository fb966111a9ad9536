"""/imagine: draw four pictures from a prompt."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction
from bot.views.drawing import MAX_PROMPT, draw


class Imagine(commands.Cog):
    """The main command."""

    @app_commands.command(
        name=locale_str("imagine"), description=locale_str("Draw four pictures from a prompt")
    )
    @app_commands.describe(prompt=locale_str("What you want to see, then any --parameters, such as --ar 3:2"))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def imagine(self, interaction: Interaction, prompt: app_commands.Range[str, 1, MAX_PROMPT]) -> None:
        """Draw four pictures from a prompt."""
        await draw(interaction, prompt)
