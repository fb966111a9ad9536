"""/edit: a picture that a member brought along, posted on its own, so that it can be worked on."""

from dataclasses import replace

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.parameters import ImagePrompt
from bot.domain.prompt import Prompt
from bot.domain.recipe import Canvas, UploadRef
from bot.domain.sentences import say
from bot.domain.uploads import written
from bot.services.orders.pictures import links
from bot.services.recipes import Recipes


def order(picture: UploadRef, shape: Canvas, prompt: Prompt, recipes: Recipes) -> Order:
    """The order of a picture of that shape; what is made from it is drawn with the words of the prompt.

    Raises: PromptError.
    """
    if others := links([prompt]):
        raise PromptError(
            say(
                "Words alone go with this picture: leave {links} out.",
                links=", ".join(f"`{echo_code(link)}`" for link in others),
            )
        )
    named = replace(prompt, images=(ImagePrompt(link=written(picture)), *prompt.images))
    recipe = replace(recipes.imported(named, shape, num_images=1), brought=picture)
    return Order(kind=JobKind.EDIT, text=str(named), recipe=recipe)
