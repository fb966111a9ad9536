"""Variations of one tile: strong (V1–V4) from its latents with fresh seeds, subtle from nearly its noise."""

from dataclasses import replace

from bot.domain.job import Job
from bot.domain.kinds import JobKind, Outcome
from bot.domain.order import Order
from bot.domain.preferences import Preferences, VariationMode
from bot.domain.prompt import NUM_IMAGES
from bot.domain.recipe import ImageRef, Recipe, Start, Variation, at_least_a_step
from bot.services.orders.press import Press
from bot.services.recipes import Recipes

STRENGTH = 0.7
"""Share of the schedule that is run anew: enough to differ, not so much as to lose the picture."""
SUBTLE_STRENGTH = 0.35
"""The same for a subtle variation of what was not drawn from text alone."""
SUBTLE_NOISE = 0.2
"""How much of a subtle variation's noise is new."""


def preferred(press: Press, parent: Job, preferences: Preferences) -> Press:
    """What V under a grid means to who presses it; under a single picture, the button says it."""
    is_open = press.kind is JobKind.VARY and parent.kind.traits.outcome is Outcome.GRID
    if is_open and preferences.variation is VariationMode.SUBTLE:
        return replace(press, kind=JobKind.VARY_SUBTLE)
    return press


def order(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed V, also under a picked tile.

    Raises: NotFound, where the model is not loaded any more.
    """
    return press.order(parent, _begun(_whole(parent, recipes), press.tile(parent), STRENGTH))


def subtle(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a subtle variation.

    Raises: NotFound, where the model is not loaded any more.
    """
    seed = parent.recipe.seeds[press.index]
    recipe = _whole(parent, recipes)
    if parent.recipe.is_plain:
        variation = Variation(seed=seed, strength=SUBTLE_NOISE, spread=parent.recipe.spread)
        recipe = replace(recipe, variation=variation)
    else:
        recipe = _begun(recipe, press.tile(parent), SUBTLE_STRENGTH)
    return press.order(parent, recipe)


def _begun(recipe: Recipe, image: ImageRef, strength: float) -> Recipe:
    """A recipe that begins from a picture, and runs at least one of its steps."""
    return replace(
        recipe, start=Start(image=image, strength=at_least_a_step(strength, recipe.sampling.steps))
    )


def _whole(parent: Job, recipes: Recipes) -> Recipe:
    """The recipe for the whole of the parent's picture, whatever was drawn of it."""
    again = recipes.again(parent.recipe)
    parameters = replace(again.prompt.parameters, same_seed=None)  # their noise is that of the picture
    recipe = replace(
        again,
        prompt=replace(again.prompt, parameters=parameters),
        num_images=NUM_IMAGES,
        start=None,
        variation=None,
        blend=again.blend_that_goes_on,
    )
    is_whole = recipe.edit is None and parent.recipe.brought is None
    return recipe if is_whole else recipes.sized_like(recipe, recipe.shown)
