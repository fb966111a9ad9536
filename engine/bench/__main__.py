"""`python -m engine.bench NAME`: measure one property of the engine and print a table."""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.bench import fairness, kernels, lag, load, parity, rows
from engine.bench.shapes import save_full_size
from engine.bench.tiny import tiny_pipeline
from engine.config import EngineConfig
from engine.library import Library

_CHANNELS = (64, 128)  # wide enough that eight rows do not cost as much as one


def main() -> None:
    """Parse the command line and run one measurement."""
    options = _options()
    if options.name == "lag":
        asyncio.run(lag.measure(options.model, options.device, options.seconds))
        return
    with _models(options.model) as models:
        if options.name == "parity":
            parity.measure(models, options.device)
            return
        config = EngineConfig(
            model=models[0], device=options.device, num_threads=1, max_rows=options.max_rows
        )
        library = Library(config)
        if options.name == "kernels":
            kernels.measure(library)
            return
        if options.name == "rows":
            rows.measure(library, options.sizes)
            return
        plan = load.LoadPlan(
            model=models[0],
            size=options.sizes[0],
            loads=tuple(options.loads),
            seeds=options.seeds,
            jobs=options.jobs,
        )
        (load if options.name == "load" else fairness).measure(library, plan)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.bench", description=__doc__)
    commands = parser.add_subparsers(dest="name", required=True)
    for name, described in _MEASUREMENTS.items():
        command = commands.add_parser(name, help=described)
        command.add_argument("--device", default="auto")
        command.add_argument("--model", default="sketch" if name == "lag" else "tiny")
        command.add_argument("--seconds", type=float, default=10.0, help="lag: how long to watch")
        command.add_argument("--sizes", type=_numbers(int), default=[64, 128, 256], help="pixels")
        command.add_argument("--max-rows", type=int, help="instead of the measured knee")
        command.add_argument("--seeds", type=int, default=3)
        command.add_argument("--jobs", type=int, default=70, help="per seed")
        default_loads = [1.2] if name == "fairness" else [0.7, 1.0]
        command.add_argument("--loads", type=_numbers(float), default=default_loads)
    return parser.parse_args()


_MEASUREMENTS = {
    "parity": "equality with the stock pipelines, sampler by sampler",
    "load": "latency under Poisson traffic, against pipelines in order of arrival",
    "fairness": "others' latency when one key floods the device",
    "lag": "event-loop lag while drawing",
    "kernels": "the U-Net's iterations a second, eager and compiled, beside plain diffusers",
    "rows": "milliseconds against rows, the knee, the host's share",
}


def _numbers(kind: type[float]) -> Callable[[str], list[float]]:
    return lambda text: [kind(one) for one in text.split(",")]


@contextmanager
def _models(name: str) -> Iterator[list[str]]:
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
            tiny_pipeline(channels=_CHANNELS, xl=path.endswith("xl")).save_pretrained(path)
        yield paths


main()
