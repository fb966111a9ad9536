"""What a forward pass costs against its rows, where the knee is, and what the host adds to a tick."""

from typing import Self

import torch
from torch.utils.hooks import RemovableHandle

from engine.api import Generate, WeightedPrompt
from engine.bench.clock import WorkClock
from engine.bench.table import print_table
from engine.capacity import Capacity
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.rows import Rows

_ROWS = (1, 2, 4, 8, 16, 32, 64)
_REPEATS = 5
_SAMPLERS = ("dpmpp-2m", "euler", "euler-a", "ddim")
_STEPS = 20


@torch.inference_mode()
def measure(library: Library, sizes: list[int]) -> None:
    """Print milliseconds per pass for each size in pixels, and the host's share of a tick."""
    name = library.models()[0].name
    checkpoint, capacity = library.checkpoint(name), library.entry(name).capacity
    clock = WorkClock(library.device)
    curves = {size: _curve(checkpoint, clock, size) for size in sizes}
    print_table(
        ["ms per pass", *(f"{rows} rows" for rows in _ROWS), "knee here", "cap by area"],
        (
            [
                f"{size} px",
                *(f"{1000 * seconds:.1f}" for seconds in curve.values()),
                str(Capacity(curve, size**2).knee),
                str(capacity.cap(size**2)),
            ]
            for size, curve in curves.items()
        ),
    )
    print_table(
        ["host share of a tick, four grids at once", *(f"{size} px" for size in sizes)],
        [["outside U-Net and VAE", *(f"{_host_share(library, clock, size):.1%}" for size in sizes)]],
    )


def _curve(checkpoint: Checkpoint, clock: WorkClock, size: int) -> dict[int, float]:
    """Seconds of the quickest of some passes for every number of rows, the numbers taking turns."""
    passes = {
        count: _resized(checkpoint.blank_rows(count), checkpoint.latent_shape(size, size)) for count in _ROWS
    }
    rounds = [
        {count: clock.measure(lambda: checkpoint.predict_noise(rows)) for count, rows in passes.items()}  # noqa: B023
        for _ in range(_REPEATS)
    ]
    return {count: min(one[count] for one in rounds) for count in _ROWS}


def _resized(rows: Rows, shape: tuple[int, int, int]) -> Rows:
    return Rows(
        sample=rows.sample.new_zeros(len(rows), *shape),
        timesteps=rows.timesteps,
        prompt_embeds=rows.prompt_embeds,
        conditions=rows.conditions,
    )


def _host_share(library: Library, clock: WorkClock, size: int) -> float:
    """Draw four grids together, and see how much of the time was neither U-Net nor VAE."""
    name = library.models()[0].name
    checkpoint = library.checkpoint(name)
    with _Stopwatch(clock, checkpoint.unet, checkpoint.vae.decoder) as inside:
        total = clock.measure(lambda: _draw_together(DenoisingLoop(library), name, size))
    return 1 - inside.seconds / total


class _Stopwatch:
    """The time spent in the forward passes of some modules, by hooks on them."""

    def __init__(self, clock: WorkClock, *modules: torch.nn.Module) -> None:
        self.seconds = 0.0
        self._clock = clock
        self._modules = modules
        self._hooks: list[RemovableHandle] = []

    def __enter__(self) -> Self:
        for module in self._modules:
            self._hooks.append(module.register_forward_pre_hook(self._start))
            self._hooks.append(module.register_forward_hook(self._stop))
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _start(self, *_: object) -> None:
        self.seconds -= self._clock.synchronized()

    def _stop(self, *_: object) -> None:
        self.seconds += self._clock.synchronized()


def _draw_together(loop: DenoisingLoop, model: str, size: int) -> None:
    for number, sampler in enumerate(_SAMPLERS):
        loop.submit(
            Generate(
                model=model,
                prompts=(WeightedPrompt(text="a red apple"),),
                width=size,
                height=size,
                seeds=tuple(range(4 * number, 4 * number + 4)),
                num_inference_steps=_STEPS,
                guidance_scale=5.0,
                sampler=sampler,
            )
        )
    while not loop.is_idle:
        loop.step()
