"""The pictures of a prompt: the model looks at them beside the text, and one that cannot begins from them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import PromptError
from bot.domain.parameters import ImagePrompt
from bot.domain.prompt import Prompt
from bot.domain.recipe import Blend, ImageRef, Picture, Recipe, Reference, UploadRef, at_least_a_step
from bot.domain.sentences import say
from bot.domain.uploads import named, written
from bot.services.imports import UNTITLED
from bot.services.orders.blend import STRENGTH
from bot.services.recipes import Recipes
from engine.api import Capability

MOST = 8
"""Pictures that a model looks at together."""
SCALE = 0.35
"""How much the pictures before a text count together at `--iw 1`, where 1 is about as much as the text."""
WHOLE = 1.0
"""How much they count without a text, and at most."""
FREEDOM = 0.25
"""By how much less of the schedule is run, for each of `--iw`, by a model that begins from a picture."""
STYLE, STYLE_CURVE = 0.8, 0.3
"""How much styles count together at `--sw 100`, and how slowly that grows."""
FACE, CHARACTER = 0.3, 0.7
"""How much characters count together at `--cw 0` and at `--cw 100`."""


class CannotLook(PromptError):
    """Pictures are to be looked at by a model that cannot."""


def links(prompts: Iterable[Prompt]) -> tuple[str, ...]:
    """Every picture that the prompts name, once."""
    return tuple(dict.fromkeys(one.link for prompt in prompts for one in _named(prompt)))


def known(prompt: Prompt) -> dict[str, Picture]:
    """The pictures of a prompt that was drawn from before: by their numbers, as `lasting` wrote them."""
    found = {link: named(link) for link in links([prompt])}
    return {link: one for link, one in found.items() if isinstance(one, ImageRef | UploadRef)}


def without(prompt: Prompt, lost: Collection[str]) -> Prompt:
    """The prompt less the pictures that cannot be had."""
    return _changed(prompt, lambda one: None if one.link in lost else one)


def lasting(prompt: Prompt, found: Mapping[str, Picture]) -> Prompt:
    """The prompt with its pictures by the numbers that they have here: links of Discord's expire in a day."""
    return _changed(
        prompt, lambda one: replace(one, link=written(found[one.link])) if one.link in found else one
    )


def without_eyes(prompt: Prompt) -> Prompt:
    """The prompt less the pictures that are no beginning, and what is said of them."""
    parameters = prompt.parameters
    styles = tuple(one for one in parameters.style_references if one.code is not None)
    left = replace(
        parameters,
        style_references=styles,
        style_weight=parameters.style_weight if styles else None,
        character_references=(),
        character_weight=None,
    )
    return replace(prompt, parameters=left)


def pictured(recipe: Recipe, found: Mapping[str, Picture], recipes: Recipes) -> Recipe:
    """The recipe of a prompt with its pictures, which were `found` by their links.

    Raises: PromptError, where the model cannot look at pictures and they are no beginning either; NotFound,
    where it is not loaded any more.
    """
    prompt = recipe.prompt
    if not links([prompt]):
        return recipe
    recipe = replace(recipe, prompt=replace(lasting(prompt, found), parts=prompt.parts or UNTITLED.parts))
    if Capability.REFERENCES not in recipes.model(recipe).capabilities:
        _check_beginning(recipe)
        return _begun(recipe, prompt.images, found)
    references = (*_images(prompt, found), *_styles(prompt, found), *_characters(prompt, found))
    if len(references) > MOST:
        raise PromptError(
            say(
                "The prompt has {count} pictures together; the limit is {limit}. Keep those that matter.",
                count=len(references),
                limit=MOST,
            )
        )
    return replace(recipe, references=references)


def _named(prompt: Prompt) -> Iterator[ImagePrompt]:
    """The pictures of a prompt; a style's number is none."""
    parameters = prompt.parameters
    yield from prompt.images
    yield from (one for one in parameters.style_references if one.code is None and not one.is_random)
    yield from parameters.character_references


def _changed(prompt: Prompt, change: Callable[[ImagePrompt], ImagePrompt | None]) -> Prompt:
    def changed(ones: Iterable[ImagePrompt]) -> tuple[ImagePrompt, ...]:
        return tuple(new for one in ones if (new := change(one)) is not None)

    parameters = prompt.parameters
    return replace(
        prompt,
        images=changed(prompt.images),
        parameters=replace(
            parameters,
            style_references=changed(parameters.style_references),
            character_references=changed(parameters.character_references),
        ),
    )


def _images(prompt: Prompt, found: Mapping[str, Picture]) -> Iterator[Reference]:
    weight = 1.0 if prompt.parameters.image_weight is None else prompt.parameters.image_weight
    scale = SCALE if has_text(prompt) else WHOLE
    yield from _shared(prompt.images, found, min(WHOLE, scale * weight))


def _styles(prompt: Prompt, found: Mapping[str, Picture]) -> Iterator[Reference]:
    weight = prompt.parameters.style_weight
    scale = STYLE * ((100 if weight is None else weight) / 100) ** STYLE_CURVE
    pictures = [one for one in prompt.parameters.style_references if one.code is None]
    yield from (replace(one, is_style=True) for one in _shared(pictures, found, scale))


def _characters(prompt: Prompt, found: Mapping[str, Picture]) -> Iterator[Reference]:
    weight = prompt.parameters.character_weight
    share = 1.0 if weight is None else weight / 100
    scale = FACE + (CHARACTER - FACE) * share
    yield from _shared(prompt.parameters.character_references, found, scale)


def _shared(
    pictures: Sequence[ImagePrompt], found: Mapping[str, Picture], scale: float
) -> Iterator[Reference]:
    """Each with its share of what all of them count together."""
    total = sum(one.weight for one in pictures)
    for one in pictures:
        share = one.weight / total if total else 0.0
        yield Reference(image=found[one.link], weight=round(scale * share, 4))


def _begun(recipe: Recipe, pictures: Sequence[ImagePrompt], found: Mapping[str, Picture]) -> Recipe:
    """The recipe that begins from a mixture of the pictures, or from the only one."""
    weight, total = recipe.prompt.parameters.image_weight, sum(one.weight for one in pictures)
    if weight is None and not has_text(recipe.prompt):
        strength = STRENGTH
    else:
        strength = 1.0 - FREEDOM * (1.0 if weight is None else weight)
    if not total or strength >= 1:
        return recipe
    blend = Blend(
        images=tuple(found[one.link] for one in pictures),
        weights=tuple(one.weight / total for one in pictures),
        strength=at_least_a_step(strength, recipe.sampling.steps),
    )
    return replace(recipe, blend=blend)


def _check_beginning(recipe: Recipe) -> None:
    """Raises: PromptError, where pictures are to give a style or a character, and nothing looks at them."""
    parameters = recipe.prompt.parameters
    asked = {
        "--sref": any(one.code is None for one in parameters.style_references),
        "--cref": bool(parameters.character_references),
    }
    names = [f"`{name}`" for name, is_asked in asked.items() if is_asked]
    if not names:
        return
    raise CannotLook(
        say(
            "{model} cannot look at pictures, so {names} cannot be followed. A picture before the text is "
            "where it begins from instead. Whoever runs me can set IP_ADAPTER.",
            model=recipe.weights.name,
            names=", ".join(names),
        )
    )


def has_text(prompt: Prompt) -> bool:
    """Whether there is a word beside the pictures."""
    return any(part.text for part in prompt.parts)
