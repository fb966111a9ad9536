"""/blend and /edit: what begins with pictures that a member brings along."""

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.boundary import Interaction, drawing_asker_of, in_guilds_and_dms, patience, reply
from bot.delivery.jobs import Delivery
from bot.domain.size import AspectRatio
from bot.domain.uploads import MAX_LINK
from bot.messages import looking as messages
from bot.services import Services
from bot.services.orders import Arrival
from bot.views.brought import all_attached, one_of
from bot.views.drawing import MAX_PROMPT, answered

DIMENSIONS = {
    "Portrait": AspectRatio(width=2, height=3),
    "Square": AspectRatio(width=1, height=1),
    "Landscape": AspectRatio(width=3, height=2),
}
Picture = discord.Attachment


class Brought(commands.Cog):
    """For everybody who may bring pictures along."""

    def __init__(self, services: Services, delivery: Delivery) -> None:
        self.services = services
        self.delivery = delivery

    @app_commands.command(name=locale_str("blend"), description=locale_str("Two to five pictures as one"))
    @app_commands.describe(
        image1=locale_str("The first picture"),
        image2=locale_str("The second"),
        image3=locale_str("The third"),
        image4=locale_str("The fourth"),
        image5=locale_str("The fifth"),
        dimensions=locale_str("The shape; left out: square"),
    )
    @app_commands.choices(dimensions=[Choice(name=locale_str(name), value=name) for name in DIMENSIONS])
    @in_guilds_and_dms
    async def blend(
        self,
        interaction: Interaction,
        image1: Picture,
        image2: Picture,
        image3: Picture | None = None,
        image4: Picture | None = None,
        image5: Picture | None = None,
        dimensions: str | None = None,
    ) -> None:
        """Draw four pictures that those are blended into."""
        asker = drawing_asker_of(interaction)
        arrival = Arrival(
            asker=asker,
            sources=tuple(all_attached([image1, image2, image3, image4, image5])),
            is_blend=True,
            ratio=DIMENSIONS.get(dimensions or ""),
        )
        async with patience(interaction, self.services.arrivals.undecided(arrival)):
            job = await self.services.orders.take(arrival)
        await answered(interaction, asker, job)

    @app_commands.command(
        name=locale_str("edit"),
        description=locale_str("Work on a picture of yours: vary, zoom, pan, upscale"),
    )
    @app_commands.describe(
        image=locale_str("The picture"),
        link=locale_str("Or its link"),
        prompt=locale_str("What it shows: with these words its surroundings are drawn"),
    )
    @in_guilds_and_dms
    async def edit(
        self,
        interaction: Interaction,
        image: Picture | None = None,
        link: app_commands.Range[str, 1, MAX_LINK] | None = None,
        prompt: app_commands.Range[str, 1, MAX_PROMPT] | None = None,
    ) -> None:
        """Post a picture with the buttons of a single picture below it."""
        source, asker = one_of(image, link), drawing_asker_of(interaction)
        async with patience(interaction):
            job = await self.services.orders.edit_from(asker, source, prompt or "")
        self.delivery.deliver(job)
        await reply(interaction, messages.brought(asker.locale))
