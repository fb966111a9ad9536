"""Tiny real checkpoints for the engine's tests, and the loop on its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.bench.tiny import save_tiny_checkpoint
from engine.config import EngineConfig
from engine.library import Library


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """More threads than one change the last bits, and quarrel over two cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny SD checkpoint in diffusers layout."""
    return save_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny_xl_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny SDXL checkpoint in diffusers layout."""
    return save_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny-xl", xl=True)


@pytest.fixture(scope="session")
def inpainting(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Tiny checkpoints whose U-Nets are made for inpainting, and see nine channels: of SD and of SDXL."""
    folder = tmp_path_factory.mktemp("inpainting")
    path, xl_path = folder / "painter", folder / "painter-xl"
    for one in (path, xl_path):
        save_tiny_checkpoint(one, xl=one == xl_path, inpaints=True)
    return Library(
        EngineConfig(
            model=str(path),
            more_models=(str(xl_path),),
            device="cpu",
            dtype="float32",
            num_threads=1,
            max_rows=32,
        )
    )


@pytest.fixture(scope="session")
def library(tiny_path: Path, tiny_xl_path: Path) -> Library:
    """Both checkpoints, loaded; `tiny` is the default."""
    return Library(
        EngineConfig(
            model=str(tiny_path),
            more_models=(str(tiny_xl_path),),
            device="cpu",
            dtype="float32",
            num_threads=1,
            max_rows=32,  # whatever the machine's knee: which requests meet must not depend on its mood
        )
    )


@pytest.fixture(scope="session")
def sketch() -> Library:
    """The embedded model."""
    return Library(EngineConfig(model="sketch", device="cpu", dtype="float32", num_threads=1))


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    """As on the engine's thread."""
    with torch.inference_mode():
        yield
