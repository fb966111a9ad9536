"""Large pictures in tiles that overlap: where they lie, and how they become one picture without a seam."""

from dataclasses import dataclass
from math import ceil

import torch
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A part of the latents, in cells."""

    top: int
    left: int
    height: int
    width: int

    def scaled(self, factor: int) -> "Tile":
        """The same part where each cell is so many, or so many pixels."""
        return Tile(
            top=self.top * factor,
            left=self.left * factor,
            height=self.height * factor,
            width=self.width * factor,
        )

    def of(self, latents: torch.Tensor) -> torch.Tensor:
        """Its part of latents (…, h, w)."""
        return latents[..., self.top : self.top + self.height, self.left : self.left + self.width]


class Mosaic:
    """A picture that is put together of tiles, which pass into each other where they overlap.

    `height`, `width`, `side` and `overlap` are in cells, `scale_factor` is pixels to a cell. Where `wraps`,
    the picture joins itself: tiles lie over its borders, too.
    """

    def __init__(
        self, *, height: int, width: int, side: int, overlap: int, scale_factor: int, wraps: bool
    ) -> None:
        self._size = height, width
        self._overlap, self._scale_factor, self._wraps = overlap, scale_factor, wraps
        beyond = overlap if wraps else 0
        canvas = [(cells + beyond) * scale_factor for cells in self._size]
        self._sum, self._weight = torch.zeros(3, *canvas), torch.zeros(canvas)
        tops, lefts = (_placed(cells, side, overlap, wraps=wraps) for cells in self._size)
        self.tiles = [
            Tile(top=top, left=left, height=tile_height, width=tile_width)
            for top, tile_height in tops
            for left, tile_width in lefts
        ]

    def spread_out(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents (n, c, h, w) of which tiles can be cut: with what lies beyond their borders."""
        beyond = self._overlap if self._wraps else 0
        return functional.pad(latents, (0, beyond, 0, beyond), mode="circular") if beyond else latents

    def add(self, tile: Tile, pixels: torch.Tensor) -> None:
        """Lay down the pixels (3, h, w) of a tile."""
        height, width = pixels.shape[-2:]
        weight = torch.outer(self._ramp(height), self._ramp(width))
        place = tile.scaled(self._scale_factor)
        place.of(self._sum).add_(pixels.cpu() * weight)
        place.of(self._weight).add_(weight)

    def pixels(self) -> torch.Tensor:
        """The whole picture (3, height, width) in pixels, once all tiles are there."""
        height, width = (cells * self._scale_factor for cells in self._size)
        total, weight = (_folded(one, height, width) for one in (self._sum, self._weight))
        return total / weight

    def _ramp(self, pixels: int) -> torch.Tensor:
        """How much the pixels of a tile count, from one border of it to the other; nowhere nothing."""
        rising = (torch.arange(pixels) + 0.5) / (self._overlap * self._scale_factor)
        return torch.minimum(rising, rising.flip(0)).clamp(max=1.0)


def _placed(length: int, side: int, overlap: int, *, wraps: bool) -> list[tuple[int, int]]:
    """Where the fewest tiles of at most `side` begin, and how long they are, evenly over so many cells."""
    if wraps:
        count = ceil(length / (side - overlap))
        return [(number * length // count, ceil(length / count) + overlap) for number in range(count)]
    if length <= side:
        return [(0, length)]
    gaps = ceil((length - side) / (side - overlap))
    return [(number * (length - side) // gaps, side) for number in range(gaps + 1)]


def _folded(canvas: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """(…, h, w) → (…, height, width): what lies beyond is added where the picture begins anew."""
    across, right = canvas[..., :width].clone(), canvas[..., width:]
    across[..., : right.shape[-1]] += right
    whole, below = across[..., :height, :].clone(), across[..., height:, :]
    whole[..., : below.shape[-2], :] += below
    return whole
