"""Steer: four pictures of a prompt that follow a map."""

from dataclasses import dataclass, replace

from PIL import Image

from bot.domain import prompt as prompts
from bot.domain.kinds import JobKind
from bot.domain.maps import MapKind, check_made
from bot.domain.order import Order
from bot.domain.recipe import Canvas, Control, ImageRef
from bot.services.recipes import Recipes
from engine.api.edges import edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Steer:
    """What is asked for beside the map."""

    text: str
    """As it was typed."""
    kind: MapKind
    """What the map shows."""
    is_picture: bool = False
    """Whether it is an ordinary picture, of which the map is made."""
    scale: float = 1.0
    interval: tuple[float, float] = (0.0, 1.0)
    """Share of the steps, from and to, that follow it."""
    seed: int | None = None


def order(asked: Steer, shape: Canvas, recipes: Recipes) -> Order:
    """The order of pictures that follow a map of this shape, before that is kept (`with_map`).

    Raises: PromptError; Impossible, where nothing here reads or makes such maps.
    """
    if asked.is_picture:
        check_made(asked.kind)
    prompt = prompts.parse(asked.text)
    if asked.seed is not None:
        prompt = replace(prompt, parameters=replace(prompt.parameters, seed=asked.seed))
    recipe = recipes.steered(prompt, asked.kind, shape)
    return Order(kind=JobKind.IMAGINE, text=asked.text, recipe=recipe)


def with_map(order: Order, asked: Steer, image: ImageRef) -> Order:
    """The order, whose pictures follow this map."""
    control = order.recipe.control or Control()
    control = replace(control, image=image, scale=asked.scale, interval=asked.interval)
    return replace(order, recipe=replace(order.recipe, control=control))


def made_from(picture: Image.Image, kind: MapKind, canvas: Canvas) -> Image.Image:
    """The map of a picture, at the size that is drawn: lines that are made larger or smaller fade. Blocking.

    Raises: Impossible.
    """
    check_made(kind)
    drawn = picture.convert("RGB").resize((canvas.width, canvas.height), Image.Resampling.LANCZOS)
    return edges(drawn) if kind is MapKind.EDGES else drawn
