"""Passes through a model within the device's memory: in pieces where it is short, and what that taught."""

import logging
from collections.abc import Callable
from typing import TypeVar

import torch
from PIL import Image

from engine.capacity import Capacity
from engine.device import free_cached_memory, is_out_of_memory
from engine.errors import OutOfMemory
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.rows import Rows

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_TOO_LARGE = "The picture is too large for this device, even one at a time."


def predict_within_memory(
    library: Library, checkpoint: Checkpoint, capacity: Capacity, rows: Rows, *, area: int
) -> torch.Tensor:
    """The prediction for the rows, (rows, c, h, w), in as few passes as fit; `area` is pixels of one picture.

    Where memory is short, other models go first; then the rows are halved, which `capacity` remembers.
    Raises: OutOfMemory, if not even one row fits.
    """

    def predict(size: int) -> torch.Tensor:
        return torch.cat([checkpoint.predict_noise(part) for part in rows.in_parts_of(size)])

    def halve(size: int) -> int:
        fewer = size // 2
        capacity.learn_limit(area, fewer)
        log.warning("Out of memory: from now on at most %d rows of %d pixels.", fewer, area)
        return fewer

    return _within_memory(library, checkpoint, predict, min(len(rows), capacity.limit(area)), halve)


def decode_within_memory(
    library: Library, checkpoint: Checkpoint, latents: torch.Tensor
) -> tuple[Image.Image, ...]:
    """The pictures of the latents (n, c, h, w): together, or one by one where memory is short.

    Other models go first, as in `predict_within_memory`.
    Raises: OutOfMemory, if not even one can be decoded.
    """

    def decode(size: int) -> tuple[Image.Image, ...]:
        return tuple(image for part in torch.split(latents, size) for image in checkpoint.decode(part))

    return _within_memory(library, checkpoint, decode, len(latents), lambda _: 1)


def _within_memory(
    library: Library,
    checkpoint: Checkpoint,
    run: Callable[[int], Result],
    size: int,
    shrink: Callable[[int], int],
) -> Result:
    """What `run` gives in pieces of `size`; where memory is short, other models go, then pieces shrink."""
    while True:
        try:
            return run(size)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        free_cached_memory(library.device)
        if library.drop_all_but(checkpoint.name):
            continue
        if size == 1:
            raise OutOfMemory(_TOO_LARGE)
        size = shrink(size)
