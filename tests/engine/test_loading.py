"""Checkpoints as people have them load right, and nothing a library says reaches the owner."""

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.bench.tiny import save_tiny_checkpoint, tiny_pipeline
from engine.errors import ModelNotFound
from engine.families.unet import Checkpoint
from engine.loading import load_checkpoint
from engine.samplers import defaults_for
from engine.sources import resolve
from tests.engine.single_file import save_single_file

CPU = torch.device("cpu")
UNET = Path("unet", "diffusion_pytorch_model.safetensors")
VAE = Path("vae", "diffusion_pytorch_model.safetensors")
TEXT = Path("text_encoder", "model.safetensors")


def load(model: Path | str, *, vae: Path | str | None = None) -> Checkpoint:
    """A checkpoint whose bits depend on its numbers alone, and not on where they lie in a mapped file."""
    source = resolve(str(model), vae=None if vae is None else str(vae))
    checkpoint = load_checkpoint(source, device=CPU, dtype=torch.float32, loras={})
    for part in (checkpoint.unet, checkpoint.vae, checkpoint.pipeline.text_encoder):
        for tensor in (*part.parameters(), *part.buffers()):
            tensor.data = tensor.data.clone()
    return checkpoint


def drawn(checkpoint: Checkpoint) -> torch.Tensor:
    """A pass through every component: text, U-Net and VAE."""
    latents = checkpoint.predict_noise(checkpoint.blank_rows(1))
    brightness: torch.Tensor = checkpoint.vae.decode(latents).sample.mean()
    return latents + brightness


@pytest.fixture(scope="module")
def halves() -> Any:
    return tiny_pipeline().to(torch.float16)


@pytest.fixture
def folder(tiny_path: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_path, tmp_path / "copy")


@pytest.fixture
def single_file(tmp_path: Path) -> Path:
    return save_single_file(tiny_pipeline(), tmp_path / "tiny.safetensors")


@pytest.mark.parametrize("shard_size", ["10GB", "100KB"])
def test_a_folder_of_the_fp16_variant_alone_is_read(tmp_path: Path, halves: Any, shard_size: str) -> None:
    halves.save_pretrained(tmp_path / "plain", max_shard_size=shard_size)
    halves.save_pretrained(tmp_path / "fp16", variant="fp16", max_shard_size=shard_size)
    plain, fp16 = load(tmp_path / "plain"), load(tmp_path / "fp16")
    assert torch.equal(drawn(plain), drawn(fp16))


def test_shards_named_as_before_2024_are_read(tmp_path: Path, halves: Any) -> None:
    halves.save_pretrained(tmp_path / "old", variant="fp16", max_shard_size="100KB")
    for path in list((tmp_path / "old").glob("*/*.fp16-*.safetensors")):
        path.rename(
            path.with_name(path.name.replace(".fp16-", "-").replace(".safetensors", ".fp16.safetensors"))
        )
    for index in (tmp_path / "old").glob("*/*.index.fp16.json"):
        index.write_text(
            index.read_text().replace(".fp16-", "-").replace('.safetensors"', '.fp16.safetensors"')
        )
    halves.save_pretrained(tmp_path / "plain")
    assert torch.equal(drawn(load(tmp_path / "old")), drawn(load(tmp_path / "plain")))


def test_of_several_variants_one_counts(folder: Path, tiny_path: Path, halves: Any) -> None:
    halves.save_pretrained(folder, variant="fp16")
    shutil.copy(folder / UNET, folder / "unet" / "diffusion_pytorch_model.non_ema.safetensors")
    spare, plain = resolve(str(folder)), resolve(str(tiny_path))
    assert (spare.hash(), spare.num_bytes()) == (plain.hash(), plain.num_bytes())
    assert torch.equal(drawn(load(folder)), drawn(load(tiny_path)))


def test_a_component_that_has_no_variant_is_read_plain(folder: Path, tiny_path: Path) -> None:
    (folder / UNET).rename(folder / "unet" / "diffusion_pytorch_model.fp16.safetensors")
    (folder / "unet" / "LICENSE").write_text("a file without a dot")
    assert torch.equal(drawn(load(folder)), drawn(load(tiny_path)))


