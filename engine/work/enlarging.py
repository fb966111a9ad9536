"""Pictures made larger piece by piece; without a model sharp at edges, smooth elsewhere, and no halos."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from engine.api import Enlarge
from engine.device import quickest

FACTORS = (2, 4)
_PIECE = 192
"""Pixels that one piece of the enlarged picture is high and wide: some milliseconds."""
_MARGIN = 5
"""Pixels of the old picture around a piece, so that pieces join without a seam."""
_SHARPNESS = 1.2
_FLAT, _STEEP = 0.03, 0.15
"""Below the first contrast it is noise and stays as it is, above the second an edge. Of 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the old picture, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int


class Enlarger(Protocol):
    """A way to make pictures larger, piece by piece."""

    @property
    def margin(self) -> int:
        """Pixels of the old picture that are looked at around a piece."""
        ...

    def side(self, factor: int) -> int:
        """Pixels of the old picture that a piece is high and wide at most."""
        ...

    def enlarged(self, picture: Image.Image, piece: Piece, factor: int) -> Image.Image:
        """One piece, with what lies around it taken into account."""
        ...


class Sharpening:
    """The way without a model. Over its border the picture's edge goes on."""

    margin = _MARGIN

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def side(self, factor: int) -> int:
        """Pixels of the old picture that a piece is high and wide at most."""
        return _PIECE // factor

    def enlarged(self, picture: Image.Image, piece: Piece, factor: int) -> Image.Image:
        """One piece, with what lies around it taken into account."""
        pixels, inside = cut_out(picture, piece, self.margin, self._device)
        return pasted_from(sharpened(pixels, factor), inside, factor)


def measured(enlarger: Enlarger, device: torch.device) -> float:
    """Seconds per pixel of an enlarged picture."""
    side, margin = enlarger.side(2), enlarger.margin
    picture = Image.new("RGB", (side + 2 * margin,) * 2)
    piece = Piece(left=margin, top=margin, right=margin + side, bottom=margin + side)
    return quickest(lambda: enlarger.enlarged(picture, piece, 2), device) / (2 * side) ** 2


def num_bytes(request: Enlarge) -> int:
    """Bytes of the enlarged picture."""
    return request.picture.width * request.picture.height * request.factor**2 * 3


def sharpened(pixels: torch.Tensor, factor: int) -> torch.Tensor:
    """Pixels (n, c, h, w) from 0 to 1 on a grid that is `factor` times finer.

    No value lies beyond those of its neighbourhood: an edge gets no halo.
    """
    large = _finer(pixels, factor, "bicubic")
    padded = functional.pad(pixels, (1, 1, 1, 1), mode="replicate")
    highest = _finer(functional.max_pool2d(padded, 3, stride=1), factor, "bilinear")
    lowest = _finer(-functional.max_pool2d(-padded, 3, stride=1), factor, "bilinear")
    contrast = (highest - lowest).amax(dim=1, keepdim=True)
    edge = ((contrast - _FLAT) / (_STEEP - _FLAT)).clamp(0, 1)
    sharp = large + _SHARPNESS * edge * (large - _blurred(large, factor))
    return sharp.clamp(lowest, highest)


def cut_out(
    picture: Image.Image, piece: Piece, margin: int, device: torch.device
) -> tuple[torch.Tensor, Piece]:
    """A piece with what lies around it, as pixels (1, 3, h, w) from 0 to 1; and where in them it lies."""
    left, top = max(0, piece.left - margin), max(0, piece.top - margin)
    right, bottom = min(picture.width, piece.right + margin), min(picture.height, piece.bottom + margin)
    seen: np.ndarray[Any, Any] = np.array(picture.crop((left, top, right, bottom)))
    pixels = torch.from_numpy(seen).to(device).permute(2, 0, 1)[None].float() / 255
    inside = Piece(
        left=piece.left - left, top=piece.top - top, right=piece.right - left, bottom=piece.bottom - top
    )
    return pixels, inside


def pasted_from(pixels: torch.Tensor, piece: Piece, factor: int) -> Image.Image:
    """What of enlarged pixels (1, 3, h, w) from 0 to 1 is the piece, which is given in those before."""
    rows = slice(piece.top * factor, piece.bottom * factor)
    inside = pixels[0, :, rows, piece.left * factor : piece.right * factor]
    rounded = (inside * 255).round().to(torch.uint8).permute(1, 2, 0).cpu()
    return Image.fromarray(rounded.numpy())


def _finer(pixels: torch.Tensor, factor: int, mode: str) -> torch.Tensor:
    return functional.interpolate(pixels, scale_factor=factor, mode=mode, align_corners=False)


def _blurred(pixels: torch.Tensor, factor: int) -> torch.Tensor:
    """Twice the mean over what was about two pixels: nearly a Gaussian."""
    reach = factor
    for _ in range(2):
        padded = functional.pad(pixels, (reach, reach, reach, reach), mode="replicate")
        pixels = functional.avg_pool2d(padded, 2 * reach + 1, stride=1)
    return pixels


def pieces_of(size: tuple[int, int], side: int) -> Iterator[Piece]:
    """The parts of at most this side that a picture of that width and height is enlarged in, row by row."""
    width, height = size
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield Piece(left=left, top=top, right=min(left + side, width), bottom=min(top + side, height))
