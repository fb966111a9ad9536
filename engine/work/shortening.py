"""How much each word of a prompt counts: what the text encoder reads with it, and without it."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from math import ceil

import torch

from engine.api import Shorten, Shortened, Word
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.looking.captions import with_right_articles
from engine.looking.filler import JOINING, LINKING, PRAISE
from engine.memory import whole_within_memory
from engine.work.piecewise import Pieces, Piecewise

NUM_BYTES = 2**24
"""About what reading takes beside the weights: four texts at a time."""
_TEXTS = 4
"""That are read at a time."""
_LITTLE = 0.02
"""How much of what a word moves is counted where it only joins, praises or asks."""
_STRUCK = {False: 0.05, True: 1.0}
"""Of the mean share: words that count less are struck through, those that only join, praise or ask sooner."""
_LEVELS = ((1.0, True), (0.7, True), (0.7, False), (0.45, False), (0.2, False))
"""What share of the words that count a shorter prompt keeps, and whether with small words between."""
_FEW = 3
"""So many words that count may shrink to one."""
_ADDS = frozenset({"and", "or", "but", "so"})
_ARTICLES = frozenset({"a", "an", "the"})
_EDGE = re.compile(r"^[^\w]+|[^\w]+$")


class Shortening(Piecewise[Shortened]):
    """The words of one prompt, weighed by leaving each of them out."""

    def __init__(self, request: Shorten) -> None:
        super().__init__()
        self._model = request.model
        self._words = request.prompt.split()
        self.num_pieces = 1 + ceil((len(self._words) + 2) / _TEXTS)

    def work(self, library: Library) -> Pieces[Shortened]:
        """Read the prompt, and what is left of it without each of its words.

        What praises is left out of the whole prompt; what else there is, out of the prompt without praise:
        much of it would hide how much a thing counts.
        """
        plain = [word for word in self._words if not _praises(word)]
        bases = [self._words if _praises(word) else plain for word in self._words]
        texts = [" ".join(self._words), " ".join(plain), *_without_each(self._words, bases)]
        read: list[torch.Tensor] = []
        for first in range(0, len(texts), _TEXTS):
            some = texts[first : first + _TEXTS]
            read.append(whole_within_memory(library, self._model, partial(self._read, library, some)))
            yield
        whole, of_plain, *rest = torch.cat(read).double()
        compared = (whole if _praises(word) else of_plain for word in self._words)
        return weighed(
            self._words, [float(1 - one @ other) for one, other in zip(compared, rest, strict=True)]
        )

    def _read(self, library: Library, texts: Sequence[str]) -> torch.Tensor:
        checkpoint: Checkpoint = library.checkpoint(self._model)
        checkpoint.loras.put_in_force(())
        return checkpoint.text.pooled(texts).cpu()


def weighed(words: Sequence[str], moved: Sequence[float]) -> Shortened:
    """What comes of words and of how far the reading of all moves without each of them."""
    little = [bare(word) in JOINING | PRAISE or not bare(word) for word in words]
    counted = [
        max(0.0, far) * (_LITTLE if is_little else 1.0) for far, is_little in zip(moved, little, strict=True)
    ]
    total = sum(counted) or 1.0
    shares = [one / total for one in counted]
    told = tuple(
        Word(text=word, share=share, is_struck=share < _STRUCK[is_little] / len(words))
        for word, share, is_little in zip(words, shares, little, strict=True)
    )
    return Shortened(words=told, shorter=tuple(_shorter(told)))


def bare(word: str) -> str:
    """A word without what stands around it, in small letters."""
    return _EDGE.sub("", word).lower()


def _without_each(words: Sequence[str], bases: Sequence[Sequence[str]]) -> Iterator[str]:
    """For each word the base that it stands in, without it."""
    for place, base in enumerate(bases):
        before = sum(1 for word in words[:place] if base is words or not _praises(word))
        yield " ".join([*base[:before], *base[before + 1 :]])


def _praises(word: str) -> bool:
    return bare(word) in PRAISE


def _shorter(words: Sequence[Word]) -> Iterator[str]:
    """Up to five prompts, each shorter than the one before, none of them the prompt itself."""
    said = {" ".join(word.text for word in words).rstrip(" ,.;").lower()}
    strong = [place for place, word in enumerate(words) if not word.is_struck and not _is_little(word)]
    strong.sort(key=lambda place: -words[place].share)
    for share, keeps_small in _LEVELS:
        least = 1 if len(strong) <= _FEW else 2
        kept = sorted(strong[: max(least, ceil(share * len(strong)))])
        prompt = _joined(words, kept, keeps_small=keeps_small)
        if prompt and prompt.lower() not in said:
            said.add(prompt.lower())
            yield prompt


def _is_little(word: Word) -> bool:
    return bare(word.text) in JOINING | PRAISE or not bare(word.text)


def _joined(words: Sequence[Word], kept: Sequence[int], *, keeps_small: bool) -> str:
    """The kept words in their order, joined by the small words between them, or by commas."""
    if not kept:
        return ""
    text = _opening(words[: kept[0]]) if keeps_small else ""
    text += _EDGE.sub("", words[kept[0]].text)
    for last, place in pairwise(kept):
        text += _link(words[last], words[last + 1 : place], keeps_small=keeps_small)
        text += _EDGE.sub("", words[place].text)
    return with_right_articles(text)


def _opening(before: Sequence[Word]) -> str:
    """The article of the first kept word, whatever else stands between."""
    small = [bare(word.text) for word in before if bare(word.text) in JOINING - _ADDS]
    return f"{small[-1]} " if small and small[-1] in _ARTICLES else ""


def _link(last: Word, gap: Sequence[Word], *, keeps_small: bool) -> str:
    """What joins two kept words between which this gap was."""
    small = [bare(word.text) for word in gap if bare(word.text) in LINKING]
    if len(small) < len(gap):
        small = [text for text in small if text not in _ADDS]
    is_broken = any(word.text.endswith((",", ";", ".")) for word in (last, *gap))
    dropped = [not word.is_struck and not _is_little(word) for word in gap]
    lacks = any(dropped) and not (keeps_small and dropped[-1])  # an adjective goes without a trace
    if is_broken or lacks or (small and not keeps_small):
        return ", "
    return f" {' '.join(small)} " if small else " "
