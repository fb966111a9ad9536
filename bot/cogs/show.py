"""/show: bring a finished picture back, here, with live buttons."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, drawing_asker_of, in_guilds_and_dms
from bot.delivery.jobs import Delivery
from bot.messages import mine as messages
from bot.services import Services

MAX_CHOICE = 100  # Discord's limit of a choice's name


class Show(commands.Cog):
    """A member's own finished pictures."""

    def __init__(self, services: Services, delivery: Delivery) -> None:
        self.services = services
        self.delivery = delivery

    @app_commands.command(name=locale_str("show"), description=locale_str("Bring back one of your pictures"))
    @app_commands.describe(picture=locale_str("Which one: pick from the list, or type its number from /mine"))
    @in_guilds_and_dms
    async def show(self, interaction: Interaction, picture: app_commands.Range[int, 1]) -> None:
        """Post a finished job again."""
        asker = drawing_asker_of(interaction)
        shown = await self.services.gallery.show(asker, picture)
        await self.services.rules.check_post(shown, is_age_restricted=asker.is_age_restricted)
        await interaction.response.defer()
        message = await self.delivery.show_again(
            interaction, shown, is_age_restricted=asker.is_age_restricted
        )
        is_there = await self.services.gallery.shown_again(
            shown, channel_id=asker.channel_id, message_id=message.id
        )
        if not is_there:  # taken back while it was posted
            await interaction.delete_original_response()

    @show.autocomplete("picture")
    async def recent(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
        """The member's newest finished jobs."""
        asker = asker_of(interaction)
        jobs = await self.services.gallery.list_recent(asker)
        offered = messages.choices(jobs, typed, asker.locale)
        return [app_commands.Choice(name=name[:MAX_CHOICE], value=job_id) for job_id, name in offered.items()]
