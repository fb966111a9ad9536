"""/again: draw one of one's own prompts once more."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of, drawing_asker_of, in_guilds_and_dms, patience
from bot.delivery.jobs import Delivery
from bot.domain.echo import visible
from bot.messages.payload import MAX_CHOICE
from bot.services import Services
from bot.services.orders import Arrival


class Again(commands.Cog):
    """A member's own prompts, newest first."""

    def __init__(self, services: Services, delivery: Delivery) -> None:
        self.services = services
        self.delivery = delivery

    @app_commands.command(
        name=locale_str("again"),
        description=locale_str("Draw one of your prompts again, with a new seed"),
    )
    @app_commands.describe(job=locale_str("Which one: pick from the list, newest first"))
    @in_guilds_and_dms
    async def again(self, interaction: Interaction, job: app_commands.Range[int, 1]) -> None:
        """Draw it at once."""
        arrival = Arrival(asker=drawing_asker_of(interaction), again=job)
        async with patience(interaction, self.services.arrivals.undecided(arrival)):
            drawn = await self.services.orders.take(arrival)
        await self.delivery.answer(interaction, drawn)

    @again.autocomplete("job")
    async def recent(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
        """The member's newest prompts."""
        found = await self.services.gallery.list_prompts(asker_of(interaction), typed)
        return [app_commands.Choice(name=visible(job.prompt)[:MAX_CHOICE], value=job.id) for job in found]
