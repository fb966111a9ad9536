"""LoRA: low-rank changes of a checkpoint's weights, switched in by name and weight."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from engine.api import Lora
from engine.conditioning.layers import PARTS, LayerNames
from engine.conditioning.lora_file import Change, LoraFile
from engine.errors import EngineError

_KEPT_BYTES = 2**30
"""What may stay on the device of LoRAs that are not in force."""


def settled(loras: Sequence[Lora]) -> tuple[Lora, ...]:
    """What a list of LoRAs comes to, as they add up: each once, in one order, none of no weight."""
    weights: dict[str, float] = {}
    for lora in loras:
        weights[lora.name] = weights.get(lora.name, 0.0) + lora.weight
    return tuple(Lora(name=name, weight=weight) for name, weight in sorted(weights.items()) if weight)


class LoraSwitch:
    """Keeps exactly one set of LoRAs in force on a pipeline's U-Net and text encoders.

    A set applies to a whole forward pass, so generations with another set are another group. Files are read
    when first asked for; switching between read ones takes milliseconds.
    """

    def __init__(self, model: str, pipeline: Any, files: Mapping[str, Path]) -> None:
        self._model = model
        self._pipeline = pipeline
        self._files = files
        self._names = LayerNames(pipeline)
        self._read: OrderedDict[str, _Adapter] = OrderedDict()
        self._num_read = 0
        self.in_force: tuple[Lora, ...] = ()

    def refusals(self) -> dict[str, str]:
        """Why those LoRAs that do not fit this model do not, by their names. No weights are read."""
        refused = {}
        for name in self._files:
            try:
                self._opened(name)
            except EngineError as error:
                refused[name] = str(error)
        return refused

    @torch.inference_mode(mode=False)
    def put_in_force(self, loras: Sequence[Lora]) -> None:
        """Make these LoRAs, and no others, part of the weights.

        Raises: InvalidRequest, ModelNotFound.
        """
        wanted = settled(loras)
        if wanted == self.in_force:
            return
        try:
            for lora in wanted:
                if lora.name not in self._read:
                    self._read[lora.name] = self._load(lora.name)
        finally:
            self._activate(self.in_force)  # what was read came into force with that
        self._activate(wanted)
        self.in_force = wanted
        self._forget()

    def _activate(self, loras: tuple[Lora, ...]) -> None:
        adapters = [self._read[lora.name] for lora in loras]
        for layer in self._changed_layers():
            layer.set_adapter([adapter.name for adapter in adapters], inference_mode=True)
            layer.enable_adapters(enabled=bool(adapters))
            for adapter, lora in zip(adapters, loras, strict=True):
                layer.set_scale(adapter.name, lora.weight)
        for lora, adapter in zip(loras, adapters, strict=True):
            for stretch in adapter.stretches:
                stretch.weight = lora.weight
            self._read.move_to_end(lora.name)

    def _forget(self) -> None:
        """Drop what was not in force for longest, where all that is kept is too many bytes."""
        names = [name for name in self._read if name not in {lora.name for lora in self.in_force}]
        kept = sum(self._read[name].num_bytes for name in names)
        for name in names:
            if kept <= _KEPT_BYTES:
                break
            kept -= self._read[name].num_bytes
            self._delete(self._read.pop(name).name)

    def _delete(self, adapter: str) -> None:
        for layer in self._changed_layers():
            if adapter in layer.lora_A:
                layer.delete_adapter(adapter)

    def _changed_layers(self) -> Iterator[Any]:
        if not self._num_read:
            return
        from peft.tuners.lora import LoraLayer  # slow to import, and only LoRAs need it

        for part in self._parts:
            yield from (module for module in part.modules() if isinstance(module, LoraLayer))

    @property
    def _parts(self) -> list[torch.nn.Module]:
        parts = (getattr(self._pipeline, part, None) for part in PARTS)
        return [part for part in parts if part is not None]

    def _opened(self, name: str) -> LoraFile:
        file = LoraFile(name, self._files[name])
        file.check_fit(
            self._names, model=self._model, text_width=self._pipeline.unet.config.cross_attention_dim
        )
        return file

    def _load(self, name: str) -> "_Adapter":
        file = self._opened(name)
        self._num_read += 1
        adapter = _Adapter(name=f"lora_{self._num_read}")  # the names of modules may have no dots
        try:
            changes = list(file.changes(self._names))
            for part in dict.fromkeys(change.layer.part for change in changes):
                module = getattr(self._pipeline, part)
                adapter.add(module, [change for change in changes if change.layer.part == part])
        except Exception:
            self._delete(adapter.name)  # what of it was read is there already
            raise
        return adapter


class _Adapter:
    """One LoRA on the device, under the name that peft knows it by."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.num_bytes = 0
        self.stretches: list[_Stretch] = []

    def add(self, module: torch.nn.Module, changes: Sequence[Change]) -> None:
        """Put changes of some of its layers into a module."""
        from peft import inject_adapter_in_model

        inject_adapter_in_model(_config(changes), module, self.name, low_cpu_mem_usage=True)
        for change in changes:
            layer: Any = module.get_submodule(change.layer.path)
            base = layer.get_base_layer().weight
            for halves, half in ((layer.lora_A, change.down), (layer.lora_B, change.up)):
                weight = torch.nn.Parameter(half.to(base.device, base.dtype), requires_grad=False)
                halves[self.name].weight = weight
                self.num_bytes += weight.numel() * weight.element_size()
            if change.magnitude is not None:
                stretch = layer.lora_variant[self.name] = _Stretch(change, change.magnitude, base)
                self.stretches.append(stretch)


