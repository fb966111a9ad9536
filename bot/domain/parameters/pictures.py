"""Pictures by their links, before a text or behind `--sref`: how one is written, with its weight."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.parameters.readers import written_number
from bot.domain.sentences import Sentence, say

MAX_CODE = 2**32 - 1
"""Of a style, as `--sref 1234` names it."""
MAX_WEIGHT = 1000
RANDOM = "random"
"""A style code that is chosen when the prompt is drawn."""

_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,12}"
_FILE = r"/(?=[^\s<>?#]{1,500}\.(?:png|jpe?g|webp|gif)(?:[?#,;:>]|\s|$))"
_LINK = rf"(?:(?P<scheme>https?:/{{1,3}})(?:\[[0-9a-f:.]{{2,45}}\])?|{_HOST}(?::[0-9]{{1,5}})?{_FILE})"
_WORD = re.compile(
    rf"""
    <? (?P<link> {_LINK} (?:(?!::)[^\s<>])*+
                | (?:picture:[0-9]{{1,18}}\.[1-4]|upload:[0-9]{{1,18}})(?![^\s,;.:>]) ) >?
    (?: :: (?P<weight> [+-]?(?:[0-9]{{1,9}}(?:\.[0-9]{{0,9}})?|\.[0-9]{{1,9}}) (?=[,;]*$) )? )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CODE = re.compile(
    rf"(?P<code>[0-9]{{1,12}}|{RANDOM})(?:::(?P<weight>[+-]?[0-9]*\.?[0-9]+)?)?", re.IGNORECASE
)
_NOWHERE = re.compile(r"<?(?:blob:|data:image|file:|attachment:|ftps?:)\S+", re.IGNORECASE)
_ENDING = ",;."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePrompt:
    """A picture that is looked at beside the text, and how much it counts beside the others."""

    link: str
    """`https://…`, `picture:12.3` (the third picture of job 12), or `upload:7`, as it was brought in.

    Of a style also its code, 0 to 4294967295, or `random`.
    """
    weight: float = 1.0

    @property
    def code(self) -> int | None:
        """The number of a style, where it is no picture."""
        return int(self.link) if self.link.isdecimal() else None

    @property
    def is_random(self) -> bool:
        """Whether it is a style that is still to be chosen."""
        return self.link == RANDOM

    def __str__(self) -> str:
        return self.link if self.weight == 1 else f"{self.link}::{written_number(self.weight)}"


def read_picture(word: str) -> tuple[ImagePrompt, str] | None:
    """The picture that a word names, and what is glued to it behind `::`; None where it names none."""
    match = _WORD.match(word)
    if match is None:
        return None
    link = match["link"]
    rest = word[match.end() :].strip(_ENDING)
    if match["weight"] is None and "::" not in match[0]:
        link = link.rstrip(_ENDING)
    if match["scheme"]:
        link = match["scheme"].lower().rstrip("/") + "//" + link[len(match["scheme"]) :]
    elif link[:8].lower().startswith(("picture:", "upload:")):
        link = link.lower()
    else:
        link = f"https://{link}"
    return ImagePrompt(link=link, weight=_weight(match["weight"])), rest


def is_picture(word: str) -> bool:
    """Whether a word names a picture, or was meant to."""
    return _WORD.match(word) is not None or leads_nowhere(word)


def leads_nowhere(word: str) -> bool:
    """Whether a word is the address of a picture that only its member's own device can see."""
    return _NOWHERE.fullmatch(word) is not None


def unreachable(words: Iterable[str]) -> Sentence:
    """What is said of addresses that lead nowhere."""
    return say(
        "I can only look at pictures whose link begins with `https://`: send {links} in a message first, and "
        "copy its link there.",
        links=", ".join(f"`{echo_code(word, limit=60)}`" for word in words),
    )


def own_references(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the words behind a parameter, those that name pictures or styles, and what follows them."""
    count = 0
    while count < len(words) and (is_picture(words[count]) or _CODE.fullmatch(words[count].strip(_ENDING))):
        count += 1
    count = max(count, 1)  # a value that is none is told as one
    return list(words[:count]), list(words[count:])


def own_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the words of a list, those of a text, and the pictures among them."""
    return [word for word in words if not is_picture(word)], [word for word in words if is_picture(word)]


def references(name: str, *, has_codes: bool) -> Callable[[str], tuple[ImagePrompt, ...]]:
    """A reader of links with weights; of a style, of its codes, too."""

    def read(value: str) -> tuple[ImagePrompt, ...]:
        found = [_reference(name, word, has_codes=has_codes) for word in value.split()]
        return tuple(dict.fromkeys(found))

    return read


def written_references(found: Iterable[ImagePrompt]) -> str:
    """Links and codes as `references` reads them."""
    return " ".join(map(str, found))


def plain_references(found: Iterable[ImagePrompt]) -> list[list[object]]:
    """Links, and codes as numbers, with their weights."""
    return [[one.link if one.code is None else one.code, one.weight] for one in found]


def _reference(name: str, word: str, *, has_codes: bool) -> ImagePrompt:
    code = _CODE.fullmatch(word.strip(_ENDING))
    if code is not None and has_codes and (code["code"].lower() == RANDOM or int(code["code"]) <= MAX_CODE):
        link = code["code"].lower()
        found = ImagePrompt(link=link if link == RANDOM else str(int(link)), weight=_weight(code["weight"]))
    elif leads_nowhere(word):
        raise PromptError(unreachable([word]))
    elif (picture := read_picture(word)) is not None and not picture[1]:
        found = picture[0]
    else:
        raise PromptError(_no_reference(name, word, has_codes=has_codes))
    if not 0 <= found.weight <= MAX_WEIGHT:
        raise PromptError(wrong_weight(found))
    return found


def wrong_weight(picture: ImagePrompt) -> Sentence:
    """What is said of a weight that a picture cannot have."""
    return say(
        "The weight of `{picture}` must be from 0 to {limit}: a picture cannot push away, and what should "
        "not be there goes behind `--no`.",
        picture=echo_code(str(picture)),
        limit=MAX_WEIGHT,
    )


def _no_reference(name: str, word: str, *, has_codes: bool) -> Sentence:
    if has_codes:
        return say(
            "`--{name}` takes links of pictures, numbers of styles from 0 to {limit}, or `random`, not "
            "`{value}`.",
            name=name,
            limit=MAX_CODE,
            value=echo_code(word),
        )
    return say(
        "`--{name}` takes links of pictures, as in `--{name} https://…`, not `{value}`.",
        name=name,
        value=echo_code(word),
    )


def _weight(weight: str | None) -> float:
    return round(float(weight or 1), 4) + 0.0
