"""Where models come from, and what is refused."""

import hashlib
import shutil
from pathlib import Path

import pytest

from engine.errors import ModelNotFound
from engine.sources import resolve


def test_a_folder_is_named_after_itself(tiny_path: Path) -> None:
    source = resolve(str(tiny_path))
    assert source.name == "tiny"
    assert not source.is_single_file


def test_the_hash_is_over_the_weights_alone(tiny_path: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_path, tmp_path / "copy")
    (copy / "unet" / "notes.txt").write_text("not a weight")
    assert resolve(str(copy)).hash() == resolve(str(tiny_path)).hash()
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes() + b"!")
    assert resolve(str(copy)).hash() != resolve(str(tiny_path)).hash()


def test_a_single_file_has_the_hash_that_others_show(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    source = resolve(str(path))
    assert (source.name, source.hash()) == ("model", hashlib.sha256(b"weights").hexdigest()[:10])


@pytest.mark.parametrize("name", ["model.ckpt", "model.pt"])
def test_a_pickle_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    with pytest.raises(ModelNotFound, match="is a pickle"):
        resolve(str(path))


def test_a_folder_of_pickles_is_refused(tiny_path: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_path, tmp_path / "copy")
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(ModelNotFound, match="is a pickle"):
        resolve(str(copy))


def test_missing_weights_are_named(tiny_path: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_path, tmp_path / "copy")
    shutil.rmtree(copy / "vae")
    with pytest.raises(ModelNotFound, match=r"vae has no \.safetensors weights"):
        resolve(str(copy))


def test_a_folder_without_an_index_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"model_index\.json"):
        resolve(str(tmp_path))


def test_another_kind_of_file_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"")
    with pytest.raises(ModelNotFound, match=r"must end in \.safetensors"):
        resolve(str(path))


@pytest.mark.parametrize("model", ["/nowhere/model", "./here", "model.safetensors", "name"])
def test_what_is_nowhere_says_what_to_set(model: str) -> None:
    with pytest.raises(ModelNotFound, match="Set MODEL to sketch"):
        resolve(model)
