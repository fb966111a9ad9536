"""Work within the device's memory: in smaller pieces where it is short, then without other models."""

import logging
from collections.abc import Callable
from typing import TypeVar

import torch
from PIL import Image

from engine.capacity import Capacity, Limits
from engine.device import free_cached_memory, is_out_of_memory
from engine.errors import OutOfMemory
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.rows import Rows

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_TOO_LARGE = "The picture is too large for this device, even one at a time. Use a smaller size."
_FULL = "The memory of this device is full just now. Try again in a minute, or use a smaller size."


def predict_within_memory(
    library: Library,
    checkpoint: Checkpoint,
    capacity: Capacity,
    rows: Rows,
    *,
    area: int,
    before: Callable[[], object] = lambda: None,
) -> torch.Tensor:
    """The prediction for the rows, (rows, c, h, w), in as few passes as fit; `area` is pixels of one picture.

    `before` is called before each try, of which all but the last run out of memory somewhere on the way.
    Raises: OutOfMemory, if not even one row fits.
    """

    def predict(size: int) -> torch.Tensor:
        before()
        return torch.cat([checkpoint.predict_noise(part) for part in rows.in_parts_of(size)])

    return _in_pieces(library, checkpoint, predict, len(rows), capacity.rows, area)


def decode_within_memory(
    library: Library, checkpoint: Checkpoint, capacity: Capacity, latents: torch.Tensor, *, area: int
) -> tuple[Image.Image, ...]:
    """The pictures of the latents (n, c, h, w), as many at a time as fit.

    Raises: OutOfMemory, if not even one can be decoded.
    """

    def decode(size: int) -> tuple[Image.Image, ...]:
        return tuple(image for part in torch.split(latents, size) for image in checkpoint.decode(part))

    return _in_pieces(library, checkpoint, decode, len(latents), capacity.pictures, area)


def whole_within_memory(library: Library, model: str, work: Callable[[], Result]) -> Result:
    """Work that has no smaller pieces: once more without other models, where memory is short.

    Raises: OutOfMemory.
    """
    try:
        return work()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    library.forget_recordings()
    free_cached_memory(library.device)
    library.drop_all_but(model)
    try:
        return work()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    free_cached_memory(library.device)
    raise OutOfMemory(_FULL)


def _in_pieces(
    library: Library,
    checkpoint: Checkpoint,
    run: Callable[[int], Result],
    size: int,
    limits: Limits,
    area: int,
) -> Result:
    """What `run` gives in pieces of at most `size`, halved where memory is short, as `limits` remembers."""
    size = min(size, limits.get(area))
    while True:
        try:
            return run(size)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        had_recordings = library.forget_recordings()
        free_cached_memory(library.device)
        if had_recordings:
            log.warning("Out of memory: recorded passes are given up.")
        elif size > 1:
            size //= 2
            limits.learn(area, size)
            log.warning("Out of memory: for a while at most %d at once of %d pixels.", size, area)
        elif library.drop_all_but(checkpoint.name):
            limits.forget()
        else:
            raise OutOfMemory(_TOO_LARGE)
