"""Tiling: what lies beyond a border is the other side, so that a picture joins itself without a seam."""

from collections.abc import Hashable, Iterator

import torch


class TilingSwitch:
    """Lets the convolutions of some modules look around the borders of their input, or see nothing there.

    It applies to a whole forward pass, so generations that tile are another group.
    """

    def __init__(self, *modules: torch.nn.Module) -> None:
        self._modules = modules
        self._in_force: tuple[bool, Hashable] = (False, ())

    @property
    def tiles(self) -> bool:
        """Whether they look around the borders."""
        return self._in_force[0]

    def put_in_force(self, *, tiles: bool, brought: Hashable) -> None:
        """Look around the borders, or not. `brought` changes with what brings convolutions of its own."""
        wanted = (tiles, brought)
        if wanted == self._in_force or not (tiles or self._in_force[0]):
            return
        for convolution in self._convolutions():
            convolution.padding_mode = "circular" if tiles else "zeros"
        self._in_force = wanted

    def _convolutions(self) -> Iterator[torch.nn.Conv2d]:
        for module in self._modules:
            yield from (part for part in module.modules() if isinstance(part, torch.nn.Conv2d))
