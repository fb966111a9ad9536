"""Where the parameters of a prompt begin: dashes of every kind, names, glued values."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.parameters import FIELDS, ROWS, Parameter
from bot.domain.prompt.cleaning import narrow
from bot.domain.prompt.foreign import FOREIGN, is_meant
from bot.domain.prompt.names import SYNONYMS

MAX_PARAMETERS = 30
_NO_DASH = "\x1f"
"""Put in front of a name that was written without any; no text has it, once it is clean."""

# Phones turn `--` into a long dash, Japanese keyboards write wide ones, and one is easily forgotten.
_DASHES = "‐‑‒–—―⸺⸻﹘﹣─━╌⁃˗➖᠆−－ー-"  # the hyphen last, where a class of characters takes it for itself
_RATIO = re.compile(
    r"(?<![^\s,.;(])(?:ar|aspect(?:[\s-]ratio)?)[\s:=]{1,2}(?=[0-9]{1,4}\s?:\s?[0-9]{1,4}(?![\w:]))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<!\S)(?P<name>v|s|q|c|niji|seed|stylize|chaos|weird|iw|stop|style)\s(?=[0-9.]++(?!\S)|raw\b)",
    re.IGNORECASE,
)
# A run of dashes is tried once, from its beginning; a word ends before the next.
_MARK = re.compile(
    rf"(?<![{_DASHES}])(?P<dashes>[{_DASHES}]++|{_NO_DASH})(?P<word>[^\W\d_](?:[^\s,{_DASHES}]|-(?![{_DASHES}]))*+)"
)
_SPACED = re.compile(
    rf"(?<!\S)(?:[{_DASHES}]\s[{_DASHES}]\s?|[{_DASHES}]{{1,2}}\s++|/)(?P<name>[A-Za-z]++)(?P<after>\s++\S++|\s*+$)",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?:/|(?<![^\s<])(?:\w[\w-]*+\.)++\w++/)(?:(?!::)[^\s<>])*+", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\.?[0-9]")
_NO_WORDS = frozenset(
    {
        *("ar", "aspect", "no", "seed", "steps", "cfg", "stylize", "stylise", "niji"),
        *("iw", "sref", "cref", "sameseed"),
    }
)
"""Names that nobody writes behind a dash unless they mean the parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A parameter as it was written, before it is understood."""

    name: str
    """In small letters; the whole word where it is unknown."""
    glued: str
    """What followed the name without a space."""
    value: str
    is_bare: bool = False
    """Whether it was written without its dashes."""

    @property
    def parameter(self) -> Parameter[Any] | None:
        """Its row, where it is one of ours."""
        return ROWS[FIELDS[self.name]] if self.name in FIELDS else None

    @property
    def is_foreign(self) -> bool:
        """Whether other bots know it, and we do not."""
        return self.name in FOREIGN and self.name not in FIELDS


def split(text: str) -> tuple[str, list[Given]]:
    """The text before the parameters, and the parameters; of too many, only so many as prove it."""
    text = _with_dashes(_SPACED.sub(_joined, text))
    marks: list[re.Match[str]] = []
    links = _links(text)
    for mark in _MARK.finditer(text):
        if len(marks) > MAX_PARAMETERS:
            break
        if mark.start() in links and not _ends_link(text, mark):
            continue
        follows = bool(marks) and marks[-1].end() == mark.start()
        if follows or mark["dashes"] == _NO_DASH or _is_parameter(text, mark):
            marks.append(mark)
    begins = [mark.start() for mark in marks] + [len(text)]
    given = []
    for mark, end in zip(marks, begins[1:], strict=True):
        name, glued = _name(mark["word"])
        one = _given(name, glued, text[mark.end() : end].strip())
        given.append(replace(one, is_bare=mark["dashes"] == _NO_DASH))
    return _without_end(text[: begins[0]].strip()), given


def _with_dashes(text: str) -> str:
    """`a fox ar 3:2 v 6` with marks where dashes belong: nothing else is meant by such a shape."""
    ratio = _RATIO.search(text)
    if ratio is None:
        return text
    behind = _NAMED.sub(rf"{_NO_DASH}\g<name> ", text[ratio.end() :])
    return f"{text[: ratio.start()]} {_NO_DASH}ar {behind}"


def _without_end(text: str) -> str:
    """The text without dashes at its end, behind which nothing came."""
    words = text.split(" ")
    while len(words[-1:]) and len(words[-1]) > 1 and not words[-1].strip(_DASHES):
        words.pop()
    return " ".join(words)


def _given(name: str, glued: str, value: str) -> Given:
    """A parameter, by its own name where a short one says a value as well: `--raw` is `--style raw`."""
    row = ROWS[FIELDS[name]] if name in FIELDS else None
    if row is None or name not in row.short:
        return Given(name=name, glued=glued, value=value)
    return Given(name=row.name, glued="", value=f"{row.short[name]} {glued} {value}".strip())


def _links(text: str) -> Collection[int]:
    """Where a dash belongs to a link: `https://example.com/a-fox--v6.png`."""
    spans = [range(link.start(), link.end()) for link in _LINK.finditer(text)]
    return {index for span in spans for index in span}


def _ends_link(text: str, mark: re.Match[str]) -> bool:
    """Whether a parameter is glued to the end of a link: `https://example.com/a.png--ar 3:2`."""
    name, following = mark["word"].lower(), text[mark.end() : mark.end() + 40].strip()
    return name in {*FIELDS, *FOREIGN} and _is_value(name, following)


def _joined(spaced: re.Match[str]) -> str:
    """`-- ar 3:2`, `- -ar 3:2` and `/ar 3:2` in one piece; ` - ` in a sentence stays one."""
    name, after = spaced["name"].lower(), spaced["after"].strip()
    if name == "no" or name not in {*FIELDS, *FOREIGN} or not _is_value(name, after):
        return spaced[0]
    return f"--{name}{spaced['after']}"


def _is_value(name: str, following: str) -> bool:
    """Whether what follows a name proves that it is a parameter and no word of a sentence."""
    if name in FIELDS:
        proof = ROWS[FIELDS[name]].proof or _NUMBER
        return name not in ROWS[FIELDS[name]].short and bool(proof.match(following))
    return is_meant(name, following)


def _is_ours(name: str, dashes: str, following: str) -> bool:
    """Whether one of our names behind a lone dash is a parameter: some are words of sentences, too."""
    if name in _NO_WORDS:
        return True
    row = ROWS[FIELDS[name]]
    if row.words == 0 or name in row.short:
        return not following[:1].isalnum()
    return _is_value(name, following) or (dashes != "-" and name in {"model", "sampler", "lora"})


def _is_parameter(text: str, mark: re.Match[str]) -> bool:
    """Whether dashes begin a parameter, or are a dash in a sentence."""
    is_apart = mark.start() == 0 or not (text[mark.start() - 1].isalnum() or text[mark.start() - 1] == "_")
    is_hyphens = mark["dashes"].startswith("--")
    word, _, _ = mark["word"].partition("::")
    name, glued = _name(mark["word"])
    following = narrow(f"{glued} {text[mark.end() : mark.end() + 40]}".strip())
    if not is_hyphens and (word.lower().startswith(("no-", "no_")) or word != mark["word"]):  # `-no-one`
        return False
    if not is_apart:
        if is_hyphens:
            return word.lower() in FIELDS or (name in {*FIELDS, *FOREIGN} and _is_value(name, following))
        # A phone makes `fox—ar 3:2` of `fox--ar 3:2`; `dark—no light` is a sentence.
        return mark["dashes"] != "-" and name in FIELDS and name != "no" and _is_value(name, following)
    if is_hyphens:
        return True
    if name in FIELDS:
        return _is_ours(name, mark["dashes"], following)
    return name in FOREIGN and is_meant(name, following)


def _name(word: str) -> tuple[str, str]:
    """A known name and what is glued to it (`ar16:9`); else the whole word."""
    word = narrow(word)
    lower = word.lower()
    if lower in SYNONYMS:
        return lower, ""
    if lower.startswith(("no-", "no_")):  # `--no-text`
        return "no", word[3:]
    letters = re.match(r"[a-z]*+(?!-[^\W\d_])", lower)  # `aspect-ratio` is a word of its own
    name = letters[0] if letters else ""
    if name in FIELDS or (
        name in FOREIGN and (name == lower or _NUMBER.match(lower[len(name) :].lstrip("=:")))
    ):
        return name, word[len(name) :].lstrip("=:,-_")
    return lower, ""
