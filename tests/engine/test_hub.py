"""A model on the hub is judged by its configuration, and only the weights that are read are downloaded."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bench.tiny import save_tiny_adapter, tiny_pipeline
from engine.control_sources import resolve_controls
from engine.errors import ModelNotFound
from engine.sources import count_missing_bytes, resolve
from tests.engine.hub import Hub, serving


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(tmp_path / "hub") as hub:
        point_to(hub.address, monkeypatch)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        yield hub


def point_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
    template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)


def weights(hub: Hub) -> set[str]:
    return {name for name in hub.fetched if name.endswith((".safetensors", ".bin"))}


def test_a_model_of_another_family_is_refused_before_its_weights_come(hub: Hub) -> None:
    flux = hub.root / "black-forest-labs" / "FLUX.1-dev"
    (flux / "transformer").mkdir(parents=True)
    (flux / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes(b"30 GB")
    index = {"_class_name": "FluxPipeline", "transformer": ["diffusers", "FluxTransformer2DModel"]}
    (flux / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(
        ModelNotFound, match=r"black-forest-labs/FLUX\.1-dev is a model of another .*\(Flux\)"
    ):
        resolve("black-forest-labs/FLUX.1-dev")
    assert not weights(hub)


def test_a_depth_to_image_model_is_refused_before_its_weights_come(hub: Hub, tiny_path: Path) -> None:
    model = shutil.copytree(tiny_path, hub.root / "someone" / "depth")
    config = model / "unet" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"in_channels": 5}))
    with pytest.raises(ModelNotFound, match="someone/depth is a depth-to-image"):
        resolve("someone/depth")
    assert not weights(hub)


def test_only_what_is_read_is_downloaded_and_later_no_network_is_needed(
    hub: Hub, tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = shutil.copytree(tiny_path, hub.root / "someone" / "tiny")
    (model / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"a pickle")
    (model / "unet" / "diffusion_pytorch_model.non_ema.safetensors").write_bytes(b"spare")
    (model / "tiny-pruned.safetensors").write_bytes(b"spare")
    source = resolve("someone/tiny")
    assert (source.name, source.hash()) == ("someone/tiny", resolve(str(tiny_path)).hash())
    assert weights(hub) == {
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/model.safetensors",
    }
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert resolve("someone/tiny") == source


def test_a_repository_of_the_fp16_variant_alone_is_downloaded(hub: Hub) -> None:
    tiny_pipeline().save_pretrained(hub.root / "someone" / "halves", variant="fp16")
    assert resolve("someone/halves").variant == "fp16"


def test_a_repository_of_single_files_says_to_download_one(hub: Hub) -> None:
    (hub.root / "someone" / "merges").mkdir(parents=True)
    (hub.root / "someone" / "merges" / "merge.safetensors").write_bytes(b"")
    with pytest.raises(ModelNotFound, match=r"has the file merge\.safetensors.*download it and set MODEL"):
        resolve("someone/merges")


def test_a_repository_of_pickles_is_refused(hub: Hub, tiny_path: Path) -> None:
    model = shutil.copytree(tiny_path, hub.root / "someone" / "pickles")
    for file in model.glob("unet/*.safetensors"):
        file.rename(file.with_suffix(".bin"))
    with pytest.raises(ModelNotFound, match=r"no \.safetensors weights for its unet"):
        resolve("someone/pickles")


@pytest.mark.usefixtures("hub")
def test_what_the_hub_does_not_have_and_a_hub_that_is_away_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ModelNotFound, match=r"The hub has no model someone/nothing. Check the spelling"):
        resolve("someone/nothing")
    point_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(ModelNotFound, match=r"is not here yet, and the hub cannot be reached"):
        resolve("someone/nothing")


@pytest.mark.parametrize("layout", ["a VAE", "a model"])
def test_a_vae_is_downloaded_from_the_hub_without_the_rest(hub: Hub, tiny_path: Path, layout: str) -> None:
    repository = hub.root / "someone" / "vae"
    if layout == "a VAE":
        shutil.copytree(tiny_path / "vae", repository)
        (repository / "diffusion_pytorch_model.bin").write_bytes(b"a pickle")
    else:
        shutil.copytree(tiny_path, repository)
    model = shutil.copytree(tiny_path, hub.root.parent / "without")
    shutil.rmtree(model / "vae")
    index = json.loads((model / "model_index.json").read_text())
    del index["vae"]
    (model / "model_index.json").write_text(json.dumps(index))
    source = resolve(str(model), vae="someone/vae")
    assert source.vae is not None
    assert (source.vae / "config.json").is_file()
    assert {name.rpartition("/")[2] for name in weights(hub)} == {"diffusion_pytorch_model.safetensors"}
    assert len(weights(hub)) == 1
    with pytest.raises(ModelNotFound, match="The hub has no model someone/else"):
        resolve(str(model), vae="someone/else")


def test_of_a_control_only_what_is_read_is_downloaded(hub: Hub) -> None:
    control = save_tiny_adapter(hub.root / "someone" / "sketch")
    (control / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"spare")
    (control / "diffusion_pytorch_model.bin").write_bytes(b"a pickle")
    (source,) = resolve_controls({"scribble": "someone/sketch"})
    assert (source.name, source.is_adapter) == ("scribble", True)
    assert hub.fetched == ["config.json", "diffusion_pytorch_model.safetensors"]


def test_what_cannot_steer_is_refused_before_its_weights_come(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, kind in (("flux", "FluxControlNetModel"), ("sketch", "T2IAdapter")):
        (hub.root / "someone" / name).mkdir(parents=True)
        config = {
            "_class_name": kind,
            "channels": [32],
            "downscale_factor": 8,
            "adapter_type": "light_adapter",
        }
        (hub.root / "someone" / name / "config.json").write_text(json.dumps(config))
        (hub.root / "someone" / name / "diffusion_pytorch_model.bin").write_bytes(b"3 GB")
    with pytest.raises(ModelNotFound, match=r"someone/flux is another kind of thing \(FluxControlNetModel\)"):
        resolve_controls({"edges": "someone/flux"})
    with pytest.raises(ModelNotFound, match=r"someone/sketch has its weights only as a pickle"):
        resolve_controls({"edges": "someone/sketch"})
    assert not weights(hub)
    point_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(ModelNotFound, match=r"set CONTROLNETS to a local folder or file"):
        resolve_controls({"edges": "someone/else"})


def test_what_is_still_to_come_is_told_before_any_weight_is_downloaded(hub: Hub, tiny_path: Path) -> None:
    shutil.copytree(tiny_path, hub.root / "someone" / "tiny")
    missing = count_missing_bytes("someone/tiny")
    assert not weights(hub)
    assert missing > 0.9 * sum(file.stat().st_size for file in tiny_path.rglob("*.safetensors"))
    resolve("someone/tiny")
    assert count_missing_bytes("someone/tiny") == 0
    assert count_missing_bytes(str(tiny_path)) == 0


def test_a_model_behind_terms_says_what_to_do_with_and_without_a_token(
    hub: Hub, tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_path, hub.root / "someone" / "gated")
    hub.gated.add("someone/gated")
    with pytest.raises(ModelNotFound, match=r"Accept them on its page, and set HF_TOKEN\."):
        count_missing_bytes("someone/gated")
    monkeypatch.setenv("HF_TOKEN", "hf_of_somebody")
    with pytest.raises(ModelNotFound, match=r"Accept them on its page, with the account of your HF_TOKEN\."):
        count_missing_bytes("someone/gated")
    assert hub.tokens[-1] == "hf_of_somebody"
