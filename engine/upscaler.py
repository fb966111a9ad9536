"""An upscaler of one's own: a model that spandrel reads makes pictures larger, in the place of arithmetic."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn import functional

from engine.errors import ModelNotFound
from engine.weights import PICKLES, read_shapes
from engine.work.enlarging import Piece, cut_out, pasted_from

_SIDE = 96
_MARGIN = 16
"""Pixels of the old picture that a piece is high and wide, and that are seen around it."""
_MODULES = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional")
_NAMES = ("InterpolationMode", "normalize", "rotate")
_HOW = (
    "UPSCALER needs spandrel: pip install 'darkroom[upscaler]'. Beside a torch for CPUs alone: "
    "pip install einops, then pip install --no-deps spandrel."
)


class Upscaler:
    """Enlarges a picture piece by piece, `scale` times at once. Other factors are reached by sizing down."""

    margin = _MARGIN

    def __init__(
        self, model: Callable[[torch.Tensor], torch.Tensor], scale: int, *, device: torch.device
    ) -> None:
        """`model` makes of pixels (1, 3, h, w) from 0 to 1 such that are `scale` times finer."""
        self._model, self._scale, self._device = model, scale, device

    def side(self, factor: int) -> int:
        """Pixels of the old picture that a piece is high and wide."""
        del factor  # the work is that of the old pixels
        return _SIDE

    def enlarged(self, picture: Image.Image, piece: Piece, factor: int) -> Image.Image:
        """One piece, `factor` times as large, with what lies around it taken into account."""
        around, inside = cut_out(picture, piece, self.margin, self._device)
        pixels, reached = around, 1
        while reached < factor:
            pixels, reached = self._model(pixels).float().clamp(0, 1), reached * self._scale
        if reached != factor:
            size = [side * factor for side in around.shape[-2:]]
            pixels = functional.interpolate(pixels, size=size, mode="bicubic", antialias=True).clamp(0, 1)
        return pasted_from(pixels, inside, factor)


def load_upscaler(path: Path, device: torch.device) -> Upscaler:
    """The upscaler in a .safetensors file.

    Raises: ModelNotFound, with what to do about it.
    """
    if path.suffix.lower() in PICKLES:
        raise ModelNotFound(
            "it is a pickle, which can run code when it is loaded, so Darkroom refuses it. Use the "
            ".safetensors version of this upscaler, or convert it once."
        )
    if path.suffix.lower() != ".safetensors" or not path.is_file():
        raise ModelNotFound("there is no .safetensors file there. Name the file of an upscaler.")
    read_shapes(path)
    spandrel = _spandrel()
    try:
        model = spandrel.ModelLoader(device="cpu").load_from_state_dict(load_file(path))
    except Exception as error:  # it raises whatever comes, and its own class only where nothing fits at all
        raise ModelNotFound("it holds no upscaler that spandrel knows.") from error
    if model.purpose != "SR" or model.scale < 2 or (model.input_channels, model.output_channels) != (3, 3):
        raise ModelNotFound(
            f"it is a model of the kind {model.architecture.name} that makes colour pictures no larger. "
            "Choose an upscaler."
        )
    return Upscaler(model.to(device).eval(), model.scale, device=device)


def _spandrel() -> Any:
    """The library, which is installed only where somebody wants it.

    It asks for torchvision on behalf of two architectures that enlarge nothing. Where there is none, names
    stand in for it while spandrel is imported, and no longer.
    Raises: ModelNotFound.
    """
    if find_spec("spandrel") is None:
        raise ModelNotFound(_HOW)
    try:
        with _stand_in():
            import spandrel
    except ImportError as error:
        raise ModelNotFound(f"{_HOW} ({error})") from error
    return spandrel


@contextmanager
def _stand_in() -> Iterator[None]:
    if find_spec("torchvision") is not None:
        yield
        return
    modules = {name: ModuleType(name) for name in _MODULES}
    vars(modules[_MODULES[-1]]).update(dict.fromkeys(_NAMES))
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]
