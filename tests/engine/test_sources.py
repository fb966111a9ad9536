"""Where models come from, and what is refused."""

import hashlib
import shutil
from pathlib import Path

import pytest

from engine.bench.tiny import tiny_pipeline
from engine.errors import ModelNotFound
from engine.sources import resolve
from tests.engine.single_file import save_single_file


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
    path = save_single_file(tiny_pipeline(), tmp_path / "model.safetensors")
    source = resolve(str(path))
    assert (source.name, source.hash()) == ("model", hashlib.sha256(path.read_bytes()).hexdigest()[:10])


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


@pytest.mark.parametrize(
    "model",
    ["/nowhere/model", "./here", "model.safetensors", "name", "a/" * 200, "x" * 4000, "~nobody/model", "a=b"],
)
def test_what_is_nowhere_says_what_to_set(model: str) -> None:
    with pytest.raises(ModelNotFound, match="Set MODEL to sketch"):
        resolve(model)


def test_a_setting_of_any_length_makes_a_short_sentence() -> None:
    for setting in ("x" * 4000, "x/" + "y" * 4000, "/x" * 2000):
        with pytest.raises(ModelNotFound) as refused:
            resolve(setting)
        assert len(str(refused.value)) < 400


def test_a_model_may_be_given_a_name(tiny_path: Path, tmp_path: Path) -> None:
    assert resolve(f"portraits={tiny_path}").name == "portraits"
    odd = shutil.copytree(tiny_path, tmp_path / "a=b")
    assert resolve(str(odd)).name == "a=b"


def test_a_folder_of_the_hubs_cache_has_the_repositorys_name(tiny_path: Path, tmp_path: Path) -> None:
    repository = tmp_path / "models--stabilityai--sdxl-turbo"
    snapshot = repository / "snapshots" / ("0" * 40)
    shutil.copytree(tiny_path, snapshot)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    (tmp_path / "link").symlink_to(snapshot)
    for path in (snapshot, repository, tmp_path / "link"):
        assert resolve(str(path)).name == "stabilityai/sdxl-turbo"


def test_a_folder_with_one_file_says_to_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelNotFound, match=r"with model\.safetensors\. Set MODEL to that file"):
        resolve(str(tmp_path))
