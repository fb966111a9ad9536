"""Apps > Report: tell the moderators about a picture, from the menu of its message."""

import discord
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of
from bot.services import Services
from bot.views import moderation_forms
from bot.views.menus import message_menu, noted


class Report(commands.Cog):
    """For everybody; nobody is told who reported."""

    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self.client = client
        self.services = services
        self.menu = message_menu(
            locale_str("Report"),
            self.report,
            about=locale_str("Tell the moderators about a picture"),
            in_dms=False,
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
        await noted(interaction, message, lambda: self.services.reports.check(asker, message.id))
        await moderation_forms.ask(interaction, "report", message.id, "send")
