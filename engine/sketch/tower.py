"""The image tower: a small CLIP vision model that puts pictures where the text tower puts their names."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTextModel, CLIPTokenizer

from engine.sketch import IMAGE_TOWER, concepts, judge, places, text
from engine.sketch.config import Config
from engine.sketch.data import load
from engine.sketch.loop import Batch, Training, warm_start
from engine.sketch.vae import to_tensor

FOLDER = IMAGE_TOWER
LANDS = tuple(place.names[0] for place in places.PLACES.values())
"""What places are called, each by its first name."""
TEXT = "text_model."
P_LAND = 0.15
"""How often it learns from a place with nothing in it."""
MIDDLE = [0.5, 0.5, 0.5]
"""Of each channel, and how far its ends are from there: the tower sees pictures in [-1, 1]."""


def build(encoder: CLIPTextModel, config: Config) -> CLIPModel:
    """A CLIPModel around the finished text tower, its vision half untrained."""
    vision = {
        "hidden_size": config.image_width,
        "intermediate_size": 4 * config.image_width,
        "num_hidden_layers": config.image_layers,
        "num_attention_heads": max(1, config.image_width // 64),
        "image_size": judge.SIDE,
        "patch_size": 8,
        "projection_dim": config.text_width,
    }
    model = CLIPModel(
        CLIPConfig(
            text_config=encoder.config.to_dict() | {"_name_or_path": ""},
            vision_config=vision,
            projection_dim=config.text_width,
        )
    )
    model.text_model.load_state_dict(encoder.state_dict())
    model.text_model.requires_grad_(requires_grad=False)
    return model


def look(model: CLIPModel, pixels: Tensor) -> Tensor:
    """Unit vectors of pictures in [-1, 1], (batch, 3, side, side)."""
    pooled = model.vision_model(pixel_values=pixels).pooler_output
    return F.normalize(model.visual_projection(pooled).float(), dim=-1)


def read(model: CLIPModel, ids: Tensor) -> Tensor:
    """Unit vectors of tokenized texts."""
    pooled = model.text_model(input_ids=ids).pooler_output
    return F.normalize(model.text_projection(pooled).float(), dim=-1)


class Alignment(nn.Module):
    """The two towers in training: pictures against the names of all concepts and places, read beforehand."""

    names: Tensor

    def __init__(self, model: CLIPModel, names: Tensor) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("names", names)

    def forward(self, pixels: Tensor, labels: Tensor) -> Tensor:
        """How surely each picture finds its own name among all."""
        texts = F.normalize(self.model.text_projection(self.names).float(), dim=-1)
        scale = self.model.logit_scale.exp().clamp(max=50)
        return F.cross_entropy(scale * look(self.model, pixels) @ texts.T, labels)


def train(tokenizer: CLIPTokenizer, encoder: CLIPTextModel, config: Config) -> CLIPModel:
    """The aligned towers."""
    art, pictures = load(config.work)
    chosen, seen = concepts.choose_pictures(pictures, config.concepts)
    place = {concept.key: at for at, concept in enumerate(chosen)}
    labels = torch.tensor([place[picture.concept.key] for picture in seen])
    names = text.tokenize(tokenizer, [*(concept.name for concept in chosen), *LANDS])
    model = build(encoder, config)
    if config.init is not None and (config.init / FOLDER).exists():
        known = load_model(config.init).state_dict()
        warm_start(model, {name: weight for name, weight in known.items() if not name.startswith(TEXT)})
    with torch.no_grad():
        alignment = Alignment(model, model.text_model(input_ids=names).pooler_output)
    small = judge.shrink(art, seen)

    def compose(rng: np.random.Generator) -> Batch:
        rows = rng.integers(len(seen), size=config.tower.batch)
        views = [judge.view(Image.fromarray(small[row]), rng) for row in rows]
        said = labels[rows]
        for row in np.flatnonzero(rng.random(len(rows)) < P_LAND):
            land = int(rng.integers(len(LANDS)))
            views[row], said[row] = land_view(land, rng), len(chosen) + land
        return to_tensor(np.stack([np.asarray(view) for view in views])), said

    return Training("tower", alignment, config.tower, config).run(compose).model


def land_view(land: int, rng: np.random.Generator) -> Image.Image:
    """A place of that number in `LANDS`, with nothing in it, as the tower sees pictures."""
    side = 2 * judge.SIDE
    scene = places.paint(list(places.PLACES.values())[land], (side, side), rng)
    return scene.image.convert("RGB").resize((judge.SIDE, judge.SIDE), Image.Resampling.BOX)


def save(model: CLIPModel, folder: Path) -> None:
    """Write the model without its text half, which the checkpoint's text encoder already is."""
    state = {name: weight for name, weight in model.state_dict().items() if not name.startswith(TEXT)}
    model.save_pretrained(folder / FOLDER, state_dict=state)
    side = model.config.vision_config.image_size
    as_it_looks = {"size": {"shortest_edge": side}, "crop_size": {"height": side, "width": side}}
    CLIPImageProcessor(image_mean=MIDDLE, image_std=MIDDLE, **as_it_looks).save_pretrained(folder / FOLDER)


def load_model(folder: Path) -> CLIPModel:
    """The CLIPModel of a checkpoint: its image tower, and its text encoder as the text half."""
    encoder = CLIPTextModel.from_pretrained(folder, subfolder="text_encoder", dtype=torch.float32)
    model = CLIPModel(CLIPConfig.from_pretrained(folder / FOLDER))
    model.load_state_dict(load_file(folder / FOLDER / "model.safetensors"), strict=False)
    model.text_model.load_state_dict(encoder.state_dict())
    return model.eval()
