"""A LoRA file: which layers it changes and how, whoever wrote it; and what it is if it is no LoRA."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod, sqrt
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from engine.conditioning.layers import Layer
from engine.errors import InvalidRequest
from engine.recognition import family_of_width, other_change, other_family, what_holds
from engine.weights import check_is_safetensors, read_shapes

_PIECE = re.compile(
    r"(?P<layer>.+?)(?:"
    r"(?:\.lora_linear_layer\.|[._]lora\.|\.lora_)(?P<half>down|up|mid|A|B)(?:\.\w+)?\.weight"
    r"|\.(?P<other>alpha|dora_scale|lora_magnitude_vector)(?:\.\w+)*)"
)
"""A tensor's name: the layer's, then what of its change the tensor is."""
_HALVES = {"A": "down", "B": "up"}
_SDXL = 2048
_SDXL_ALONE = re.compile(r"lora_te2_|text_encoder_2\.|\bclip_g\b|label_emb|add_embedding")
_READS_TEXT = re.compile(r"attn2[._]to_[kv]\b|attn2[._]to_[kv]_lora")
_METADATA = "lora_adapter_metadata"
"""Where diffusers keeps what is not in the tensors: how the halves are scaled."""

Pieces = Mapping[str, str]
"""What of a layer's change a tensor is ("down", "up", "mid", "alpha", …) → the tensor's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """W + alpha/rank · up·down of one layer, and of a DoRA that with rows or columns of a given length."""

    layer: Layer
    down: torch.Tensor
    """(rank, in), of a convolution (rank, in, height, width)"""
    up: torch.Tensor
    """(out, rank), of a convolution (out, rank, 1, 1)"""
    alpha: float
    magnitude: torch.Tensor | None
    """How long each row (out, 1, …) or column (1, in, …) of the changed weight becomes; None: as it is."""

    @property
    def rank(self) -> int:
        """How many numbers stand between the halves."""
        return self.down.shape[0]


