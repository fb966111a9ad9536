"""🔄: four new pictures of the same recipe."""

from dataclasses import replace

from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.prompt import NUM_IMAGES
from bot.services.orders.press import Press
from bot.services.recipes import Recipes


def order(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed 🔄.

    Raises: NotFound, where the model is not loaded any more.
    """
    return Order(
        kind=JobKind.REROLL,
        text=parent.prompt,
        recipe=replace(recipes.again(parent.recipe), num_images=NUM_IMAGES),
        parent=press.image,
        reply_to=press.reply_to,
    )
