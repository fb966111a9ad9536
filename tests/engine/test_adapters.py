"""IP-Adapters as people have them: found with their image encoder, or refused by what they are."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.adapters import find_adapter
from engine.bench.tiny import TEXT_WIDTH, save_tiny_ip_adapter
from engine.config import EngineConfig
from engine.errors import ModelNotFound
from engine.library import Library
from engine.loading import load_checkpoint
from engine.sources import resolve
from tests.engine.hub import Hub, serving
from tests.engine.test_hub import point_to, weights


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ip_adapter(tmp_path_factory.mktemp("plain") / "models" / "adapter.safetensors")


@pytest.fixture
def folder(plain: Path, tmp_path: Path) -> Path:
    """A copy of the adapter and of its image encoder."""
    return shutil.copytree(plain.parent, tmp_path / "set" / "models")


def changed(path: Path, **changes: dict[str, torch.Tensor]) -> None:
    """Write the adapter with weights of its `image_proj` or `ip_adapter` replaced by these."""
    kept = {name: weight for name, weight in load_file(path).items() if name.split(".")[0] not in changes}
    new = {f"{part}.{name}": weight for part, group in changes.items() for name, weight in group.items()}
    save_file(kept | new, path)


def test_the_file_and_its_folder_and_the_folder_above_name_the_same(folder: Path) -> None:
    found = [
        find_adapter(str(path), text_width=TEXT_WIDTH)
        for path in (folder / "adapter.safetensors", folder, folder.parent)
    ]
    assert found[0] == found[1] == found[2]
    assert found[0].encoder == folder / "image_encoder"


def test_of_several_adapters_in_a_folder_the_one_for_the_family_is_taken(folder: Path) -> None:
    xl = save_tiny_ip_adapter(folder / "other" / "xl.safetensors", xl=True)
    assert find_adapter(str(folder), text_width=TEXT_WIDTH).weights == folder / "adapter.safetensors"
    assert find_adapter(str(folder), text_width=2 * TEXT_WIDTH).weights == xl


def test_the_encoder_that_fits_is_found_in_a_folder_next_to_the_adapters_own(folder: Path) -> None:
    beside = folder / "image_encoder"
    shutil.copytree(beside, folder.parent / "others" / "image_encoder")
    config = beside / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"projection_dim": 7, "hidden_size": 9}))
    found = find_adapter(str(folder / "adapter.safetensors"), text_width=TEXT_WIDTH)
    assert found.encoder == folder.parent / "others" / "image_encoder"


@pytest.mark.parametrize(
    ("projection", "kind"),
    [
        ({"proj.0.weight": torch.zeros(8, 4), "norm.weight": torch.zeros(32)}, "FaceID"),
        ({"perceiver_resampler.proj_in.weight": torch.zeros(8, 4)}, "FaceID Plus"),
        ({"proj.0.weight": torch.zeros(8, 4), "proj.3.weight": torch.zeros(32)}, "Full Face"),
        ({"something": torch.zeros(1)}, "an unknown one"),
    ],
)
def test_adapters_that_read_no_whole_pictures_are_refused_by_name(
    folder: Path, projection: dict[str, torch.Tensor], kind: str
) -> None:
    changed(folder / "adapter.safetensors", image_proj=projection)
    with pytest.raises(ModelNotFound, match=rf"of another kind \({kind}\)"):
        find_adapter(str(folder), text_width=TEXT_WIDTH)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"lora_unet_x.lora_down.weight"}, "is no IP-Adapter: it is a LoRA"),
        ({"down_blocks.0.resnets.0.conv1.weight"}, "is no IP-Adapter: it is a U-Net alone"),
    ],
)
def test_what_is_no_adapter_is_said_to_be_what_it_is(tmp_path: Path, keys: set[str], said: str) -> None:
    path = tmp_path / "file.safetensors"
    save_file({key: torch.zeros(2, 2) for key in keys}, path)
    with pytest.raises(ModelNotFound, match=said):
        find_adapter(str(path), text_width=TEXT_WIDTH)


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ip-adapter_sd15.bin"
    path.write_bytes(b"\x80\x02")
    with pytest.raises(ModelNotFound, match=r"no \.safetensors file"):
        find_adapter(str(path), text_width=768)


def test_without_its_image_encoder_it_says_which_it_needs(folder: Path) -> None:
    shutil.rmtree(folder / "image_encoder")
    with pytest.raises(
        ModelNotFound, match=r"24 numbers .* in a folder image_encoder beside it: there is none"
    ):
        find_adapter(str(folder), text_width=TEXT_WIDTH)


def test_an_adapter_of_another_family_is_refused_for_the_default_and_passed_over_for_others(
    tiny_path: Path, tiny_xl_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelNotFound, match=r"was made for .* 32 numbers wide, and not for .* 64"):
        resolve(str(tiny_xl_path), ip_adapter=str(plain))
    assert resolve(str(tiny_xl_path), ip_adapter=str(plain), must_fit=False).adapter is None
    monkeypatch.setattr("engine.library.measure_curve", lambda _: {1: 0.01})
    config = EngineConfig(
        model=str(tiny_path),
        more_models=(str(tiny_xl_path),),
        ip_adapter=str(plain),
        device="cpu",
        num_threads=1,
    )
    infos = {info.name: info for info in Library(config).models()}
    assert infos["tiny"].capabilities
    assert not infos["tiny-xl"].capabilities


@pytest.mark.parametrize(
    ("part", "said"),
    [("ip_adapter", "another model of this family"), ("image_proj", "is no whole IP-Adapter")],
)
def test_an_adapter_that_fits_only_in_part_is_refused(
    tiny_path: Path, folder: Path, part: str, said: str
) -> None:
    path = folder / "adapter.safetensors"
    whole = {name: weight for name, weight in load_file(path).items() if name.startswith(part)}
    kept = list(whole.items())[:2] if part == "ip_adapter" else [(f"{part}.proj.weight", torch.zeros(9, 24))]
    changed(path, **{part: {name.split(".", 1)[1]: weight for name, weight in kept}})
    source = resolve(str(tiny_path), ip_adapter=str(path))
    with pytest.raises(ModelNotFound, match=said):
        load_checkpoint(source, device=torch.device("cpu"), dtype=torch.float32, loras={})


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(tmp_path / "hub") as hub:
        point_to(hub.address, monkeypatch)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        yield hub


def test_of_a_collection_on_the_hub_only_one_adapter_and_its_encoder_are_downloaded(
    hub: Hub, plain: Path
) -> None:
    models = hub.root / "someone" / "adapters" / "models"
    shutil.copytree(plain.parent, models)
    adapter = models / "adapter.safetensors"
    for name in ("ip-adapter_sd15", "ip-adapter-plus-face_sd15"):
        shutil.copy(adapter, models / f"{name}.safetensors")
    (models / "image_encoder" / "pytorch_model.bin").write_bytes(b"a pickle")
    other = shutil.copytree(models / "image_encoder", models.parent / "sdxl_models" / "image_encoder")
    (other / "config.json").write_text("{}")
    found = find_adapter("someone/adapters/models/ip-adapter_sd15.safetensors", text_width=TEXT_WIDTH)
    assert found.weights.is_file()
    assert weights(hub) == {"models/ip-adapter_sd15.safetensors", "models/image_encoder/model.safetensors"}
    with pytest.raises(ModelNotFound, match=r"holds 3 files.*Set IP_ADAPTER to one of them, as someone/"):
        find_adapter("someone/adapters", text_width=TEXT_WIDTH)
    with pytest.raises(ModelNotFound, match="was made for"):
        find_adapter("someone/adapters", text_width=768)
    assert "models/ip-adapter-plus-face_sd15.safetensors" not in weights(hub)


def test_an_adapter_that_is_nowhere_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"no IP-Adapter at .* Set IP_ADAPTER to"):
        find_adapter(str(tmp_path / "nowhere.safetensors"), text_width=TEXT_WIDTH)
