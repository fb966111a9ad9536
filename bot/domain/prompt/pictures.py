"""The pictures of a prompt: links that stand before its text, and those that stand elsewhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bot.domain.echo import echo_code
from bot.domain.parameters.pictures import (
    MAX_WEIGHT,
    ImagePrompt,
    leads_nowhere,
    read_picture,
    unreachable,
    wrong_weight,
)
from bot.domain.sentences import Sentence, say

MAX_PICTURES = 8
"""Of one prompt."""
MAX_NAMED = 3

_GLUED = re.compile(r"[,;]++(?=<?https?:/)|(?<=::)(?=<?https?:/)", re.IGNORECASE)
_MASKED = re.compile(r"\[[^\[\]]{0,200}+\]\((<?https?://[^\s()]++)\)", re.IGNORECASE)
_WEIGHT = re.compile(r"::(?P<weight>[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}))?[,;.]*")


@dataclass(slots=True, kw_only=True)
class Pictures:
    """What a text has of them."""

    text: str = ""
    """Without them."""
    images: list[ImagePrompt] = field(default_factory=list)
    """As they are meant, in order: those in front, then those from elsewhere."""
    misplaced: list[ImagePrompt] = field(default_factory=list)
    """Those of them that stood elsewhere."""
    unusable: list[Sentence] = field(default_factory=list)
    """What is said of those that cannot be looked at; they are left out."""

    def mistakes(self) -> Iterator[Sentence]:
        """What is wrong with where they stand, and how many there are."""
        if self.misplaced:
            yield say("Pictures go before the text: move {links} to the front.", links=_named(self.misplaced))
        if len(self.images) > MAX_PICTURES:
            yield say(
                "The prompt has {count} pictures; the limit is {limit}. Keep those that matter.",
                count=len(self.images),
                limit=MAX_PICTURES,
            )


def find(text: str) -> Pictures:
    """The pictures of a text, and the text without them."""
    words = _GLUED.sub(" ", _MASKED.sub(r"\1", text)).split(" ")
    found = Pictures()
    kept: list[str] = []
    nowhere: list[str] = []
    index = 0
    while index < len(words):
        word, index = words[index], index + 1
        named = read_picture(word)
        if leads_nowhere(word):
            nowhere.append(word)
        elif named is not None:
            picture, rest = named
            if not rest and index < len(words) and (weight := _WEIGHT.fullmatch(words[index])):
                picture, index = (
                    replace(picture, weight=round(float(weight["weight"] or 1), 4) + 0.0),
                    index + 1,
                )
            words[index:index] = [rest] if rest else []
            _add(found, picture, is_front=not kept)
        elif kept or word.strip(",;.") or not found.images:
            kept.append(word)
    found.text = " ".join(kept).strip()
    found.unusable += [unreachable(nowhere[:MAX_NAMED])] if nowhere else []
    return found


def alone(picture: ImagePrompt) -> Sentence:
    """What is said of one picture without a word beside it."""
    return say(
        "One picture alone says too little: write what to draw behind it, as in `{picture} in the snow`, or "
        "name a second one.",
        picture=echo_code(picture.link),
    )


def _add(found: Pictures, picture: ImagePrompt, *, is_front: bool) -> None:
    if not 0 <= picture.weight <= MAX_WEIGHT:
        found.unusable.append(wrong_weight(picture))
        return
    found.images.append(picture)
    if not is_front:
        found.misplaced.append(picture)


def _named(pictures: Iterable[ImagePrompt]) -> str:
    return ", ".join(f"`{echo_code(str(picture), limit=60)}`" for picture in [*pictures][:MAX_NAMED])
