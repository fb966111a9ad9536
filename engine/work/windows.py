"""Windows: a picture larger than the model's own is predicted window by window, and joined in each step.

Every window of the latents is a row like any other of that size. Where windows overlap, their predictions
pass into each other, and the scheduler takes one step on the whole (MultiDiffusion, Bar-Tal et al. 2023), so
that what lies on both sides of a join is the same picture from the first step on.

What SDXL is told of sizes is the same for each window as for a picture of its size: uncropped, as models draw
best. Where it really lies would be a crop far beyond those of the training, and the start says what is there.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch

from engine.api import Generate
from engine.api.windows import OVERLAP, placed
from engine.families.unet import Checkpoint
from engine.rows import Rows, pack
from engine.work.tiles import Tile


class Layout:
    """Where windows of at most `side` lie on `height` × `width`, in cells, and how much each counts where."""

    def __init__(self, *, height: int, width: int, side: int, device: torch.device) -> None:
        self.height, self.width = height, width
        self.windows = [
            Tile(top=top, left=left, height=min(side, height), width=min(side, width))
            for top in placed(height, side)
            for left in placed(width, side)
        ]
        ramps = _ramp(min(side, height), side)[:, None] * _ramp(min(side, width), side)[None]
        self._shape, self._total = ramps.to(device), torch.zeros(height, width, device=device)
        for window in self.windows:
            window.of(self._total).add_(self._shape)

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """What is kept on the device."""
        return self._shape, self._total

    def weighted(self, window: Tile, values: torch.Tensor) -> torch.Tensor:
        """What the values (…, h, w) of a window add to the whole: where it lies alone, just themselves."""
        return values * (self._shape / window.of(self._total))

    def blank(self, like: torch.Tensor) -> torch.Tensor:
        """Nothing yet of the whole, (n, c, height, width), whose windows are like this (n, c, h, w)."""
        return torch.zeros(*like.shape[:2], self.height, self.width, device=like.device)


def layout_of(request: Generate, checkpoint: Checkpoint) -> Layout | None:
    """Where the windows of a request lie on its latents; None where one picture is one row."""
    if request.window is None or request.num_windows == 1:
        return None
    _, height, width = checkpoint.latent_shape(request.width, request.height)
    side = request.window // checkpoint.scale_factor
    return Layout(height=height, width=width, side=side, device=checkpoint.device)


class Windows:
    """The windows of one generation, and how many of them this step has seen already."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._joined: torch.Tensor | None = None
        self._done = 0
        self._allowed = self._shown = 0
        """How many windows the next pass may show, and the one under way does show."""

    def __len__(self) -> int:
        return len(self._layout.windows)

    @property
    def num_left(self) -> int:
        """How many this step has not seen."""
        return len(self) - self._done

    @property
    def num_next(self) -> int:
        """How many the next pass shows."""
        return min(self._allowed or len(self), self.num_left)

    @property
    def tensors(self) -> tuple[torch.Tensor | None, ...]:
        """What is kept on the device."""
        return self._joined, *self._layout.tensors

    def allow(self, count: int) -> None:
        """Let the next passes show no more than so many."""
        self._allowed = count

    def rows(self, whole: Rows) -> Rows:
        """Rows of the whole picture → those of the windows whose turn it is, one window after the other."""
        self._shown = self.num_next
        windows = self._layout.windows[self._done : self._done + self._shown]
        return pack([replace(whole, sample=window.of(whole.sample)) for window in windows])

    def join(self, predictions: torch.Tensor) -> torch.Tensor | None:
        """Put in the predictions for `rows` (windows·rows, c, h, w).

        After the last the whole of them, (rows, c, h, w); also when asked again, as after a step that failed.
        """
        if self._shown:
            self._put_in(predictions.chunk(self._shown))
            self._done, self._shown = self._done + self._shown, 0
        return self._joined if self.num_left == 0 else None

    def begin_step(self) -> None:
        """The step is taken: all windows are to be seen again."""
        self._done, self._joined = 0, None

    def _put_in(self, predictions: Sequence[torch.Tensor]) -> None:
        windows = self._layout.windows[self._done : self._done + self._shown]
        parts = [self._layout.weighted(*one) for one in zip(windows, predictions, strict=True)]
        if self._joined is None:
            self._joined = self._layout.blank(parts[0])
        for window, part in zip(windows, parts, strict=True):
            window.of(self._joined).add_(part)


def _ramp(length: int, side: int) -> torch.Tensor:
    """How much the cells of a window count from one border to the other; nowhere nothing."""
    rising = (torch.arange(length) + 0.5) / max(1, side // OVERLAP)
    return torch.minimum(rising, rising.flip(0)).clamp(max=1.0)
