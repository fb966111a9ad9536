"""🔄: four new pictures of the same recipe; or the same once more, with its own seed."""

from dataclasses import replace

from bot.domain.errors import Impossible
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.prompt import NUM_IMAGES
from bot.domain.recipe import Recipe
from bot.domain.sentences import say
from bot.services.orders.press import Press
from bot.services.recipes import Recipes

SAME = "same"
"""How a press asks for the same once more."""


def order(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed 🔄, or of *Same again*.

    Raises: NotFound, where the model is not loaded any more; Impossible, for what came from a file.
    """
    is_same = press.how == SAME
    return Order(
        kind=JobKind.REROLL,
        text=parent.prompt,
        recipe=_same(parent, recipes) if is_same else _anew(parent, recipes),
        parent=press.image,
        reply_to=parent.result_message_id if is_same else press.reply_to,  # it is pressed in private
    )


def _anew(parent: Job, recipes: Recipes) -> Recipe:
    return replace(recipes.again(parent.recipe), num_images=NUM_IMAGES)


def _same(parent: Job, recipes: Recipes) -> Recipe:
    """As many as they were, by the model as it is now."""
    if parent.recipe.is_imported:
        raise Impossible(say("This picture was not drawn here, so I cannot draw it again."))
    return replace(recipes.current(parent.recipe), is_remixed=False)
