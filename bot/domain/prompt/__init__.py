"""The prompt language: text, `a::2 b::1` weights and `--parameters`, as Midjourney has them.

    text typed = prompts, one for each choice of `{a, b}`
    prompt     = *(picture ["::" weight]) text parameters
    picture    = link | "picture:" job "." number | "upload:" number
    text       = part *("::" [weight] part)
    parameters = *(dashes name value)       the text may not go on after them
    recipe     = text "Negative prompt:" text "Steps: …, Sampler: …, …"       pasted from a file

What phones, web pages and other tools do to it is undone first (`cleaning`, `marks`). What other bots know
and we do not is never read as text (`foreign`, `lacking`). `parse` reports all mistakes of a prompt together,
each with its cure; `str` of a prompt is its inverse. Every pattern is linear: no prompt costs more than its
length.
"""

import contextlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import PromptError, TooManyPrompts
from bot.domain.loras import TAG, from_tag
from bot.domain.parameters import MAX_SEED, ImagePrompt, Parameters
from bot.domain.prompt import foreign, lacking, pictures
from bot.domain.prompt.cleaning import clean, unwrapped
from bot.domain.prompt.expand import escaped, escaped_all, expand, unescaped
from bot.domain.prompt.marks import MAX_PARAMETERS, Given, split
from bot.domain.prompt.mistakes import MAX_MISTAKES, at_most, read_parameters
from bot.domain.prompt.parts import Text, read_parts
from bot.domain.prompt.recipes import read_fields, read_recipe
from bot.domain.prompt.shapes import with_ratio
from bot.domain.prompt.values import Part, Prompt
from bot.domain.sentences import Sentence, say

__all__ = [
    "ASK_ABOVE",
    "MAX_LENGTH",
    "MAX_PARAMETERS",
    "NUM_IMAGES",
    "ImagePrompt",
    "Part",
    "Prompt",
    "joined",
    "parse",
    "parse_all",
]

NUM_IMAGES = 4
"""Of one prompt."""
ASK_ABOVE = 4
"""Prompts of one text: more are asked about first."""
MAX_PROMPTS = 40
"""That one text may stand for, with `{a, b}` and `--repeat`."""

ELSEWHERE: Mapping[str, Sentence] = {
    "zoom": say(
        "`--zoom` goes with a picture that is there: press **U1** to **U4** under the four, then **Custom "
        "Zoom**. Leave it out here."
    )
}
"""What is said of parameters that mean nothing to a new picture."""

MAX_LENGTH = 4000
"""Characters; what a form of Discord's can hold."""


def parse_all(text: str) -> tuple[Prompt, ...]:
    """Read a text as the prompts that it stands for: `{red, blue} bird` is two, `--repeat 3` is three.

    Raises: PromptError with every mistake of any of them, as `parse`, and where there are too many.
    """
    expansion = expand(_measured(text))
    if expansion.count == 1 or read_fields(clean(text)):  # what stands in a recipe's braces is no choice
        return _repeated(parse(text, is_new=True))
    if expansion.count > MAX_PROMPTS:
        raise _too_many(expansion.count, next(expansion.texts()))
    prompts: list[Prompt] = []
    fixed: list[str] = []
    without: list[str] = []
    mistakes: list[Sentence] = []
    for one in expansion.texts():
        try:
            prompt = parse(escaped(one), is_new=True)
        except PromptError as error:
            mistakes += [mistake for mistake in error.mistakes if mistake not in mistakes]
            fixed, without = [*fixed, error.fixed or ""], [*without, error.without or ""]
        else:
            prompts += _repeated(prompt)
            fixed, without = [*fixed, str(prompt)], [*without, str(prompt)]
    if not mistakes and len(prompts) > MAX_PROMPTS:
        raise _too_many(len(prompts), str(prompts[0]))
    if not mistakes:
        return tuple(prompts)
    refusal = PromptError(*at_most(MAX_MISTAKES, mistakes))
    refusal.fixed = joined(dict.fromkeys(fixed)) if all(fixed) else None
    refusal.without = joined(dict.fromkeys(without)) if all(without) else None
    raise refusal


def _repeated(prompt: Prompt) -> tuple[Prompt, ...]:
    """The prompt as often as it is to be drawn; from one seed to the next the pictures go on."""
    times, seed = prompt.parameters.repeat or 1, prompt.parameters.seed
    settled = replace(prompt.parameters, repeat=None)
    if seed is None or times == 1:
        return (replace(prompt, parameters=settled),) * times
    seeds = [(seed + NUM_IMAGES * number) % (MAX_SEED + 1) for number in range(times)]
    return tuple(replace(prompt, parameters=replace(settled, seed=one)) for one in seeds)


def joined(prompts: Collection[str]) -> str:
    """One text that stands for all of these."""
    if len(prompts) == 1:
        return next(iter(prompts))
    each = [escaped_all(unescaped(one)) for one in prompts]
    return f"{{{', '.join(each)}}}"


