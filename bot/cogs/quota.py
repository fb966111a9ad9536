"""/quota: what a member has left."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, in_guilds_and_dms, patience, reply, server_name
from bot.messages import quotas as messages
from bot.services import Services


class Quota(commands.Cog):
    """For everybody, about themselves; what moderators decide about it is /allowance."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(name=locale_str("quota"), description=locale_str("What you have left"))
    @in_guilds_and_dms
    async def quota(self, interaction: Interaction) -> None:
        """Show a member their own balance; in a direct message, in which server that is."""
        async with patience(interaction):
            balance = await self.services.quotas.balance(asker_of(interaction))
        server = server_name(interaction.client, balance.guild_id) if interaction.guild_id is None else None
        await reply(interaction, messages.balance(balance, interaction.locale.value, server=server))
