"""The U-Net's time without its work: its passes take on the clock what they were measured to take."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from engine.bench.clock import WorkClock
from engine.capacity import Capacity


@contextmanager
def modelled(
    unets: Sequence[torch.nn.Module], capacity: Capacity, clock: WorkClock, area: int
) -> Iterator[None]:
    """Within this, a pass predicts nothing and moves the clock on by what its rows cost.

    Everything else is really done and timed. So hundreds of requests fit into minutes, and what a busy
    machine does to a long measurement stays out of it. `area` is pixels of one picture.
    """

    def forward(sample: torch.Tensor, *_: Any, **__: Any) -> tuple[torch.Tensor]:
        clock.skip(capacity.seconds(len(sample), area))
        return (torch.zeros_like(sample),)

    real = [unet.forward for unet in unets]
    for unet in unets:
        unet.forward = forward
    try:
        yield
    finally:
        for unet, method in zip(unets, real, strict=True):
            unet.forward = method
