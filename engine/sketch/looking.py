"""The IP-Adapter: pictures, as the image tower sees their pieces, become words for the U-Net.

It is a Plus: the tower's last word on a picture says which thing it is, its pieces also say how that looks.
It learns in two parts. First it makes of a picture what the text tower makes of the end of its name, where
all of it is meant, for that the U-Net reads already, and no U-Net need be asked; then it learns to have it
drawn.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DDPMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.models.embeddings import IPAdapterPlusImageProjection
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm
from transformers import CLIPVisionModelWithProjection

from engine.conditioning.reference import LookingAttention
from engine.sketch import IMAGE_TOWER, text
from engine.sketch import IP_ADAPTER as FOLDER
from engine.sketch.config import Config
from engine.sketch.examples import (
    Frozen,
    checkpoint,
    drawn_from,
    read_examples,
    said_of,
    small_view,
)
from engine.sketch.loop import Batch, Training, save_whole, warm_start
from engine.sketch.unet import NOISE, noised, open_studio, weighted_error
from engine.sketch.vae import to_tensor

FILE = "ip_adapter.safetensors"
HEAD = 64
"""Numbers that a head of a resampler compares, in the stock format."""
P_UNSEEN = 0.1
"""How often there is no picture: what is moved away from."""
VIEWS_SEED = 15_485_863
"""Added to the run's seed: these views are of pictures that no other stage learns from."""
AT_ONCE = 1000
_NAMES = (
    (".ln0.", ".0.norm1."),
    (".ln1.", ".0.norm2."),
    (".attn.to_out.0.", ".0.to_out."),
    (".attn.", ".0."),
    (".ff.0.", ".1.0."),
    (".ff.1.net.0.proj.", ".1.1."),
    (".ff.1.net.2.", ".1.3."),
)
"""What diffusers calls the layers of a resampler, and what the files do."""


