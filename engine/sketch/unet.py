"""The U-Net: composed pictures encoded once, then noise predicted from latents and words."""

from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
import torch.distributed as dist
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm
from transformers import CLIPTextModel, CLIPTokenizer

from engine.sketch import concepts, text
from engine.sketch.captions import pick
from engine.sketch.config import Config
from engine.sketch.data import load
from engine.sketch.loop import (
    Batch,
    Compose,
    Training,
    go_part_of_the_way,
    mixed_precision,
    save_whole,
    warm_start,
)
from engine.sketch.shots import SQUARE_FRAME, TALL_FRAME, WIDE_FRAME, Studio
from engine.sketch.vae import to_tensor

SHARD = 500
FRAMES = (SQUARE_FRAME, SQUARE_FRAME, WIDE_FRAME, SQUARE_FRAME, TALL_FRAME)
"""The shapes of the shards in turn: two fifths of the pictures are not square."""
P_DROP = 0.1
"""Share of samples whose caption is dropped, so that the model also knows what no words mean."""
P_ATTENDED_ALONE = 0.25
"""Share of samples whose words are for the attention alone, not for what comes with the timestep: there a
picture that is shown has no say, and the U-Net must draw what it reads in it all the same."""
Sample: TypeAlias = tuple[Tensor, tuple[str, ...]]
SNR_CAP, WEIGHT_FLOOR = 5.0, 0.15
MEANING = 0.3
"""What it counts, beside the picture's error, that the text tower reads whole prompts as it was taught."""
NOISE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
    "steps_offset": 1,
}
"""The noise schedule, in diffusers' words, for training and sampling alike."""


def build(config: Config) -> UNet2DConditionModel:
    """An untrained U-Net. Words enter by attention at the middle size and, pooled, with the timestep."""
    return UNet2DConditionModel(
        sample_size=config.resolution // 2 ** (len(config.vae_channels) - 1),
        in_channels=config.latent_channels,
        out_channels=config.latent_channels,
        block_out_channels=config.unet_channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=config.text_width,
        attention_head_dim=config.unet_head,
        norm_num_groups=config.unet_groups,
        use_linear_projection=True,
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )


def open_studio(config: Config, synonyms: dict[str, list[str]] | None = None) -> Studio:
    """The studio that composes the U-Net's pictures; synonyms are the text stage's if none are given."""
    pixels, pictures = load(config.work)
    chosen, wanted = concepts.choose_pictures(pictures, config.concepts)
    place = {concept.key: at for at, concept in enumerate(chosen)}
    wanted.sort(key=lambda picture: place[picture.concept.key])
    synonyms = text.read_synonyms(config) if synonyms is None else synonyms
    return Studio(pixels, wanted, synonyms, side=config.resolution)


class Shards(Dataset[tuple[int, Tensor, list[tuple[str, ...]]]]):
    """The training pictures in parts, each of a randomness of its own: (number, bytes, captions)."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.studio = open_studio(config)

    def __getitem__(self, number: int) -> tuple[int, Tensor, list[tuple[str, ...]]]:
        rng = np.random.default_rng([self.config.seed, number])
        studio = self.studio.framed(FRAMES[number % len(FRAMES)])
        shots = [studio.shoot(rng) for _ in range(min(SHARD, self.config.shots))]
        pixels = torch.from_numpy(np.stack([np.asarray(shot.image) for shot in shots]))
        return number, pixels, [shot.captions for shot in shots]


@torch.inference_mode()
def encode_shots(vae: AutoencoderKL, config: Config) -> None:
    """Compose and encode the training pictures in shards; a shard that is there is not made again."""
    folder = config.work / "shots"
    folder.mkdir(exist_ok=True)
    rank, world = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
    numbers = range(rank, -(-config.shots // SHARD), world)
    at_once = 5 if config.device == "cpu" else 50  # a CPU is twice as fast while all of it is in its caches
    missing = [number for number in numbers if not (folder / f"{number:04}.pt").exists()]
    if missing:
        loader = DataLoader(Shards(config), batch_size=None, sampler=missing, num_workers=config.workers)
        for number, pixels, captions in tqdm(loader, "shots", disable=rank > 0):
            with mixed_precision(config.device):
                parts = [
                    vae.encode(to_tensor(part.numpy()).to(config.device)).latent_dist.mode()
                    for part in torch.split(pixels, at_once)
                ]
            shard = {"latents": torch.cat(parts).half().cpu(), "captions": captions}
            save_whole(shard, folder / f"{number:04}.pt")
    if dist.is_initialized():
        dist.barrier()


def read_shots(config: Config) -> list[tuple[Tensor, list[tuple[str, ...]]]]:
    """(latents, captions) of every shard, in order; all pictures of a shard have one shape."""
    shards = [torch.load(path) for path in sorted((config.work / "shots").glob("*.pt"))]
    return [(shard["latents"], shard["captions"]) for shard in shards]


class Denoising(nn.Module):
    """The U-Net in training, velocity prediction down to pure noise, and the text tower along with it.

    The text tower was taught what whole prompts mean, in which "a cat and a dog" is a little of both at every
    word. Which word says what, and what comes second, it learns here; what a whole prompt means stays.
    """

    alphas: Tensor

    def __init__(self, unet: UNet2DConditionModel, encoder: CLIPTextModel, *, teaches_text: bool) -> None:
        super().__init__()
        self.unet = unet
        self.encoder = deepcopy(encoder).requires_grad_(teaches_text)
        self.taught = encoder.requires_grad_(requires_grad=False)
        self.register_buffer("alphas", DDPMScheduler(**NOISE).alphas_cumprod)

    def forward(self, latents: Tensor, ids: Tensor) -> Tensor:
        """The weighted error on clean latents (batch, channels, height, width) and their tokenized texts.

        Noise and weight are those of `noised`.
        """
        noisy, timesteps, velocity, weight = noised(latents, self.alphas)
        prompt_embeds = self.encoder(ids).last_hidden_state
        with self._attended_alone(prompt_embeds):
            predicted = self.unet(noisy, timesteps, prompt_embeds).sample.float()
        error = weighted_error(predicted, velocity, weight)
        if not prompt_embeds.requires_grad:
            return error
        return error + MEANING * self._drift(prompt_embeds.float(), ids)

    @contextmanager
    def _attended_alone(self, prompt_embeds: Tensor) -> Generator[None]:
        """Of some samples the U-Net's timesteps are told that there are no words."""
        with torch.no_grad():
            nothing = self.encoder(silence(self.taught).to(prompt_embeds.device)).last_hidden_state
        alone = torch.rand(len(prompt_embeds)) < P_ATTENDED_ALONE
        told = torch.where(alone[:, None, None].to(prompt_embeds.device), nothing, prompt_embeds)
        hook = self.unet.add_embedding.register_forward_pre_hook(lambda _, __: (told,))
        try:
            yield
        finally:
            hook.remove()

    def _drift(self, prompt_embeds: Tensor, ids: Tensor) -> Tensor:
        """How far the end mark and the padding after it, which speak of the whole prompt, have moved."""
        with torch.no_grad():
            taught = self.taught(ids).last_hidden_state
        ended = ids == self.taught.config.eos_token_id
        drift: Tensor = (prompt_embeds - taught).square().mean(-1)[ended].mean()
        return drift