def test_a_missing_shard_is_counted(tmp_path: Path, halves: Any) -> None:
    halves.save_pretrained(tmp_path, max_shard_size="100KB")
    next((tmp_path / "unet").glob("*-00001-*.safetensors")).unlink()
    with pytest.raises(ModelNotFound, match=r"unet has \d+ of its \d+ files of weights.*Download it again"):
        load(tmp_path)


@pytest.mark.parametrize("part", [UNET, VAE, TEXT])
def test_a_weight_that_is_missing_is_never_made_up(folder: Path, part: Path) -> None:
    weights = load_file(folder / part)
    weights.pop(next(key for key in weights if "mid_block" in key or "mlp.fc1" in key))
    save_file(weights, folder / part, metadata={"format": "pt"})
    with pytest.raises(ModelNotFound, match=rf"{part.parent} lacks 1 of its weights.*Choose another copy"):
        load(folder)


@pytest.mark.parametrize("key", ["middle_block", "mid.block_1.conv1", "mlp.fc1"])
def test_a_weight_that_a_single_file_lacks_is_never_made_up(single_file: Path, key: str) -> None:
    weights = load_file(single_file)
    weights.pop(next(name for name in weights if key in name and name.endswith("weight")))
    save_file(weights, single_file)
    with pytest.raises(ModelNotFound, match=r"tiny\.safetensors lacks 1 of its weights|do not fit its conf"):
        load(single_file)


@pytest.mark.parametrize("part", [UNET, VAE, TEXT])
def test_weights_of_another_shape_are_refused_in_our_words(folder: Path, part: Path) -> None:
    weights = {key: torch.zeros(3, 3) for key in load_file(folder / part)}
    save_file(weights, folder / part, metadata={"format": "pt"})
    with pytest.raises(ModelNotFound, match=r"do not fit its configuration.*Choose another copy"):
        load(folder)


def test_what_a_configuration_does_not_say_is_known(folder: Path) -> None:
    unsaid = {"unet/config.json": "sample_size", "tokenizer/tokenizer_config.json": "model_max_length"}
    for path, name in unsaid.items():
        values = json.loads((folder / path).read_text())
        (folder / path).write_text(json.dumps(values | {name: None}))
    checkpoint = load(folder)
    assert checkpoint.native_size == 512
    assert checkpoint.encode_texts(["a"], "")[0].prompt_embeds.shape[1] == 24


@pytest.mark.parametrize("keys", [{"v_pred"}, {"v_pred", "ztsnr"}])
def test_empty_tensors_say_how_a_single_file_was_trained(single_file: Path, keys: set[str]) -> None:
    save_file(load_file(single_file) | {key: torch.tensor([]) for key in keys}, single_file)
    config = load(single_file).scheduler_config
    assert config["prediction_type"] == "v_prediction"
    assert config["rescale_betas_zero_snr"] == ("ztsnr" in keys)
    assert defaults_for(config).steps == 25


@pytest.mark.parametrize(
    ("name", "sampler", "steps"),
    [
        ("dreamshaper-lightning-4step", "euler", 4),
        ("sdxl_lightning_8steps", "euler", 8),
        ("dreamshaperXL_v21TurboDPMSDE", "euler-a", 2),
        ("DreamShaper8_LCM", "lcm", 4),
        ("realisticVision_hyper", "tcd", 4),
        ("Hyper-SDXL-8steps", "tcd", 8),
        ("hyperrealism_v3", "dpmpp-2m", 25),
        ("photo-of-turbos", "dpmpp-2m", 25),
    ],
)
def test_few_step_merges_are_known_by_their_name(
    single_file: Path, caplog: pytest.LogCaptureFixture, name: str, sampler: str, steps: int
) -> None:
    caplog.set_level(logging.INFO)
    path = single_file.rename(single_file.with_stem(name))
    single_file.with_suffix("").rename(path.with_suffix(""))
    defaults = defaults_for(load(path).scheduler_config, name=name)
    assert (defaults.sampler, defaults.steps) == (sampler, steps)
    assert defaults.guidance_scale == (1.0 if steps < 25 else 7.0)
    assert ("few-step model by its name" in caplog.text) == (steps < 25)


def test_what_the_configuration_says_goes_before_the_name(tmp_path: Path) -> None:
    pipeline = tiny_pipeline(prediction_type="v_prediction")
    path = save_single_file(pipeline, tmp_path / "not-a-turbo.safetensors")
    assert load(path).scheduler_config["prediction_type"] == "v_prediction"


