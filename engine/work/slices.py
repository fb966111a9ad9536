"""What is done for a request between ticks, in slices no longer than one, so that nobody stalls."""

from typing import Protocol

from PIL import Image

from engine.api import Generated
from engine.conditioning.mask import pasted
from engine.library import Library
from engine.memory import decode_within_memory
from engine.ticket import Running


class Slices(Protocol):
    """Work on the device that is not denoising. A new kind of it is a class of its own."""

    def advance(self, library: Library, seconds: float | None) -> Generated | None:
        """Do what takes about so long, or all of it; the result, once there is nothing left to do."""
        ...


class Decoding:
    """The pictures of finished latents, some at a time."""

    def __init__(self, running: Running) -> None:
        self._ticket = running.ticket
        self._request = running.ticket.request
        self._latents = running.generation.latents
        self._images: list[Image.Image] = []

    def advance(self, library: Library, seconds: float | None) -> Generated | None:
        """Decode as many as take no longer than this, one at least."""
        checkpoint, done = library.checkpoint(self._ticket.request.model), len(self._images)
        checkpoint.put_tiling_in_force(tiles=self._request.tiles)
        latents = self._latents[done : done + self._size(library, seconds)]
        capacity = self._ticket.capacity
        self._images += decode_within_memory(library, checkpoint, capacity, latents, area=self._ticket.area)
        if len(self._images) < len(self._latents):
            return None
        return Generated(
            images=self._pasted(),
            latents=checkpoint.pack_latents(self._latents),
            engine_version=library.version,
        )

    def _pasted(self) -> tuple[Image.Image, ...]:
        """The pictures, with what was not to be repainted as it was."""
        mask, start = self._request.mask, self._request.start
        if mask is None or start is None or isinstance(start.source, bytes):
            return tuple(self._images)
        return pasted(self._images, start.source, mask)

    def _size(self, library: Library, seconds: float | None) -> int:
        if seconds is None:
            return len(self._latents)
        info = library.entry(self._ticket.request.model).info
        seconds_per_image = info.seconds_per_decode * self._ticket.area / info.native_size**2
        return max(1, int(seconds / seconds_per_image))
