"""The denoising of a grid as an animation, put together from its previews."""

import io
from collections.abc import Sequence

from PIL import Image

from bot.imaging.encode import encode_preview
from bot.imaging.explained import animated
from bot.imaging.grid import make_grid

MOST_FRAMES = 24
"""Of more, every second one is left out, and from then on."""
SIDE = 768
"""Pixels of the longer side."""
FILM_BYTES = 2 * 2**20
"""It stands beside the picture in one message."""


class Film:
    """Frames in the order in which they were seen; a small file each, whatever the picture's size."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._num_seen = 0
        self._every = 1

    def add(self, images: Sequence[Image.Image]) -> None:
        """Take in what the pictures look like by now. Blocking."""
        self._num_seen += 1
        if (self._num_seen - 1) % self._every:
            return
        self._frames.append(encode_preview(images).data)
        if len(self._frames) > MOST_FRAMES:
            self._frames, self._every = self._frames[::2], 2 * self._every

    def animation(self, images: Sequence[Image.Image]) -> bytes | None:
        """An animated WebP that ends at the pictures; None of what was never seen half-done. Blocking."""
        if not self._frames:
            return None
        picture = make_grid(images)
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        frames = [Image.open(io.BytesIO(frame)).convert("RGB") for frame in self._frames]
        return animated(frames, picture, limit_bytes=FILM_BYTES)
