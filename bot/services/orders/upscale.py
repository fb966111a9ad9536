"""Upscale: one tile, larger. Subtle draws nothing; creative draws it once more, near to what it is."""

from dataclasses import replace
from math import ceil

from bot.domain.canvas import CREATIVE_STRENGTHS, UPSCALE, enlarged
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.recipe import Canvas, Enlargement, Recipe, Start
from bot.domain.size import Size
from bot.services.orders.press import Press
from bot.services.recipes import Recipes

KINDS = frozenset({JobKind.UPSCALE_SUBTLE, JobKind.UPSCALE_CREATIVE})


def pressed(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed Upscale.

    Raises: Impossible; NotFound, where it is to be drawn and the model is not loaded any more.
    """
    return order(parent, press, recipes, factor=UPSCALE)


def order(parent: Job, press: Press, recipes: Recipes, *, factor: int) -> Order:
    """The order of a picture that is so many times larger, 2 or 4.

    Raises: Impossible, where that is too large; NotFound, where it is to be drawn and the model is not loaded
    any more.
    """
    shown = parent.recipe.shown
    before = Size(width=shown.width, height=shown.height)
    if press.kind is JobKind.UPSCALE_CREATIVE:
        return press.order(parent, _redrawn(parent, press, recipes, before, factor))
    enlarged(before, factor, multiple=1)  # or it is refused
    recipe = replace(
        parent.recipe.only(press.index),
        canvas=Canvas(width=before.width, height=before.height),
        start=None,
        blend=None,
        references=(),
        variation=None,
        control=None,
        edit=None,
        window=0,
        is_imported=False,
        brought=None,
        is_remixed=False,
        enlargement=Enlargement(image=press.tile(parent), factor=factor),
    )
    return press.order(parent, recipe)


def _redrawn(parent: Job, press: Press, recipes: Recipes, before: Size, factor: int) -> Recipe:
    recipe = recipes.again(parent.recipe)
    model = recipes.model(recipe)
    size = enlarged(before, factor, multiple=model.size_multiple)
    strength = CREATIVE_STRENGTHS[factor]
    least_steps = ceil(1 / strength)  # with fewer, the strength would leave none
    return replace(
        recipe,
        sampling=replace(recipe.sampling, steps=max(least_steps, recipe.sampling.steps), stop=1.0),
        canvas=Canvas(width=size.width, height=size.height),
        num_images=1,
        start=Start(image=press.tile(parent), strength=strength),
        references=(),
        blend=None,  # each window would show all of what was looked at
        variation=None,
        control=None,
        spread=None,
        is_tile=False,
        edit=None,
        window=model.native_size,
    )
