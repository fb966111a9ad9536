"""What looks at pictures beside the models that draw: loaded when first asked for, the first to go."""

from pathlib import Path
from typing import TypeVar

import torch


class Eye:
    """A model that looks at pictures, on a device.

    Made with `path`, `device` and `dtype`, the last being what models that draw compute in there.
    """

    def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype) -> None:
        self.path = path
        self.device = device
        self.dtype = dtype

    @property
    def num_bytes(self) -> int:
        """Bytes that the weights take on the device."""
        modules = [part for part in vars(self).values() if isinstance(part, torch.nn.Module)]
        return sum(tensor.numel() * tensor.element_size() for part in modules for tensor in part.parameters())


EyeT = TypeVar("EyeT", bound=Eye)


class Eyes:
    """Those that are open. Lives on the engine's thread."""

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._device = device
        self._dtype = dtype
        self._open: dict[tuple[type[Eye], Path], Eye] = {}

    @property
    def num_bytes(self) -> int:
        """Bytes that all of them take on the device."""
        return sum(eye.num_bytes for eye in self._open.values())

    def get(self, kind: type[EyeT], path: Path) -> EyeT:
        """The eye of that kind whose files are there, loaded where it is not open.

        Raises: ModelNotFound, and whatever else keeps files from being read.
        """
        eye = self._open.get((kind, path))
        if not isinstance(eye, kind):
            with torch.inference_mode(mode=False):
                eye = self._open[kind, path] = kind(path, device=self._device, dtype=self._dtype)
        return eye

    def close(self) -> bool:
        """Give back the memory of all of them; whether there were any."""
        had_any = bool(self._open)
        self._open.clear()
        return had_any
