"""Two T2I-Adapters: pictures follow a map of edges, or one of areas.

They speak to the U-Net where its first level ends, in the middle, and where the way down ends: so does a
`full_adapter_xl`, whose map is shrunk twice as far as the latents.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers import DDPMScheduler, T2IAdapter, UNet2DConditionModel
from torch import Tensor, nn

from engine.sketch import CONTROLS as FOLDER
from engine.sketch import areas
from engine.sketch.config import Config
from engine.sketch.data import Pixels
from engine.sketch.examples import Example, Frozen, drawn_from, read_examples, said_of
from engine.sketch.loop import Batch, Training, warm_start
from engine.sketch.unet import NOISE, noised, weighted_error

P_BLANK = 0.05
"""How often the map says nothing."""


def build(unet: UNet2DConditionModel, scale_factor: int) -> T2IAdapter:
    """An untrained adapter of one channel, for a U-Net over latents so much smaller than their pictures."""
    return T2IAdapter(
        in_channels=1,
        channels=list(unet.config.block_out_channels),
        num_res_blocks=1,
        downscale_factor=2 * scale_factor,
        adapter_type="full_adapter_xl",
    )


class Steering(nn.Module):
    """An adapter in training: the frozen U-Net predicts noise with it."""

    alphas: Tensor

    def __init__(self, adapter: T2IAdapter, frozen: Frozen) -> None:
        super().__init__()
        self.adapter = adapter
        self.frozen = frozen
        self.register_buffer("alphas", DDPMScheduler(**NOISE).alphas_cumprod)

    def forward(self, latents: Tensor, ids: Tensor, maps: Tensor) -> Tensor:
        """The weighted error on clean latents, their tokenized texts, and maps (batch, 1, h, w) in [0, 1]."""
        noisy, timesteps, velocity, weight = noised(latents, self.alphas)
        predicted = self.frozen.unet(
            noisy,
            timesteps,
            self.frozen.read(ids),
            down_intrablock_additional_residuals=list(self.adapter(maps)),
        ).sample.float()
        return weighted_error(predicted, velocity, weight)


def edges_of(example: Example) -> Pixels:
    """The map of its edges, (height, width)."""
    width = example["latents"].shape[2] * example["edges"].shape[0] // example["latents"].shape[1]
    bits: Pixels = np.unpackbits(example["edges"].numpy(), axis=1, count=width)
    return bits * np.uint8(255)


def areas_of(example: Example) -> Pixels:
    """The map of its areas, as light as each kind is, (height, width)."""
    light: Pixels = np.asarray(areas.GREYS, np.uint8)[example["areas"].numpy()]
    return light.repeat(areas.SHARE, 0).repeat(areas.SHARE, 1)


MAPS: dict[str, Callable[[Example], Pixels]] = {"edges": edges_of, "seg": areas_of}
"""What the bot calls the kinds of maps, and the maps."""


def train(config: Config) -> None:
    """Both adapters, written as diffusers does beside the checkpoint's parts."""
    frozen = Frozen(config)
    for name, map_of in MAPS.items():
        adapter = build(frozen.unet, 2 ** (len(frozen.vae.config.block_out_channels) - 1))
        if config.init is not None and (config.init / FOLDER / name).exists():
            warm_start(adapter, T2IAdapter.from_pretrained(config.init / FOLDER / name).state_dict())
        learned = learn(name, map_of, adapter, frozen, config)
        learned.to(torch.float16).save_pretrained(folder_of(config.work / "weights", name))


def learn(
    name: str, map_of: Callable[[Example], Pixels], adapter: T2IAdapter, frozen: Frozen, config: Config
) -> T2IAdapter:
    """The averaged adapter for one kind of map."""
    training = Training(f"steering-{name}", Steering(adapter, frozen), config.steering, config)
    if not training.is_finished:
        examples = read_examples(frozen, config)
        factor = adapter.downscale_factor

        def compose(rng: np.random.Generator) -> Batch:
            chosen = drawn_from(rng, examples, config.steering.batch)
            maps = torch.from_numpy(np.stack([map_of(one) for one in chosen]))[:, None].float() / 255
            maps[torch.from_numpy(rng.random(len(maps)) < P_BLANK)] = 0
            sides = [factor * -(-side // factor) for side in maps.shape[2:]]
            latents = torch.stack([one["latents"] for one in chosen]).float()
            maps = nn.functional.interpolate(maps, sides, mode="bilinear")
            return latents, said_of(rng, chosen, frozen), maps

        training.run(compose)
    learned: T2IAdapter = training.average.adapter
    return learned


def folder_of(checkpoint: Path, name: str) -> Path:
    """Where a checkpoint keeps its adapter for such maps."""
    return checkpoint / FOLDER / name
