"""/describe and /shorten: a picture in words, and a prompt in fewer."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, answer
from bot.messages import looking as messages
from bot.services import Services
from bot.views.drawing import MAX_PROMPT


class Looking(commands.Cog):
    """Nothing is drawn, and nothing charged."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(
        name=locale_str("shorten"), description=locale_str("Which words of a prompt count, and shorter ones")
    )
    @app_commands.describe(prompt=locale_str("The prompt; weights and parameters stay as they are"))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def shorten(self, interaction: Interaction, prompt: app_commands.Range[str, 1, MAX_PROMPT]) -> None:
        """Weigh the words of a prompt, in private."""
        key = str(interaction.user.id)
        found = self.services.looking.shorten(prompt, fairness_key=key)
        await answer(interaction, found, messages.shortened)
