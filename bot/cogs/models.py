"""/models: what may be drawn with here."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, answer, asker_of, in_guilds_and_dms
from bot.messages import models as messages
from bot.services import Services


class Models(commands.Cog):
    """What members may choose from."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(
        name=locale_str("models"), description=locale_str("What draws here, and what each model can do")
    )
    @in_guilds_and_dms
    async def models(self, interaction: Interaction) -> None:
        """List the models."""
        await answer(interaction, self.services.studios.list_models(asker_of(interaction)), messages.models)
