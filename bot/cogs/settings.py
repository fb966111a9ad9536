"""/settings, and the speeds: what a member wants in every prompt."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, answer, asker_of, in_guilds_and_dms, patience, reply
from bot.domain.job import Speed
from bot.messages import preferences as messages
from bot.services import Services
from bot.views.settings_panel import panel


class Settings(commands.Cog):
    """For everybody, about themselves; what moderators decide for all is /setup."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(
        name=locale_str("settings"),
        description=locale_str("What holds for all that you draw: model, style, speed, suffix"),
    )
    @in_guilds_and_dms
    async def settings(self, interaction: Interaction) -> None:
        """Show the panel."""
        async with patience(interaction):
            shown = await self.services.preferences.panel(asker_of(interaction))
        await reply(interaction, panel(interaction, shown))

    @app_commands.command(name=locale_str("fast"), description=locale_str("Draw in your turn from now on"))
    @in_guilds_and_dms
    async def fast(self, interaction: Interaction) -> None:
        """Set the speed."""
        await self._set(interaction, Speed.FAST)

    @app_commands.command(
        name=locale_str("relax"), description=locale_str("Draw while nobody else waits from now on")
    )
    @in_guilds_and_dms
    async def relax(self, interaction: Interaction) -> None:
        """Set the speed."""
        await self._set(interaction, Speed.RELAX)

    @app_commands.command(
        name=locale_str("turbo"), description=locale_str("Draw before all others from now on, counted twice")
    )
    @in_guilds_and_dms
    async def turbo(self, interaction: Interaction) -> None:
        """Set the speed."""
        await self._set(interaction, Speed.TURBO)

    async def _set(self, interaction: Interaction, speed: Speed) -> None:
        changed = self.services.preferences.set_speed(asker_of(interaction), speed)
        await answer(interaction, changed, messages.speed_set)
