"""Pictures as the U-Net of a checkpoint would draw them: the latents that a decoder has to live with.

A drawing, noised a little and denoised by the U-Net, is nearly the same drawing, said as the U-Net says it:
off by what white noise is not, a whole edge or spot. From pairs of the two a decoder learns what was meant.
"""

import numpy as np
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from torch import Tensor

from engine.sketch import GUIDANCE_SCALE, STEPS
from engine.sketch.config import Config
from engine.sketch.loop import mixed_precision
from engine.sketch.shots import Shot
from engine.sketch.unet import open_studio
from engine.sketch.vae import REDRAWN

AT_ONCE = 4
STRENGTHS = (2, 3, 4, 5)
"""How many of the steps a picture goes back and comes forth again, in turn."""


def redraw(config: Config) -> None:
    """Write `<work>/redrawn.pt`, unless it is there or there is no checkpoint to go on from.

    It holds `pixels`, bytes (N, height, width, 3), and `latents`, (N, channels, height, width).
    """
    path = config.work / REDRAWN
    if path.exists() or config.init is None:
        return
    pipeline = StableDiffusionImg2ImgPipeline.from_pretrained(
        config.init, dtype=torch.float32, local_files_only=True, requires_safety_checker=False
    ).to(config.device)
    pipeline.set_progress_bar_config(disable=True)
    studio, rng = open_studio(config, synonyms={}), np.random.default_rng(config.seed)
    pixels, latents = [], []
    for number in range(-(-config.redrawn // AT_ONCE)):
        shots = [studio.shoot(rng) for _ in range(AT_ONCE)]
        steps = STRENGTHS[number % len(STRENGTHS)]
        latents.append(_redrawn(pipeline, shots, steps, config, seed=number).half().cpu())
        pixels += [torch.from_numpy(np.array(shot.image)) for shot in shots]
    torch.save({"pixels": torch.stack(pixels), "latents": torch.cat(latents)}, path)


def _redrawn(
    pipeline: StableDiffusionImg2ImgPipeline, shots: list[Shot], steps: int, config: Config, *, seed: int
) -> Tensor:
    with mixed_precision(config.device):
        latents: Tensor = pipeline(
            prompt=[shot.captions[0] for shot in shots],
            image=[shot.image for shot in shots],
            strength=(steps + 0.5) / STEPS,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE_SCALE,
            generator=torch.Generator().manual_seed(seed),
            output_type="latent",
        ).images
    return latents
