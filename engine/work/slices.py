"""What is done for a request between ticks, in slices no longer than one, so that nobody stalls."""

from functools import partial
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
from engine.work.enlarging import FACTORS, Piece, pieces_of
from engine.work.pacing import in_slice
from engine.work.tiles import Mosaic
from engine.work.windows import layout_of


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
        """Whether a picture is larger than the model's own, and drawn in windows, or fits into no memory."""
        area = self._area
        if area <= checkpoint.native_size**2:
            return False
        if self._request.num_windows > 1:
            return True  # at once it would hold everybody up
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
        if mask is None or start is None or not isinstance(start.source, Image.Image):
            return tuple(self._images)
        return pasted(self._images, start.source, mask)

    def _count(self, library: Library, seconds: float | None, area: int) -> int:
        """How many pieces of this area take so long; all of them where there is time."""
        if seconds is None:
            return max(1, len(self._latents) - len(self._images))
        info = library.entry(self._request.model).info
        return max(1, int(seconds / (info.seconds_per_decode * area / info.native_size**2)))


class Opening:
    """The picture that one in windows begins with: enlarged piece by piece, then encoded window by window."""

    def __init__(self, request: Generate, picture: Image.Image) -> None:
        self._request = request
        self._picture = picture
        factor = _factor(picture, request.width, request.height)
        self._enlarging = None if factor is None else Enlarging(Enlarge(picture=picture, factor=factor))
        self._encoding: _Encoding | None = None

    def advance(self, library: Library, seconds: float | None) -> torch.Tensor | None:
        """Do what takes no longer than this, one piece or window at least.

        What it is encoded to, (1, 2c, h, w) on the CPU, when all is done.
        """
        if self._enlarging is not None:
            enlarged_picture = self._enlarging.advance(library, seconds)
            if enlarged_picture is not None:
                self._picture, self._enlarging = enlarged_picture.images[0], None
            return None
        return self._encoded(library, seconds)

    def _encoded(self, library: Library, seconds: float | None) -> torch.Tensor | None:
        model = self._request.model
        checkpoint = library.checkpoint(model)
        if self._encoding is None:
            self._encoding = _Encoding(self._request, checkpoint, self._picture)
        for _ in in_slice(seconds):
            moments = whole_within_memory(library, model, self._encoding.advance)
            if moments is not None:
                return moments
        return None


def opening_of(request: Generate) -> Opening | None:
    """What is to be done before its first step; None where that is little, and done at once."""
    if request.start is None or not isinstance(request.start.source, Image.Image) or request.num_windows == 1:
        return None
    return Opening(request, request.start.source)


class Enlarging:
    """One picture, enlarged piece by piece."""

    def __init__(self, request: Enlarge) -> None:
        self._picture = request.picture.convert("RGB")
        self._factor = request.factor
        self._enlarged: Image.Image | None = None
        self.num_pieces = self.num_done = 0
        self._left: list[Piece] | None = None

    def advance(self, library: Library, seconds: float | None) -> Generated | None:
        """Enlarge as many pieces as take no longer than this, at least one."""
        if self._left is None:
            side = library.enlarger.side(self._factor)
            self._left = list(reversed(list(pieces_of(self._picture.size, side))))
            self.num_pieces = len(self._left)
        for _ in in_slice(seconds):
            if not self._left:
                break
            self._advance(library, self._left[-1])
            self._left.pop()
            self.num_done += 1
        if self._left or self._enlarged is None:
            return None
        return Generated(images=(self._enlarged,), engine_version=library.version)

    def _advance(self, library: Library, piece: Piece) -> None:
        if self._enlarged is None:
            width, height = self._picture.size
            self._enlarged = Image.new("RGB", (width * self._factor, height * self._factor))
        model, enlarger = library.models()[0].name, library.enlarger
        image = whole_within_memory(
            library, model, lambda: enlarger.enlarged(self._picture, piece, self._factor)
        )
        self._enlarged.paste(image, (piece.left * self._factor, piece.top * self._factor))


class _Encoding:
    """One picture, encoded window by window, before anything is drawn of it."""

    def __init__(self, request: Generate, checkpoint: Checkpoint, picture: Image.Image) -> None:
        layout = layout_of(request, checkpoint)
        if layout is None:
            raise ValueError("a picture that is one row has no windows")
        self._checkpoint, self._layout = checkpoint, layout
        self._pixels = checkpoint.pixels(picture, request.width, request.height)
        self._moments: torch.Tensor | None = None
        self._left = list(reversed(layout.windows))

    def advance(self) -> torch.Tensor | None:
        """Encode another window; the moments (1, 2c, h, w) on the CPU, once it was the last."""
        window = self._left[-1]
        part = window.scaled(self._checkpoint.scale_factor).of(self._pixels)
        values = self._layout.weighted(window, self._checkpoint.moments(part).float())
        if self._moments is None:
            self._moments = self._layout.blank(values)
        window.of(self._moments).add_(values)
        self._left.pop()
        return None if self._left else self._moments.cpu()


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


def _factor(picture: Image.Image, width: int, height: int) -> int | None:
    """How many times a picture is enlarged that is to become so large; None where it is so already."""
    if picture.width >= width or picture.height >= height:
        return None
    enough = (one for one in FACTORS if picture.width * one >= width and picture.height * one >= height)
    return next(enough, FACTORS[-1])
