"""Apps > Details and Apps > Cancel or delete: what may be asked of a picture from the menu of its message."""

import discord
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, patience, reply
from bot.domain.job import UNDRAWN
from bot.messages import details as messages
from bot.services import Services
from bot.views.menus import message_menu, noted


class Pictures(commands.Cog):
    """For everybody who sees the picture; taking it back is for its member and for moderators."""

    def __init__(self, client: commands.AutoShardedBot, services: Services) -> None:
        self.client = client
        self.services = services
        self.menus = (
            message_menu(
                locale_str("Details"),
                self.details,
                about=locale_str("How a picture was drawn, and a line that draws it again"),
                in_dms=True,
            ),
            message_menu(
                locale_str("Cancel or delete"),
                self.take_back,
                about=locale_str("Stop a picture of yours, delete it, or hide it from the web page"),
                in_dms=True,
            ),
        )

    async def cog_load(self) -> None:
        """Menus do not come with a cog by themselves."""
        for menu in self.menus:
            self.client.tree.add_command(menu)

    async def cog_unload(self) -> None:
        """And do not go with it."""
        for menu in self.menus:
            self.client.tree.remove_command(menu.name, type=menu.type)

    async def details(self, interaction: Interaction, message: discord.Message) -> None:
        """Say privately how a picture was made."""
        asker = asker_of(interaction)
        async with patience(interaction):
            found = await noted(interaction, message, lambda: self.services.shown.details(asker, message.id))
        payload, file = messages.details(found, asker.locale)
        await reply(interaction, payload, file=file)

    async def take_back(self, interaction: Interaction, message: discord.Message) -> None:
        """Stop what is not drawn yet; ask what is to become of a picture."""
        asker = asker_of(interaction)
        async with patience(interaction):
            choice = await noted(
                interaction, message, lambda: self.services.taking_back.ask(asker, message.id)
            )
            if choice.job.status in UNDRAWN:
                await self.services.jobs.cancel(asker, choice.job.id)
        is_over = choice.job.status in UNDRAWN
        payload = messages.cancelled(asker.locale) if is_over else messages.question(choice, asker.locale)
        await reply(interaction, payload)
