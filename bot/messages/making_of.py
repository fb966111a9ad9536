"""What is said beside the maps of a picture's words and its denoising."""

from collections.abc import Iterator

from bot.domain.echo import visible
from bot.domain.sentences import Sentence, say
from bot.messages.catalogue import translations
from bot.messages.payload import MAX_CONTENT, File, Payload
from bot.services.making_of import MakingOf

FENCE = "```"


def _lines(of: MakingOf) -> Iterator[Sentence]:
    yield say("**How picture {number} was made**", number=of.job.id)
    yield say("Above each word: the brighter a place is, the more I looked at the word there.")
    if of.job.recipe.enlargement is not None or of.job.recipe.window:
        yield say("It is shown as it was before it was enlarged.")
    if of.recipe.edit is not None:
        yield say("Only the part that was drawn is shown; the rest is an older picture.")


def made(of: MakingOf, locale: str) -> tuple[Payload, tuple[File, ...]]:
    """The two files, and how to draw the same."""
    words = translations(locale)
    recipe = of.recipe
    lines = [line.render(words) for line in _lines(of)]
    seed = say("Seed `{seed}`, {steps} steps.", seed=recipe.seed, steps=recipe.sampling.steps).render(words)
    small = f"-# {say('Drawn once more when nobody else waited; it costs you nothing.').render(words)}"
    pasted = visible(recipe.pasted)
    whole = "\n".join([*lines, seed, FENCE, pasted, FENCE, small])
    if len(whole) > MAX_CONTENT or FENCE in pasted:
        whole = "\n".join([*lines, seed, small])
    sheet = say("A map for each word of where it lies in the picture").render(words)
    film = say("How the picture came out of noise, step by step").render(words)
    return Payload(content=whole), (
        File(name=f"words_{of.job.id}.webp", data=of.words, description=sheet),
        File(name=f"denoising_{of.job.id}.webp", data=of.denoising, description=film),
    )
