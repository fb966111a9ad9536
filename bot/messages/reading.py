"""How a prompt is read, in words: for its member alone, before anything is drawn."""

from collections.abc import Iterator, Sequence

from bot.domain.echo import echo_code
from bot.domain.parameters import NOTHING, ROWS
from bot.domain.prompt import Prompt
from bot.domain.prompt.reading import Reading
from bot.domain.sentences import Sentence, Translations, say, say_n
from bot.messages.catalogue import translations
from bot.messages.lists import fitted
from bot.messages.payload import Payload

MAX_SHOWN = 4
"""Prompts that are told one by one; of a batch the rest is counted."""
MAX_CODE = 900
"""Characters of a prompt that is given to be copied."""


def told(reading: Reading, locale: str) -> Payload:
    """What a prompt is read as; or what is wrong with it, and what it would be without that."""
    words = translations(locale)
    if reading.mistakes:
        wrong = say("I cannot draw that as it is:").render(words)
        rows = [f"- {mistake.render(words)}" for mistake in reading.mistakes]
        return Payload(content=fitted(words, wrong, rows, list(_offers(reading, words))))
    count = len(reading.prompts)
    head = say_n("I read one prompt, and draw four pictures of it:", "I read {count} prompts:", count)
    shown = reading.prompts[:MAX_SHOWN]
    rows = [line for number, one in enumerate(shown, 1) for line in _prompt(one, number, count, words)]
    left = count - len(shown)
    foot = [say_n("And one more like these.", "And {count} more like these.", left).render(words)]
    return Payload(content=fitted(words, head.render(words), rows, foot if left else []))


def _offers(reading: Reading, words: Translations) -> Iterator[str]:
    if reading.fixed is not None:
        yield say("Probably you mean:").render(words)
        yield f"`{echo_code(reading.fixed, limit=MAX_CODE)}`"
    elif reading.without is not None:
        yield say("Without that it is:").render(words)
        yield f"`{echo_code(reading.without, limit=MAX_CODE)}`"


def _prompt(prompt: Prompt, number: int, count: int, words: Translations) -> Iterator[str]:
    if count > 1:
        yield say("**Prompt {number}**", number=number).render(words)
    yield from (f"- {sentence.render(words)}" for sentence in _sentences(prompt))


def _sentences(prompt: Prompt) -> Iterator[Sentence]:
    for image in prompt.images:
        yield say("Looks at {link}, weight {weight:g}", link=_code(image.link), weight=image.weight)
    yield from _texts(prompt)
    for field, row in ROWS.items():
        value = getattr(prompt.parameters, field)
        if value != getattr(NOTHING, field):
            written = _code(f"--{row.name} {row.write(value)}".strip())
            yield say("{parameter}: {help}", parameter=written, help=row.help)
    yield from prompt.remarks


def _texts(prompt: Prompt) -> Sequence[Sentence]:
    if len(prompt.parts) == 1:
        return [say("Draws {text}", text=_code(prompt.parts[0].text))]
    return [
        say("Draws {text}, weight {weight:g}", text=_code(part.text), weight=part.weight)
        if part.weight >= 0
        else say("Draws away from {text}, weight {weight:g}", text=_code(part.text), weight=part.weight)
        for part in prompt.parts
    ]


def _code(text: str) -> str:
    return f"`{echo_code(text)}`"
