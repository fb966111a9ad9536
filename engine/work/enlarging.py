"""Pictures made larger without a model: sharp at edges, smooth elsewhere, and no halos."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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


def measured(device: torch.device) -> float:
    """Seconds per pixel of an enlarged picture."""
    picture = Image.new("RGB", (_PIECE // 2 + 2 * _MARGIN,) * 2)
    piece = Piece(left=_MARGIN, top=_MARGIN, right=_MARGIN + _PIECE // 2, bottom=_MARGIN + _PIECE // 2)
    return quickest(lambda: enlarged(picture, piece, 2, device), device) / _PIECE**2


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


def enlarged(picture: Image.Image, piece: Piece, factor: int, device: torch.device) -> Image.Image:
    """One piece, with what lies around it taken into account. Over the border the picture's edge goes on."""
    left, top = max(0, piece.left - _MARGIN), max(0, piece.top - _MARGIN)
    right, bottom = min(picture.width, piece.right + _MARGIN), min(picture.height, piece.bottom + _MARGIN)
    seen: np.ndarray[Any, Any] = np.array(picture.crop((left, top, right, bottom)))
    pixels = torch.from_numpy(seen).to(device).permute(2, 0, 1)[None].float() / 255
    inside = sharpened(pixels, factor)[
        0,
        :,
        (piece.top - top) * factor : (piece.bottom - top) * factor,
        (piece.left - left) * factor : (piece.right - left) * factor,
    ]
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


def pieces_of(size: tuple[int, int], factor: int) -> Iterator[Piece]:
    """The parts that a picture of that width and height is enlarged in, row by row."""
    width, height = size
    side = _PIECE // factor
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield Piece(left=left, top=top, right=min(left + side, width), bottom=min(top + side, height))
