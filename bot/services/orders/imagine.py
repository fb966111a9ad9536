"""/imagine: four pictures of a prompt."""

from bot.domain import prompt as prompts
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.services.recipes import Recipes


def order(text: str, recipes: Recipes) -> Order:
    """The order of a typed prompt.

    Raises: PromptError.
    """
    return Order(kind=JobKind.IMAGINE, text=text, recipe=recipes.new(prompts.parse(text)))
