"""What the adapters learn from: composed pictures, encoded once, and what each adapter is shown of them."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageOps
from torch import Tensor
from tqdm import tqdm

from engine.api.edges import edges
from engine.sketch import areas, judge, text
from engine.sketch.captions import pick
from engine.sketch.config import Config
from engine.sketch.loop import mixed_precision, save_whole
from engine.sketch.shots import Shot
from engine.sketch.unet import FRAMES, SHARD, open_studio
from engine.sketch.vae import to_tensor

AT_ONCE = 5
P_WORDLESS = 0.5
"""How often the caption is dropped: what an adapter is shown must say by itself what to draw."""
SEED = 104_729
"""Added to the run's seed, so that the U-Net has not learnt from these very pictures."""
Example: TypeAlias = dict[str, Any]


class Frozen:
    """The checkpoint that adapters are learnt for. It learns nothing, and all copies of a module share it."""

    def __init__(self, config: Config) -> None:
        pipeline = StableDiffusionPipeline.from_pretrained(
            checkpoint(config), dtype=torch.float32, local_files_only=True, requires_safety_checker=False
        ).to(config.device)
        self.vae, self.unet = pipeline.vae, pipeline.unet
        self.encoder, self.tokenizer = pipeline.text_encoder, pipeline.tokenizer
        for part in (self.vae, self.unet, self.encoder):
            part.requires_grad_(requires_grad=False).eval()

    def __deepcopy__(self, known: object) -> "Frozen":
        return self

    @torch.no_grad()
    def read(self, ids: Tensor) -> Tensor:
        """Tokenized texts as the U-Net reads them; what is said twice, nothing above all, is read once."""
        said, places = torch.unique(ids, dim=0, return_inverse=True)
        prompt_embeds: Tensor = self.encoder(said).last_hidden_state[places]
        return prompt_embeds

    def meaning(self, ids: Tensor) -> Tensor:
        """What tokenized texts mean as a whole, (batch, width): how the end of each is read."""
        ends = (ids == self.encoder.config.eos_token_id).int().argmax(1)
        to_their_ends = ids[:, : int(ends.max()) + 1].to(self.encoder.device)
        return self.read(to_their_ends)[torch.arange(len(ids)), ends].cpu()


def checkpoint(config: Config) -> Path:
    """The checkpoint of the run itself; before there is one, that which is gone on from."""
    own = config.work / "weights"
    if (own / "model_index.json").exists():
        return own
    if config.init is None:
        raise SystemExit(f"Adapters are learnt for a checkpoint, and {own} has none: export one, or --init.")
    return config.init


def read_examples(frozen: Frozen, config: Config) -> list[list[Example]]:
    """All examples, those of one shape together. What is missing is composed and encoded first."""
    folder = config.work / "examples"
    folder.mkdir(exist_ok=True)
    by_shape: dict[tuple[int, ...], list[Example]] = defaultdict(list)
    for number in tqdm(range(-(-config.examples // SHARD)), "examples"):
        path = folder / f"{number:04}.pt"
        if not path.exists():
            save_whole(compose_examples(frozen, config, number, min(SHARD, config.examples)), path)
        for example in torch.load(path):
            by_shape[example["latents"].shape].append(example)
    return list(by_shape.values())


@torch.inference_mode()
def compose_examples(frozen: Frozen, config: Config, number: int, count: int) -> list[Example]:
    """Examples of one shape, from a randomness of their own."""
    rng = np.random.default_rng([config.seed + SEED, number])
    studio = open_studio(config).framed(FRAMES[number % len(FRAMES)])
    shots = [studio.shoot(rng) for _ in range(count)]
    latents = []
    for start in range(0, count, AT_ONCE):
        pixels = np.stack([np.asarray(shot.image) for shot in shots[start : start + AT_ONCE]])
        with mixed_precision(config.device):
            encoded = frozen.vae.encode(to_tensor(pixels).to(config.device)).latent_dist.mode()
        latents += list((encoded * frozen.vae.config.scaling_factor).half().cpu())
    return [example(shot) | {"latents": latent.clone()} for shot, latent in zip(shots, latents, strict=True)]


def example(shot: Shot) -> Example:
    """What is shown of a picture: itself, small; its edges, as bits; its areas, a quarter as large."""
    return {
        "captions": shot.captions,
        "view": torch.from_numpy(np.array(small_view(shot.image))),
        "edges": torch.from_numpy(np.packbits(np.asarray(edges(shot.image).convert("L")) > 0, axis=1)),
        "areas": torch.from_numpy(areas.of_shot(shot)),
    }


def small_view(picture: Image.Image) -> Image.Image:
    """A picture as the image tower looks at it, mostly: its middle, small."""
    return ImageOps.fit(picture, (judge.SIDE, judge.SIDE), Image.Resampling.BICUBIC)


def drawn_from(
    rng: np.random.Generator, by_shape: Sequence[Sequence[Example]], batch: int
) -> Sequence[Example]:
    """A batch of one shape."""
    shares = np.asarray([len(alike) for alike in by_shape]) / sum(map(len, by_shape))
    alike = by_shape[rng.choice(len(by_shape), p=shares)]
    return [pick(rng, alike) for _ in range(batch)]


def said_of(rng: np.random.Generator, chosen: Sequence[Example], frozen: Frozen) -> Tensor:
    """Their captions, tokenized, or nothing."""
    said = ["" if rng.random() < P_WORDLESS else pick(rng, one["captions"]) for one in chosen]
    return text.tokenize(frozen.tokenizer, said)
