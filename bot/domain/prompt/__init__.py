"""The prompt language: text, `a::2 b::1` weights and `--parameters`, as Midjourney has them.

    prompt     = text parameters
    text       = part *("::" [weight] part)
    parameters = *(dashes name value)       the text may not go on after them
    recipe     = text "Negative prompt:" text "Steps: …, Sampler: …, …"       pasted from a file

What phones, web pages and other tools do to it is undone first (`cleaning`, `marks`). What other bots know
and we do not is never read as text (`foreign`, `lacking`). `parse` reports all mistakes of a prompt together,
each with its cure; `str` of a prompt is its inverse. Every pattern is linear: no prompt costs more than its
length.
"""

import contextlib
from dataclasses import replace

from bot.domain.errors import PromptError
from bot.domain.prompt import foreign, lacking
from bot.domain.prompt.cleaning import clean, unwrapped
from bot.domain.prompt.marks import MAX_PARAMETERS, Given, split
from bot.domain.prompt.mistakes import MAX_MISTAKES, at_most, read_parameters
from bot.domain.prompt.parts import read_parts
from bot.domain.prompt.recipes import read_recipe
from bot.domain.prompt.values import Part, Prompt
from bot.domain.sentences import Sentence, say

__all__ = ["MAX_PARAMETERS", "Part", "Prompt", "parse"]

MAX_LENGTH = 4000
"""Characters; what a form of Discord's can hold."""


def parse(text: str) -> Prompt:
    """Read a prompt.

    Raises: PromptError with every mistake: of the text, of the parameters, and parameters that there are not.
    Where all that is wrong can be left out, a value or what cannot be done here, it says how the prompt reads
    without that.
    """
    try:
        return _parse(text)
    except PromptError as error:
        error.without = _readable(error.without)
        raise


def _readable(without: str | None) -> str | None:
    """What is left of a prompt, where that is one: `--{red, blue}` leaves a parameter that there is not."""
    with contextlib.suppress(PromptError):
        return without and str(_parse(without))
    return None


def _parse(text: str) -> Prompt:
    if len(text) > MAX_LENGTH:
        raise PromptError(
            say(
                "The prompt has {length} characters; the limit is {limit}. Keep what matters most.",
                length=len(text),
                limit=MAX_LENGTH,
            )
        )
    text = clean(text)
    if recipe := read_recipe(text):
        wanted, parameters, remarks = recipe
        return replace(_read(wanted, []), parameters=parameters, remarks=remarks)
    words, given = split(text)
    if (not given and unwrapped(text) != text) or (given and text[:1] in "\"'`*_“„«"):
        words, given = split(unwrapped(text))
    return _read(words, given)


def _read(words: str, given: list[Given]) -> Prompt:
    """The prompt of a text and its parameters. Raises: PromptError."""
    foreigners = [one for one in given if one.is_foreign]
    rescued = [foreign.text_after(one.name, f"{one.glued} {one.value}") for one in foreigners]
    left, missing = lacking.find(" ".join(filter(None, [words, *rescued])))
    mistakes: list[Sentence] = []
    unusable: list[Sentence] = []
    parts = read_parts(left, mistakes)
    parameters = read_parameters(given, mistakes, unusable)
    missing += foreign.sentences(one.name for one in foreigners)
    prompt = Prompt(parts=parts, parameters=parameters)
    if not mistakes and not unusable and not missing:
        return prompt
    error = PromptError(*at_most(MAX_MISTAKES, [*mistakes, *unusable, *missing]))
    error.without = None if mistakes else str(prompt)
    raise error
