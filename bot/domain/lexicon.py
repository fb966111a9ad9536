"""Labelled words, and where they stand in a text however they are disguised."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.skeleton import Chunk, Skeleton, canonical, spelled, stretched

_LONGEST_SPELLED = 16
_SHORTEST_DISGUISED = 4
"""Shorter words are not looked for stretched or parted."""
_MOST_PIECES = 4

Labels = frozenset[str]
NONE: Labels = frozenset()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Word lists with their exceptions."""

    lists: tuple[WordList, ...]
    innocent: str = ""
    """Phrases whose words mean something else."""
    fragile: str = ""
    """Words that are found only as they stand, because too many innocent ones look like them in disguise."""


class Lexicon:
    """Word lists, prepared for search."""

    def __init__(self, words: Words) -> None:
        self._phrases: dict[tuple[str, ...], Labels] = {}
        self._written: dict[str, Labels] = {}
        self._stretched: dict[str, list[tuple[tuple[int, ...], Labels]]] = {}
        self._masked: dict[str, Labels] = {}
        self._patterns = [
            (re.compile(pattern, re.DOTALL), frozenset({words.label}))
            for words in words.lists
            for pattern in words.patterns
        ]
        self._innocent = {tuple(map(canonical, phrase.split("_"))) for phrase in words.innocent.split()}
        self._fragile = {canonical(word) for word in words.fragile.split()}
        for one in words.lists:
            self._add(one)
        self._longest = max(map(len, [*self._phrases, *self._innocent]), default=1)

    def labels(self, skeleton: Skeleton) -> Labels:
        """The labels of all words that are found."""
        found: set[str] = set()
        for word in re.findall(r"\w+", skeleton.written):
            found |= self._written.get(word, NONE)
        for pattern, labels in self._patterns:
            if not labels <= found and pattern.search(skeleton.written):
                found |= labels
        for reading in skeleton.readings:
            for labels in self._in_reading(reading):
                found |= labels
        return frozenset(found)

    def _add(self, words: WordList) -> None:
        labels = frozenset({words.label})
        for phrase in words.latin.split():
            parts = tuple(map(canonical, phrase.split("_")))
            self._phrases[parts] = self._phrases.get(parts, NONE) | labels
            if len(parts) == 1:
                self._add_disguises(parts[0], labels)
        for word in words.written.split():
            self._written[word] = self._written.get(word, NONE) | labels

    def _add_disguises(self, word: str, labels: Labels) -> None:
        letters, counts = stretched(word)
        if len(word) >= _SHORTEST_DISGUISED and word not in self._fragile:
            self._stretched.setdefault(letters, []).append((counts, labels))
        vowels = re.sub("[aeiou]", "*", word)
        for masked in [vowels, *(f"{word[:at]}*{word[at + 1 :]}" for at in range(1, len(word) - 1))]:
            self._masked[masked] = self._masked.get(masked, NONE) | labels

    def _in_reading(self, reading: tuple[Chunk, ...]) -> Iterator[Labels]:
        words = tuple(word for chunk in reading for word in chunk.words)
        innocent = self._innocent_at(words)
        words = tuple("" if at in innocent else word for at, word in enumerate(words))
        yield from self._in_phrases(words)
        yield from map(self._in_word, set(words))
        yield from map(self._in_pieces, set(_windows(words)))
        yield from map(self._in_spelled, spelled(words))
        begin = 0
        for chunk in reading:
            if not innocent & set(range(begin, begin + len(chunk.words))):
                yield from map(self._in_word, chunk.disguised)
                yield self._masked.get(chunk.masked, NONE)
            begin += len(chunk.words)

    def _innocent_at(self, words: tuple[str, ...]) -> set[int]:
        """Which words belong to an innocent phrase."""
        found: set[int] = set()
        for begin in range(len(words)):
            for length in range(1, self._longest + 1):
                if words[begin : begin + length] in self._innocent:
                    found.update(range(begin, begin + length))
        return found

    def _in_phrases(self, words: tuple[str, ...]) -> Iterator[Labels]:
        for begin in range(len(words)):
            for length in range(2, self._longest + 1):
                if labels := self._phrases.get(words[begin : begin + length]):
                    yield labels

    def _in_word(self, word: str) -> Labels:
        if labels := self._phrases.get((word,)):
            return labels
        return self._in_stretched(word) or self._in_compound(word)

    def _in_stretched(self, word: str) -> Labels:
        """`naaaked`, but not `ten` for `teen`: every run is at least as long as it should be."""
        letters, counts = stretched(word)
        for least, labels in self._stretched.get(letters, ()):
            is_clear = sum(least) > _SHORTEST_DISGUISED or max(counts) > 2
            if is_clear and all(count >= run for count, run in zip(counts, least, strict=True)):
                return labels
        return NONE

    def _in_compound(self, word: str) -> Labels:
        """Two words of the lists written as one."""
        for at in range(3, min(len(word), 2 * _LONGEST_SPELLED) - 2):
            first, second = self._phrases.get((word[:at],)), self._phrases.get((word[at:],))
            if first and second:
                return first | second
        return NONE

    def _in_pieces(self, word: str) -> Labels:
        """A word that was parted by spaces."""
        return NONE if word in self._fragile else self._phrases.get((word,), NONE)

    def _in_spelled(self, run: str) -> Labels:
        """Words within letters that stood apart, so that nobody knows where they begin."""
        found: set[str] = set()
        for begin in range(len(run)):
            for end in range(begin + _SHORTEST_DISGUISED, min(begin + _LONGEST_SPELLED, len(run)) + 1):
                found |= self._phrases.get((run[begin:end],), NONE)
        return frozenset(found)


def _windows(words: tuple[str, ...]) -> Iterable[str]:
    """Neighbours that may be the pieces of one word: one of them is too short to be a word of its own."""
    for begin in range(len(words)):
        for length in range(2, _MOST_PIECES + 1):
            pieces = words[begin : begin + length]
            joined = "".join(pieces)
            if len(joined) > _LONGEST_SPELLED or not all(pieces):
                break
            if len(joined) >= _SHORTEST_DISGUISED and min(map(len, pieces)) <= 2:
                yield joined


@lru_cache(maxsize=64)
def lexicon(words: Words) -> Lexicon:
    """The lexicon of word lists, prepared once."""
    return Lexicon(words)