class Adapter(nn.Module):
    """What is learnt: a resampler, and for each layer that reads text the weights to read pictures by."""

    def __init__(self, unet: UNet2DConditionModel, seen_width: int, config: Config) -> None:
        super().__init__()
        width = unet.config.cross_attention_dim
        self.projection = IPAdapterPlusImageProjection(
            embed_dims=seen_width,
            output_dims=width,
            hidden_dims=config.looking_width,
            heads=max(1, config.looking_width // HEAD),
            dim_head=HEAD,
            num_queries=config.looking_tokens,
        )
        self.keys, self.values = nn.ModuleList(), nn.ModuleList()
        for name in reading_layers(unet):
            attention = unet.get_submodule(name)
            for read, known in ((self.keys, attention.to_k), (self.values, attention.to_v)):
                layer = nn.Linear(width, known.out_features, bias=False)
                layer.load_state_dict({"weight": known.weight.detach()})
                read.append(layer)


def reading_layers(unet: UNet2DConditionModel) -> list[str]:
    """The layers that read text, in diffusers' order, which numbers them in the files."""
    return [name.removesuffix(".processor") for name in unet.attn_processors if ".attn2." in name]


class Saying(nn.Module):
    """The resampler in its first part: every token says all that the picture's name means."""

    def __init__(self, projection: IPAdapterPlusImageProjection) -> None:
        super().__init__()
        self.projection = projection

    def forward(self, pieces: Tensor, meant: Tensor) -> Tensor:
        """The squared error of its tokens for pieces of pictures against what is meant, (batch, width)."""
        tokens = self.projection(pieces)
        return functional.mse_loss(tokens.float(), meant[:, None].expand_as(tokens))


class Looking(nn.Module):
    """The adapter in training: the frozen U-Net predicts noise with it."""

    alphas: Tensor

    def __init__(self, adapter: Adapter, frozen: Frozen, eye: "Eye") -> None:
        super().__init__()
        self.adapter = adapter
        self.frozen, self.eye = frozen, eye
        self.register_buffer("alphas", DDPMScheduler(**NOISE).alphas_cumprod)
        processors = dict(frozen.unet.attn_processors)
        names = reading_layers(frozen.unet)
        for name, to_k, to_v in zip(names, adapter.keys, adapter.values, strict=True):
            processors[f"{name}.processor"] = LookingAttention(to_k, to_v, is_of_style=False)
        frozen.unet.set_attn_processor(processors)

    def forward(self, latents: Tensor, ids: Tensor, views: Tensor) -> Tensor:
        """The weighted error on clean latents, their tokenized texts, and pictures in [-1, 1] to look at."""
        noisy, timesteps, velocity, weight = noised(latents, self.alphas)
        tokens = self.adapter.projection(self.eye.pieces(views))
        looks = (tokens[:, None], torch.ones(len(tokens), 1, 2, device=tokens.device))
        predicted = self.frozen.unet(
            noisy, timesteps, self.frozen.read(ids), cross_attention_kwargs={"ip_hidden_states": looks}
        ).sample.float()
        return weighted_error(predicted, velocity, weight)


class Eye:
    """The image tower, which learns nothing here, as adapters look through it."""

    def __init__(self, folder: Path, device: str) -> None:
        self.encoder = CLIPVisionModelWithProjection.from_pretrained(
            folder / IMAGE_TOWER, dtype=torch.float32, local_files_only=True
        ).to(device)
        self.encoder.requires_grad_(requires_grad=False).eval()

    def __deepcopy__(self, known: object) -> "Eye":
        return self

    @torch.no_grad()
    def pieces(self, views: Tensor) -> Tensor:
        """What the tower makes of the pieces of pictures, (batch, pieces, width), as a Plus is given it."""
        shown = views.to(self.encoder.device)
        seen: Tensor = self.encoder(shown, output_hidden_states=True).hidden_states[-2]
        return seen


def train(config: Config) -> Adapter:
    """The averaged adapter, written as a stock file beside the checkpoint's parts."""
    frozen, eye = Frozen(config), Eye(checkpoint(config), config.device)
    adapter = Adapter(frozen.unet, eye.encoder.config.hidden_size, config)
    if config.init is not None and (config.init / FOLDER / FILE).exists():
        warm_start(adapter, read_known(config.init))
    else:
        adapter.projection = learn_to_say(adapter.projection, frozen, eye, config)
    training = Training("looking", Looking(adapter, frozen, eye), config.looking, config)
    if not training.is_finished:
        examples = read_examples(frozen, config)

        def compose(rng: np.random.Generator) -> Batch:
            chosen = drawn_from(rng, examples, config.looking.batch)
            views = to_tensor(np.stack([one["view"].numpy() for one in chosen]))
            mirrored = torch.from_numpy(rng.random(len(views)) < 0.5)
            views[mirrored] = views[mirrored].flip(-1)
            views[torch.from_numpy(rng.random(len(views)) < P_UNSEEN)] = 0
            return (
                torch.stack([one["latents"] for one in chosen]).float(),
                said_of(rng, chosen, frozen),
                views,
            )

        training.run(compose)
    learned: Adapter = training.average.adapter
    save(learned, config.work / "weights")
    return learned


def learn_to_say(
    projection: IPAdapterPlusImageProjection, frozen: Frozen, eye: Eye, config: Config
) -> IPAdapterPlusImageProjection:
    """The averaged resampler after its first part.

    What a prompt without words means is taken off in the end: a picture is read beside one, and of nothing
    to see there is nothing to say.
    """
    silence = frozen.meaning(text.tokenize(frozen.tokenizer, [""]))
    training = Training("saying", Saying(projection), config.saying, config)
    if not training.is_finished:
        views, names = read_views(config)
        shown = to_pieces(views, eye)
        named = torch.split(text.tokenize(frozen.tokenizer, names), AT_ONCE // 10)
        meant = torch.cat([frozen.meaning(ids) for ids in named])
        nothing = eye.pieces(torch.zeros_like(to_tensor(views[:1].numpy()))).cpu()

        def compose(rng: np.random.Generator) -> Batch:
            rows = torch.from_numpy(rng.integers(len(views), size=config.saying.batch))
            sides = torch.from_numpy(rng.integers(2, size=len(rows)))
            unseen = torch.from_numpy(rng.random(len(rows)) < P_UNSEEN)[:, None]
            pieces = torch.where(unseen[..., None], nothing, shown[rows, sides].float())
            return pieces, torch.where(unseen, silence, meant[rows])

        training.run(compose)
    learned: IPAdapterPlusImageProjection = training.average.projection
    with torch.no_grad():
        learned.norm_out.bias -= silence[0].to(config.device)
    return learned.requires_grad_(requires_grad=True).train()


def to_pieces(views: Tensor, eye: Eye) -> Tensor:
    """What the tower makes of views and of their mirror images, (views, 2, pieces, width), half precision."""
    parts = []
    for part in torch.split(views, AT_ONCE // 10):
        shown = to_tensor(part.numpy())
        sides = [eye.pieces(side).half().cpu() for side in (shown, shown.flip(-1))]
        parts.append(torch.stack(sides, dim=1))
    return torch.cat(parts)


def read_views(config: Config) -> tuple[Tensor, list[str]]:
    """Composed pictures as the image tower looks at them, (views, side, side, 3) bytes, and their names.

    They are composed at half their size, in parts that are not made again.
    """
    folder = config.work / "views"
    folder.mkdir(exist_ok=True)
    studio = open_studio(replace(config, resolution=config.resolution // 2), synonyms={})
    parts = []
    for number in tqdm(range(-(-config.views // AT_ONCE)), "views"):
        path = folder / f"{number:04}.pt"
        if not path.exists():
            rng = np.random.default_rng([config.seed + VIEWS_SEED, number])
            shots = [studio.shoot(rng) for _ in range(min(AT_ONCE, config.views))]
            views = torch.from_numpy(np.stack([np.asarray(small_view(shot.image)) for shot in shots]))
            save_whole({"views": views, "names": [shot.name for shot in shots]}, path)
        parts.append(torch.load(path))
    return torch.cat([part["views"] for part in parts]), [name for part in parts for name in part["names"]]


def save(adapter: Adapter, checkpoint: Path) -> None:
    """Write it as `load_ip_adapter` reads it, in half precision."""
    folder = checkpoint / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stock = {name: weight.half().contiguous().cpu() for name, weight in to_stock(adapter).items()}
    save_file(stock, folder / FILE)


def to_stock(adapter: Adapter) -> dict[str, Tensor]:
    """The weights by the names that files have."""
    stock: dict[str, Tensor] = {}
    known = adapter.projection.state_dict()
    for name, weight in known.items():
        if name.endswith(".attn.to_v.weight"):
            continue
        if name.endswith(".attn.to_k.weight"):
            weight = torch.cat([weight, known[name.replace("to_k", "to_v")]])  # noqa: PLW2901
            name = name.replace("to_k", "to_kv")  # noqa: PLW2901
        for ours, theirs in _NAMES:
            name = name.replace(ours, theirs)  # noqa: PLW2901
        stock[f"image_proj.{name}"] = weight
    for number, (to_k, to_v) in enumerate(zip(adapter.keys, adapter.values, strict=True)):
        stock[f"ip_adapter.{2 * number + 1}.to_k_ip.weight"] = to_k.state_dict()["weight"]
        stock[f"ip_adapter.{2 * number + 1}.to_v_ip.weight"] = to_v.state_dict()["weight"]
    return stock


def read_known(checkpoint: Path) -> dict[str, Tensor]:
    """The weights of a checkpoint's adapter by the names that ours have, as diffusers reads the file."""
    pipeline = StableDiffusionPipeline.from_pretrained(
        checkpoint, dtype=torch.float32, local_files_only=True, requires_safety_checker=False
    )
    pipeline.load_ip_adapter(
        str(checkpoint / FOLDER), subfolder="", weight_name=FILE, image_encoder_folder=None
    )
    (projection,) = pipeline.unet.encoder_hid_proj.image_projection_layers
    known = {f"projection.{name}": weight for name, weight in projection.state_dict().items()}
    readers: list[Any] = [one for one in pipeline.unet.attn_processors.values() if hasattr(one, "to_k_ip")]
    for number, reader in enumerate(readers):
        known[f"keys.{number}.weight"] = reader.to_k_ip[0].weight
        known[f"values.{number}.weight"] = reader.to_v_ip[0].weight
    return known
