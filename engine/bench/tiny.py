"""Tiny random checkpoints of the real diffusers classes, for tests and measurements: milliseconds a step."""

from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DPMSolverMultistepScheduler,
    StableDiffusionInpaintPipeline,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLInstructPix2PixPipeline,
    StableDiffusionXLPipeline,
    T2IAdapter,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

TOKENS = 24
TEXT_WIDTH = 32
_SEEN_WIDTH = 24
"""Of what the image encoder makes of a picture; of each piece of one it makes more."""
_PIECE_WIDTH = 32
_IMAGE_TOKENS = 4


def save_tiny_checkpoint(
    path: str | Path,
    *,
    xl: bool = False,
    inpaints: bool = False,
    edits: bool = False,
    attends_first: bool = False,
    seed: int = 0,
) -> Path:
    """Write a checkpoint in diffusers layout (64 px native, 8-fold VAE, 24 tokens) and return its folder."""
    pipeline = tiny_pipeline(xl=xl, inpaints=inpaints, edits=edits, attends_first=attends_first, seed=seed)
    pipeline.save_pretrained(path, safe_serialization=True)
    return Path(path)


def tiny_pipeline(
    *,
    xl: bool = False,
    inpaints: bool = False,
    edits: bool = False,
    attends_first: bool = False,
    seed: int = 0,
    channels: tuple[int, ...] = (32, 64),
    native_size: int = 64,
    **scheduler: Any,
) -> Any:
    """A `StableDiffusionPipeline` (or its SDXL sibling) with random weights whose pictures differ.

    `inpaints` makes it the pipeline for inpainting, whose U-Net sees nine channels, `edits` the one for
    instructions, which sees eight, `attends_first` has the attention in the U-Net's upper levels, where SD
    has it, and not in the lower ones, where SDXL has it,
    `channels` sets the width of the U-Net's levels, `native_size` the side of its square in pixels, and
    `scheduler` overrides the scheduler's configuration.
    """
    with torch.random.fork_rng(devices=[]), torch.inference_mode(mode=False):
        torch.manual_seed(seed)
        parts: dict[str, Any] = {
            "unet": _unet(
                channels,
                xl=xl,
                cells=native_size // 8,
                inputs=9 if inpaints else 8 if edits else 4,
                attends_first=attends_first,
            ),
            "vae": _vae(),
            "tokenizer": byte_tokenizer(TOKENS),
            "text_encoder": CLIPTextModel(_text_config()).eval(),
            "scheduler": DPMSolverMultistepScheduler(**_SCHEDULER | scheduler),
        }
        if xl:
            encoder = CLIPTextModelWithProjection(_text_config()).eval()
            second = {"text_encoder_2": encoder, "tokenizer_2": byte_tokenizer(TOKENS)}
            kind = StableDiffusionXLInpaintPipeline if inpaints else StableDiffusionXLPipeline
            return (StableDiffusionXLInstructPix2PixPipeline if edits else kind)(**parts, **second)
        unused = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        sd = StableDiffusionInpaintPipeline if inpaints else StableDiffusionPipeline
        return (StableDiffusionInstructPix2PixPipeline if edits else sd)(**parts, **unused)


def save_tiny_controlnet(path: str | Path, unet: Any, *, seed: int = 0) -> Path:
    """Write a ControlNet for a tiny U-Net, random as that is, and return its folder."""
    with torch.random.fork_rng(devices=[]), torch.inference_mode(mode=False):
        torch.manual_seed(seed)
        control = ControlNetModel.from_unet(unet).eval()
        for layer in (*control.controlnet_down_blocks, control.controlnet_mid_block):
            torch.nn.init.normal_(layer.weight, std=0.3)  # they begin with zero, and would steer nothing
        torch.nn.init.normal_(control.controlnet_cond_embedding.conv_out.weight, std=1.0)
        control.save_pretrained(path, safe_serialization=True)
    return Path(path)


def save_tiny_adapter(path: str | Path, *, xl: bool = False, in_channels: int = 3, seed: int = 0) -> Path:
    """Write a T2I-Adapter for the U-Net of `tiny_pipeline`, and return its folder.

    Without `xl` it is for one that `attends_first`, as those of SD do.
    """
    layout: dict[str, Any] = {"channels": [32, 64], "adapter_type": "full_adapter", "downscale_factor": 8}
    if xl:
        layout = {"channels": [32, 64, 64, 64], "adapter_type": "full_adapter_xl", "downscale_factor": 16}
    with torch.random.fork_rng(devices=[]), torch.inference_mode(mode=False):
        torch.manual_seed(seed)
        T2IAdapter(in_channels=in_channels, num_res_blocks=1, **layout).save_pretrained(path)
    return Path(path)


def save_tiny_lora(path: Path, *, width: int = TEXT_WIDTH) -> Path:
    """Write a LoRA for the U-Net of `tiny_pipeline`, whose texts are `width` wide, and return its path."""
    generator = torch.Generator().manual_seed(1)
    layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k"
    shapes = {"lora_A": (4, width), "lora_B": (64, 4)}
    save_file(
        {f"{layer}.{part}.weight": torch.randn(shape, generator=generator) for part, shape in shapes.items()},
        path,
    )
    return path


