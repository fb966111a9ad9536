"""Checkpoints of the real sizes with random weights, which are as fast as trained ones: SD 1.5 and SDXL."""

from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DPMSolverMultistepScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from engine.bench.tiny import byte_tokenizer

_TOKENS = 77
_SD15_UNET = {"sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8}
_SDXL_UNET = {
    "sample_size": 128,
    "cross_attention_dim": 2048,
    "attention_head_dim": (5, 10, 20),
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
_VAE = {
    "block_out_channels": (128, 256, 512, 512),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
    "latent_channels": 4,
}


def save_full_size(path: Path, *, xl: bool) -> Path:
    """Write a checkpoint of SD 1.5's size, or of SDXL's, in bfloat16, and return its folder."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        (_sdxl() if xl else _sd15()).save_pretrained(path, safe_serialization=True)
    finally:
        torch.set_default_dtype(before)
    return path


def _sd15() -> Any:
    return StableDiffusionPipeline(
        unet=UNet2DConditionModel(**_SD15_UNET),
        vae=AutoencoderKL(**_VAE),
        text_encoder=CLIPTextModel(_text_config(width=768, layers=12, heads=12)),
        tokenizer=byte_tokenizer(_TOKENS),
        scheduler=DPMSolverMultistepScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def _sdxl() -> Any:
    return StableDiffusionXLPipeline(
        unet=UNet2DConditionModel(**_SDXL_UNET),
        vae=AutoencoderKL(**_VAE),
        text_encoder=CLIPTextModel(_text_config(width=768, layers=12, heads=12)),
        text_encoder_2=CLIPTextModelWithProjection(_text_config(width=1280, layers=32, heads=20)),
        tokenizer=byte_tokenizer(_TOKENS),
        tokenizer_2=byte_tokenizer(_TOKENS),
        scheduler=DPMSolverMultistepScheduler(),
    )


def _text_config(*, width: int, layers: int, heads: int) -> Any:
    tokenizer = byte_tokenizer(_TOKENS)
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        max_position_embeddings=_TOKENS,
        projection_dim=width,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
