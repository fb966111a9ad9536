"""What an owner is advised to draw with: what fits the card and is not waited for too long."""

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch.utils.flop_counter import FlopCounterMode

from engine.cards import CHOICES, LIGHTNING, PATIENCE_SECONDS, SD15, SDXL, Choice, advised

PAGE = (Path(__file__).parents[2] / "deploy" / "CARDS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("gib", "teraflops", "choice"),
    [
        (24, 165, SDXL),  # RTX 4090
        (12, 25.5, LIGHTNING),  # RTX 3060: SDXL fits, but is waited for too long
        (8, 30, SD15),  # RTX 4060
        (2, 30, None),
        (24, 0.1, None),  # a processor
    ],
)
def test_the_best_that_fits_and_is_soon_done_is_advised(
    gib: float, teraflops: float, choice: Choice | None
) -> None:
    assert advised(gib, teraflops) == choice


def test_twice_the_throughput_halves_the_grid() -> None:
    assert SDXL.grid_seconds(100) == pytest.approx(2 * SDXL.grid_seconds(200))


def test_the_page_of_cards_says_what_is_reckoned_here() -> None:
    rows = re.findall(r"^\| (\w[^|]*) \| (\d+) GiB \| ([\d.]+) \|([^\n]+)\|$", PAGE, re.MULTILINE)
    assert len(rows) >= 8
    for name, gib, teraflops, cells in rows:
        advice, *seconds = (cell.strip() for cell in cells.split("|")[:4])
        best = advised(float(gib), float(teraflops))
        assert advice == ("`sketch`" if best is None else best.name), name
        for choice, said in zip(CHOICES, seconds, strict=True):
            assert said == _cell(choice, float(gib), float(teraflops)), name


def _cell(choice: Choice, gib: float, teraflops: float) -> str:
    if not choice.fits(gib):
        return "–"
    seconds = choice.grid_seconds(teraflops)
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


SDXL_UNET = {
    "sample_size": 128,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "block_out_channels": (320, 640, 1280),
    "cross_attention_dim": 2048,
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}
VAE = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
}


@pytest.mark.parametrize(
    ("choice", "config"), [(SD15, {"cross_attention_dim": 768}), (SDXL, SDXL_UNET)], ids=["sd", "sdxl"]
)
def test_the_work_of_a_picture_is_what_diffusers_own_classes_do(
    choice: Choice, config: dict[str, Any]
) -> None:
    with torch.device("meta"):  # nothing is computed: shapes alone are counted
        unet, vae = UNet2DConditionModel(**config), AutoencoderKL(**VAE)
        latents = torch.empty(1, 4, choice.side // 8, choice.side // 8)
        text = torch.empty(1, 77, config["cross_attention_dim"])
        added = {"text_embeds": torch.empty(1, 1280), "time_ids": torch.empty(1, 6)}
        with FlopCounterMode(display=False) as of_a_row:
            unet(latents, 1, text, added_cond_kwargs=added)
        with FlopCounterMode(display=False) as of_a_decode:
            vae.decode(latents)
    assert of_a_row.get_total_flops() / 1e12 == pytest.approx(choice.row_tflop, rel=0.01)
    assert of_a_decode.get_total_flops() / 1e12 == pytest.approx(choice.decode_tflop, rel=0.01)
    halves = 2 * sum(weight.numel() for weight in (*unet.parameters(), *vae.parameters())) / 2**30
    assert 0.7 * choice.weights_gib < halves < choice.weights_gib  # the rest reads texts


def test_what_is_advised_is_waited_for() -> None:
    assert all(choice.grid_seconds(1000) < PATIENCE_SECONDS for choice in CHOICES)
