"""U1–U4: one tile on its own. It is there already, so nothing is drawn and nothing charged."""

from dataclasses import replace

from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.services.orders.press import Press
from bot.services.recipes import Recipes


def order(parent: Job, press: Press, recipes: Recipes) -> Order:
    """The order of a pressed U."""
    del recipes
    return Order(
        kind=JobKind.PICK,
        text=parent.prompt,
        recipe=replace(parent.recipe.only(press.index), is_remixed=False),
        parent=press.image,
        reply_to=press.reply_to,
    )
