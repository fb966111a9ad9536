"""LoRA: low-rank changes of a checkpoint's weights, switched in by name and weight."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from engine.api import Lora
from engine.errors import EngineError, InvalidRequest, ModelNotFound


class LoraSwitch:
    """Keeps exactly one set of LoRAs in force on a pipeline's U-Net and text encoders.

    A set applies to a whole forward pass, so generations with another set are another group. Files are read
    when first asked for; switching between read ones takes milliseconds.
    """

    def __init__(self, pipeline: Any, files: Mapping[str, Path]) -> None:
        self._pipeline = pipeline
        self._files = files
        self._read: set[str] = set()
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
                if lora.name not in self._read:
                    self._load(lora.name)
        except EngineError:
            self._activate(self.in_force)  # reading a file puts it in force
            raise
        self._activate(loras)
        self.in_force = loras

    def _activate(self, loras: tuple[Lora, ...]) -> None:
        if loras:
            self._pipeline.enable_lora()
            self._pipeline.set_adapters([lora.name for lora in loras], [lora.weight for lora in loras])
        else:
            self._pipeline.disable_lora()

    def _load(self, name: str) -> None:
        path = self._files[name]
        if path.suffix != ".safetensors" or not path.is_file():
            raise ModelNotFound(f"The LoRA {name} is not a .safetensors file at {path}.")
        try:
            self._pipeline.load_lora_weights(path.parent, weight_name=path.name, adapter_name=name)
        except (OSError, ValueError, KeyError, SafetensorError, RuntimeError) as error:
            self._pipeline.delete_adapters(name)  # what of it was read is there already
            raise InvalidRequest(f"The LoRA {name} does not fit this model.") from error
        self._read.add(name)
