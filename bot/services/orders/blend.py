"""/blend: several pictures as one. The model looks at them; one that cannot begins between their latents."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import Impossible
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.prompt import Prompt
from bot.domain.recipe import Blend, Picture, at_least_a_step
from bot.domain.sentences import say
from bot.services.recipes import Recipes
from engine.api import Capability

FEWEST, MOST = 2, 5
STRENGTH = 0.6
"""Share of the schedule that is run from a mixture: it becomes one picture, and its parts are still seen."""


def order(images: Sequence[Picture], prompt: Prompt, recipes: Recipes) -> Order:
    """The order of a blend of pictures that all count the same; the prompt's text may be empty.

    Raises: Impossible, where they are too few or too many.
    """
    check_count(len(images))
    recipe = recipes.new(prompt)
    can_look = Capability.REFERENCES in recipes.model(recipe).capabilities
    blend = Blend(
        images=tuple(images),
        weights=(1 / len(images),) * len(images),
        strength=None if can_look else at_least_a_step(STRENGTH, recipe.sampling.steps),
    )
    return Order(kind=JobKind.BLEND, text=str(prompt), recipe=replace(recipe, blend=blend))


def check_count(count: int) -> None:
    """Raises: Impossible, where so many pictures cannot be blended."""
    if not FEWEST <= count <= MOST:
        raise Impossible(
            say("I blend {fewest} to {most} pictures, not {count}.", fewest=FEWEST, most=MOST, count=count)
        )
