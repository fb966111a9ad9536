"""Apps > Details, Send to me, Cancel or delete: what may be asked of a picture from its message's menu."""

import discord
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, patience, reply
from bot.delivery.letters import Letters, PrivateClosed
from bot.domain.job import UNDRAWN
from bot.messages import details as messages
from bot.messages import letters
from bot.services import Services
from bot.views.menus import message_menu, noted
from bot.views.picture_buttons import show_details
from bot.views.use_buttons import use_as


class Pictures(commands.Cog):
    """For everybody who sees the picture; taking it back is for its member and for moderators."""

    def __init__(self, client: commands.AutoShardedBot, services: Services, letters: Letters) -> None:
        self.client = client
        self.services = services
        self.letters = letters
        self.menus = (
            message_menu(
                locale_str("Use as…"),
                use_as,
                about=locale_str("Draw from a picture, in its style, or have it described"),
                in_dms=True,
            ),
            message_menu(
                locale_str("Details"),
                show_details,
                about=locale_str("How a picture was drawn, and a line that draws it again"),
                in_dms=True,
            ),
            message_menu(
                locale_str("Send to me"),
                self.send,
                about=locale_str("A picture by direct message; of a grid, all four as files of their own"),
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

    async def send(self, interaction: Interaction, message: discord.Message) -> None:
        """Send a picture by direct message; where those are closed, privately here."""
        asker = asker_of(interaction)
        async with patience(interaction):
            job = await noted(interaction, message, lambda: self.services.shown.picture(asker, message.id))
            link, parcel = "", None
            try:
                link = await self.letters.send(asker, job)
            except PrivateClosed:
                parcel = await self.letters.pack(job, is_age_restricted=asker.is_age_restricted)
        if parcel is not None:
            await reply(interaction, letters.beside(job, asker.locale), uploads=parcel.uploads())
        else:
            await reply(interaction, letters.sent(link, asker.locale))

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
