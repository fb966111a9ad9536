"""An upscaler of one's own: which files are taken, and that pieces of any scale become one picture."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.nn import functional

from engine.api import Enlarge
from engine.config import EngineConfig
from engine.errors import ModelNotFound
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.upscaler import Upscaler, _stand_in, load_upscaler
from engine.work.enlarging import measured
from tests.engine.test_enlarging import enlarged, psnr, scene

CPU = torch.device("cpu")


class Blurred(torch.nn.Module):
    """The least that an upscaler is: it looks around, and makes four pixels or sixteen of one."""

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.sizes: list[int] = []

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        self.sizes.append(max(pixels.shape[-2:]))
        large = functional.interpolate(pixels, scale_factor=self.scale, mode="nearest")
        padded = functional.pad(large, (2, 2, 2, 2), mode="replicate")
        return functional.avg_pool2d(padded, 5, stride=1)


def blurred(picture: Image.Image, scale: int) -> Image.Image:
    """All of a picture at once."""
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
    whole = (Blurred(scale)(pixels)[0] * 255).round().byte().permute(1, 2, 0)
    return Image.fromarray(whole.numpy())


@pytest.mark.parametrize("scale", [2, 4])
def test_piece_by_piece_it_is_the_picture_that_it_is_at_once(
    library: Library, monkeypatch: pytest.MonkeyPatch, scale: int
) -> None:
    model = Blurred(scale)
    monkeypatch.setattr(library, "enlarger", Upscaler(model, scale, device=CPU))
    picture = scene(230, 101)
    image = enlarged(DenoisingLoop(library), Enlarge(picture=picture, factor=scale))
    assert np.array_equal(np.asarray(image), np.asarray(blurred(picture, scale)))
    assert len(model.sizes) == 6
    assert max(model.sizes) <= 96 + 2 * 16, "the work of a piece is bounded"


@pytest.mark.parametrize(("scale", "factor"), [(4, 2), (2, 4), (3, 2)])
def test_another_factor_is_reached_by_going_beyond_it_and_sizing_down(
    library: Library, monkeypatch: pytest.MonkeyPatch, scale: int, factor: int
) -> None:
    monkeypatch.setattr(library, "enlarger", Upscaler(Blurred(scale), scale, device=CPU))
    picture = scene(150, 101)
    image = enlarged(DenoisingLoop(library), Enlarge(picture=picture, factor=factor))
    assert image.size == (150 * factor, 101 * factor)
    assert psnr(image, picture.resize(image.size, Image.Resampling.BICUBIC)) > 25


def test_what_it_costs_is_measured_with_it() -> None:
    model = Blurred(4)
    assert measured(Upscaler(model, 4, device=CPU), CPU) > 0
    assert set(model.sizes) == {96 + 2 * 16}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("esrgan.pth", "it is a pickle, which can run code"),
        ("missing.safetensors", "there is no .safetensors file there"),
        ("readme.txt", "there is no .safetensors file there"),
        ("empty.safetensors", "is empty. Download it again."),
    ],
)
def test_what_is_no_safetensors_file_is_refused_in_a_sentence(tmp_path: Path, name: str, said: str) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).touch()
    with pytest.raises(ModelNotFound, match=said):
        load_upscaler(tmp_path / name, CPU)


@pytest.mark.skipif(find_spec("spandrel") is not None, reason="the extra is installed")
def test_without_the_extra_it_is_said_what_to_install(tiny_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "esrgan.safetensors"
    save_file({"weight": torch.zeros(1)}, path)
    with pytest.raises(ModelNotFound, match=r"pip install 'darkroom\[upscaler\]'") as refusal:
        Library(EngineConfig(model=str(tiny_path), device="cpu", upscaler=path))
    assert refusal.value.model == str(path), "which of the settings it is about"


@pytest.mark.skipif(find_spec("torchvision") is not None, reason="there is nothing to stand in for")
def test_what_stands_in_for_torchvision_is_gone_after_the_import() -> None:
    statement = "from torchvision.transforms.functional import InterpolationMode, normalize, rotate"
    with _stand_in():
        exec(statement)
    assert find_spec("torchvision") is None
    with pytest.raises(ModuleNotFoundError):
        exec(statement)