def test_text_keys_of_2022_are_read(single_file: Path, tiny_path: Path) -> None:
    new = load_file(single_file)
    old = {key.replace("transformer.text_model.", "transformer."): value for key, value in new.items()}
    save_file(old, single_file)
    assert torch.equal(drawn(load(single_file)), drawn(load(tiny_path)))


def test_a_folder_of_previews_beside_a_file_is_not_its_configuration(
    single_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    shutil.rmtree(single_file.with_suffix(""))
    single_file.with_suffix("").mkdir()
    (single_file.with_suffix("") / "preview.png").write_bytes(b"")
    with pytest.raises(ModelNotFound, match=r"holds only weights, and the hub.*cannot be reached"):
        load(single_file)


def test_a_configuration_beside_a_file_that_lacks_a_part_is_named(single_file: Path) -> None:
    folder = single_file.with_suffix("")
    shutil.rmtree(folder / "vae")
    with pytest.raises(ModelNotFound, match=r"is to have the configuration .* but lacks a part"):
        load(single_file)
    shutil.rmtree(folder / "tokenizer")
    with pytest.raises(ModelNotFound, match="has no vocabulary in a folder tokenizer"):
        load(single_file)


@pytest.mark.parametrize("kind", ["folder", "file", "x.vae", "diffusers"])
def test_a_file_without_vae_takes_the_one_that_is_given(
    single_file: Path, tiny_path: Path, tmp_path: Path, kind: str
) -> None:
    weights = load_file(single_file)
    vae = {key: value for key, value in weights.items() if key.startswith("first_stage_model.")}
    save_file({key: value for key, value in weights.items() if key not in vae}, single_file)
    save_file(vae, tmp_path / "vae.safetensors")
    if kind == "x.vae":  # as web UIs keep them, with what training left behind
        bare = {key.removeprefix("first_stage_model."): value for key, value in vae.items()}
        save_file(bare | {"loss.logvar": torch.zeros(1)}, tmp_path / "x.vae.safetensors")
    given = {
        "folder": tiny_path,
        "file": tmp_path / "vae.safetensors",
        "x.vae": tmp_path / "x.vae.safetensors",
        "diffusers": shutil.copy(tiny_path / VAE, tmp_path / "other.safetensors"),
    }[kind]
    checkpoint = load(single_file, vae=given)
    assert torch.equal(drawn(checkpoint), drawn(load(tiny_path)))
    assert checkpoint.hash != resolve(str(tiny_path)).hash()


def test_the_configuration_of_a_vae_is_asked_of_the_hub_where_no_folder_has_it(
    tiny_path: Path, single_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    weights = load_file(single_file)
    vae = {key: value for key, value in weights.items() if key.startswith("first_stage_model.")}
    save_file(vae, single_file.with_name("vae.safetensors"))
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"vae": ["diffusers", "AutoencoderTiny"]}))
    with pytest.raises(
        ModelNotFound, match=r"the configuration of the VAE, cannot be reached\. Connect once"
    ):
        load(folder, vae=single_file.with_name("vae.safetensors"))
    assert torch.equal(drawn(load(folder, vae=tiny_path)), drawn(load(tiny_path)))


def test_a_vae_in_a_pickle_is_refused(single_file: Path, tiny_path: Path, tmp_path: Path) -> None:
    weights = load_file(single_file)
    save_file({k: v for k, v in weights.items() if not k.startswith("first_stage_model.")}, single_file)
    folder = tmp_path / "pickled"
    folder.mkdir()
    shutil.copy(tiny_path / "vae" / "config.json", folder)
    vae = load_file(tiny_path / VAE)
    save_file(vae, folder / "model.safetensors")  # which diffusers does not look for
    torch.save(vae, folder / "diffusion_pytorch_model.bin")
    with pytest.raises(ModelNotFound, match=r"no VAE at .*diffusion_pytorch_model\.safetensors"):
        load(single_file, vae=folder)


