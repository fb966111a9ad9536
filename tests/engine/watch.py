"""Sees what a program reads from its device, or sends to it, and waits for. A CPU is enough."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from traceback import extract_stack
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

DEVICE = torch.device("meta")
"""It computes shapes and holds no numbers, so nothing can be read from it unseen."""
_READS = {"aten::_local_scalar_dense", "aten::equal"}
_SOLVERS = {"aten::_linalg_check_errors"}
"""What asks the device whether it worked."""


class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within this, the device's numbers are made up where they are read, and each reading is written down."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.waits: list[str] = []
        """What the host waited for."""
        self.arrivals: list[str] = []
        """What came from the device without being waited for."""

    def __torch_dispatch__(
        self,
        function: Any,
        types: Sequence[type],
        arguments: Sequence[Any] = (),
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        options, name = options or {}, function.name().partition(".")[0]
        tensors = [one for one in arguments if isinstance(one, torch.Tensor)]
        if name == "aten::_to_copy":
            return self._copied(function, tensors[0], options)
        is_on_device = any(one.device == DEVICE for one in tensors)
        if is_on_device and name in _READS | _SOLVERS:
            self._waited(name)
        if is_on_device and name in _READS:
            return True
        if name == "aten::copy_" and tensors[0].device != tensors[1].device and not any(arguments[2:]):
            self._waited(name)
        if (is_on_device or name == "aten::to") and _is_made_of_others(function):
            with self:
                return function.decompose(*arguments, **options)
        return function(*arguments, **options)

    def _waited(self, what: str) -> None:
        inside = ("/torch/", __file__)
        frames = [frame for frame in extract_stack() if not any(one in frame.filename for one in inside)]
        self.waits.append(f"{what} in {Path(frames[-1].filename).name}:{frames[-1].lineno}")

    def _copied(self, function: Any, tensor: torch.Tensor, options: Mapping[str, Any]) -> Any:
        """What a copy gives; one from the device is full of ones."""
        target = options.get("device") or tensor.device
        if target == tensor.device:
            return function(tensor, **options)
        if not options.get("non_blocking"):
            self._waited(f"a copy from {tensor.device} to {target}")
        elif tensor.device == DEVICE:
            self.arrivals.append("a copy")
        if tensor.device == DEVICE:
            return torch.ones(tensor.shape, dtype=options.get("dtype") or tensor.dtype)
        return function(tensor, **options)


@cache
def _is_made_of_others(function: Any) -> bool:
    """Whether an operation does nothing but call others. Without gradients it is seen whole."""
    kernel = "CompositeImplicitAutograd"
    return bool(torch._C._dispatch_has_kernel_for_dispatch_key(function.name(), kernel))


class _Makers(TorchFunctionMode):
    """Sees tensors that are made of numbers of the host on the device: a copy that is waited for."""

    def __init__(self, waits: list[str]) -> None:
        super().__init__()
        self._waits = waits

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        arguments: Sequence[Any] = (),
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        options = options or {}
        if function in {torch.tensor, torch.as_tensor} and options.get("device") in {DEVICE, DEVICE.type}:
            self._waits.append("a tensor made of the host's numbers")
        return function(*arguments, **options)


@contextmanager
def watched() -> Iterator[Watch]:
    """Within this, see what waits for the device."""
    watch = Watch()
    with _Makers(watch.waits), watch:
        yield watch
