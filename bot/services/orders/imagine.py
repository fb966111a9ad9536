"""/imagine: four pictures of a prompt, or of each of the prompts that a text stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.job import Speed
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.preferences import Preferences, lost
from bot.domain.prompt import Prompt, joined
from bot.domain.recipe import Picture
from bot.domain.speeds import typed_speed, without_speed
from bot.domain.suffix import applied
from bot.services.orders.pictures import CannotLook, lasting, links, pictured, without_eyes
from bot.services.recipes import Recipes


def orders(
    text: str,
    prompts: Sequence[Prompt],
    found: Mapping[str, Picture],
    recipes: Recipes,
    preferences: Preferences,
) -> list[Order]:
    """The orders of a typed text, of the prompts that it stands for, with what its member's own settings add.

    Their pictures were `found` by their links.

    Raises: PromptError.
    """
    if links(prompts):  # what is kept of it is to be read tomorrow, too
        text = joined([str(lasting(prompt, found)) for prompt in prompts])
    recipes.check(
        [lasting(prompt, found) for prompt in prompts], [applied(prompt, preferences) for prompt in prompts]
    )
    try:
        made = [_order(text, prompt, found, recipes, preferences) for prompt in prompts]
    except CannotLook as error:
        error.without = joined([str(without_eyes(lasting(prompt, found))) for prompt in prompts])
        raise
    return [replace(one, ordinal=number, batch_size=len(made)) for number, one in enumerate(made)]


def _order(
    text: str, prompt: Prompt, found: Mapping[str, Picture], recipes: Recipes, preferences: Preferences
) -> Order:
    whole = applied(prompt, preferences)
    recipe = pictured(recipes.new(whole), found, recipes)
    if whole != prompt:
        recipe = replace(recipe, typed=str(lasting(prompt, found)))
    remarks = tuple(lost(preferences, prompt))
    if prompt.parameters.is_raw:
        remarks += recipes.remarks(recipe)
    drawn = replace(recipe.prompt, remarks=recipe.prompt.remarks + remarks)
    order = Order(kind=JobKind.IMAGINE, text=text, recipe=replace(recipe, prompt=drawn))
    return hurried(order, preferences)


def hurried(order: Order, preferences: Preferences) -> Order:
    """The order as urgent as its prompt says; else as its member's settings do.

    Nobody pays twice because another member, whose picture they press under, once typed `--turbo`.
    """
    prompt, recipe = order.recipe.prompt, order.recipe
    if not order.kind.traits.has_own_text and typed_speed(prompt) is Speed.TURBO:
        recipe = replace(recipe, prompt=without_speed(prompt))
    speed = typed_speed(recipe.prompt) or preferences.speed or Speed.FAST
    return replace(order, recipe=recipe, speed=speed)
