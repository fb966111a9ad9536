"""The autoencoder is measured by what comes back, and the measure knows a blur and a smudge."""

import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch

from engine.sketch import reconstruct, vae
from engine.sketch.config import Config
from tests.engine.sketch.conftest import SIDE, THINGS, drawing


def art() -> torch.Tensor:
    """Some drawings on white paper."""
    return reconstruct.on_white([drawing(1, colour) for _, _, colour in THINGS.values()])


def test_a_blur_keeps_less_sharpness_and_a_smudge_is_found_in_its_corner() -> None:
    pixels = art()
    blurred = F.avg_pool2d(pixels, 3, stride=1, padding=1, count_include_pad=False)
    same, soft = (reconstruct.compare(each, pixels) for each in (pixels, blurred))
    assert same["sharpness kept"] == 1
    assert same["error of white"] == same["error in corners"] == 0
    assert soft["sharpness kept"] < 0.7
    assert soft["PSNR"] < 40
    smudged = pixels.clone()
    smudged[:, :, -2:, :2] = 0
    assert reconstruct.compare(smudged, pixels)["error in corners"] > 0


def test_autoencoders_are_compared_on_the_same_pictures_and_latents(toy: Config) -> None:
    pair = {"old": vae.build(toy).eval(), "new": vae.build(toy).eval()}
    drawn = torch.randn(2, toy.latent_channels, SIDE // 2, SIDE // 2)
    scenes = reconstruct.in_scenes([drawing(1, (200, 30, 30))] * 3)
    figures, rows = reconstruct.measure(pair, {"on white": art(), "in scenes": scenes}, drawn)
    assert figures["old"].keys() == figures["new"].keys()
    assert figures["old"] != figures["new"]
    assert [len(each) for each in rows.values()] == [5, 5, 5, 3, 3, 3, 2, 2]
    assert reconstruct.sheet(rows).height == len(rows) * reconstruct.TILE
