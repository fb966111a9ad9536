"""V1–V4: four variations of one tile, image-to-image from its latents with fresh seeds."""

from dataclasses import replace

from bot.domain.job import Job
from bot.domain.kinds import JobKind, Outcome
from bot.domain.order import Order
from bot.domain.recipe import Start
from bot.services.orders.press import Press
from bot.services.recipes import NUM_IMAGES, Recipes

STRENGTH = 0.7
"""Share of the schedule that is run anew: enough to differ, not so much as to lose the picture."""


def order(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed V, also under a picked tile.

    Raises: NotFound, where the model is not loaded any more.
    """
    image = parent.parent if parent.kind.traits.outcome is Outcome.TILE and parent.parent else press.image
    start = Start(image=image, strength=STRENGTH)
    return Order(
        kind=JobKind.VARY,
        text=parent.prompt,
        recipe=replace(recipes.again(parent.recipe), num_images=NUM_IMAGES, start=start),
        parent=image,
        reply_to=press.reply_to,
    )
