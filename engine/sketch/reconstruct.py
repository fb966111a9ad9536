"""How much of a softness is the autoencoder's: art that nobody trained on, there and back, beside the art.

`python -m engine.sketch.reconstruct [WEIGHTS ...]` measures each checkpoint's autoencoder on the same
pictures, things on white paper and things in scenes, and the decoders also on latents that the U-Net of the
first one drew. It writes `reconstruction.json` and `reconstruction.png`.
"""

import argparse
import json
import logging
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from PIL import Image
from torch import Tensor

from engine.samplers import SAMPLERS
from engine.sketch import GUIDANCE_SCALE, SAMPLER, STEPS, WEIGHTS, places, scenes, vae
from engine.sketch.config import WORK
from engine.sketch.data import HELD_OUT, fetch, rasterise, read_members, wrap_icon
from engine.sketch.prompts import Kind, hundred

COUNT = 48
CORNER = 16
EDGES = 0.02
"""The share of a picture's pixels, the steepest ones, that its sharpness is measured at."""
SHOWN, TILE = 8, 192

log = logging.getLogger(__name__)


def load(folder: Path, device: str) -> StableDiffusionPipeline:
    """The stock pipeline around a checkpoint, with the sampler that it draws best with."""
    pipeline = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    pipeline.scheduler = SAMPLERS[SAMPLER].build(pipeline.scheduler.config)
    pipeline.to(device)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def held_out_art(work: Path, count: int, side: int, seed: int = 0) -> list[Image.Image]:
    """Some drawings of a set that no stage learns from, RGBA, (side, side)."""
    archive = fetch(HELD_OUT, work / "packages")
    icons = next(json.loads(text) for _, text in read_members(archive, r"/icons\.json$"))
    names = np.random.default_rng(seed).choice(sorted(icons["icons"]), count, replace=False)
    drawings = [wrap_icon(icons["icons"][name], icons["width"]) for name in names]
    drawn = [rasterise(drawing.encode(), side) for drawing in drawings]
    return [Image.fromarray(pixels) for pixels in drawn if pixels is not None]


def on_white(art: Sequence[Image.Image]) -> Tensor:
    """The drawings on white paper, (N, 3, side, side) in [-1, 1]."""
    return _tensor([scenes.on_paper(each) for each in art])


def in_scenes(art: Sequence[Image.Image], seed: int = 0) -> Tensor:
    """The drawings set into all places in turn, (N, 3, side, side) in [-1, 1]."""
    rng = np.random.default_rng(seed)
    grounds, shots = list(places.PLACES.values()), []
    for number, each in enumerate(art):
        scene = places.paint(grounds[number % len(grounds)], each.size, rng)
        places.set_into(scene, each, size=0.65)
        shots.append(scene.image.convert("RGB"))
    return _tensor(shots)


def _tensor(images: Sequence[Image.Image]) -> Tensor:
    return vae.to_tensor(np.stack([np.asarray(image) for image in images]))


@torch.inference_mode()
def encode(autoencoder: AutoencoderKL, pixels: Tensor) -> Tensor:
    """What the autoencoder calls the pictures, without noise."""
    return torch.cat([autoencoder.encode(part).latent_dist.mode() for part in torch.split(pixels, 4)])


@torch.inference_mode()
def decode(autoencoder: AutoencoderKL, latents: Tensor) -> Tensor:
    """The pictures of latents, in [-1, 1]."""
    parts = [autoencoder.decode(part).sample for part in torch.split(latents, 4)]
    return torch.cat(parts).clamp(-1, 1)


def psnr(drawn: Tensor, art: Tensor) -> float:
    """The mean over pictures of the peak signal-to-noise ratio, in dB."""
    return float((10 * torch.log10(4 / (drawn - art).square().mean((1, 2, 3)))).mean())


def sharpness(pixels: Tensor) -> Tensor:
    """How steep each picture's steepest edges are: brightness per pixel, up to 2; (N,)."""
    light = pixels.mean(1)
    across = light[:, 1:, 1:] - light[:, 1:, :-1]
    down = light[:, 1:, 1:] - light[:, :-1, 1:]
    steep = torch.hypot(across, down).flatten(1)
    return steep.topk(round(steep.shape[1] * EDGES), 1).values.mean(1)


