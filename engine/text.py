"""Prompts as the U-Net sees them: CLIP encodings, long texts in several windows, each text encoded once."""

import re
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from engine.conditioning.embeddings import Words
from engine.device import send

_MAX_WINDOWS = 3
_CACHED_BYTES = 64 * 2**20
_MOST_TOKENS = 10_000
"""Tokenizers that were told no length say one of thirty digits."""
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoding:
    """One text: `prompt_embeds` (1, tokens, width), and for SDXL `pooled_prompt_embeds` (1, width)."""

    prompt_embeds: torch.Tensor
    pooled_prompt_embeds: torch.Tensor | None = None

    @property
    def num_bytes(self) -> int:
        """Memory that it takes on the device."""
        tensors = (self.prompt_embeds, self.pooled_prompt_embeds)
        return sum(tensor.numel() * tensor.element_size() for tensor in tensors if tensor is not None)

    def zeros(self) -> "TextEncoding":
        """What SDXL was trained to see for "no negative prompt"."""
        pooled = self.pooled_prompt_embeds
        return TextEncoding(
            prompt_embeds=torch.zeros_like(self.prompt_embeds),
            pooled_prompt_embeds=None if pooled is None else torch.zeros_like(pooled),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPlace:
    """A word of a text, and where it stands in what is encoded."""

    text: str
    """As it is written, without what stands between words."""
    positions: tuple[int, ...]
    """Of its tokens in the encoding of the text, from 0."""
    read_as: str | None = None
    """What is read in its place; None: itself."""


class TextEncoder:
    """The text encoders of a checkpoint, one for SD and two for SDXL, behind a cache.

    A text is encoded alone, as the pipelines do, unless requests start together: then all of theirs are
    encoded in one pass, which is kept for them alone, as its last bits may depend on the company. A text
    longer than the tokenizer's window is read in up to three windows, side by side. A learnt word among
    `words` stays in one window.
    """

    def __init__(
        self,
        tokenizers: Sequence[Any],
        encoders: Sequence[Any],
        *,
        max_windows: int = _MAX_WINDOWS,
        words: Words | None = None,
    ) -> None:
        for tokenizer, encoder in zip(tokenizers, encoders, strict=True):
            if tokenizer.model_max_length > _MOST_TOKENS:
                tokenizer.model_max_length = encoder.config.max_position_embeddings
        self._tokenizers = tokenizers
        self._encoders = encoders
        self.max_windows = max_windows
        self._learnt = words or Words()
        self._cache: OrderedDict[Hashable, TextEncoding] = OrderedDict()
        self._cached_bytes, self._most_bytes = 0, _CACHED_BYTES
        self._together: dict[Hashable, TextEncoding] = {}

    @property
    def learnt(self) -> tuple[str, ...]:
        """The names of the learnt words."""
        return tuple(self._learnt.ids)

    def num_windows(self, text: str) -> int:
        """How many windows the text fills, within what the model can use."""
        return min(
            self.max_windows, max(len(self._windows(text, index)) for index in range(len(self._tokenizers)))
        )

    def unread(self, text: str) -> str:
        """The end of a text that is beyond the last window, as it was written; "" if all of it is read.

        Where two encoders read differently far, what the one that reads less leaves out.
        """
        return max((self._beyond(text, index) for index in range(len(self._tokenizers))), key=len)

    def words(self, text: str) -> tuple[WordPlace, ...]:
        """The words that are read of a text, in their order, and where they are found in its encoding.

        A learnt word is one, whatever stands in its name. Where there are two encoders their tokens stand
        side by side, and those of the first are counted.
        """
        length = self._tokenizers[0].model_max_length
        windows = self._windows(text, 0)[: self.max_windows]
        places = [
            number * length + 1 + n for number, window in enumerate(windows) for n in range(len(window))
        ]
        found = []
        for span, read_as in self._word_spans(text):
            # Counted in beginnings of the text: a tokenizer cannot always say which token is of what.
            first, end = (self._num_tokens(text, place) for place in (span.start, span.stop))
            if first >= len(places):
                break  # what comes now is beyond the last window
            if positions := tuple(places[first:end]):
                written = text[span.start : span.stop]
                found.append(WordPlace(text=written, positions=positions, read_as=read_as))
        return tuple(found)

    def _word_spans(self, text: str) -> list[tuple[range, str | None]]:
        """Where words stand in a text, in their order, and what is read in their place."""
        learnt = [(one.span, one.meant) for one in self._learnt.found(text)]
        inside = {place for span, _ in learnt for place in span}
        plain = (range(*match.span()) for match in _WORD.finditer(text))
        others = ((span, None) for span in plain if inside.isdisjoint(span))
        return sorted([*learnt, *others], key=lambda one: one[0].start)

    def _num_tokens(self, text: str, end: int) -> int:
        """How many tokens the first encoder reads of a text up to there, where no learnt word is cut."""
        count, start = 0, 0
        for span, ids, _ in self._learnt.found(text):
            if span.stop > end:
                break
            count += len(ids_of(text[start : span.start], self._tokenizers[0])) + len(ids[0])
            start = span.stop
        return count + len(ids_of(text[start:end], self._tokenizers[0]))

    def _beyond(self, text: str, index: int) -> str:
        if self._fits(text, index):
            return ""
        inside = {place for one in self._learnt.found(text) for place in one.span[1:]}
        places = [place for place in range(len(text) + 1) if place not in inside]
        # The longest beginning that fits: a tokenizer cannot always say where in the text a token came from.
        low, high = 0, len(places) - 1
        while low < high:
            middle = (low + high + 1) // 2
            fits = self._fits(text[: places[middle]], index)
            low, high = (middle, high) if fits else (low, middle - 1)
        return text[places[low] :].strip()

    def _fits(self, text: str, index: int) -> bool:
        return len(self._windows(text, index)) <= self.max_windows

    def encode(self, text: str, num_windows: int, variant: Hashable = None) -> TextEncoding:
        """Encode a text in exactly that many windows; `variant` tells apart encoders changed by LoRAs."""
        key = (text, num_windows, variant)
        if key not in self._cache:
            if key in self._together:
                return self._together[key]
            (encoding,) = self._encode([(text, num_windows)])
            self._keep(key, encoding)
        self._cache.move_to_end(key)
        return self._cache[key]

    def pooled(self, texts: Sequence[str]) -> torch.Tensor:
        """What the last encoder makes of each text as a whole: unit vectors (texts, width), in float32.

        Not cached. Of a text in several windows, the mean of them.
        """
        sizes = [self.num_windows(text) for text in texts]
        output = self._run(len(self._encoders) - 1, list(zip(texts, sizes, strict=True)))
        vectors: torch.Tensor = output.text_embeds if "text_embeds" in output else output.pooler_output
        means = torch.stack([one.float().mean(dim=0) for one in torch.split(vectors, sizes)])
        return torch.nn.functional.normalize(means, dim=-1)

    @property
    def cached_bytes(self) -> int:
        """What the cached encodings take on the device."""
        return self._cached_bytes

    def keep_within(self, num_bytes: int) -> None:
        """From now on keep no more than this on the device, nor more than what is of use."""
        self._most_bytes = min(_CACHED_BYTES, num_bytes)
        self._forget_oldest(least=0)

    def _keep(self, key: Hashable, encoding: TextEncoding) -> None:
        """Cache an encoding; the least recently used go where they are too many bytes."""
        self._cache[key] = encoding
        self._cached_bytes += encoding.num_bytes
        self._forget_oldest(least=1)

    def _forget_oldest(self, *, least: int) -> None:
        while self._cached_bytes > self._most_bytes and len(self._cache) > least:
            self._cached_bytes -= self._cache.popitem(last=False)[1].num_bytes

    def encode_together(self, texts: Iterable[tuple[str, int]], variant: Hashable = None) -> None:
        """Encode in one pass what is not cached of these texts, each in that many windows.

        It serves up to the next call; a call with nothing means: from now on each alone.
        """
        self._together = {}
        new = [text for text in dict.fromkeys(texts) if (*text, variant) not in self._cache]
        if new:
            encodings = self._encode(new)
            self._together = {(*text, variant): one for text, one in zip(new, encodings, strict=True)}

    def _encode(self, texts: Sequence[tuple[str, int]]) -> list[TextEncoding]:
        """One pass of each encoder for all windows of all texts."""
        outputs = [self._run(index, texts) for index in range(len(self._encoders))]
        sizes = [num_windows for _, num_windows in texts]
        if len(self._encoders) == 1:
            hidden_states = torch.split(outputs[0][0], sizes)
            return [TextEncoding(prompt_embeds=_side_by_side(hidden)) for hidden in hidden_states]
        # SDXL: the layer before the last of both encoders, and the projection of the last encoder.
        hidden_states = torch.split(
            torch.cat([output.hidden_states[-2] for output in outputs], dim=-1), sizes
        )
        pooled = torch.split(outputs[-1][0], sizes)
        return [
            TextEncoding(prompt_embeds=_side_by_side(hidden), pooled_prompt_embeds=first[:1])
            for hidden, first in zip(hidden_states, pooled, strict=True)
        ]

    def _run(self, index: int, texts: Sequence[tuple[str, int]]) -> Any:
        tokenizer, encoder = self._tokenizers[index], self._encoders[index]
        ids = []
        for text, num_windows in texts:
            windows = self._windows(text, index)[:num_windows]
            windows += [[]] * (num_windows - len(windows))
            ids += [_framed(window, tokenizer) for window in windows]
        return encoder(send(torch.tensor(ids), encoder.device), output_hidden_states=len(self._encoders) > 1)

    def _windows(self, text: str, index: int) -> list[list[int]]:
        """The text as one of the encoders reads it: at least one window."""
        room = self._tokenizers[index].model_max_length - 2
        windows: list[list[int]] = [[]]
        for piece in self._pieces(text, index):
            if len(windows[-1]) + len(piece) > room and windows[-1]:
                windows.append([])
            windows[-1] += piece
            while len(windows[-1]) > room:
                windows.append(windows[-1][room:])
                del windows[-2][room:]
        return windows

    def _pieces(self, text: str, index: int) -> Iterator[list[int]]:
        """The tokens that stay together: of plain text one by one, of a learnt word all."""
        for piece in self._learnt.split(text):
            if isinstance(piece, str):
                yield from ([token] for token in ids_of(piece, self._tokenizers[index]))
            else:
                yield list(piece[index])


def num_words(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))


def ids_of(text: str, tokenizer: Any) -> list[int]:
    """The tokens of a text, without those that stand around it."""
    ids: list[int] = tokenizer(text, add_special_tokens=False, verbose=False).input_ids
    return ids


def _framed(window: list[int], tokenizer: Any) -> list[int]:
    """Begin, text, end, padding: what the tokenizer itself makes of a text that fits."""
    padding = tokenizer.model_max_length - 2 - len(window)
    return [tokenizer.bos_token_id, *window, tokenizer.eos_token_id, *[tokenizer.pad_token_id] * padding]


def _side_by_side(hidden: torch.Tensor) -> torch.Tensor:
    """(windows, tokens, width) → (1, windows·tokens, width)."""
    return hidden.reshape(1, -1, hidden.shape[-1])