def silence(encoder: CLIPTextModel) -> Tensor:
    """The token ids of a prompt without words, (1, positions)."""
    config = encoder.config
    ids = torch.full((1, config.max_position_embeddings), config.eos_token_id)
    ids[0, 0] = config.bos_token_id
    return ids


def noised(latents: Tensor, alphas: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Clean latents (batch, channels, height, width) with noise, at which timesteps, the velocity that is to
    be predicted, and what each counts.

    Timesteps are spread evenly over the batch, leaning to the noisy ones, where the picture is decided.
    The weight is min-SNR's, with a floor: at zero SNR it would be nothing, and drawing begins there.
    """
    count, last = len(latents), len(alphas) - 1
    spread = (torch.randperm(count) + torch.rand(count)) / count
    timesteps = (len(alphas) * spread**0.85).long().clamp(0, last).to(latents.device)
    left = alphas[timesteps][:, None, None, None]
    noise = torch.randn_like(latents)
    noisy = left.sqrt() * latents + (1 - left).sqrt() * noise
    velocity = left.sqrt() * noise - (1 - left).sqrt() * latents
    snr = left.flatten() / (1 - left.flatten()).clamp(min=1e-8)
    weight = (snr.clamp(max=SNR_CAP) / (snr + 1)).clamp(min=WEIGHT_FLOOR)
    return noisy, timesteps, velocity, weight


def weighted_error(predicted: Tensor, velocity: Tensor, weight: Tensor) -> Tensor:
    """The squared error of predicted velocities (batch, channels, height, width), each by what it counts."""
    error: Tensor = (weight * (predicted - velocity).square().mean((1, 2, 3))).mean()
    return error


def train(
    vae: AutoencoderKL, tokenizer: CLIPTokenizer, encoder: CLIPTextModel, config: Config
) -> tuple[UNet2DConditionModel, CLIPTextModel]:
    """The averaged U-Net and the text tower that learnt with it.

    With a `blend` both are part of the way there from the checkpoint that was gone on from.
    """
    denoising = Denoising(build(config), encoder, teaches_text=config.unet_teaches_text)
    if config.init is not None:
        warm_start(denoising.unet, read_known(config.init).state_dict())
    training = Training("unet", denoising, config.unet, config)
    if not training.is_finished:
        encode_shots(vae, config)
        training.run(composing(tokenizer, config))
    learned = training.average
    if config.init is not None and config.blend < 1:
        go_part_of_the_way(learned.unet, read_known(config.init).to(config.device), config.blend)
        go_part_of_the_way(learned.encoder, learned.taught, config.blend)
    return learned.unet, learned.encoder


def composing(tokenizer: CLIPTokenizer, config: Config) -> Compose:
    """Batches of encoded pictures of one shape, each with one of its captions or none."""
    by_shape: dict[tuple[int, ...], list[Sample]] = defaultdict(list)
    for latents, captions in read_shots(config):
        by_shape[latents.shape[1:]] += zip(latents, captions, strict=True)
    shapes = list(by_shape.values())
    shares = np.asarray([len(samples) for samples in shapes]) / sum(map(len, shapes))

    def compose(rng: np.random.Generator) -> Batch:
        alike = shapes[rng.choice(len(shapes), p=shares)]
        chosen = [pick(rng, alike) for _ in range(config.unet.batch)]
        said = ["" if rng.random() < P_DROP else pick(rng, captions) for _, captions in chosen]
        return torch.stack([latent for latent, _ in chosen]).float(), text.tokenize(tokenizer, said)

    return compose


def read_known(checkpoint: Path) -> UNet2DConditionModel:
    """The U-Net of a checkpoint."""
    return UNet2DConditionModel.from_pretrained(checkpoint, subfolder="unet", torch_dtype=torch.float32)
