"""A text as an eye reads it, whatever letters it is written in.

The text itself is never changed; rules are checked against its skeleton. Every step is linear in its length.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

try:
    from decancer_py import parse as _cure
except ImportError:  # it is optional: it knows still more lookalikes than Unicode's names and the table below
    _cure = None

# `l`, `i` and `1` look alike: all of them are written `i`.
_DIGITS = str.maketrans("0123456789l", "oizeasgtbgi")
_SYMBOLS = str.maketrans("@$!|+€£¢", "asiiteic")
_LOOKALIKES = str.maketrans("авекмнорстухіїѕјԁһԛԝαβεηικνορτυχσəɑ", "abekmhopctyxiisjdhqwabenikvoptuxoea")
_NO_LETTER = "q"
"""Stands for a letter of another alphabet that looks like none of ours, so that it does not part a word."""
_UPSIDE_DOWN = str.maketrans("nudpbqmw", "unpdqbwm")
_LETTER_NAME = re.compile(r".*\b(?:LATIN|REGIONAL INDICATOR) .*\b([A-Z])(?: WITH .+)?")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_CONTRACTION = re.compile(r"\W*\w+['’]\w+\W*")
_ENDS = "!?.,:;|+)]}\"'"
_LONGEST_WORD = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What stands between two spaces."""

    words: tuple[str, ...]
    """Split at everything that is neither letter nor digit."""
    disguised: tuple[str, ...]
    """What else the chunk may read as: with symbols as letters (`$`), or as parts of one word (`-`)."""
    masked: str = ""
    """Letters and the stars that hide others, where there are any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """The ways to read a text."""

    written: str
    """In small letters and compatible forms only: for scripts other than Latin."""
    readings: tuple[tuple[Chunk, ...], ...]
    """Latin letters; more than one where lookalikes can be taken for different letters."""


def read(text: str) -> Skeleton:
    """The skeleton of a text."""
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    written = unicodedata.normalize("NFKC", seen).casefold()
    variants = [variant.split() for variant in dict.fromkeys(_variants(seen, written))]
    chunks = {raw: _chunk(raw) for variant in variants for raw in set(variant)}
    return Skeleton(
        written=written, readings=tuple(tuple(chunks[raw] for raw in variant) for variant in variants)
    )


def canonical(word: str) -> str:
    """A Latin word as skeletons spell it."""
    return _without_marks(word).casefold().translate(_DIGITS)


def stretched(word: str) -> tuple[str, tuple[int, ...]]:
    """The letters of a word without repeats, and how often each is repeated."""
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    return "".join(letter for letter, _ in runs), tuple(count for _, count in runs)


def spelled(words: tuple[str, ...]) -> list[str]:
    """What is spelled letter by letter (`n a k e d`), joined."""
    runs = ("".join(run) for is_single, run in groupby(words, lambda word: len(word) == 1) if is_single)
    return [run for run in runs if len(run) > 2]


def _variants(seen: str, written: str) -> list[str]:
    """The text in Latin letters, in every way to read them."""
    if seen.isascii():
        return [written]
    plain = "".join(map(_latin, _without_marks(seen).casefold()))
    variants = [plain]
    if _cure is not None:
        variants.append(" ".join(map(_cured, _without_marks(seen).casefold().split())))
    if "TURNED" in " ".join(unicodedata.name(char, "") for char in seen if not char.isascii()):
        # `ɔ` is an open o to Unicode, but an upside-down c to whoever turns a text.
        turned = "".join(map(_latin, seen.casefold().replace("ɔ", "c")))
        variants.append(turned[::-1].translate(_UPSIDE_DOWN))
    return variants


def _cured(chunk: str) -> str:
    """The chunk by the larger table of lookalikes, where it poses as Latin."""
    is_posing = any(char.isascii() or _LETTER_NAME.match(unicodedata.name(char, "")) for char in chunk)
    return _without_marks(str(_cure(chunk))).casefold() if is_posing else "".join(map(_latin, chunk))


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))


@lru_cache(maxsize=4096)
def _latin(char: str) -> str:
    """The Latin letter that a character is called after, or looks like."""
    if char.isascii():
        return char
    name = unicodedata.name(char, "")
    if match := _LETTER_NAME.fullmatch(name):
        return match[1].lower()
    found = char.translate(_LOOKALIKES)
    return _NO_LETTER if found == char and name.startswith(("CYRILLIC", "GREEK")) else found


def _chunk(raw: str) -> Chunk:
    if raw.isascii() and raw.isalpha():
        return Chunk(words=(raw.translate(_DIGITS),), disguised=())
    words = _words(_NOT_WORD, raw)
    as_letters = _words(_NOT_LETTERS, raw.rstrip(_ENDS).translate(_SYMBOLS).translate(_DIGITS))
    joined = "".join(words)
    is_one = len(words) == 1 or len(joined) > _LONGEST_WORD or _CONTRACTION.fullmatch(raw)
    disguised = set(as_letters) if is_one else {*as_letters, joined}
    masked = re.sub(r"[^a-z*]+", "", raw.strip("*").translate(_DIGITS)) if "*" in raw.strip("*") else ""
    return Chunk(words=words, disguised=tuple(disguised - set(words)), masked=masked)


def _words(separator: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(word.translate(_DIGITS) for word in separator.split(text) if word)
