"""Remix: what a button under a picture draws, with other words, other parameters, or another model."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.domain import prompt as prompts
from bot.domain.errors import PromptError
from bot.domain.job import Job
from bot.domain.order import Order
from bot.domain.parameters.table import MAX_ZOOM
from bot.domain.prompt import Prompt
from bot.domain.recipe import Canvas, Picture, Recipe, Start, at_least_a_step
from bot.domain.sentences import say
from bot.domain.size import AspectRatio, are_alike
from bot.services.orders import edit, pictures
from bot.services.orders.edit import Change
from bot.services.orders.press import Press
from bot.services.orders.vary import SUBTLE_STRENGTH
from bot.services.recipes import Recipes

Build = Callable[[Job, Press, Recipes], Order]


def read(text: str, press: Press) -> Prompt:
    """The prompt that was typed into a form under a picture.

    Raises: PromptError, also where it stands for several, or is to be drawn several times.
    """
    return _once(prompts.parse(text, is_new=press.how != edit.CUSTOM))


def has_same_pictures(prompt: Prompt, parent: Job) -> bool:
    """Whether a prompt names the pictures that its parent's names: those are known."""
    return pictures.links([prompt]) == pictures.links([parent.recipe.prompt])


def order(
    prompt: Prompt,
    parent: Job,
    press: Press,
    build: Build,
    found: Mapping[str, Picture],
    recipes: Recipes,
) -> Order:
    """The order of a press with a prompt of its own, whose new pictures were `found` by their links.

    Raises: PromptError; what `build` raises.
    """
    if press.how == edit.CUSTOM:
        return zoomed(prompt, parent, press, found, recipes)
    return remixed(prompt, parent, build(parent, press, recipes), found, recipes)


def zoomed(
    prompt: Prompt, parent: Job, press: Press, found: Mapping[str, Picture], recipes: Recipes
) -> Order:
    """The order of a Custom Zoom: `--zoom` says how far, `--ar` in which shape, and words may be others.

    Raises: PromptError; Impossible, where nothing would be left to draw.
    """
    shape, factor = prompt.parameters.aspect_ratio, prompt.parameters.zoom or MAX_ZOOM
    is_reshaped = shape != parent.recipe.prompt.parameters.aspect_ratio
    plain = edit.order(parent, press, recipes, Change(factor=factor, shape=shape if is_reshaped else None))
    around = replace(prompt, parameters=replace(prompt.parameters, zoom=None))
    return remixed(around, parent, plain, found, recipes)


def _once(prompt: Prompt) -> Prompt:
    """Raises: PromptError, where it is to be drawn several times."""
    if prompt.parameters.repeat is not None:
        error = PromptError(say("From under a picture I draw one prompt at a time. Leave `--repeat` out."))
        once = replace(prompt, parameters=replace(prompt.parameters, repeat=None))
        error.without = str(once)
        raise error
    return prompt


def remixed(
    prompt: Prompt, parent: Job, plain: Order, found: Mapping[str, Picture], recipes: Recipes
) -> Order:
    """A pressed button's order, with another prompt; with the picture's own it is that order, unchanged.

    Raises: PromptError.
    """
    own = prompts.parse(parent.prompt) if parent.recipe.prompt.parts else parent.recipe.prompt
    if prompt in {own, plain.recipe.prompt}:
        return plain
    recipe = _begun(recipes.remixed(plain.recipe, _in_shape(prompt, own, plain)), plain)
    goes_on = bool(plain.recipe.references or plain.recipe.blend) and bool(pictures.links([prompt]))
    if goes_on or not has_same_pictures(prompt, parent):  # how much they count may be another
        recipe = _looking(recipe, found, recipes)
    return replace(plain, recipe=replace(recipe, is_remixed=True), text=str(prompt))


def _looking(recipe: Recipe, found: Mapping[str, Picture], recipes: Recipes) -> Recipe:
    """The recipe with the pictures that its prompt names.

    Raises: PromptError, where the model could only begin from them, and begins from another one already.
    """
    alone = replace(recipe, references=(), blend=None)
    seen = pictures.pictured(alone, found, recipes)
    begins = recipe.start or recipe.edit or recipe.variation
    if begins and (seen.start, seen.blend) != (alone.start, alone.blend):
        raise PromptError(
            say(
                "This model has no IP-Adapter to look at pictures with, and begins from the picture above "
                "already. Leave the other pictures out."
            )
        )
    return seen


def _begun(recipe: Recipe, plain: Order) -> Recipe:
    """The recipe with the beginning that it has: what is too unlike its noise begins from it."""
    steps, start = recipe.sampling.steps, recipe.start
    before, after = _shape(plain.recipe.canvas), _shape(recipe.canvas)
    is_same_noise = (recipe.canvas, recipe.weights.name) == (plain.recipe.canvas, plain.recipe.weights.name)
    if plain.recipe.variation is not None and not is_same_noise and plain.parent is not None:
        start, recipe = Start(image=plain.parent, strength=SUBTLE_STRENGTH), replace(recipe, variation=None)
    if start is None or recipe.window:
        return recipe
    strength = at_least_a_step(start.strength, steps)
    return replace(recipe, start=replace(start, strength=strength, is_cut=not are_alike(before, after)))


def _shape(canvas: Canvas) -> AspectRatio:
    return AspectRatio(width=canvas.width, height=canvas.height)


def _in_shape(prompt: Prompt, own: Prompt, plain: Order) -> Prompt:
    """The prompt with the shape of what is drawn, where a part is drawn of it.

    Raises: PromptError, where another one is asked for.
    """
    if plain.recipe.edit is None:
        return prompt
    shape = prompt.parameters.aspect_ratio
    drawn = plain.recipe.prompt.parameters.aspect_ratio
    if shape is not None and drawn is not None and are_alike(shape, drawn):
        return prompt
    if shape not in {own.parameters.aspect_ratio, None}:
        raise PromptError(
            say(
                "The button says the shape of this picture: leave `--ar` as it was. **Custom Zoom** changes "
                "it."
            )
        )
    return replace(prompt, parameters=replace(prompt.parameters, aspect_ratio=drawn))
