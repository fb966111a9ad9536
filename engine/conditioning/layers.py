"""The layers of a model that a LoRA may change, by every name that files have for them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

PARTS = ("unet", "text_encoder", "text_encoder_2")
"""The components of a pipeline that LoRAs change."""
_KOHYA_TEXTS = {"text_encoder": ("lora_te", "lora_te1"), "text_encoder_2": ("lora_te2",)}
_COMFY_TEXTS = {"text_encoder": "clip_l", "text_encoder_2": "clip_g"}
_IN_RESNETS = {
    "conv1": "in_layers.2",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
_OUTSIDE_BLOCKS = {
    "conv_in": "input_blocks.0.0",
    "conv_out": "out.2",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
}
_OLD_SPELLINGS = (
    (r"^base_model\.model\.", ""),
    (r"\.processor\.", "."),
    (r"self_attn\.to_([qkv])$", r"self_attn.\1_proj"),
    (r"self_attn\.to_out$", "self_attn.out_proj"),
    (r"(attn[12])\.to_out$", r"\1.to_out.0"),
)
"""What diffusers and peft called layers, or put before them, until 2023 → what they are called now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A linear or convolutional layer of a pipeline."""

    part: str
    """The pipeline's component, such as "unet"."""
    path: str
    """Its name within that."""
    shape: tuple[int, ...]
    """Of its weight: (out, in), or (out, in, height, width)."""


class LayerNames(Mapping[str, Layer]):
    """The layers of a pipeline, by each name that a LoRA file may have for them.

    These are diffusers' own, the flat ones of kohya's trainer, and those of the original release, in which
    SDXL is trained, dotted and flat.
    """

    def __init__(self, pipeline: Any) -> None:
        places = _places(pipeline.unet.config)
        self._layers = {
            name: layer
            for part in PARTS
            if (module := getattr(pipeline, part, None)) is not None
            for layer in _layers(part, module)
            for name in _names(layer, places)
        }

    def __getitem__(self, name: str) -> Layer:
        for pattern, replacement in _OLD_SPELLINGS:
            name = re.sub(pattern, replacement, name)
        return self._layers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)


def _layers(part: str, module: torch.nn.Module) -> Iterator[Layer]:
    for path, one in module.named_modules():
        is_of_adapter = ".processor." in path  # by which pictures are read, and no LoRA is made for those
        if isinstance(one, torch.nn.Linear | torch.nn.Conv2d) and not is_of_adapter:
            yield Layer(part=part, path=path, shape=tuple(one.weight.shape))


def _names(layer: Layer, places: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    yield f"{layer.part}.{layer.path}"
    if layer.part != "unet":
        yield from _text_names(layer)
        return
    yield layer.path
    yield f"lora_unet_{_flat(layer.path)}"
    original = _original(layer.path, places)
    yield f"diffusion_model.{original}"
    yield f"lora_unet_{_flat(original)}"


def _text_names(layer: Layer) -> Iterator[str]:
    """Whether CLIP's encoder says `text_model` before its layers depends on its class and transformers'."""
    is_inside = layer.path.startswith(("text_model.", "text_projection"))
    path = layer.path if is_inside else f"text_model.{layer.path}"
    yield f"{layer.part}.{path}"
    yield f"text_encoders.{_COMFY_TEXTS[layer.part]}.transformer.{path}"
    for prefix in _KOHYA_TEXTS[layer.part]:
        yield f"{prefix}_{_flat(path)}"


def _flat(path: str) -> str:
    return path.replace(".", "_")


def _original(path: str, places: Mapping[str, tuple[str, int]]) -> str:
    """What the original release calls a layer of the U-Net."""
    if path in _OUTSIDE_BLOCKS:
        return _OUTSIDE_BLOCKS[path]
    for place, (block, index) in places.items():
        if path.startswith(f"{place}."):
            inner = path.removeprefix(f"{place}.")
            if ".resnets." in place:
                inner = _IN_RESNETS.get(inner, inner)
            elif place.endswith("downsamplers.0"):
                inner = "op"
            return f"{block}.{index}.{inner}"
    return path


def _places(unet: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Where groups of layers stand in the original's flat lists: the block, and which of its parts."""
    levels, depth = len(unet["block_out_channels"]), unet["layers_per_block"]
    places = {
        "mid_block.resnets.0": ("middle_block", 0),
        "mid_block.attentions.0": ("middle_block", 1),
        "mid_block.resnets.1": ("middle_block", 2),
    }
    for level in range(levels):
        for layer in range(depth):
            block = f"input_blocks.{1 + level * (depth + 1) + layer}"
            places[f"down_blocks.{level}.resnets.{layer}"] = (block, 0)
            places[f"down_blocks.{level}.attentions.{layer}"] = (block, 1)
        places[f"down_blocks.{level}.downsamplers.0"] = (f"input_blocks.{(level + 1) * (depth + 1)}", 0)
        for layer in range(depth + 1):
            block = f"output_blocks.{level * (depth + 1) + layer}"
            places[f"up_blocks.{level}.resnets.{layer}"] = (block, 0)
            places[f"up_blocks.{level}.attentions.{layer}"] = (block, 1)
        attended = "CrossAttn" in unet["up_block_types"][level]
        last = f"output_blocks.{level * (depth + 1) + depth}"
        places[f"up_blocks.{level}.upsamplers.0"] = (last, 1 + attended)
    return places