def _config(changes: Sequence[Change]) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=1,
        lora_alpha=1,
        rank_pattern=_patterns({change.layer.path: change.rank for change in changes}),
        alpha_pattern=_patterns({change.layer.path: change.alpha for change in changes}),
        target_modules=[change.layer.path for change in changes],
        init_lora_weights=False,
    )


def _patterns(values: Mapping[str, float]) -> dict[str, float]:
    """One pattern for all layers of a value: peft looks through them anew for each layer."""
    paths: dict[float, list[str]] = {}
    for path, value in values.items():
        paths.setdefault(value, []).append(re.escape(path))
    return {f"^({'|'.join(same)})": value for value, same in paths.items()}


class _Stretch:
    """DoRA (Liu et al. 2024): each row or column of the changed weight is brought to a length of its own.

    It takes the place of one of peft's variants, which lack two things: of LyCORIS's files the columns, and
    that the change counts by its weight, as elsewhere: W + weight·(W′ - W).
    """

    def __init__(self, change: Change, magnitude: torch.Tensor, base: torch.Tensor) -> None:
        self.weight = 1.0
        self._share = change.alpha / change.rank
        changed = self._summed(base, change.down.to(base.device), change.up.to(base.device))
        axis = 0 if magnitude.shape[0] == base.shape[0] else 1
        across = [dimension for dimension in range(base.dim()) if dimension != axis]
        lengths = torch.linalg.vector_norm(changed, dim=across, keepdim=True)
        self._factors = magnitude.to(changed) / (lengths + torch.finfo(changed.dtype).eps)

    def forward(
        self, layer: Any, *, active_adapter: str, x: torch.Tensor, result: torch.Tensor, **_: Any
    ) -> torch.Tensor:
        """What peft asks of a variant: the layer's result so far, and what this one adds to it."""
        base = layer.get_base_layer()
        halves = layer.lora_A[active_adapter].weight, layer.lora_B[active_adapter].weight
        change = (self._factors * self._summed(base.weight, *halves) - base.weight).to(x.dtype)
        if isinstance(base, torch.nn.Conv2d):
            added: torch.Tensor = base._conv_forward(x, change, None)  # noqa: SLF001 - with its own padding
        else:
            added = functional.linear(x, change)
        return result + self.weight * added

    def _summed(self, base: torch.Tensor, down: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        """The changed weight before it is stretched, in float32."""
        product = up.float().flatten(1) @ down.float().flatten(1)
        return base.float() + self._share * product.reshape(base.shape)
