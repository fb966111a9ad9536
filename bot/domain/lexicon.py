"""Labelled words, and where they stand in a text however they are disguised."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from bot.domain.skeleton import Chunk, Skeleton, canonical, spelled, stretched

_LONGEST_SPELLED = 16
_SHORTEST_DISGUISED = 4
"""Shorter words are not looked for stretched, parted or backwards."""
_SHORTEST_HALF = 3
_SHORTEST_HALVED = 6
_MOST_PIECES = 4
_NEXT = 2
"""How far the thing may stand behind what is said of it: `topless red car`."""

Labels = frozenset[str]
NONE: Labels = frozenset()
NO_CONTEXTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """Words that mean the same to a rule, parted by spaces; `_` is the space inside a phrase."""

    label: str
    latin: str = ""
    """Matched on the skeleton, in all disguises."""
    written: str = ""
    """Matched word by word as they are written, where an accent makes the difference."""
    patterns: tuple[str, ...] = ()
    """Regular expressions, matched anywhere in the text as written: ages, scripts without spaces."""
    kana: str = ""
    """The same, parted by spaces, in Japanese as it sounds: in hiragana, without spaces."""
    unwanted: tuple[str, ...] = ()
    """The same, in what is to be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Word lists with their exceptions."""

    lists: tuple[WordList, ...]
    innocent: str = ""
    """Phrases whose words mean something else."""
    fragile: str = ""
    """Words that are found only as they stand, because too many innocent ones look like them in disguise."""
    attributive: str = ""
    """Words that are said of things, too."""
    things: str = ""
    """Behind one of these words, they are."""
    contexts: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXTS, hash=False)
    """Words that mean something else where one of others is anywhere in the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Words of one or more lists, at a place."""

    labels: Labels
    place: int | None = None
    """Which word of the text it is; None for what a pattern found, anywhere."""
    sentence: int | None = None


class Lexicon:
    """Word lists, prepared for search."""

    def __init__(self, words: Words) -> None:
        self._phrases: dict[str, dict[tuple[str, ...], Labels]] = {}
        self._words: dict[str, Labels] = {}
        self._written: dict[str, Labels] = {}
        self._stretched: dict[str, list[tuple[tuple[int, ...], Labels]]] = {}
        self._by_ends: dict[tuple[str, str, int], list[tuple[str, Labels]]] = {}
        self._beginnings: dict[str, list[tuple[str, Labels]]] = {}
        self._patterns = [*_compiled((one.label, one.patterns) for one in words.lists)]
        self._kana = [
            *_compiled((one.label, ("|".join(one.kana.split()),)) for one in words.lists if one.kana)
        ]
        self._unwanted = [*_compiled((one.label, one.unwanted) for one in words.lists)]
        self._innocent: dict[str, set[tuple[str, ...]]] = {}
        for phrase in words.innocent.split():
            parts = tuple(map(canonical, phrase.split("_")))
            self._innocent.setdefault(parts[0], set()).add(parts)
        self._fragile = frozenset(map(canonical, words.fragile.split()))
        self._attributive = frozenset(map(canonical, words.attributive.split()))
        self._things = frozenset(map(canonical, words.things.split()))
        self._contexts = {
            canonical(word): frozenset(map(canonical, others.split()))
            for word, others in words.contexts.items()
        }
        for one in words.lists:
            self._add(one)

    def labels(self, skeleton: Skeleton) -> Labels:
        """The labels of all words that are found."""
        return NONE.union(*(found.labels for found in self.find(skeleton)))

    def find(self, skeleton: Skeleton) -> list[Found]:
        """All words that are found, with their places where they have one."""
        everywhere: set[str] = set()
        for word in set(re.findall(r"\w+", skeleton.written)):
            everywhere |= self._written.get(word, NONE)
        for patterns, text in (
            (self._patterns, skeleton.written),
            (self._patterns, skeleton.plain),
            (self._kana, skeleton.kana),
            (self._unwanted, skeleton.unwanted),
        ):
            is_plain = text.isascii()
            for one in patterns if text else ():
                if not (is_plain and one.is_foreign) and not one.labels <= everywhere:
                    everywhere |= one.labels if one.pattern.search(text) else NONE
        found = {Found(labels=frozenset(everywhere))} if everywhere else set[Found]()
        for reading in skeleton.readings:
            found.update(self._in_reading(reading))
        return list(found)

    def _add(self, words: WordList) -> None:
        labels = frozenset({words.label})
        for phrase in words.latin.split():
            parts = tuple(map(canonical, phrase.split("_")))
            if len(parts) > 1:
                phrases = self._phrases.setdefault(parts[0], {})
                phrases[parts] = phrases.get(parts, NONE) | labels
            else:
                self._words[parts[0]] = self._words.get(parts[0], NONE) | labels
                self._add_disguises(parts[0], labels)
        for word in words.written.split():
            self._written[word] = self._written.get(word, NONE) | labels

    def _add_disguises(self, word: str, labels: Labels) -> None:
        letters, counts = stretched(word)
        if len(word) >= _SHORTEST_HALF:
            if word in self._fragile:
                counts = tuple(2 * count for count in counts)  # each of its letters must be doubled
            self._stretched.setdefault(letters, []).append((counts, labels))
        if len(word) >= _SHORTEST_DISGUISED:
            self._beginnings.setdefault(word[:_SHORTEST_DISGUISED], []).append((word, labels))
        if len(word) >= _SHORTEST_HALF:
            self._by_ends.setdefault((word[0], word[-1], len(word)), []).append((word, labels))

    def _in_reading(self, reading: tuple[Chunk, ...]) -> Iterator[Found]:
        words = tuple(word for chunk in reading for word in chunk.words)
        sentences = tuple(_sentences(reading))
        innocent = self._innocent_at(words)
        words = tuple("" if at in innocent else word for at, word in enumerate(words))
        known: dict[str, Labels] = {"": NONE}

        for place, labels in chain(
            self._in_words(words, known),
            ((place, self._in_pieces(piece)) for place, piece in _windows(words)),
            ((place, self._in_spelled(run)) for place, run in spelled(words)),
            self._in_disguise(reading, innocent, known),
        ):
            if labels:
                yield Found(labels=labels, place=place, sentence=sentences[place])

    def _in_words(self, words: tuple[str, ...], known: dict[str, Labels]) -> Iterator[tuple[int, Labels]]:
        """The words as they stand, and the phrases that begin with them."""
        for place, word in enumerate(words):
            if word not in known:
                known[word] = self._in_word(word) or self._in_reverse(word)
            yield place, known[word] | self._in_phrase(words, place) if word in self._phrases else known[word]

    def _in_disguise(
        self, reading: tuple[Chunk, ...], innocent: set[int], known: dict[str, Labels]
    ) -> Iterator[tuple[int, Labels]]:
        """What else may be read in a chunk that is not innocent."""
        place = 0
        for chunk in reading:
            if (chunk.disguised or chunk.masked) and innocent.isdisjoint(
                range(place, place + len(chunk.words))
            ):
                for word in chunk.disguised:
                    if word not in known:
                        known[word] = self._in_word(word) or self._in_reverse(word)
                    yield place, known[word]
                yield place, self._in_masked(chunk.masked)
            place += len(chunk.words)

    def _innocent_at(self, words: tuple[str, ...]) -> set[int]:
        """Which words mean something else: in a phrase, said of a thing, or beside others."""
        found: set[int] = set()
        present = frozenset(words)
        for place, word in enumerate(words):
            if word in self._innocent:
                for phrase in self._innocent[word]:
                    if words[place : place + len(phrase)] == phrase:
                        found.update(range(place, place + len(phrase)))
            if word in self._attributive and self._is_of_a_thing(words[place + 1 : place + 1 + _NEXT]):
                found.add(place)
            if word in self._contexts and not self._contexts[word].isdisjoint(present):
                found.add(place)
        return found

    def _is_of_a_thing(self, following: tuple[str, ...]) -> bool:
        """Whether a thing follows, and nobody stands between."""
        for word in following:
            if word in self._things:
                return True
            if word in self._words:
                return False
        return False

    def _in_phrase(self, words: tuple[str, ...], place: int) -> Labels:
        """The phrases that begin here."""
        phrases = self._phrases[words[place]]
        found = (labels for phrase, labels in phrases.items() if words[place : place + len(phrase)] == phrase)
        return NONE.union(*found)

    def _in_word(self, word: str) -> Labels:
        return self._words.get(word) or self._in_stretched(word) or self._in_compound(word)

    def _in_reverse(self, word: str) -> Labels:
        """A word that is written backwards."""
        if not _SHORTEST_DISGUISED <= len(word) <= _LONGEST_SPELLED:
            return NONE
        backwards = word[::-1]
        return NONE if backwards in self._fragile else self._words.get(backwards, NONE)

    def _in_stretched(self, word: str) -> Labels:
        """`naaaked`, but not `ten` for `teen`: every run is at least as long as it should be."""
        letters, counts = stretched(word)
        for least, labels in self._stretched.get(letters, ()):
            is_clear = sum(least) >= _SHORTEST_DISGUISED or max(counts) > 2  # `kiddd`, not `kidd`
            if is_clear and all(count >= run for count, run in zip(counts, least, strict=True)):
                return labels
        return NONE

    def _in_compound(self, word: str) -> Labels:
        """Two words of the lists written as one."""
        for at in range(3, min(len(word), 2 * _LONGEST_SPELLED) - 2):
            first, second = self._words.get(word[:at]), self._words.get(word[at:])
            if first and second:
                return first | second
        return NONE

    def _in_pieces(self, word: str) -> Labels:
        """A word that was parted by spaces."""
        return NONE if word in self._fragile else self._words.get(word, NONE)

    def _in_spelled(self, run: str) -> Labels:
        """Words within letters that stood apart, so that nobody knows where they begin."""
        found: set[str] = set()
        for begin in range(len(run) - _SHORTEST_DISGUISED + 1):
            for word, labels in self._beginnings.get(run[begin : begin + _SHORTEST_DISGUISED], ()):
                if run.startswith(word, begin):
                    found |= labels
        return frozenset(found)

    def _in_masked(self, masked: str) -> Labels:
        """A word with stars for some of its letters, of which at least half are to be seen."""
        if not _SHORTEST_HALF <= len(masked) <= _LONGEST_SPELLED or 2 * masked.count("*") > len(masked) + 1:
            return NONE
        candidates = self._by_ends.get((masked[0], masked[-1], len(masked)), ())
        return NONE.union(
            *(
                labels
                for word, labels in candidates
                if all(seen in {"*", letter} for seen, letter in zip(masked, word, strict=True))
            )
        )


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A regular expression of a list."""

    pattern: re.Pattern[str]
    labels: Labels
    is_foreign: bool
    """Whether it has no letter of ours, so that it finds nothing in a text of them alone."""


