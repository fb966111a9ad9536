"""What is done for a request between ticks, in slices no longer than one, so that nobody stalls."""

from functools import partial
from time import perf_counter
from typing import Protocol, runtime_checkable

import torch
from PIL import Image

from engine.api import Enlarge, Generate, Generated, Result
from engine.capacity import Capacity
from engine.conditioning.mask import pasted
from engine.errors import OutOfMemory
from engine.families.unet import Checkpoint, as_images
from engine.library import Library
from engine.memory import decode_within_memory, whole_within_memory
from engine.work.enlarging import enlarged, pieces_of
from engine.work.tiles import Mosaic

SLICE_SECONDS = 0.1
"""How long work between ticks goes on where nobody is drawn: somebody may come."""


class Slices(Protocol):
    """Work on the device that is not denoising. A new kind of it is a class of its own."""

    def advance(self, library: Library, seconds: float | None) -> Result | None:
        """Do what takes about so long, or all of it; the result, once there is nothing left to do."""
        ...


@runtime_checkable
class Counted(Slices, Protocol):
    """Slices of a request of its own, whose holder is told how many pieces are done."""

    @property
    def num_done(self) -> int:
        """How many pieces are done."""
        ...

    @property
    def num_pieces(self) -> int:
        """How many there are."""
        ...


class Decoding:
    """The pictures of finished latents, some at a time; one that is too large for the memory in tiles."""

    def __init__(self, request: Generate, latents: torch.Tensor, capacity: Capacity) -> None:
        self._request = request
        self._latents = latents
        self._capacity = capacity
        self._area = request.width * request.height
        self._images: list[Image.Image] = []
        self._tiled: _Tiled | None = None
        """The picture that is being put together."""

    def advance(self, library: Library, seconds: float | None) -> Generated | None:
        """Decode what takes no longer than this, one picture or tile at least."""
        checkpoint = library.checkpoint(self._request.model)
        if self._is_too_large(library, checkpoint):
            self._decode_tiles(library, checkpoint, seconds)
        else:
            self._decode_whole(library, checkpoint, seconds)
        if len(self._images) < len(self._latents):
            return None
        return Generated(
            images=self._pasted(),
            latents=checkpoint.pack_latents(self._latents),
            engine_version=library.version,
        )

    def _is_too_large(self, library: Library, checkpoint: Checkpoint) -> bool:
        """Whether a picture is larger than the model's own, and not even one fits into the memory."""
        area = self._area
        if area <= checkpoint.native_size**2:
            return False
        is_dear = checkpoint.decode_bytes(area) > library.decode_budget
        return self._tiled is not None or is_dear or self._capacity.pictures.get(area) == 0

    def _decode_whole(self, library: Library, checkpoint: Checkpoint, seconds: float | None) -> None:
        done, capacity, area = len(self._images), self._capacity, self._area
        checkpoint.put_tiling_in_force(tiles=self._request.tiles)
        fitting = max(1, library.decode_budget // checkpoint.decode_bytes(area))
        latents = self._latents[done : done + min(fitting, self._count(library, seconds, area))]
        try:
            self._images += decode_within_memory(library, checkpoint, capacity, latents, area=area)
        except OutOfMemory:
            if area <= checkpoint.native_size**2:
                raise
            capacity.pictures.learn(area, 0)

    def _decode_tiles(self, library: Library, checkpoint: Checkpoint, seconds: float | None) -> None:
        for _ in range(self._count(library, seconds, checkpoint.native_size**2)):
            if len(self._images) < len(self._latents):
                self._decode_tile(library, checkpoint)

    def _decode_tile(self, library: Library, checkpoint: Checkpoint) -> None:
        done = len(self._images)
        if self._tiled is None:
            latents = self._latents[done : done + 1]
            self._tiled = _Tiled(checkpoint, latents, wraps=self._request.tiles)
        image = whole_within_memory(library, checkpoint.name, partial(self._tiled.advance, checkpoint))
        if image is not None:
            self._images.append(image)
            self._tiled = None

    def _pasted(self) -> tuple[Image.Image, ...]:
        """The pictures, with what was not to be repainted as it was."""
        mask, start = self._request.mask, self._request.start
        if mask is None or start is None or isinstance(start.source, bytes):
            return tuple(self._images)
        return pasted(self._images, start.source, mask)

    def _count(self, library: Library, seconds: float | None, area: int) -> int:
        """How many pieces of this area take so long; all of them where there is time."""
        if seconds is None:
            return max(1, len(self._latents) - len(self._images))
        info = library.entry(self._request.model).info
        return max(1, int(seconds / (info.seconds_per_decode * area / info.native_size**2)))


class Enlarging:
    """One picture, enlarged piece by piece."""

    def __init__(self, request: Enlarge) -> None:
        self._picture = request.picture.convert("RGB")
        self._factor = request.factor
        self._enlarged: Image.Image | None = None
        self._left = list(reversed(list(pieces_of(self._picture.size, request.factor))))
        self.num_pieces = len(self._left)

    @property
    def num_done(self) -> int:
        """How many pieces are done."""
        return self.num_pieces - len(self._left)

    def advance(self, library: Library, seconds: float | None) -> Generated | None:
        """Enlarge as many pieces as take no longer than this, at least one."""
        budget = SLICE_SECONDS if seconds is None else min(seconds, SLICE_SECONDS)
        started = piece_started = perf_counter()
        while self._left:
            self._advance(library)
            now = perf_counter()
            if now - started + (now - piece_started) > budget:  # another would be over it
                break
            piece_started = now
        if self._left or self._enlarged is None:
            return None
        return Generated(images=(self._enlarged,), engine_version=library.version)

    def _advance(self, library: Library) -> None:
        if self._enlarged is None:
            width, height = self._picture.size
            self._enlarged = Image.new("RGB", (width * self._factor, height * self._factor))
        piece, model = self._left[-1], library.models()[0].name
        image = whole_within_memory(
            library, model, lambda: enlarged(self._picture, piece, self._factor, library.device)
        )
        self._enlarged.paste(image, (piece.left * self._factor, piece.top * self._factor))
        self._left.pop()


class _Tiled:
    """One picture, decoded tile by tile: each of the model's own size, which a quarter of it overlaps."""

    def __init__(self, checkpoint: Checkpoint, latents: torch.Tensor, *, wraps: bool) -> None:
        height, width = latents.shape[-2:]
        side = checkpoint.native_size // checkpoint.scale_factor
        self._mosaic = Mosaic(
            height=height,
            width=width,
            side=side,
            overlap=side // 4,
            scale_factor=checkpoint.scale_factor,
            wraps=wraps,
        )
        self._latents = self._mosaic.spread_out(latents)
        self._left = list(reversed(self._mosaic.tiles))

    def advance(self, checkpoint: Checkpoint) -> Image.Image | None:
        """Decode another tile; the picture, once it was the last."""
        checkpoint.put_tiling_in_force(tiles=False)  # no border of a tile is one of the picture
        tile = self._left[-1]
        self._mosaic.add(tile, checkpoint.decode_pixels(tile.of(self._latents))[0])
        self._left.pop()
        return None if self._left else as_images(self._mosaic.pixels()[None])[0]
