"""/imagine: draw four pictures from a prompt."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, drawing_asker_of, patience, reply
from bot.delivery.jobs import Delivery
from bot.messages import guide
from bot.services import Services

MAX_PROMPT = 4000


class Imagine(commands.Cog):
    """The main command."""

    def __init__(self, services: Services, delivery: Delivery) -> None:
        self.services = services
        self.delivery = delivery

    @app_commands.command(
        name=locale_str("imagine"), description=locale_str("Draw four pictures from a prompt")
    )
    @app_commands.describe(prompt=locale_str("What you want to see, then any --parameters, such as --ar 3:2"))
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def imagine(self, interaction: Interaction, prompt: app_commands.Range[str, 1, MAX_PROMPT]) -> None:
        """Draw four pictures from a prompt."""
        async with patience(interaction):
            asker = drawing_asker_of(interaction)
            job = await self.services.orders.imagine(asker, prompt)
        is_answered = await self.delivery.answer(interaction, job)
        if is_answered and (remarks := job.recipe.prompt.remarks):
            await reply(interaction, guide.remarks(remarks, job.locale))
        if is_answered and await self.services.onboarding.greet_first_use(job):
            payload = guide.welcome(await self.services.quotas.balance(asker), job.locale)
            await interaction.followup.send(payload.content, ephemeral=True)
