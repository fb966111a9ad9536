"""What /models says: what may be drawn with here, and what each model can."""

from collections.abc import Iterator, Sequence

from bot.domain.echo import echo, echo_code
from bot.domain.quota_words import duration
from bot.domain.sentences import Sentence, say
from bot.messages.catalogue import translations
from bot.messages.lists import fitted
from bot.messages.payload import Payload
from bot.services.studios import OfferedModel

MOST_NAMES = 12
"""Of LoRAs and learnt words; /imagine suggests the others as they are typed."""


def models(offered: Sequence[OfferedModel], locale: str) -> Payload:
    """Each model that may be used, the usual one first."""
    words = translations(locale)
    head = say("**What draws here**: choose one with `--model` or `--v`.")
    if not offered:
        head = say(
            "None of the models that this server allows is loaded: a moderator can choose others in /setup."
        )
    lines = [line.render(words) for one in offered for line in _model(one)]
    return Payload(content=fitted(words, head.render(words), lines))


def _model(one: OfferedModel) -> Iterator[Sentence]:
    name = echo(one.name, limit=100)
    yield (
        say("**{model}** draws where nobody chose.", model=name)
        if one.is_usual
        else say("**{model}**", model=name)
    )
    if one.aliases:
        yield say("-# Also called {names}", names=_names(one.aliases))
    yield say(
        "-# {size}×{size} pixels; four pictures in about {time} of drawing",
        size=one.native_size,
        time=duration(max(1, round(1000 * one.seconds_per_grid))),
    )
    if one.seconds_to_load:
        yield say(
            "-# It is loaded first when somebody asks for it, in about {time}",
            time=duration(max(1, round(1000 * one.seconds_to_load))),
        )
    yield from _abilities(one)
    yield _house_style(one)
    if one.loras:
        yield say("-# LoRAs (`--lora`): {names}", names=_names(one.loras))
    if one.embeddings:
        yield say("-# Learnt words: {names}", names=_names(one.embeddings))


def _abilities(one: OfferedModel) -> Iterator[Sentence]:
    if one.looks_at_pictures:
        yield say("-# It looks at pictures: those before the text, `--sref` and `--cref`")
    if one.repaints:
        yield say("-# It was trained to repaint parts of pictures")
    if one.is_instructed:
        yield say("-# It changes a picture as the text says")
    if one.map_kinds:
        yield say("-# It follows maps of {kinds}", kinds=", ".join(one.map_kinds))


def _house_style(one: OfferedModel) -> Sentence:
    words = echo_code(one.profile.words, limit=200)
    if one.profile.usual:
        return say(
            "-# House style: `{words}`, as much as `--stylize {usual}` unless you say otherwise",
            words=words,
            usual=one.profile.usual,
        )
    return say("-# House style: `{words}`, only where you say `--stylize`", words=words)


def _names(names: Sequence[str]) -> str:
    shown = [f"`{echo_code(name, limit=40)}`" for name in names]
    return ", ".join([*shown[:MOST_NAMES], *(["…"] if len(shown) > MOST_NAMES else [])])
