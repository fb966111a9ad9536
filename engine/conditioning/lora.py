"""LoRA: low-rank changes of a checkpoint's weights, switched in by name and weight."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from engine.api import Lora
from engine.device import is_device_lost, is_out_of_memory
from engine.errors import EngineError, InvalidRequest, ModelNotFound
from engine.recognition import OTHER_CHANGES, what_holds
from engine.weights import Shapes, read_shapes

_CHANGE = re.compile(
    r"(.+?)[._](?:processor\.)?(?:lora_|lora\.|lora_linear_layer\.)?(?:up|B)\.(?:\w+\.)?weight"
)
"""The larger half of a layer's change, in all spellings: the layer's name, then `lora_up` or `lora_B`."""
_TEXT_LAYER = re.compile(r"(lora_te\d?_text_model_encoder_layers_)\d+_")
_OUT = "0_self_attn_out_proj"


class LoraSwitch:
    """Keeps exactly one set of LoRAs in force on a pipeline's U-Net and text encoders.

    A set applies to a whole forward pass, so generations with another set are another group. Files are read
    when first asked for; switching between read ones takes milliseconds.
    """

    def __init__(self, pipeline: Any, files: Mapping[str, Path]) -> None:
        self._pipeline = pipeline
        self._files = files
        self._adapters: dict[str, str] = {}  # peft's names are those of modules, which may have no dots
        self.in_force: tuple[Lora, ...] = ()

    @torch.inference_mode(mode=False)
    def put_in_force(self, loras: tuple[Lora, ...]) -> None:
        """Make these LoRAs, and no others, part of the weights.

        Raises: InvalidRequest, ModelNotFound.
        """
        if loras == self.in_force:
            return
        try:
            for lora in loras:
                if lora.name not in self._adapters:
                    self._load(lora.name)
            self._activate(loras)
        except Exception:
            self._activate(self.in_force)  # reading a file puts it in force
            raise
        self.in_force = loras

    def _activate(self, loras: tuple[Lora, ...]) -> None:
        if loras:
            self._pipeline.enable_lora()
            names = [self._adapters[lora.name] for lora in loras]
            self._pipeline.set_adapters(names, [lora.weight for lora in loras])
        else:
            self._pipeline.disable_lora()

    def _load(self, name: str) -> None:
        path = self._files[name]
        if path.suffix != ".safetensors" or not path.is_file():
            raise ModelNotFound(f"The LoRA {name} is not a .safetensors file at {path}.")
        _check_kind(name, read_shapes(path))
        adapter = f"lora_{len(self._adapters)}"
        weights = _with_out_proj(load_file(path), self._pipeline.text_encoder.config.hidden_size)
        try:
            self._pipeline.load_lora_weights(weights, adapter_name=adapter)
            self._check_fit(name, adapter, weights)
        except Exception as error:  # peft and diffusers raise whatever comes
            self._pipeline.delete_adapters(adapter)  # what of it was read is there already
            if isinstance(error, EngineError) or is_out_of_memory(error) or is_device_lost(error):
                raise
            raise InvalidRequest(
                f"The LoRA {name} does not fit this model: it was made for another."
            ) from error
        self._adapters[name] = adapter

    def _check_fit(self, name: str, adapter: str, weights: Iterable[str]) -> None:
        """Whether every layer that the file changes is there.

        Raises: InvalidRequest.
        """
        meant = {match[1] for match in map(_CHANGE.fullmatch, weights) if match}
        parts = [part for part in self._pipeline.components.values() if isinstance(part, torch.nn.Module)]
        modules = (module for part in parts for module in part.modules())
        changed = sum(adapter in getattr(module, "lora_A", ()) for module in modules)
        if changed < len(meant):
            raise InvalidRequest(
                f"The LoRA {name} fits this model only in part ({changed} of {len(meant)} layers): it was "
                "made for another."
            )


def _check_kind(name: str, shapes: Shapes) -> None:
    """Whether a file holds a LoRA, and no other change of a model.

    Raises: InvalidRequest.
    """
    for piece, kind in OTHER_CHANGES.items():
        if any(piece in key for key in shapes):
            raise InvalidRequest(
                f"{name} is a {kind}, not a LoRA, and cannot be applied here. Choose a LoRA."
            )
    if not any("lora" in key for key in shapes):
        raise InvalidRequest(f"{name} is no LoRA: it {what_holds(shapes)}")


def _with_out_proj(weights: dict[str, torch.Tensor], width: int) -> dict[str, torch.Tensor]:
    """Weights whose layout diffusers recognises: by changes of a text encoder's out_proj.

    Where a file changes, say, only its q_proj, a change of out_proj by nothing is put beside.
    """
    prefixes = {match[1] for match in map(_TEXT_LAYER.match, weights) if match}
    neutral = {
        f"{prefix}{_OUT}.lora_{half}.weight": torch.zeros(shape)
        for prefix in prefixes
        if not any(key.startswith(prefix) and "out_proj" in key for key in weights)
        for half, shape in (("down", (1, width)), ("up", (width, 1)))
    }
    return weights | neutral