def compare(drawn: Tensor, art: Tensor) -> dict[str, float]:
    """Likeness in dB, the share of sharpness kept, and the error of corners and of white, of 255."""
    error = (drawn - art).abs().mean(1) * 127.5
    near, far = slice(CORNER), slice(-CORNER, None)
    corners = [error[:, rows, columns] for rows, columns in product((near, far), repeat=2)]
    white = (art == 1).all(1)
    found = {
        "PSNR": psnr(drawn, art),
        "sharpness kept": float((sharpness(drawn) / sharpness(art)).mean()),
        "error in corners": float(torch.stack(corners).mean()),
    }
    return found | ({"error of white": float(error[white].mean())} if white.any() else {})


def measure(
    autoencoders: Mapping[str, AutoencoderKL], pictures: Mapping[str, Tensor], drawn: Tensor
) -> tuple[dict[str, dict[str, float]], dict[str, Tensor]]:
    """The figures of each autoencoder by name, and rows for the sheet: the art, and what came back.

    `drawn` are latents of the first one's U-Net; there is nothing to compare them with but their sharpness.
    """
    figures: dict[str, dict[str, float]] = {name: {} for name in autoencoders}
    rows: dict[str, Tensor] = {}
    for kind, art in pictures.items():
        rows[kind] = art
        for name, autoencoder in autoencoders.items():
            latents = encode(autoencoder, art)
            back = rows[f"{kind}: {name}"] = decode(autoencoder, latents)
            figures[name] |= {f"{kind}: {figure}": value for figure, value in compare(back, art).items()}
            torch.manual_seed(0)
            wrong = compare(decode(autoencoder, vae.slightly_wrong(latents)), art)
            figures[name][f"{kind}: PSNR from latents slightly wrong"] = wrong["PSNR"]
    for name, autoencoder in autoencoders.items():
        back = rows[f"drawn: {name}"] = decode(autoencoder, drawn)
        figures[name]["drawn: sharpness"] = float(sharpness(back).mean())
    return figures, rows


def draw_latents(weights: Path, kind: Kind, count: int) -> Tensor:
    """What the U-Net draws for some of the hundred prompts, as latents."""
    pipeline = load(weights, "cpu")
    prompts = [prompt.text for prompt in hundred() if prompt.kind is kind][:count]
    found = [
        pipeline(
            text,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE_SCALE,
            generator=torch.Generator().manual_seed(1),
            output_type="latent",
        ).images
        for text in prompts
    ]
    return torch.cat(found)


def sheet(rows: Mapping[str, Tensor]) -> Image.Image:
    """The first pictures of every row, one row below the other."""
    canvas = Image.new("RGB", (SHOWN * TILE, len(rows) * TILE), "white")
    for line, pixels in enumerate(rows.values()):
        for column, picture in enumerate(vae.to_pixels(pixels[:SHOWN])):
            tile = Image.fromarray(picture).resize((TILE, TILE), Image.Resampling.LANCZOS)
            canvas.paste(tile, (column * TILE, line * TILE))
    return canvas


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m engine.sketch.reconstruct", description=__doc__)
    parser.add_argument("weights", type=Path, nargs="*", default=[WEIGHTS])
    parser.add_argument("--work", type=Path, default=WORK, help="the training's folder, with its packages")
    parser.add_argument("--out", type=Path, help="where the figures go; `<work>/evaluation` if not given")
    parser.add_argument("--count", type=int, default=COUNT, help="how many drawings")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    autoencoders = {
        str(folder): AutoencoderKL.from_pretrained(folder, subfolder="vae", torch_dtype=torch.float32).eval()
        for folder in asked.weights
    }
    side = next(iter(autoencoders.values())).config.sample_size
    art = held_out_art(asked.work, asked.count, side)
    drawn = torch.cat([draw_latents(asked.weights[0], kind, SHOWN) for kind in (Kind.SCENE, Kind.NOUN)])
    figures, rows = measure(autoencoders, {"on white": on_white(art), "in scenes": in_scenes(art)}, drawn)
    out = asked.out or asked.work / "evaluation"
    out.mkdir(parents=True, exist_ok=True)
    (out / "reconstruction.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sheet(rows).save(out / "reconstruction.png", optimize=True)
    for figure in next(iter(figures.values())):
        values = "  ".join(f"{found[figure]:8.3f}" for found in figures.values())
        log.info("%-50s %s", figure, values)


if __name__ == "__main__":
    main()
