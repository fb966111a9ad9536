"""Write a tiny checkpoint as one file in the layout of the original Stable Diffusion release."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

_UNET = (
    (r"^time_embedding\.linear_1", "time_embed.0"),
    (r"^time_embedding\.linear_2", "time_embed.2"),
    (r"^conv_in", "input_blocks.0.0"),
    (r"^conv_norm_out", "out.0"),
    (r"^conv_out", "out.2"),
    (r"^mid_block\.resnets\.0", "middle_block.0"),
    (r"^mid_block\.attentions\.0", "middle_block.1"),
    (r"^mid_block\.resnets\.1", "middle_block.2"),
    (r"\.norm1\.(?=weight|bias)", ".in_layers.0."),
    (r"\.conv1\.", ".in_layers.2."),
    (r"\.time_emb_proj\.", ".emb_layers.1."),
    (r"\.norm2\.(?=weight|bias)", ".out_layers.0."),
    (r"\.conv2\.", ".out_layers.3."),
    (r"\.conv_shortcut\.", ".skip_connection."),
)
_VAE = (
    (r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2"),
    (r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample"),
    (r"up_blocks\.(\d)\.resnets\.(\d)", lambda match: f"up.{3 - int(match[1])}.block.{match[2]}"),
    (r"up_blocks\.(\d)\.upsamplers\.0", lambda match: f"up.{3 - int(match[1])}.upsample"),
    (r"mid_block\.resnets\.(\d)", lambda match: f"mid.block_{int(match[1]) + 1}"),
    (r"mid_block\.attentions\.0\.group_norm", "mid.attn_1.norm"),
    (r"mid_block\.attentions\.0\.to_out\.0", "mid.attn_1.proj_out"),
    (r"mid_block\.attentions\.0\.to_([qkv])", r"mid.attn_1.\1"),
    (r"conv_norm_out", "norm_out"),
    (r"conv_shortcut", "nin_shortcut"),
)


def save_single_file(pipeline: Any, path: Path) -> Path:
    """The weights in one file, and the configuration in a folder of the same name beside it."""
    weights = {
        **{f"model.diffusion_model.{name}": value for name, value in _unet(pipeline.unet).items()},
        **{f"first_stage_model.{name}": value for name, value in _vae(pipeline.vae).items()},
        **{
            f"cond_stage_model.transformer.text_model.{name}": value
            for name, value in pipeline.text_encoder.state_dict().items()
        },
    }
    save_file({name: value.contiguous() for name, value in weights.items()}, path)
    pipeline.save_pretrained(path.with_suffix(""))
    for component in path.with_suffix("").glob("*/*.safetensors"):
        component.unlink()
    return path


def _unet(unet: Any) -> dict[str, torch.Tensor]:
    state: Mapping[str, torch.Tensor] = unet.state_dict()
    places = _places(len(unet.config.block_out_channels), unet.config.layers_per_block)
    renamed = {}
    for name, value in state.items():
        place = next((old for old in places if name.startswith(f"{old}.")), None)
        new = name if place is None else places[place] + name.removeprefix(place)
        is_attention = "attentions" in name
        for pattern, replacement in _UNET:
            if not (is_attention and pattern.startswith(r"\.")):
                new = re.sub(pattern, replacement, new)
        renamed[new] = value
    return renamed


def _places(levels: int, layers: int) -> dict[str, str]:
    """Where the blocks stand in the original's two flat lists."""
    places, block = {}, 1
    for level in range(levels):
        for layer in range(layers):
            places[f"down_blocks.{level}.resnets.{layer}"] = f"input_blocks.{block}.0"
            places[f"down_blocks.{level}.attentions.{layer}"] = f"input_blocks.{block}.1"
            block += 1
        places[f"down_blocks.{level}.downsamplers.0.conv"] = f"input_blocks.{block}.0.op"
        block += level < levels - 1
    block = 0
    for level in range(levels):
        for layer in range(layers + 1):
            places[f"up_blocks.{level}.resnets.{layer}"] = f"output_blocks.{block}.0"
            places[f"up_blocks.{level}.attentions.{layer}"] = f"output_blocks.{block}.1"
            block += 1
        has_attention = level < levels - 1
        places[f"up_blocks.{level}.upsamplers.0"] = f"output_blocks.{block - 1}.{1 + has_attention}"
    return places


def _vae(vae: Any) -> dict[str, torch.Tensor]:
    renamed = {}
    for name, value in vae.state_dict().items():
        new, tensor = name, value
        for pattern, replacement in _VAE:
            new = re.sub(pattern, replacement, new)
        if re.search(r"attn_1\.(q|k|v|proj_out)\.weight", new):
            tensor = value[:, :, None, None]
        renamed[new] = tensor
    return renamed


def save_controlnet_file(control: Any, path: Path) -> Path:
    """The weights of a ControlNet in one file, as the original release has them."""
    hints = {"conv_in": 0, "conv_out": 14, **{f"blocks.{block}": 2 * block + 2 for block in range(6)}}
    renamed = {}
    for name, value in _unet(control).items():
        part, _, rest = name.partition(".")
        if part == "controlnet_cond_embedding":
            layer, _, kind = rest.rpartition(".")
            renamed[f"control_model.input_hint_block.{hints[layer]}.{kind}"] = value
        elif part == "controlnet_down_blocks":
            number, _, kind = rest.partition(".")
            renamed[f"control_model.zero_convs.{number}.0.{kind}"] = value
        elif part == "controlnet_mid_block":
            renamed[f"control_model.middle_block_out.0.{rest}"] = value
        else:
            renamed[f"control_model.{name}"] = value
    save_file({name: value.contiguous() for name, value in renamed.items()}, path)
    return path
