"""Apps > Report: tell the moderators about a picture, from the menu of its message."""

import asyncio

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of
from bot.domain.errors import NotFound
from bot.services import Services
from bot.views import moderation_forms

NOTED_SECONDS = 1.0


class Report(commands.Cog):
    """For everybody; nobody is told who reported."""

    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self.client = client
        self.services = services
        self.menu = app_commands.ContextMenu(
            name=locale_str("Report"),
            callback=self.report,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
        )

    async def cog_load(self) -> None:
        """Menus do not come with a cog by themselves."""
        self.client.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """And do not go with it."""
        self.client.tree.remove_command(self.menu.name, type=self.menu.type)

    async def report(self, interaction: Interaction, message: discord.Message) -> None:
        """Ask what is wrong with it, if it is a picture of ours."""
        asker = asker_of(interaction)
        try:
            await self.services.reports.check(asker, message.id)
        except NotFound:
            if message.author != self.client.user:
                raise
            await asyncio.sleep(NOTED_SECONDS)  # it is seen a moment before it is noted where it was posted
            await self.services.reports.check(asker, message.id)
        await moderation_forms.ask(interaction, "report", message.id, "send")
