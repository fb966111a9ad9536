"""/again: one's own prompt once more, with a new seed."""

from dataclasses import replace

from bot.domain.job import Job
from bot.domain.order import Order
from bot.domain.prompt import NUM_IMAGES
from bot.services.recipes import Recipes


def order(job: Job, recipes: Recipes) -> Order:
    """The order of a prompt that was drawn before; a seed that was typed is not kept.

    Raises: NotFound, where the model is not loaded any more.
    """
    prompt = replace(job.recipe.prompt, parameters=replace(job.recipe.prompt.parameters, seed=None))
    recipe = replace(recipes.again(job.recipe), prompt=prompt, num_images=NUM_IMAGES)
    return Order(kind=job.kind, text=str(prompt), recipe=recipe)
