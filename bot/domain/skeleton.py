"""A text as an eye reads it, whatever letters it is written in.

The text itself is never changed; rules are checked against its skeleton. Every step is linear in its length.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import decancer_py
import jaconv

_cure: Callable[[str], object] | None = decancer_py.parse

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
_UNWANTED = re.compile(r"(?:--|[—–－])\s*no\b")
_ENDS_SENTENCE = re.compile(r"[.!?;。！？]['\")\]]*\Z")
_JAPANESE = "ぁ-ゖァ-ヺー一-鿿々"
_BETWEEN = re.compile(rf"(?<=[{_JAPANESE}])[\s・.,、_~〜*+|/-]+(?=[{_JAPANESE}])")
_DRAWN = re.compile(r"([ー〜~])[ー〜~]+")
_RIGHT_TO_LEFT = re.compile("\N{RIGHT-TO-LEFT OVERRIDE}([^\N{POP DIRECTIONAL FORMATTING}]*)")
_BRAILLE = dict(
    zip(
        map(chr, bytes.fromhex("0103091911 0b1b130a1a 0507 0d1d150f1f170e1e 25273a2d3d35".replace(" ", ""))),
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)
"""The letters by their dots."""
_SIGNS = {
    "\N{NO ONE UNDER EIGHTEEN SYMBOL}": " nsfw ",
    "\N{GIRL}": " little girl ",
    "\N{BOY}": " little boy ",
}
"""Pictographs that say more than their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What stands between two spaces."""

    words: tuple[str, ...]
    """Split at everything that is neither letter nor digit."""
    disguised: tuple[str, ...]
    """What else the chunk may read as: with symbols as letters (`$`), or as parts of one word (`-`)."""
    masked: str = ""
    """Letters and the stars that hide others, where there are any."""
    ends_sentence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """The ways to read a text."""

    written: str
    """In small letters and compatible forms only: for scripts other than Latin."""
    plain: str
    """The same with Latin letters for their lookalikes; empty where that changes nothing."""
    kana: str
    """Japanese as it sounds: in hiragana, without spaces between its letters; empty where there is none."""
    unwanted: str
    """What is written after `--no`, in small letters."""
    readings: tuple[tuple[Chunk, ...], ...]
    """Latin letters; more than one where lookalikes can be taken for different letters."""


def read(text: str) -> Skeleton:
    """The skeleton of a text."""
    seen = "".join(map(_named, text)) if not text.isascii() else text
    written = unicodedata.normalize("NFKC", seen).casefold()
    turned = _RIGHT_TO_LEFT.sub(lambda run: run[1][::-1], text)
    texts = list(dict.fromkeys([*_variants(seen, written), *([] if turned == text else [turned.casefold()])]))
    variants = [variant.split() for variant in texts]
    chunks = {raw: _chunk(raw) for variant in variants for raw in set(variant)}
    unwanted = _UNWANTED.search(written)
    return Skeleton(
        written=written,
        plain="" if texts[0] == written else texts[0],
        kana=_sounded(written),
        unwanted=written[unwanted.end() :] if unwanted else "",
        readings=tuple(tuple(chunks[raw] for raw in variant) for variant in variants),
    )


def canonical(word: str) -> str:
    """A Latin word as skeletons spell it."""
    return _without_marks(word).casefold().translate(_DIGITS)


def stretched(word: str) -> tuple[str, tuple[int, ...]]:
    """The letters of a word without repeats, and how often each is repeated."""
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    return "".join(letter for letter, _ in runs), tuple(count for _, count in runs)


def spelled(words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """What is spelled letter by letter (`n a k e d`), joined, and where it begins."""
    place = 0
    for is_single, group in groupby(words, lambda word: len(word) == 1):
        run = list(group)
        if is_single and len(run) > 2:
            yield place, "".join(run)
        place += len(run)


def _sounded(written: str) -> str:
    """Japanese as it sounds, whichever of its two alphabets it is written in, and however it is drawn out."""
    if written.isascii() or not re.search(f"[{_JAPANESE}]", written):
        return ""
    return _DRAWN.sub(r"\1", _BETWEEN.sub("", str(jaconv.kata2hira(written))))


@lru_cache(maxsize=4096)
def _named(char: str) -> str:
    """A pictograph as the words of its name; a letter as it is; nothing of what cannot be seen."""
    if char.isascii():
        return char
    if char in _SIGNS:
        return _SIGNS[char]
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    if category == "Cf" or "VARIATION SELECTOR" in name or "MODIFIER FITZPATRICK" in name:
        return ""
    if name.startswith("BRAILLE PATTERN"):
        return _BRAILLE.get(chr(ord(char) & 0xFF), " ")
    if category == "So" and not _LETTER_NAME.fullmatch(name) and "LETTER" not in name:
        return f" {name.lower()} "
    return char


def _variants(seen: str, written: str) -> list[str]:
    """The text in Latin letters, in every way to read them."""
    if seen.isascii():
        return [written]
    plain = "".join(map(_plain, seen))
    variants = [plain]
    if _cure is not None and any(map(_may_pose, set(plain))):
        variants.append(" ".join(map(_cured, _without_marks(seen).casefold().split())))
    if any(map(_is_turned, set(seen))):
        # `ɔ` is an open o to Unicode, but an upside-down c to whoever turns a text.
        turned = "".join(map(_latin, seen.casefold().replace("ɔ", "c")))
        variants.append(turned[::-1].translate(_UPSIDE_DOWN))
    return variants


def _cured(chunk: str) -> str:
    """The chunk by the larger table of lookalikes, where it poses as Latin."""
    is_posing = any(char.isascii() or _LETTER_NAME.match(unicodedata.name(char, "")) for char in chunk)
    if _cure is None or not is_posing:
        return "".join(map(_latin, chunk))
    return _without_marks(str(_cure(chunk))).casefold()


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """A letter without its marks, in Latin where it looks like one."""
    return "".join(map(_latin, _without_marks(char).casefold()))


@lru_cache(maxsize=8192)
def _may_pose(char: str) -> bool:
    """Whether the larger table might know a Latin letter that this looks like."""
    is_letter = not char.isascii() and unicodedata.category(char)[0] in "LNS"
    return is_letter and not unicodedata.name(char, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))


@lru_cache(maxsize=8192)
def _is_turned(char: str) -> bool:
    """Whether it is a letter upside down."""
    return not char.isascii() and "TURNED" in unicodedata.name(char, "")


@lru_cache(maxsize=8192)
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
    ends_sentence = bool(_ENDS_SENTENCE.search(raw))
    if raw.isascii() and raw.isalpha():
        return Chunk(words=(raw.translate(_DIGITS),), disguised=())
    words = _words(_NOT_WORD, raw)
    as_letters = _words(_NOT_LETTERS, raw.rstrip(_ENDS).translate(_SYMBOLS).translate(_DIGITS))
    joined = "".join(words)
    is_one = len(words) == 1 or len(joined) > _LONGEST_WORD or _CONTRACTION.fullmatch(raw)
    disguised = set(as_letters) if is_one else {*as_letters, joined}
    masked = re.sub(r"[^a-z*]+", "", raw.strip("*").translate(_DIGITS)) if "*" in raw.strip("*") else ""
    return Chunk(
        words=words,
        disguised=tuple(disguised - set(words)),
        masked=masked,
        ends_sentence=ends_sentence,
    )


def _words(separator: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(word.translate(_DIGITS) for word in separator.split(text) if word)
