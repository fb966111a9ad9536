"""/imagine: four pictures of a prompt, or of each of the prompts that a text stands for."""

from dataclasses import replace

from bot.domain import prompt as prompts
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.services.recipes import Recipes


def orders(text: str, recipes: Recipes) -> list[Order]:
    """The orders of a typed text.

    Raises: PromptError.
    """
    made = [
        Order(kind=JobKind.IMAGINE, text=text, recipe=recipes.new(prompt))
        for prompt in prompts.parse_all(text)
    ]
    return [replace(one, ordinal=number, batch_size=len(made)) for number, one in enumerate(made)]
