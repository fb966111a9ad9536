"""The U-Net as torch.compile makes it; eager again, for good, at the first sign that it cannot."""

import logging
from typing import Any

import torch

from engine.device import is_device_lost, is_out_of_memory

log = logging.getLogger(__name__)

_MOST_GRAPHS = 64
"""torch gives up after 8 by default. Row counts share a graph; odd sizes and LoRAs want some of their own."""


class CompiledUNet:
    """Call it like the U-Net. Belongs to the engine's thread: compiled code may not change threads."""

    def __init__(self, unet: torch.nn.Module, *, name: str) -> None:
        import torch._dynamo.config as dynamo_config  # seconds, which only those who compile should wait

        dynamo_config.recompile_limit = _MOST_GRAPHS
        self._name = name
        self._unet = unet
        self._forward: Any = torch.compile(unet, dynamic=True)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """One forward pass. Out of memory and a lost device are not the compiler's fault, and are raised."""
        try:
            return self._forward(*arguments, **options)
        except Exception as error:
            if self._forward is self._unet or is_out_of_memory(error) or is_device_lost(error):
                raise
            log.warning("torch.compile failed for %s; from now on eager.", self._name, exc_info=True)
        self._forward = self._unet
        return self._unet(*arguments, **options)
