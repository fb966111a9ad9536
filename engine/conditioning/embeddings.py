"""Textual inversions: words that were learnt for a model, of several vectors each, named in a prompt."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file

from engine.errors import EngineError, InvalidRequest
from engine.recognition import family_of_width, what_holds
from engine.weights import Shapes, check_is_safetensors, read_shapes

_OF_SDXL = ("clip_l", "clip_g")
"""What a file for two text encoders calls their vectors, in the encoders' order."""
_OF_WEB_UIS = "emb_params"


class Read(NamedTuple):
    """A place in a text where other tokens are read than its own."""

    span: range
    tokens: tuple[tuple[int, ...], ...]
    """For each text encoder."""
    meant: str | None = None
    """The words that these are the tokens of; None of a learnt word, and of another article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The learnt words, found in a text by their names, whatever their case, where these stand alone."""

    ids: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    """Name → for each text encoder the tokens that stand for it."""
    reading: Callable[[str], Sequence[Read]] | None = None
    """Finds what else is read by other tokens than its own."""

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds a name, the longest first; a part of a longer word is none."""
        names = sorted(self.ids, key=len, reverse=True)
        spelt = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
        return re.compile(rf"(?<!\w)(?<!\w-)(?:{spelt})(?!\w|-\w)", re.IGNORECASE) if names else None

    def found(self, text: str) -> list[Read]:
        """Where names stand in a text, in their order, and the tokens of each."""
        pattern = self.pattern
        matches = pattern.finditer(text) if pattern else ()
        learnt = [Read(range(*match.span()), self._tokens(match[0])) for match in matches]
        if self.reading is None:
            return learnt
        taken = {place for one in learnt for place in one.span}
        others = [one for one in self.reading(text) if taken.isdisjoint(one.span)]
        return sorted([*learnt, *others], key=lambda one: one.span.start)

    def split(self, text: str) -> list[str | tuple[tuple[int, ...], ...]]:
        """The text in its order: what is plain text, and for learnt words their tokens."""
        pieces, end = list[str | tuple[tuple[int, ...], ...]](), 0
        for span, tokens, _ in self.found(text):
            pieces += [text[end : span.start], tokens]
            end = span.stop
        return [*pieces, text[end:]]

    def _tokens(self, written: str) -> tuple[tuple[int, ...], ...]:
        wanted = _folded(written)
        return next(ids for name, ids in self.ids.items() if _folded(name) == wanted)


def learn(
    model: str,
    files: Mapping[str, Path],
    *,
    tokenizers: Sequence[Any],
    encoders: Sequence[Any],
) -> tuple[Words, dict[str, str]]:
    """Put those that fit into the text encoders of a model; they, and why the others do not, by name."""
    widths = tuple(int(encoder.config.hidden_size) for encoder in encoders)
    learnt, refused = dict[str, tuple[torch.Tensor, ...]](), dict[str, str]()
    for name, path in files.items():
        try:
            learnt[name] = _read(name, path, model, widths)
        except EngineError as error:
            refused[name] = str(error)
    added = [
        _add(encoder, tokenizer, [vectors[index] for vectors in learnt.values()])
        for index, (tokenizer, encoder) in enumerate(zip(tokenizers, encoders, strict=True))
    ]
    return Words(ids=dict(zip(learnt, zip(*added, strict=True), strict=True))), refused


def _read(name: str, path: Path, model: str, widths: tuple[int, ...]) -> tuple[torch.Tensor, ...]:
    """For each text encoder its vectors (n, width).

    Raises: EngineError.
    """
    check_is_safetensors(path, f"The embedding {name}")
    shapes = read_shapes(path)
    keys = _keys(shapes)
    if keys is None:
        raise InvalidRequest(f"{name} is no textual inversion: it {what_holds(shapes)}")
    made_for = tuple(shapes[key][-1] for key in keys)
    if made_for != widths:
        raise InvalidRequest(
            f"The embedding {name} does not fit {model}: it was made for {family_of_width(sum(made_for))}, "
            f"and {model} is of {family_of_width(sum(widths))}."
        )
    tensors = load_file(path)
    return tuple(tensors[key].reshape(-1, tensors[key].shape[-1]) for key in keys)


def _keys(shapes: Shapes) -> tuple[str, ...] | None:
    """The tensors with the vectors, in the encoders' order; None, if it is something else."""
    if set(_OF_SDXL) <= shapes.keys():
        return _OF_SDXL
    if _OF_WEB_UIS in shapes:
        return (_OF_WEB_UIS,)
    is_one = len(shapes) == 1 and all(
        1 <= len(shape) <= 2 and not token.endswith(".weight") for token, shape in shapes.items()
    )
    return tuple(shapes) if is_one else None


@torch.inference_mode(mode=False)
def _add(encoder: Any, tokenizer: Any, words: Sequence[torch.Tensor]) -> Iterator[tuple[int, ...]]:
    """Append the vectors of some words to those of an encoder; for each word its tokens.

    CLIP's configurations of before 2023 say nothing of where a text ends, which then is looked for at the
    highest token: with new ones, it is said.
    """
    table = encoder.get_input_embeddings()
    first = len(table.weight)
    if words:
        weight = torch.cat([table.weight.data, *(vectors.to(table.weight) for vectors in words)])
        table.weight = torch.nn.Parameter(weight, requires_grad=False)
        table.num_embeddings = len(weight)
        for module in encoder.modules():
            if hasattr(module, "eos_token_id"):
                module.eos_token_id = tokenizer.eos_token_id
    ends = torch.tensor([len(vectors) for vectors in words]).cumsum(0).tolist()
    starts = [0, *ends[:-1]]
    return iter([tuple(range(first + start, first + end)) for start, end in zip(starts, ends, strict=False)])


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
