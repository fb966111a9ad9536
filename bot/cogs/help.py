"""/help: the manual."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, in_guilds_and_dms, patience, reply
from bot.domain.prompt import MAX_LENGTH
from bot.domain.prompt.reading import read
from bot.messages.manual import Page
from bot.messages.reading import told
from bot.views.help_buttons import page


class Help(commands.Cog):
    """What a member can ask for, and a moderator."""

    @app_commands.command(
        name=locale_str("help"), description=locale_str("How to draw, every parameter, every command")
    )
    @in_guilds_and_dms
    @app_commands.describe(prompt=locale_str("A prompt: I say how I read it, and draw nothing"))
    async def help(
        self, interaction: Interaction, prompt: app_commands.Range[str, 1, MAX_LENGTH] | None = None
    ) -> None:
        """Show the first page; or how a prompt is read."""
        if prompt is not None:
            await reply(interaction, told(read(prompt), asker_of(interaction).locale))
            return
        async with patience(interaction):
            payload = await page(interaction, Page.DRAWING)
        await reply(interaction, payload)
