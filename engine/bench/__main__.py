"""`python -m engine.bench NAME`: measure one property of the engine and print a table."""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

from engine.bench import (
    attention,
    crowd,
    fairness,
    kernels,
    lag,
    load,
    looking,
    members,
    operations,
    parity,
    rows,
    stylize,
)
from engine.bench.shapes import save_full_size
from engine.bench.tiny import save_tiny_controlnet, tiny_pipeline
from engine.config import DType, EngineConfig
from engine.library import Library

_NARROW, _WIDE = (32, 64), (64, 128)  # narrow is enough to compare; wide, eight rows cost more than one


def main() -> None:
    """Parse the command line and run one measurement."""
    options = _options()
    if options.name == "members":
        members.measure()
        return
    if options.name == "lag":
        asyncio.run(lag.measure(options.model, options.device, options.seconds))
        return
    channels = _NARROW if options.name == "parity" else _WIDE
    with _models(options.model, channels, options.sizes[0]) as models:
        if options.name == "parity":
            parity.measure(models, options.device)
            return
        if options.name == "crowd":
            asyncio.run(crowd.measure(_config(options, models[0]), options.crowds, options.seconds))
            return
        library = Library(replace(_config(options, models[0]), controlnets=_controls(options, models[0])))
        _measure(library, models[0], options)


def _measure(library: Library, model: str, options: argparse.Namespace) -> None:
    match options.name:
        case "kernels":
            kernels.measure(library, model)
        case "rows":
            rows.measure(library, options.sizes)
        case "attention":
            attention.measure(library, options.out)
        case "operations":
            operations.measure(library, options.out)
        case "looking":
            looking.measure(library)
        case "stylize":
            stylize.measure(library, words=options.words)
        case "load":
            load.measure(library, _plan(options, model))
        case _:
            fairness.measure(library, _plan(options, model))


def _config(options: argparse.Namespace, model: str) -> EngineConfig:
    return EngineConfig(
        model=model,
        device=options.device,
        dtype=options.dtype,
        compile=options.compile,
        num_threads=1,
        max_rows=options.max_rows,
    )


def _controls(options: argparse.Namespace, model: str) -> dict[str, str]:
    """Those that were named; beside the tiny model, one of its own."""
    if options.name != "operations" or options.model != "tiny" or options.controlnets:
        return dict(options.controlnets)
    unet = tiny_pipeline(channels=_WIDE).unet
    return {"edges": str(save_tiny_controlnet(Path(model).with_name("edges"), unet))}


def _plan(options: argparse.Namespace, model: str) -> load.LoadPlan:
    return load.LoadPlan(
        model=model,
        size=options.sizes[0],
        loads=tuple(options.loads),
        seeds=options.seeds,
        jobs=options.jobs,
        is_modelled=options.modelled,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.bench", description=__doc__)
    commands = parser.add_subparsers(dest="name", required=True)
    for name, described in _MEASUREMENTS.items():
        command = commands.add_parser(name, help=described)
        add = command.add_argument
        add("--device", default="auto")
        add("--dtype", default="auto", choices=get_args(DType))
        add(
            "--model",
            default="sketch" if name in {"attention", "lag", "looking", "operations", "stylize"} else "tiny",
            help="tiny, sd15, sdxl, or as in MODEL",
        )
        add("--compile", action="store_true", help="the engine's U-Net")
        add("--seconds", type=float, default=10.0, help="lag, crowd: how long to watch")
        add("--crowds", type=_numbers(int), default=[10, 100, 1000, 5000], help="crowd: how many wait")
        add("--sizes", type=_numbers(int), default=[64, 128, 256], help="pixels; the first is native to tiny")
        add("--max-rows", type=int, help="instead of the measured knee")
        add("--out", type=Path, help="operations, attention: draw them all on a sheet there")
        add("--controlnets", type=_pairs, default=[], help="operations: as in CONTROLNETS")
        add("--seeds", type=int, default=3)
        add("--jobs", type=int, default=200 if name == "fairness" else 70, help="per seed")
        add("--loads", type=_numbers(float), default=[1.2] if name == "fairness" else [0.7, 1.0])
        add("--words", default=stylize.WORDS, help="stylize: of which style")
        add("--modelled", action="store_true", help="load, fairness: passes take their measured time, unrun")
    return parser.parse_args()


_MEASUREMENTS = {
    "attention": "whether the maps of words lie on the things that they name",
    "parity": "equality with the stock pipelines, sampler by sampler",
    "load": "latency under Poisson traffic, against pipelines in order of arrival",
    "fairness": "others' latency when one key floods the device",
    "members": "how many so many GPUs serve, simulated from a measured curve",
    "lag": "event-loop lag while drawing",
    "crowd": "host time of a tick, event-loop lag and bytes, against how many wait",
    "kernels": "the U-Net's iterations a second, eager and compiled, beside plain diffusers",
    "rows": "milliseconds against rows, the knee, the host's share",
    "looking": "what is described and shortened right, with the embedded model",
    "stylize": "whether pictures take on a style by its amount, and still show their thing",
    "operations": "what each operation costs against plain drawing",
}


def _numbers(kind: type[float]) -> Callable[[str], list[float]]:
    return lambda text: [kind(one) for one in text.split(",")]


def _pairs(text: str) -> list[tuple[str, str]]:
    parted = [pair.partition("=") for pair in text.split(",")]
    return [(name.strip(), source.strip()) for name, _, source in parted]


@contextmanager
def _models(name: str, channels: tuple[int, ...], native_size: int) -> Iterator[list[str]]:
    """What EngineConfig.model takes. "tiny" is two random checkpoints, SD and SDXL, in a passing folder;
    "sd15" and "sdxl" are of the real sizes, for a GPU."""
    if name not in {"tiny", "sd15", "sdxl"}:
        yield [name]
        return
    with tempfile.TemporaryDirectory() as folder:
        if name != "tiny":
            yield [str(save_full_size(Path(folder) / name, xl=name == "sdxl"))]
            return
        paths = [f"{folder}/tiny", f"{folder}/tiny-xl"]
        for path in paths:
            pipeline = tiny_pipeline(channels=channels, xl=path.endswith("xl"), native_size=native_size)
            pipeline.save_pretrained(path)
        yield paths


main()