def test_a_vae_that_lacks_weights_is_refused(single_file: Path, tiny_path: Path, tmp_path: Path) -> None:
    weights = load_file(single_file)
    save_file({k: v for k, v in weights.items() if not k.startswith("first_stage_model.")}, single_file)
    folder = shutil.copytree(tiny_path / "vae", tmp_path / "vae")
    vae = load_file(tiny_path / VAE)
    del vae["decoder.conv_in.weight"]
    save_file(vae, folder / VAE.name)
    with pytest.raises(ModelNotFound, match=r"lacks 1 of its weights .*decoder\.conv_in\.weight"):
        load(single_file, vae=folder)


@pytest.mark.parametrize("kind", ["file", "folder"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"latent_channels": 16}, "it makes 16 channels, and the U-Net reads 4.*correct VAE"),
        ({"_class_name": "AutoencoderTiny"}, r"is a VAE of another kind \(AutoencoderTiny\)\. Set VAE"),
        ({"scaling_factor": 0.13025}, "is that of SDXL, and .* is a model of Stable Diffusion 1 and 2"),
    ],
)
def test_a_vae_that_does_not_fit_is_refused(
    single_file: Path, folder: Path, tmp_path: Path, kind: str, wrong: dict[str, object], said: str
) -> None:
    if kind == "file":
        weights = load_file(single_file)
        save_file({k: v for k, v in weights.items() if not k.startswith("first_stage_model.")}, single_file)
    else:
        index = json.loads((folder / "model_index.json").read_text())
        del index["vae"]
        (folder / "model_index.json").write_text(json.dumps(index))
    vae = shutil.copytree(folder / "vae", tmp_path / "given")
    (vae / "config.json").write_text(json.dumps(json.loads((vae / "config.json").read_text()) | wrong))
    with pytest.raises(ModelNotFound, match=said):
        load(single_file if kind == "file" else folder, vae=vae)


def test_a_file_that_is_no_vae_or_of_other_channels_is_refused_as_vae(
    single_file: Path, tmp_path: Path
) -> None:
    weights = load_file(single_file)
    save_file({k: v for k, v in weights.items() if not k.startswith("first_stage_model.")}, single_file)
    save_file({"decoder.conv_in.weight": torch.zeros(16, 16, 3, 3)}, tmp_path / "flux.safetensors")
    with pytest.raises(ModelNotFound, match="it makes 16 channels, and the U-Net reads 4"):
        load(single_file, vae=tmp_path / "flux.safetensors")
    save_file({"x.lora_down.weight": torch.zeros(4, 4)}, tmp_path / "lora.safetensors")
    with pytest.raises(ModelNotFound, match=r"lora\.safetensors holds no VAE: it is a LoRA"):
        load(single_file, vae=tmp_path / "lora.safetensors")


def test_a_model_with_a_vae_keeps_its_own(tiny_path: Path, tmp_path: Path) -> None:
    other = save_tiny_checkpoint(tmp_path / "other", seed=1)
    assert resolve(str(tiny_path), vae=str(other)).vae is None


def test_a_vae_that_is_nowhere_says_what_to_set(single_file: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="There is no VAE at"):
        resolve(str(single_file), vae=str(tmp_path / "nothing"))


def test_a_model_distilled_with_guidance_has_one(tmp_path: Path) -> None:
    path = save_tiny_checkpoint(tmp_path / "lcm")
    config = json.loads((path / "unet" / "config.json").read_text()) | {"time_cond_proj_dim": 8}
    from diffusers import UNet2DConditionModel

    UNet2DConditionModel.from_config(config).save_pretrained(path / "unet")
    checkpoint = load(path)
    assert checkpoint.takes_guidance_embedding
    defaults = defaults_for({"_class_name": "LCMScheduler"}, takes_guidance_embedding=True)
    assert (defaults.steps, defaults.guidance_scale) == (4, 8.5)


@pytest.mark.parametrize("scheduler", ["LMSDiscreteScheduler", "DPMSolverSDEScheduler", "PNDMScheduler"])
def test_a_scheduler_that_wants_a_library_of_its_own_still_says_how_a_model_was_trained(
    folder: Path, scheduler: str
) -> None:
    for path, changes in (
        ("model_index.json", {"scheduler": ["diffusers", scheduler]}),
        ("scheduler/scheduler_config.json", {"_class_name": scheduler, "beta_end": 0.0123}),
    ):
        values = json.loads((folder / path).read_text())
        (folder / path).write_text(json.dumps(values | changes))
    config = load(folder).scheduler_config
    assert config["beta_end"] == 0.0123
    assert defaults_for(config).steps == 25
