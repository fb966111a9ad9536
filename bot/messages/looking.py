"""What was seen in a picture, and what a prompt could do without: prompts by number, each to be drawn.

The prompts are kept nowhere else: a press brings its message, and they are read from that again.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.domain.echo import echo, unechoed
from bot.domain.sentences import say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_looked
from bot.messages.payload import MAX_CONTENT, Button, Payload
from bot.services.looking import ShortenedPrompt, Word

NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣")
MAX_MARKED = 900
"""Letters of a prompt whose words are weighed; its end is cut off."""
_BOLD, _STRUCK = "**", "~~"
_OFFERED = re.compile("^([1-5])\ufe0f?\u20e3 (.+)$", re.MULTILINE)


def described(prompts: Sequence[str], locale: str, *, turn: int = 0) -> Payload:
    """Prompts for a picture: a press draws one, or all, or asks for others, which `turn` counts."""
    words = translations(locale)
    lines = _fitted(prompts, MAX_CONTENT)
    numbers = tuple(_number(number) for number in lines)
    everything = say("Imagine all").render(words)
    others = (
        Button(custom_id=of_looked("again", turn + 1), emoji="🔄"),
        Button(custom_id=of_looked("all"), label=everything, emoji="🎉"),
    )
    return Payload(content="\n\n".join(lines.values()), rows=(numbers, others))


def shortened(short: ShortenedPrompt, locale: str) -> Payload:
    """A prompt word by word, and shorter ones, each of which a press draws."""
    words = translations(locale)
    marked = _marked(short)
    if not short.shorter:
        nothing = say("There is nothing to leave out: every word counts.").render(words)
        return Payload(content=f"{marked}\n\n{nothing}")
    legend = say("**Bold** words count most; ~~struck~~ ones hardly change the picture.").render(words)
    head = f"{marked}\n-# {legend}\n\n{say('**Shorter prompts**').render(words)}"
    lines = _fitted(short.shorter, MAX_CONTENT - len(head) - 2)
    return Payload(
        content="\n\n".join([head, *lines.values()]), rows=(tuple(_number(number) for number in lines),)
    )


def offered(content: str) -> dict[int, str]:
    """The prompts that a message offers, by their numbers."""
    return {int(number): unechoed(shown) for number, shown in _OFFERED.findall(content)}


def posted(locale: str) -> Payload:
    """For who hears in private that what they asked for is posted for all."""
    sentence = say("This took a moment. You find it in this channel, for all to see.")
    return Payload(content=sentence.render(translations(locale)))


def brought(locale: str) -> Payload:
    """For who brought a picture along to work on it."""
    sentence = say("Your picture comes into this channel, with its buttons. Others see it there, too.")
    return Payload(content=sentence.render(translations(locale)))


def _fitted(prompts: Sequence[str], room: int) -> dict[int, str]:
    """Lines by number: of prompts that do not all fit, the last ones, which are the shortest."""
    kept: list[str] = []
    for prompt in reversed(prompts):
        line = echo(prompt, limit=MAX_CONTENT)
        room -= len(line) + len(NUMBERS[0]) + 3
        if room < 0:
            break
        kept.insert(0, line)
    return {number: f"{NUMBERS[number - 1]} {line}" for number, line in enumerate(kept, start=1)}


def _number(number: int) -> Button:
    return Button(custom_id=of_looked("draw", number), emoji=NUMBERS[number - 1])


def _marked(short: ShortenedPrompt) -> str:
    """All words with their marks; of a long prompt as many as there is room for."""
    room, parts = MAX_MARKED, []
    for part in short.parts:
        shown = list(_beginning(part, room))
        parts.append(_runs(shown) if len(shown) == len(part) else f"{_runs(shown)} …")
        room -= sum(len(word.text) + 1 for word in shown)
        if len(shown) < len(part):
            break
    return " :: ".join(parts)


def _beginning(words: Sequence[Word], room: int) -> Iterator[Word]:
    for word in words:
        room -= len(word.text) + 1
        if room < 0:
            return
        yield word


def _runs(words: Sequence[Word]) -> str:
    """Neighbours of one kind share their marks."""
    mean = sum(word.share for word in words) / max(1, len(words))
    runs = groupby(words, lambda word: _STRUCK if word.is_struck else _BOLD * (word.share >= mean))
    return " ".join(f"{mark}{' '.join(echo(word.text) for word in run)}{mark}" for mark, run in runs)
