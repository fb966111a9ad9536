"""/start: the guide for newcomers, and the greeting of those who join."""

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of
from bot.delivery.rooms import RoomKeeper
from bot.messages import onboarding as messages
from bot.messages.components import to_view
from bot.services import Services


class Start(commands.Cog):
    """The first steps."""

    def __init__(self, services: Services, rooms: RoomKeeper) -> None:
        self.services = services
        self.rooms = rooms

    @app_commands.command(name=locale_str("start"), description=locale_str("How to draw your first picture"))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.guild_only()
    async def start(self, interaction: Interaction) -> None:
        """Show the guide, with examples to press."""
        asker = asker_of(interaction)
        shown = await self.services.onboarding.start(asker)
        balance = await self.services.quotas.balance(asker)
        page_url = await self.services.gallery.page_url(asker.guild_id or 0)
        payload = messages.start(shown, balance, asker.locale, page_url=page_url)
        await interaction.response.send_message(payload.content, view=to_view(payload.rows), ephemeral=True)

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Greet somebody who joined; heard only with MEMBERS_INTENT."""
        await self.rooms.greet(member)
