"""/gallery: whether the server's web page shows a member's pictures."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, reply
from bot.messages import gallery as messages
from bot.services import Services


class Gallery(commands.Cog):
    """Nothing is shown of who did not ask for it."""

    def __init__(self, services: Services) -> None:
        self.services = services

    gallery = app_commands.Group(
        name=locale_str("gallery"),
        description=locale_str("Your pictures on this server's web page"),
        guild_only=True,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    @gallery.command(name=locale_str("join"), description=locale_str("Show your pictures on the web page"))
    async def join(self, interaction: Interaction) -> None:
        """Ask which."""
        asker = asker_of(interaction)
        payload = messages.question(asker.locale, has_page=await self.services.gallery.has_page(asker))
        await reply(interaction, payload)

    @gallery.command(name=locale_str("leave"), description=locale_str("Take your pictures off the web page"))
    async def leave(self, interaction: Interaction) -> None:
        """Show nothing any more."""
        asker = asker_of(interaction)
        await self.services.gallery.share(asker, is_shown=False)
        await interaction.response.send_message(messages.left(asker.locale).content, ephemeral=True)