class LoraFile:
    """A LoRA on disk, known by its names and shapes until `changes` reads it.

    Raises: ModelNotFound, if the file is damaged or none; InvalidRequest, if it is no LoRA.
    """

    def __init__(self, name: str, path: Path) -> None:
        check_is_safetensors(path, f"The LoRA {name}")
        self._name = name
        self._path = path
        self._shapes = read_shapes(path)
        if (kind := other_change(self._shapes)) is not None:
            raise InvalidRequest(f"{name} is {kind}")
        if not any("lora" in key for key in self._shapes):
            raise InvalidRequest(f"{name} is no LoRA: it {what_holds(self._shapes)}")

    def check_fit(self, names: Mapping[str, Layer], *, model: str, text_width: int) -> None:
        """Whether it can be applied whole to the model, whose U-Net reads so many numbers per token of text.

        Raises: InvalidRequest.
        """
        if (family := other_family(self._shapes)) is not None:
            raise InvalidRequest(f"The LoRA {self._name} does not fit {model}: it was made for {family}.")
        has_second = any(layer.part == "text_encoder_2" for layer in names.values())
        made_for = _SDXL if self._has_second and not has_second else self._text_width
        if made_for not in {None, text_width}:
            raise InvalidRequest(
                f"The LoRA {self._name} does not fit {model}: it was made for {family_of_width(made_for)}, "
                f"and {model} is of {family_of_width(text_width)}."
            )
        wrong = [name for name in self._pieces if name not in names or not self._fits(name, names[name])]
        if wrong or self._unknown:
            raise InvalidRequest(self._unfit(model, wrong))

    def _unfit(self, model: str, wrong: list[str]) -> str:
        first, total = [*wrong, *self._unknown][0], len(self._pieces)
        if len(wrong) == total:
            return f"The LoRA {self._name} does not fit {model}: it was made for another model."
        if not wrong:
            return (
                f"The LoRA {self._name} holds more than a LoRA ({first}), so it could be applied only in "
                "part. Choose another copy of it."
            )
        return (
            f"The LoRA {self._name} fits {model} only in part ({total - len(wrong)} of {total} layers; "
            f"{first} does not): it was made for another model."
        )

    def _fits(self, name: str, layer: Layer) -> bool:
        shapes = {piece: self._shapes[key] for piece, key in self._pieces[name].items()}
        return _fits(layer.shape, shapes)

    def changes(self, names: Mapping[str, Layer]) -> Iterator[Change]:
        """What it does to each layer, read from the file. It must fit."""
        with safe_open(self._path, framework="pt") as file:
            for name, pieces in self._pieces.items():
                tensors = {piece: file.get_tensor(key) for piece, key in pieces.items()}
                yield self._change(names[name], tensors)

    def _change(self, layer: Layer, tensors: Mapping[str, torch.Tensor]) -> Change:
        down, up = tensors["down"], tensors["up"]
        if "mid" in tensors:  # a convolution between two of one pixel: the first two are one
            down = torch.einsum("rskl,si->rikl", tensors["mid"].float(), down.flatten(1).float())
        rank = down.shape[0]
        out, ins, *kernel = layer.shape
        return Change(
            layer=layer,
            down=down.reshape(rank, ins, *kernel),
            up=up.reshape(out, rank, *(1 for _ in kernel)),
            alpha=float(tensors["alpha"]) if "alpha" in tensors else self._alpha(layer, rank),
            magnitude=_magnitude(tensors, layer.shape),
        )

    def _alpha(self, layer: Layer, rank: int) -> float:
        """What the file says beside its tensors. Where it says nothing, the halves are not scaled."""
        told = {
            key.removeprefix(f"{layer.part}."): value
            for key, value in self._metadata.items()
            if key.startswith(f"{layer.part}.")
        }
        if "lora_alpha" not in told:
            return float(rank)
        patterns: Mapping[str, float] = told.get("alpha_pattern") or {}
        fitting = (patterns[one] for one in patterns if re.fullmatch(rf"(.*\.)?({one})", layer.path))
        alpha = float(next(fitting, told["lora_alpha"]))
        return alpha * sqrt(rank) if told.get("use_rslora") else alpha

    @cached_property
    def _metadata(self) -> Mapping[str, Any]:
        with safe_open(self._path, framework="pt") as file:
            told = json.loads((file.metadata() or {}).get(_METADATA) or "{}")
        return told if isinstance(told, dict) else {}

    @cached_property
    def _pieces(self) -> Mapping[str, Pieces]:
        """The pieces of each layer's change, by what the file calls the layer."""
        pieces: dict[str, dict[str, str]] = {}
        for key, match in self._matches.items():
            if match is not None:
                piece = match["half"] or match["other"]
                pieces.setdefault(match["layer"], {})[_HALVES.get(piece, piece)] = key
        return pieces

    @property
    def _unknown(self) -> list[str]:
        return [key for key, match in self._matches.items() if match is None]

    @cached_property
    def _matches(self) -> Mapping[str, re.Match[str] | None]:
        return {key: _PIECE.fullmatch(key) for key in self._shapes}

    @property
    def _has_second(self) -> bool:
        """Whether it changes what SDXL alone has."""
        return any(_SDXL_ALONE.search(key) for key in self._shapes)

    @property
    def _text_width(self) -> int | None:
        """How many numbers per token of text the U-Net reads that it was made for; None: it does not show."""
        downs = (
            self._shapes[pieces["down"]]
            for name, pieces in self._pieces.items()
            if "down" in pieces and _READS_TEXT.search(name)
        )
        return next((shape[1] for shape in downs if len(shape) > 1), None)


def _fits(weight: tuple[int, ...], shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether tensors of these shapes, by what of a change they are, change a layer with such a weight."""
    down, up = shapes.get("down", ()), shapes.get("up", ())
    if len(down) < 2 or len(up) < 2:
        return False
    out, ins, *kernel = weight
    rank, seen = down[0], list(down[2:])
    if "mid" in shapes and len(shapes["mid"]) == 4:
        rank, between, *seen = shapes["mid"]
        if between != down[0] or prod(down[2:]) != 1:
            return False
    lengths = [prod(shapes[piece]) for piece in _LENGTHS if piece in shapes]
    are_halves = down[1] == ins and up[:2] == (out, rank) and prod(up[2:]) == 1
    is_as_large = seen == kernel or (prod(seen) == 1 and prod(kernel) == 1)
    return are_halves and is_as_large and all(length in {out, ins} for length in lengths)


_LENGTHS = ("lora_magnitude_vector", "dora_scale")


def _magnitude(tensors: Mapping[str, torch.Tensor], weight: tuple[int, ...]) -> torch.Tensor | None:
    """A DoRA's lengths, laid along what they are of.

    peft's are of rows, (out, 1, …). LyCORIS's are of rows or of columns, (1, in, …), as all were at first.
    """
    out, ins, *kernel = weight
    ones = [1] * len(kernel)
    lengths = next((tensors[piece] for piece in _LENGTHS if piece in tensors), None)
    if lengths is None:
        return None
    if "lora_magnitude_vector" in tensors or lengths.shape[0] == out:
        return lengths.reshape(out, 1, *ones)
    return lengths.reshape(1, ins, *ones)
