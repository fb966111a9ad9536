"""Zoom, pan, square and region: a tile is kept, and what lies around it, or in an area of it, is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.domain import canvas
from bot.domain.canvas import Layout, Side
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.prompt import Prompt
from bot.domain.size import AspectRatio, Size
from bot.services.orders.press import Press, unknown
from bot.services.recipes import Recipes
from engine.api import ModelInfo

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is asked of a picture."""

    factor: float = 2.0
    """Of a zoom: how much farther away. Of an upscale: how much larger, 2 or 4."""
    shape: AspectRatio | None = None
    """Of a zoom: another shape than the picture has."""
    to: Side = "right"
    """Of a pan."""
    area: str = ""
    """Of a region: what is repainted (`bot.imaging.canvas.written_area`)."""
    prompt: Prompt | None = None
    """Other words than the picture's own."""
    seed: int | None = None

    def applied_to(self, order: Order, recipes: Recipes) -> Order:
        """The order with these words and this seed, where there are any.

        Raises: PromptError; NotFound, where the model is not loaded any more.
        """
        recipe = order.recipe if self.prompt is None else recipes.remixed(order.recipe, self.prompt)
        if self.seed is not None:
            recipe = replace(recipe, seed=self.seed)
        return replace(order, recipe=recipe, text=order.text if self.prompt is None else str(self.prompt))


KINDS = frozenset({JobKind.ZOOM, JobKind.PAN, JobKind.SQUARE, JobKind.REGION})
FACTORS = {"1.5": 1.5, "2": 2.0}
CUSTOM = "custom"
"""How a zoom is asked for whose text says how far."""
SIDES: tuple[Side, ...] = ("left", "right", "up", "down")


def pressed(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed Zoom Out, arrow or Make Square.

    Raises: Impossible; NotFound, where the model is not loaded any more, or no version knows the button.
    """
    change = Change()
    if press.kind is JobKind.ZOOM:
        change = Change(factor=_known(FACTORS, press.how))
    if press.kind is JobKind.PAN:
        change = Change(to=_known({side: side for side in SIDES}, press.how))
    return order(parent, press, recipes, change)


def _known(meanings: Mapping[str, T], word: str) -> T:
    if word not in meanings:
        raise unknown()
    return meanings[word]


def order(parent: Job, press: Press, recipes: Recipes, change: Change) -> Order:
    """The order of an edit.

    Raises: Impossible; NotFound, where the model is not loaded any more.
    """
    recipe = recipes.again(parent.recipe)
    shown = parent.recipe.shown
    model = recipes.model(recipe)
    layout = _layout(press.kind, Size(width=shown.width, height=shown.height), change, model)
    strength = 1.0 if change.area else model.around_strength
    edited = recipes.edited(recipe, press.tile(parent), layout, area=change.area, strength=strength)
    return press.order(parent, edited)


def _layout(kind: JobKind, size: Size, change: Change, model: ModelInfo) -> Layout:
    match kind:
        case JobKind.ZOOM:
            if change.shape is None and change.factor > 1:
                return canvas.zoomed(size, change.factor)
            return canvas.reframed(size, change.factor, change.shape or size.ratio)
        case JobKind.PAN:
            return canvas.panned(size, change.to, native_size=model.native_size, multiple=model.size_multiple)
        case JobKind.SQUARE:
            return canvas.squared(size)
        case JobKind.REGION:
            return canvas.repainted(size)
        case (
            JobKind.IMAGINE
            | JobKind.REROLL
            | JobKind.VARY
            | JobKind.VARY_SUBTLE
            | JobKind.UPSCALE_SUBTLE
            | JobKind.UPSCALE_CREATIVE
            | JobKind.BLEND
            | JobKind.EDIT
            | JobKind.PICK
        ):
            raise ValueError(f"{kind} is no edit")
