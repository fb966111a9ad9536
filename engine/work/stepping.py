"""A scheduler's step that waits for no device: its noise is drawn ahead, its numbers stay on the host."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from engine.conditioning.noise import Steering
from engine.device import send


class Stepping(TorchFunctionMode):
    """Within this, a scheduler of diffusers finds ready what it would send to the device and wait for.

    In the middle of a step it draws noise from generators on the CPU. Some also move numbers of their own to
    the latents' device, to compute with them there. What comes out is the same to the bit. `shape` is that of
    the latents, (n, c, h, w), one image for each generator.
    """

    def __init__(
        self,
        generators: Sequence[torch.Generator],
        steering: Steering,
        shape: Sequence[int],
        device: torch.device,
    ) -> None:
        super().__init__()
        self._generators = generators
        self._steering = steering
        self._shape = (1, *shape[1:])
        self._device = device
        self._drawn: torch.Tensor | None = None
        """On the host, not sent yet."""
        self._noises: list[torch.Tensor | None] = [None] * len(generators)
        """(1, c, h, w) on the device for each image, until a step takes it."""

    @property
    def noises(self) -> tuple[torch.Tensor | None, ...]:
        """What lies ready on the device for the next step."""
        return tuple(self._noises)

    @noises.setter
    def noises(self, noises: Sequence[torch.Tensor | None]) -> None:
        self._noises = list(noises)

    def draw_ahead(self) -> None:
        """Have the noise of the next step on its way to the device, unless it is there already.

        It stays there until it is asked for, so that nobody's noise is another than without this.
        """
        if any(noise is not None for noise in self._noises):
            return
        if self._drawn is None:
            own = torch.cat([torch.randn(self._shape, generator=one) for one in self._generators])
            self._drawn = self._steering.steered(own)
        self._noises = list(torch.split(send(self._drawn, self._device), 1))
        self._drawn = None

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        arguments: Sequence[Any] = (),
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        options = options or {}
        if function is torch.randn:
            return self._noise(options["generator"])
        if function is torch.Tensor.to and arguments[1:] == (self._device,):
            return arguments[0]  # a number that the step computes with, which the host can do itself
        if function is torch.ones and "device" in options:
            return torch.ones(*arguments, **{**options, "device": "cpu"})
        if function is torch.einsum:
            equation, *operands = arguments
            return torch.einsum(equation, *(send(one, self._device) for one in operands))
        return function(*arguments, **options)

    def _noise(self, generator: torch.Generator) -> torch.Tensor:
        """Noise (1, c, h, w) on the device, as this generator draws it next."""
        index = next(number for number, one in enumerate(self._generators) if one is generator)
        noise, self._noises[index] = self._noises[index], None
        if noise is None:
            noise = send(torch.randn(self._shape, generator=generator), self._device)
        return noise
