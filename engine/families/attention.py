"""Where a U-Net looks at each word: its cross-attention, watched during a drawing and summed as it comes.

The maps are those of DAAM (Tang et al. 2022, "What the DAAM: Interpreting Stable Diffusion Using Cross
Attention"): summed over steps, heads and layers. We take the layers of the way up alone. The middle is too
coarse, and on the way down the U-Net does not know yet which of two things a place is to become (measured on
the embedded model: `bench/RESULTS.md`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import torch
from torch.nn import functional

_CROSS_ATTENTION = ".attn2"
_WAY_UP = "up_blocks."


Positions: TypeAlias = tuple[int, ...]
"""Of a word's tokens in the encoding of its text."""


@dataclass(slots=True, kw_only=True)
class AttentionMaps:
    """A running mean of where the U-Net looks, for each word of the texts that a picture is drawn from.

    A step counts once it is kept: one that fails halfway, and is tried again in smaller pieces, counts once.
    """

    texts: Sequence[Sequence[Positions]]
    """Of each text, its words."""
    height: int
    width: int
    """Of the maps, in cells of the latents."""
    _sums: torch.Tensor | None = None
    _of_step: torch.Tensor | None = None
    _num_kept: int = 0
    """Passes of layers that count."""
    _first_row: int = 0
    _rows_seen: dict[str, int] = field(default_factory=dict)
    """In this step, by layer."""

    @property
    def num_words(self) -> int:
        """How many maps there are."""
        return sum(map(len, self.texts))

    def begin_step(self, first_row: int) -> None:
        """Forget what was not kept. In this step the texts have one row each, the first of them this one."""
        self._of_step, self._first_row, self._rows_seen = None, first_row, {}

    def keep_step(self) -> None:
        """Let what was seen in this step count."""
        if self._of_step is not None:
            self._sums = self._of_step if self._sums is None else self._sums + self._of_step
        self._num_kept += len(self._rows_seen)
        self._of_step = None

    def finished(self) -> torch.Tensor:
        """(words, height, width) on the CPU: what share of its attention a place gave a word, from 0 to 1."""
        if self._sums is None:
            return torch.zeros(self.num_words, self.height, self.width)
        return self._sums.cpu() / self._num_kept

    @contextmanager
    def watching(self, unet: Any) -> Iterator[None]:
        """Watch what the U-Net does meanwhile. It computes what it would compute unwatched, and stays as is.

        The U-Net must be run itself: one that was compiled before does not tell.
        """
        with ExitStack() as stack:
            for name, layer in _watched(unet).items():
                handle = layer.register_forward_pre_hook(self._hook(name), with_kwargs=True)
                stack.callback(handle.remove)
            yield

    def _hook(self, name: str) -> Any:
        def see(layer: Any, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> None:
            self._see(name, layer, arguments[0], options["encoder_hidden_states"])

        return see

    def _see(self, name: str, layer: Any, places: torch.Tensor, text: Any) -> None:
        """What a layer is about to look at: `places` (rows, cells, width), `text` (rows, tokens, width)."""
        text = text[0] if isinstance(text, tuple) else text  # beside it, tokens of reference pictures
        seen = self._rows_seen.get(name, 0)
        self._rows_seen[name] = seen + len(places)
        size = _size_of_layer(places.shape[1], self.height, self.width)
        for row in range(len(places)):
            number = seen + row - self._first_row
            if 0 <= number < len(self.texts) and self.texts[number]:
                self._add(number, _attention(layer, places[row : row + 1], text[row : row + 1]), size)

    def _add(self, number: int, attention: torch.Tensor, size: tuple[int, int]) -> None:
        """Add a layer's attention (tokens, cells) to the maps of the words of a text."""
        if self._of_step is None:
            self._of_step = attention.new_zeros(self.num_words, self.height, self.width)
        coarse = torch.stack([attention[list(word)].sum(dim=0) for word in self.texts[number]])
        maps = functional.interpolate(
            coarse.reshape(1, len(coarse), *size),
            (self.height, self.width),
            mode="bilinear",
            align_corners=False,
        )
        before = sum(map(len, self.texts[:number]))
        self._of_step[before : before + len(coarse)] += maps[0]


def _watched(unet: Any) -> Mapping[str, Any]:
    """The layers of cross-attention on the way up; where there is none, all."""
    layers = {name: layer for name, layer in unet.named_modules() if name.endswith(_CROSS_ATTENTION)}
    return {name: layer for name, layer in layers.items() if name.startswith(_WAY_UP)} or layers


def _attention(layer: Any, places: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """How much each place (1, cells, width) looks at each token (1, tokens, width): (tokens, cells), float32.

    The mean over the heads, one after another: those of a large picture together are much memory.
    """
    if layer.norm_cross:
        text = layer.norm_encoder_hidden_states(text)
    queries = layer.to_q(places)[0].unflatten(1, (layer.heads, -1)).transpose(0, 1).float()
    keys = layer.to_k(text)[0].unflatten(1, (layer.heads, -1)).transpose(0, 1).float()
    total: torch.Tensor = torch.zeros(keys.shape[1], queries.shape[1], device=places.device)
    for query, key in zip(queries, keys, strict=True):
        total += (key @ query.T * layer.scale).softmax(dim=0)
    return total / len(queries)


def _size_of_layer(cells: int, height: int, width: int) -> tuple[int, int]:
    """Height and width of a layer that sees so many cells: a level has half of the one above, rounded up."""
    while height * width > cells:
        height, width = -(-height // 2), -(-width // 2)
    return height, width