def save_tiny_ip_adapter(path: Path, *, xl: bool = False, plus: bool = False, seed: int = 0) -> Path:
    """Write an IP-Adapter for the U-Net of `tiny_pipeline`, with its image encoder beside it.

    Returns the file's path.
    """
    with torch.random.fork_rng(devices=[]), torch.inference_mode(mode=False):
        torch.manual_seed(seed)
        unet = tiny_pipeline(xl=xl).unet
        width = int(unet.config.cross_attention_dim)
        projection = _resampler(width) if plus else _linear_projection(width)
        layers = [name for name in unet.attn_processors if ".attn2." in name]
        weights = {f"image_proj.{name}": weight for name, weight in projection.items()}
        for number, name in enumerate(layers):
            inner = unet.get_submodule(name.removesuffix(".processor")).to_k.weight.shape[0]
            for half in ("k", "v"):
                weights[f"ip_adapter.{2 * number + 1}.to_{half}_ip.weight"] = torch.randn(inner, width) / 4
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(weights, path)
        torch.manual_seed(seed)  # so that adapters for several families may share it
        _vision_encoder().save_pretrained(path.parent / "image_encoder")
    return path


def _linear_projection(width: int) -> dict[str, torch.Tensor]:
    """Of a plain adapter: what a picture is, as so many tokens."""
    shapes = {"proj.weight": (_IMAGE_TOKENS * width, _SEEN_WIDTH), "proj.bias": (_IMAGE_TOKENS * width,)}
    norm = {"norm.weight": torch.ones(width), "norm.bias": torch.zeros(width)}
    return {name: torch.randn(shape) for name, shape in shapes.items()} | norm


def _resampler(width: int) -> dict[str, torch.Tensor]:
    """Of a Plus adapter: some tokens that ask the pieces of a picture, in four layers of one head."""
    inner = 64
    shapes: dict[str, tuple[int, ...]] = {
        "latents": (1, _IMAGE_TOKENS, inner),
        "proj_in.weight": (inner, _PIECE_WIDTH),
        "proj_in.bias": (inner,),
        "proj_out.weight": (width, inner),
        "proj_out.bias": (width,),
        "norm_out.weight": (width,),
        "norm_out.bias": (width,),
    }
    for layer in range(4):
        asked, fed = f"layers.{layer}.0", f"layers.{layer}.1"
        norms = [f"{asked}.norm1", f"{asked}.norm2", f"{fed}.0"]
        shapes |= {f"{norm}.{part}": (inner,) for norm in norms for part in ("weight", "bias")}
        shapes |= {f"{asked}.to_q.weight": (inner, inner), f"{asked}.to_kv.weight": (2 * inner, inner)}
        shapes |= {f"{asked}.to_out.weight": (inner, inner)}
        shapes |= {f"{fed}.1.weight": (4 * inner, inner), f"{fed}.3.weight": (inner, 4 * inner)}
    return {name: torch.randn(shape) / shape[-1] ** 0.5 for name, shape in shapes.items()}


def _vision_encoder() -> Any:
    config = CLIPVisionConfig(
        hidden_size=_PIECE_WIDTH,
        intermediate_size=2 * _PIECE_WIDTH,
        projection_dim=_SEEN_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=32,
        patch_size=8,
    )
    return CLIPVisionModelWithProjection(config).eval()


_SCHEDULER = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
}


def byte_tokenizer(tokens: int) -> Any:
    """A tokenizer with a window of that many tokens. It goes byte by byte, so it knows every text."""
    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: index for index, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=tokens)


def _text_config() -> Any:
    tokenizer = byte_tokenizer(TOKENS)
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=TOKENS,
        projection_dim=TEXT_WIDTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def _unet(channels: tuple[int, ...], *, xl: bool, cells: int, inputs: int, attends_first: bool) -> Any:
    plain, attended = ["DownBlock2D"], ["CrossAttnDownBlock2D"] * (len(channels) - 1)
    down = attended + plain if attends_first else plain + attended
    conditioning: dict[str, Any] = {}
    if xl:
        size = 8
        conditioning = {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": size,
            "projection_class_embeddings_input_dim": 6 * size + TEXT_WIDTH,
        }
    unet = UNet2DConditionModel(
        sample_size=cells,
        in_channels=inputs,
        block_out_channels=channels,
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=4,
        cross_attention_dim=2 * TEXT_WIDTH if xl else TEXT_WIDTH,
        down_block_types=tuple(down),
        up_block_types=tuple(name.replace("Down", "Up") for name in reversed(down)),
        **conditioning,
    ).eval()
    _louden(unet.conv_out, 8.0)  # random weights predict almost nothing, and every picture would pass
    return unet


def _vae() -> Any:
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        sample_size=64,
    ).eval()
    _louden(vae.decoder.conv_out, 4.0)
    return vae


def _louden(layer: torch.nn.Module, factor: float) -> None:
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(factor)
