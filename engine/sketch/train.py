"""From registry packages to weights: `python -m engine.sketch.train`, stopped and resumed at any minute."""

import argparse
import logging
import multiprocessing
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import torch
import torch.distributed as dist
from diffusers import (
    AutoencoderKL,
    DPMSolverMultistepScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from torch.multiprocessing.spawn import spawn
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from engine.sketch import data, looking, redraw, rewording, steering, text, tower, unet, vae
from engine.sketch.config import WORK, Config, Plan, cpu, gpu

log = logging.getLogger(__name__)


def run(config: Config, stages: Sequence[str]) -> None:
    """Run the stages in their order. Each begins from what the ones before it left in the work folder."""
    prepare(config)
    for stage in (stage for stage in STAGES if stage in stages):
        log.info("stage %s", stage)
        if stage == "unet" and config.replicas > 1:
            meeting = config.work / "meeting"
            meeting.unlink(missing_ok=True)
            spawn(replica, (config, meeting.resolve().as_uri()), config.replicas)  # type: ignore[no-untyped-call]
        else:
            STAGES[stage](config)


def prepare(config: Config) -> None:
    """One thread on a CPU: two processes of one thread each do far more than one process of two."""
    torch.set_num_threads(1 if config.device == "cpu" else os.cpu_count() or 1)
    torch.set_float32_matmul_precision("high")


def pack_once(config: Config) -> None:
    """Pack the pictures unless they are there."""
    if not (config.work / "pictures.jsonl").exists():
        data.pack(config.work)


def learn_reading(config: Config) -> None:
    """The text tower, and the synonyms for captions."""
    finished_text(config)
    text.read_synonyms(config)


def finished_text(config: Config) -> tuple[CLIPTokenizer, CLIPTextModel]:
    """The tokenizer and text tower that are gone on from, or those of a finished text stage.

    Neither costs anything to run again.
    """
    if config.init is not None:
        return rewording.read_tower(config.init, config)
    tokenizer, student = text.train(config)
    return tokenizer, student.encoder


def learn_drawing(config: Config) -> tuple[UNet2DConditionModel, CLIPTokenizer, CLIPTextModel]:
    """The U-Net on what the stages before it left, and the text tower that learns with it."""
    tokenizer, encoder = finished_text(config)
    learned, encoder = unet.train(vae.train(config), tokenizer, encoder, config)
    return learned, tokenizer, encoder


def learn_other_words(config: Config) -> tuple[UNet2DConditionModel, CLIPTokenizer, CLIPTextModel]:
    """What drawing left, the text tower with other words for all that can be drawn."""
    learned, tokenizer, encoder = learn_drawing(config)
    return learned, tokenizer, rewording.train(tokenizer, encoder, config)


def learn_seeing(config: Config) -> CLIPModel:
    """The image tower, against the text tower that ships."""
    _, tokenizer, encoder = learn_other_words(config)
    return tower.train(tokenizer, encoder, config)


def export(config: Config) -> StableDiffusionPipeline:
    """Write what was learnt as a half-precision diffusers checkpoint into `<work>/weights`."""
    learned, tokenizer, encoder = learn_other_words(config)
    pipeline = assemble(vae.sharpen(config), encoder, tokenizer, learned)
    towers = tower.train(tokenizer, encoder, config)
    folder = config.work / "weights"
    shutil.rmtree(folder, ignore_errors=True)
    pipeline.to(torch.float16).save_pretrained(folder)
    tower.save(towers.to(torch.float16), folder)
    return pipeline


def assemble(
    autoencoder: AutoencoderKL,
    encoder: CLIPTextModel,
    tokenizer: CLIPTokenizer,
    learned: UNet2DConditionModel,
) -> StableDiffusionPipeline:
    """The stock pipeline around our parts."""
    scheduler = DPMSolverMultistepScheduler(**unet.NOISE)
    scheduler.register_to_config(clip_sample=False)  # DDIM made from this config would clip latents
    return StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=encoder,
        tokenizer=tokenizer,
        unet=learned,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


STAGES: dict[str, Callable[[Config], object]] = {
    "data": pack_once,
    "text": learn_reading,
    "vae": vae.train,
    "redraw": redraw.redraw,
    "decoder": vae.sharpen,
    "unet": learn_drawing,
    "words": learn_other_words,
    "tower": learn_seeing,
    "export": export,
    "looking": looking.train,
    "steering": steering.train,
}


def replica(rank: int, config: Config, meeting: str) -> None:
    """One of several equal U-Net trainings; they meet over a file, as many steps apart as the plan says."""
    Thread(target=end_with_parent, daemon=True).start()
    prepare(config)
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=config.replicas)
    learn_drawing(config)
    dist.destroy_process_group()


def end_with_parent() -> None:
    """Wait for the process that began this one to end, and end: a run that was killed must not write on.

    torch only interrupts replicas then, which whatever runs in the background of a script ignores.
    """
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def parse(arguments: Sequence[str] | None = None) -> tuple[Config, list[str]]:
    """The configuration and the stages that a command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m engine.sketch.train",
        description=__doc__,
        epilog="On a CPU one-thread replicas are fastest: OMP_NUM_THREADS=1 nice -n 19 "
        "python -m engine.sketch.train --stages unet --replicas 2",
    )
    names = ", ".join(STAGES)
    cuda = "cuda" if torch.cuda.is_available() else "cpu"
    whole = list(STAGES)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=whole, metavar="STAGE", help=names)
    parser.add_argument("--device", choices=("cpu", "cuda"), default=cuda, help="also chooses the sizes")
    parser.add_argument("--work", type=Path, default=WORK, help="packages, packed pictures, checkpoints")
    parser.add_argument("--init", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--blend", type=float, default=1.0, help="how far U-Net and decoder go from --init")
    parser.add_argument("--replicas", type=int, default=1, help="equal one-thread processes for the U-Net")
    parser.add_argument("--concepts", type=int, help="how many the U-Net learns, common ones first")
    parser.add_argument("--shots", type=int, help="how many pictures are composed for the U-Net")
    parser.add_argument(
        "--keep-words", action="store_true", help="the text tower does not learn beside the U-Net"
    )
    parser.add_argument("--examples", type=int, help="how many pictures are composed for the adapters")
    parser.add_argument("--steps", nargs="+", default=[], metavar="STAGE=N", help="other lengths of stages")
    asked = parser.parse_args(arguments)
    preset = gpu if asked.device == "cuda" else cpu
    changes: dict[str, Any] = {name: getattr(asked, name) for name in ("work", "init", "blend", "replicas")}
    counts = ("concepts", "shots", "examples")
    changes |= {name: getattr(asked, name) for name in counts if getattr(asked, name)}
    config = preset(**changes, unet_teaches_text=not asked.keep_words)
    for word in asked.steps:
        stage, _, steps = word.partition("=")
        plan: Plan = replace(getattr(config, stage), steps=int(steps))
        changed: dict[str, Any] = {stage: plan}
        config = replace(config, **changed)
    return config, asked.stages


def main() -> None:
    """The command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config, stages = parse()
    config.work.mkdir(parents=True, exist_ok=True)
    run(config, stages)


if __name__ == "__main__":
    main()
