"""A driver like any other, whose replicas sleep where others compute: what is left is the cluster's own."""

import functools
import time

import torch

from engine.cluster.on_ray import Actor, RayFleet, end, main
from engine.cluster.wire import Head
from engine.families.unet import Checkpoint
from engine.rows import Rows

PASS_SECONDS = 0.2


class SleepingActor(Actor):
    """A replica whose passes take the same time on any machine, however busy it is."""

    def __init__(self, head: Head, darkroom: str) -> None:
        sleep_through_passes()
        super().__init__(head, darkroom)


def sleep_through_passes() -> None:
    """In this process, from now on."""
    Checkpoint.predict_noise = sleep  # type: ignore[method-assign, assignment]


def sleep(_: Checkpoint, rows: Rows) -> torch.Tensor:
    """Predict nothing, in the time of a pass."""
    time.sleep(PASS_SECONDS)
    return torch.zeros_like(rows.sample)


if __name__ == "__main__":
    end(main(functools.partial(RayFleet, kind_of_actor=SleepingActor)))