def _compiled(rows: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[_Pattern]:
    for label, patterns in rows:
        for pattern in patterns:
            letters = re.sub(r"\\[a-zA-Z]", "", pattern)
            is_foreign = not pattern.isascii() and not re.search("[A-Za-z0-9]", letters)
            yield _Pattern(re.compile(pattern, re.DOTALL), frozenset({label}), is_foreign)


def _sentences(reading: tuple[Chunk, ...]) -> Iterator[int]:
    """For each word, which sentence it is in."""
    number = 0
    for chunk in reading:
        yield from [number] * len(chunk.words)
        number += chunk.ends_sentence


def _windows(words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Neighbours that may be the pieces of one word: two halves, or one is too short to be a word itself."""
    sizes = tuple(map(len, words))
    for begin, size in enumerate(sizes[:-1]):
        if size == 1 and sizes[begin : begin + _MOST_PIECES] == (1,) * _MOST_PIECES:
            continue
        shortest, whole = size, size
        for length, more in enumerate(sizes[begin + 1 : begin + _MOST_PIECES], 2):
            shortest, whole = min(shortest, more), whole + more
            if not shortest or whole > _LONGEST_SPELLED:
                break
            are_halves = length == 2 and shortest >= _SHORTEST_HALF and whole >= _SHORTEST_HALVED
            are_pieces = (
                shortest <= 2 and whole >= _SHORTEST_DISGUISED and whole > length
            )  # letters are spelled
            if are_halves or are_pieces:
                yield begin, "".join(words[begin : begin + length])


@lru_cache(maxsize=64)
def lexicon(words: Words) -> Lexicon:
    """The lexicon of word lists, prepared once."""
    return Lexicon(words)
