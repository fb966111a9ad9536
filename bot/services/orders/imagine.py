"""/imagine: four pictures of a prompt, or of each of the prompts that a text stands for."""

from dataclasses import replace

from bot.domain import prompt as prompts
from bot.domain.job import Speed
from bot.domain.kinds import JobKind
from bot.domain.order import Order, typed_speed
from bot.domain.preferences import Preferences
from bot.domain.prompt import Prompt
from bot.domain.suffix import applied
from bot.services.recipes import Recipes


def orders(text: str, recipes: Recipes, preferences: Preferences) -> list[Order]:
    """The orders of a typed text, with what its member's own settings add to each of its prompts.

    Raises: PromptError.
    """
    made = [_order(text, prompt, recipes, preferences) for prompt in prompts.parse_all(text)]
    return [replace(one, ordinal=number, batch_size=len(made)) for number, one in enumerate(made)]


def _order(text: str, prompt: Prompt, recipes: Recipes, preferences: Preferences) -> Order:
    whole = applied(prompt, preferences)
    recipe = recipes.new(whole)
    if whole != prompt:
        recipe = replace(recipe, typed=str(prompt))
    return hurried(Order(kind=JobKind.IMAGINE, text=text, recipe=recipe), preferences)


def hurried(order: Order, preferences: Preferences) -> Order:
    """The order as urgent as its prompt says; else as its member's settings do."""
    speed = typed_speed(order.recipe.prompt) or preferences.speed or Speed.FAST
    return replace(order, speed=speed)
