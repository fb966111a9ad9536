"""Which guilds the bot is in: those that it does not serve it leaves, and what waited in a left one ends."""

import logging

import discord
from discord.ext import commands

from bot.delivery.doorkeeper import Doorkeeper
from bot.services import Services

log = logging.getLogger(__name__)


class Door(commands.Cog):
    """Listens to guilds that come and go."""

    def __init__(self, services: Services, doorkeeper: Doorkeeper) -> None:
        self.services = services
        self.doorkeeper = doorkeeper

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look at the guilds that it is in already."""
        await self.doorkeeper.look_around()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Somebody has added it to a guild."""
        await self.doorkeeper.received(guild)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """It is no longer in a guild: nobody there would see what waits for it."""
        if dropped := await self.services.queue.drop(guild.id):
            log.info("guild %d is left: %d jobs that waited for it are refunded", guild.id, dropped)
