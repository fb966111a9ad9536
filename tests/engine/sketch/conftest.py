"""A toy world: five drawings of each of a few things, packed as the real ones are, and a configuration."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from engine.sketch.config import Config, Plan
from engine.sketch.data import STYLES, Concept

SIDE = 32
THINGS = {
    "red apple": ("1f34e", "fruit", (220, 30, 40)),
    "cat face": ("1f431", "cat faces", (240, 170, 40)),
    "top hat": ("1f3a9", "clothing", (40, 40, 45)),
    "horse": ("1f40e", "mammals", (130, 80, 50)),
    "astronaut": ("1f9d1", "roles & careers", (225, 225, 235)),
}


def drawing(place: int, colour: tuple[int, int, int]) -> Image.Image:
    """A disc or a box in the colour, its size by style."""
    art = Image.new("RGBA", (SIDE, SIDE), (255, 255, 255, 0))
    edge = 3 + place
    draw = ImageDraw.Draw(art)
    shape = draw.ellipse if sum(colour) % 2 else draw.rectangle
    shape((edge, edge, SIDE - edge, SIDE - edge), fill=(*colour, 255))
    return art


@pytest.fixture(autouse=True)
def no_gradients() -> None:
    """What the engine's other tests forbid, training needs."""
    torch.set_grad_enabled(True)


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder whose pictures are packed."""
    folder = tmp_path_factory.mktemp("sketch")
    rows, lines = [], []
    for label, (key, subgroup, colour) in THINGS.items():
        concept = Concept(key=key, label=label, tags=(f"{label} keyword",), group="things", subgroup=subgroup)
        for place, style in enumerate(STYLES):
            rows.append(np.asarray(drawing(place, colour)))
            lines.append(json.dumps({"style": style, **asdict(concept)}))
    np.save(folder / "pictures.npy", np.stack(rows))
    (folder / "pictures.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    synonyms = {key: [f"{label} by another name"] for label, (key, _, _) in THINGS.items()}
    (folder / "synonyms.json").write_text(json.dumps(synonyms), encoding="utf-8")
    (folder / "derived.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture
def toy(packed: Path, tmp_path: Path) -> Config:
    """A configuration that trains in a blink, in a folder of its own."""
    for path in packed.iterdir():
        (tmp_path / path.name).symlink_to(path)
    texts = [*THINGS, *(f"a {label}" for label in THINGS), *(f"{label} on paper" for label in THINGS)]
    vectors = torch.nn.functional.normalize(torch.randn(len(texts), 384), dim=-1)
    torch.save({"texts": texts, "vectors": vectors.half()}, tmp_path / "lesson.pt")
    plan = Plan(steps=4, batch=2, lr=1e-3, warmup=2, sync=2)
    return Config(
        work=tmp_path,
        resolution=SIDE,
        concepts=len(THINGS),
        save_seconds=0,
        latent_channels=4,
        vae_channels=(8, 8),
        vae_groups=4,
        crop=16,
        redrawn=4,
        vae=plan,
        decoder=plan,
        vocabulary=600,
        text_width=32,
        text_layers=1,
        positions=12,
        text=plan,
        words=replace(plan, batch=32),
        image_width=32,
        image_layers=1,
        tower=plan,
        judge_width=8,
        judge=replace(plan, batch=4),
        shots=6,
        unet_channels=(8, 16, 16),
        unet_groups=4,
        unet=plan,
        examples=4,
        views=8,
        saying=plan,
        looking_width=32,
        looking_tokens=4,
        looking=plan,
        steering=plan,
    )