def _too_many(count: int, one: str) -> TooManyPrompts:
    count = min(count, 10**9)
    sentence = say(
        "This makes {count} prompts; at once there may be {limit}. Leave some choices out.",
        count=count,
        limit=MAX_PROMPTS,
    )
    return TooManyPrompts(sentence, count=count, one=one)


def parse(text: str, *, is_new: bool = False) -> Prompt:
    """Read one prompt; of a new picture, without what goes with one that is there.

    Raises: PromptError with every mistake: of the text, of the parameters, and parameters that there are not.
    Where all that is wrong can be left out, a value or what cannot be done here, it says how the prompt reads
    without that.
    """
    try:
        return _parse(text, is_new=is_new)
    except PromptError as error:
        error.without = _readable(error.without, is_new=is_new)
        error.fixed = _readable(error.fixed, is_new=is_new)
        raise


def _readable(without: str | None, *, is_new: bool) -> str | None:
    """What is left of a prompt, where that is one: `--{red, blue}` leaves a parameter that there is not."""
    with contextlib.suppress(PromptError):
        return without and str(_parse(without, is_new=is_new))
    return None


def _measured(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise PromptError(
            say(
                "The prompt has {length} characters; the limit is {limit}. Keep what matters most.",
                length=len(text),
                limit=MAX_LENGTH,
            )
        )
    return text


def _parse(text: str, *, is_new: bool) -> Prompt:
    text = clean(_measured(text))
    if recipe := read_recipe(text):
        wanted, parameters, remarks = recipe
        return replace(_read(wanted, [], is_new=is_new, recipe=parameters), remarks=remarks)
    expansion = expand(text)
    if expansion.count > 1:
        raise PromptError(
            say("This makes {count} prompts, and here can be one only.", count=min(expansion.count, 10**9))
        )
    (text,) = expansion.texts()
    words, given = split(text)
    if (not given and unwrapped(text) != text) or (given and text[:1] in "\"'`*_“„«"):
        words, given = split(unwrapped(text))
    return _read(words, given, is_new=is_new)


def _without_loras(words: str) -> tuple[str, list[Given]]:
    """The text without `<lora:ink:0.8>`, as other tools write it, and what says the same as parameters."""
    tags = [Given(name="lora", glued="", value=from_tag(tag)) for tag in TAG.finditer(words)]
    left = re.sub(r"(?:\s*+,)++", ",", TAG.sub(" ", words)) if tags else words
    return " ".join(left.split()), tags


def _read(words: str, given: list[Given], *, is_new: bool, recipe: Parameters | None = None) -> Prompt:
    """The prompt of a text and its parameters; those of a pasted recipe are known. Raises: PromptError."""
    words, tags = _without_loras(words)
    given, mistakes = with_ratio([*given, *tags])
    foreigners = [one for one in given if one.is_foreign]
    rescued = [foreign.text_after(one.name, f"{one.glued} {one.value}") for one in foreigners]
    seen = pictures.find(" ".join(filter(None, [words, *rescued])))
    left, missing = lacking.find(seen.text)
    read = read_parameters(
        given, elsewhere=ELSEWHERE if is_new else {}, has_images=bool(seen.images) if is_new else None
    ).of_recipe(recipe)
    text = _text(left, seen.images)
    mistakes += [*seen.mistakes(), *(() if read.moved and not left else text.mistakes)]
    missing += [*seen.unusable, *foreign.sentences(one.name for one in foreigners)]
    told = [*mistakes, *read.mistakes, *read.unusable, *missing]
    if not told and read.parameters is not None:
        return Prompt(parts=text.parts, images=tuple(seen.images), parameters=read.parameters)
    error = PromptError(*at_most(MAX_MISTAKES, told))
    if missing or read.is_less:
        # What can be mended for certain is; what is not here goes.
        kept = read.fixed if missing and read.fixed is not None else read.parameters
        error.without = _mended(left, seen.images, read.moved, kept)
    if not missing:
        error.fixed = _mended(left, seen.images, read.moved, read.fixed)
    raise error


def _text(text: str, images: Sequence[ImagePrompt]) -> Text:
    """The text beside pictures: of two and more pictures none has to be there."""
    if text or not images:
        return read_parts(text)
    if len(images) == 1:
        return Text(mistakes=(pictures.alone(images[0]),))
    return Text(meant=())


def _mended(
    text: str, images: Sequence[ImagePrompt], moved: Sequence[str], parameters: Parameters | None
) -> str | None:
    """A prompt with what stood behind a parameter in front of all; None where it cannot be read."""
    if parameters is None:
        return None
    behind = pictures.find(" ".join(moved))
    images = (*images, *behind.images)
    parts = _text(" ".join(filter(None, [text, behind.text])), images).meant
    if parts is None or behind.unusable:
        return None
    return str(Prompt(parts=parts, images=images, parameters=parameters))
