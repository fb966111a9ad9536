"""/mine: a member's own pictures, page by page, with the way to each."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, answer, asker_of, in_guilds_and_dms
from bot.domain.history import MAX_SEARCH, Shelf, Wanted
from bot.messages import mine as messages
from bot.services import Services


class Mine(commands.Cog):
    """Nothing that was drawn is lost."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(name=locale_str("mine"), description=locale_str("All your pictures, newest first"))
    @in_guilds_and_dms
    @app_commands.describe(
        search=locale_str("Words of the prompt, and parameters: fox --chaos 20"),
        show=locale_str("All of yours, those that you like, or those that you took off"),
    )
    @app_commands.choices(
        show=[
            app_commands.Choice(name=locale_str("all of mine"), value=Shelf.ALL.value),
            app_commands.Choice(name=locale_str("that I like"), value=Shelf.LIKED.value),
            app_commands.Choice(name=locale_str("that I took off"), value=Shelf.DELETED.value),
        ]
    )
    async def mine(
        self,
        interaction: Interaction,
        search: app_commands.Range[str, 1, MAX_SEARCH] = "",
        show: str = Shelf.ALL.value,
    ) -> None:
        """Show the first page of them."""
        wanted = Wanted(search=" ".join(search.split()), shelf=Shelf(show))
        page = self.services.gallery.list_page(asker_of(interaction), 0, wanted)
        await answer(interaction, page, messages.page)
