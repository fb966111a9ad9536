"""Upscale: one tile, larger. It is there already, so nothing of it is drawn anew."""

from dataclasses import replace

from bot.domain.canvas import MAX_SIDE, UPSCALE
from bot.domain.errors import Impossible
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.recipe import Canvas, Enlargement
from bot.domain.sentences import say
from bot.services.orders.press import Press
from bot.services.recipes import Recipes

KINDS = frozenset({JobKind.UPSCALE_SUBTLE})


def pressed(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed Upscale.

    Raises: Impossible.
    """
    del recipes
    return order(parent, press, factor=UPSCALE)


def order(parent: Job, press: Press, *, factor: int) -> Order:
    """The order of a picture that is so many times larger, 2 or 4. Its model need not be loaded.

    Raises: Impossible, where that is too large.
    """
    shown = parent.recipe.shown
    recipe = replace(
        parent.recipe.only(press.index),
        canvas=Canvas(width=shown.width, height=shown.height),
        start=None,
        variation=None,
        edit=None,
        is_imported=False,
        enlargement=Enlargement(image=press.tile(parent), factor=factor),
    )
    _check(recipe.shown)
    return press.order(parent, recipe)


def _check(shown: Canvas) -> None:
    if max(shown.width, shown.height) > MAX_SIDE:
        raise Impossible(
            say(
                "Upscaled, this picture would be {width}×{height} pixels; the longest side is {limit}. "
                "It is as large as I can make it.",
                width=shown.width,
                height=shown.height,
                limit=MAX_SIDE,
            )
        )
