"""The bare U-Net: iterations a second and TFLOP/s, eager and compiled, engine and plain diffusers."""

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.bench.clock import WorkClock
from engine.bench.stock import StockPipelines
from engine.bench.table import print_table
from engine.families.unet import Checkpoint
from engine.graphs import OFTEN
from engine.library import Library
from engine.rows import Rows

_ROWS = {"1 image": 2, "4 images": 8, "saturated": 32}
_STEPS = 25
_REPEATS = 10
_MATRIX = 8192


@torch.inference_mode()
def measure(library: Library, model: str) -> None:
    """Print one line per way to run the U-Net, and the device's own matrix rate to hold it against."""
    checkpoint = library.checkpoint(library.models()[0].name)
    clock = WorkClock(library.device)
    teraflop = _teraflop(checkpoint)
    peak = _matrix_rate(clock, library)
    stock = StockPipelines(model, device=library.device, dtype=library.dtype).unet
    rows = []

    def add(name: str, way: Callable[[Rows], object]) -> None:
        rows.append([name, *_line(checkpoint, clock, way, teraflop, peak)])

    add("diffusers, eager", _plain(stock))
    add("engine", checkpoint.predict_noise)
    stock.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub forgets it
    add("diffusers, compiled, channels last", _plain(torch.compile(stock)))
    checkpoint.compile()
    add("engine, compiled", checkpoint.predict_noise)
    header = [f"{checkpoint.name}, {checkpoint.native_size} px", *(f"{name}: it/s" for name in _ROWS)]
    print_table([*header, f"images/s at {_STEPS} steps", "TFLOP/s", f"of {peak:.2f} measured"], rows)


def _line(
    checkpoint: Checkpoint, clock: WorkClock, way: Callable[[Rows], object], teraflop: float, peak: float
) -> list[str]:
    """Iterations a second for each number of rows; then what the last of them achieves."""
    speeds = [_speed(clock, way, checkpoint.blank_rows(count)) for count in _ROWS.values()]
    saturated = list(_ROWS.values())[-1]
    achieved = speeds[-1] * saturated * teraflop
    images = speeds[-1] * saturated / 2 / _STEPS
    return [
        *(f"{speed:.1f}" for speed in speeds),
        f"{images:.2f}",
        f"{achieved:.2f}",
        f"{achieved / peak:.0%}",
    ]


def _speed(clock: WorkClock, way: Callable[[Rows], object], rows: Rows) -> float:
    for _ in range(OFTEN):
        way(rows)
    seconds = [clock.measure(lambda: way(rows)) for _ in range(_REPEATS)]
    return 1 / sorted(seconds)[_REPEATS // 2]


def _plain(unet: Any) -> Callable[[Rows], object]:
    """The call that the pipelines make, one timestep for all rows."""

    def forward(rows: Rows) -> object:
        return unet(
            rows.sample.to(rows.prompt_embeds.dtype),
            rows.timesteps[0],
            encoder_hidden_states=rows.prompt_embeds,
            added_cond_kwargs={name: one.values for name, one in rows.conditions.items()} or None,
            return_dict=False,
        )

    return forward


def _teraflop(checkpoint: Checkpoint) -> float:
    """Floating-point operations of one row, in units of 10¹²."""
    with FlopCounterMode(display=False) as counter:
        checkpoint.predict_noise(checkpoint.blank_rows(1))
    return float(counter.get_total_flops()) / 1e12


def _matrix_rate(clock: WorkClock, library: Library) -> float:
    """TFLOP/s of a large matrix product in the model's precision: what this device can do at best."""
    side = _MATRIX if library.device.type == "cuda" else _MATRIX // 8
    matrix = torch.randn(side, side, device=library.device).to(library.dtype)
    matrix @ matrix
    seconds = [clock.measure(lambda: matrix @ matrix) for _ in range(_REPEATS)]
    return 2 * side**3 / sorted(seconds)[_REPEATS // 2] / 1e12
