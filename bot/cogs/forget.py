"""/forget: what the bot knows about a member, deleted."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction
from bot.messages import forgetting as messages
from bot.messages.components import to_view


class Forget(commands.Cog):
    """For everybody, about themselves."""

    forget = app_commands.Group(
        name=locale_str("forget"),
        description=locale_str("Delete what I know about you"),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
    )

    @forget.command(name=locale_str("me"), description=locale_str("Delete what I know about you"))
    async def me(self, interaction: Interaction) -> None:
        """Ask whether they mean it."""
        payload = messages.question(interaction.locale.value)
        await interaction.response.send_message(payload.content, view=to_view(payload.rows), ephemeral=True)

    @forget.command(
        name=locale_str("pictures"), description=locale_str("Delete the pictures that you brought along")
    )
    async def pictures(self, interaction: Interaction) -> None:
        """Ask whether they mean it."""
        payload = messages.pictures_question(interaction.locale.value)
        await interaction.response.send_message(payload.content, view=to_view(payload.rows), ephemeral=True)
