"""What is no checkpoint of ours is named for what it is, before a weight is read."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.bench.tiny import tiny_pipeline
from engine.errors import ModelNotFound
from engine.sources import resolve
from tests.engine.single_file import save_single_file

DOWNLOAD_AGAIN = "Download it again"


@pytest.fixture(scope="module")
def single_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_single_file(tiny_pipeline(), tmp_path_factory.mktemp("single") / "tiny.safetensors")


@pytest.fixture
def folder(tiny_path: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_path, tmp_path / "copy")


@pytest.fixture
def xl_folder(tiny_xl_path: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_xl_path, tmp_path / "copy")


def configure(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refusal(model: Path | str, **options: Any) -> str:
    with pytest.raises(ModelNotFound) as refused:
        resolve(str(model), **options)
    return str(refused.value)


@pytest.mark.parametrize(
    ("key", "shape", "said"),
    [
        ("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", (4, 32), "is a LoRA"),
        ("unet.mid_block.attentions.0.to_k.lora_A.weight", (4, 32), "is a LoRA"),
        ("lora_unet_mid_block_attentions_0_proj_in.hada_w1_a", (4, 32), "is a LoRA"),
        ("control_model.time_embed.0.weight", (4, 4), "is a ControlNet"),
        ("controlnet_cond_embedding.conv_in.weight", (4, 4), "is a ControlNet"),
        ("ip_adapter.1.to_k_ip.weight", (4, 4), "is an IP-Adapter"),
        ("emb_params", (2, 768), "is a textual inversion"),
        ("clip_g", (2, 1280), "is a textual inversion"),
        ("<my-word>", (768,), "is a textual inversion"),
        ("first_stage_model.decoder.conv_in.weight", (4, 4), "is a VAE"),
        ("decoder.mid_block.resnets.0.conv1.weight", (4, 4), "is a VAE"),
        ("input_blocks.0.0.weight", (4, 4, 3, 3), "is a U-Net alone"),
        ("down_blocks.0.resnets.0.conv1.weight", (4, 4), "is a U-Net alone"),
        ("text_model.encoder.layers.0.self_attn.fc1.weight", (4, 4), "is a text encoder"),
        ("down_blocks.0.motion_modules.0.temporal_transformer.norm.bias", (4,), "AnimateDiff"),
        ("model.diffusion_model.joint_blocks.0.x_block.mlp.fc1.weight", (4, 4), r"\(Stable Diffusion 3\)"),
        ("model.diffusion_model.double_blocks.0.img_attn.norm.key_norm.scale", (4,), r"\(Flux\)"),
        ("single_transformer_blocks.0.attn.to_q.weight", (4, 4), r"\(Flux\)"),
        ("double_layers.0.attn.w2q.weight", (4, 4), r"\(AuraFlow\)"),
        ("blocks.0.cross_attn.q_linear.weight", (4, 4), r"\(diffusion transformer\)"),
        ("anything", (4, 4, 4), "holds no Stable Diffusion model"),
    ],
)
def test_a_file_that_is_no_checkpoint_is_named_by_its_keys(
    tmp_path: Path, key: str, shape: tuple[int, ...], said: str
) -> None:
    save_file({key: torch.zeros(shape)}, tmp_path / "file.safetensors")
    sentence = refusal(tmp_path / "file.safetensors")
    assert re.search(said, sentence)
    assert DOWNLOAD_AGAIN not in sentence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>", "is a web page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2132625894\n",
            "Git LFS pointer",
        ),
        (b'{"error": "Unauthorized"}', "is an error message of a server"),
        (b"PK\x03\x04 archive/data.pkl", "is a pickle under another name"),
        (b"GGUF\x03\x00\x00\x00", "is a GGUF file"),
        (b"", "is empty. Download it again"),
        (b"\x10\x00\x00\x00\x00\x00\x00\x00not json at all!", "is damaged.*Download it again"),
    ],
)
def test_what_was_downloaded_in_the_place_of_a_file_is_named(
    folder: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "file.safetensors").write_bytes(content)
    with pytest.raises(ModelNotFound, match=said):
        resolve(str(tmp_path / "file.safetensors"))
    (folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(content)
    with pytest.raises(ModelNotFound, match=said):
        resolve(str(folder))


def test_a_truncated_file_is_damaged_wherever_it_ends(single_file: Path, tmp_path: Path) -> None:
    content = single_file.read_bytes()
    for length in (4, 1000, len(content) // 2, len(content) - 1):
        path = tmp_path / "cut.safetensors"
        path.write_bytes(content[:length])
        assert f"is damaged: it ends early or is garbled. {DOWNLOAD_AGAIN}" in refusal(path)


@pytest.mark.parametrize(
    ("channels", "said"),
    [(5, "depth-to-image"), (7, "is an upscaler")],
)
def test_a_unet_that_wants_to_see_more_is_refused_by_its_right_name(
    folder: Path, single_file: Path, tmp_path: Path, channels: int, said: str
) -> None:
    configure(folder / "unet" / "config.json", in_channels=channels)
    assert said in refusal(folder)
    weights = load_file(single_file)
    weights["model.diffusion_model.input_blocks.0.0.weight"] = torch.zeros(32, channels, 3, 3)
    save_file(weights, tmp_path / "file.safetensors")
    assert said in refusal(tmp_path / "file.safetensors")


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("first_stage_model.", "comes without a VAE.* Set VAE to"),
        ("cond_stage_model.", "comes without its text encoder. Choose the full checkpoint"),
        ("model.diffusion_model.", "is a VAE"),
    ],
)
def test_a_pruned_file_says_what_it_lacks(single_file: Path, tmp_path: Path, without: str, said: str) -> None:
    weights = {key: value for key, value in load_file(single_file).items() if not key.startswith(without)}
    save_file(weights, tmp_path / "pruned.safetensors")
    with pytest.raises(ModelNotFound, match=said):
        resolve(str(tmp_path / "pruned.safetensors"))


def test_a_refiner_file_and_an_edm_file_are_named(single_file: Path, tmp_path: Path) -> None:
    weights = load_file(single_file)
    path = tmp_path / "file.safetensors"
    text = {key: value for key, value in weights.items() if not key.startswith("cond_stage_model.")}
    save_file(text | {"conditioner.embedders.0.model.text_projection": torch.zeros(1)}, path)
    assert "is the refiner of SDXL" in refusal(path)
    save_file(weights | {"edm_mean": torch.zeros(4)}, path)
    assert "EDM's noise" in refusal(path)


@pytest.mark.parametrize(
    ("scheduler", "config", "said"),
    [
        ("EDMDPMSolverMultistepScheduler", {}, "EDM's noise .*Playground"),
        ("FlowMatchEulerDiscreteScheduler", {}, "flow matching"),
        ("UniPCMultistepScheduler", {"prediction_type": "flow_prediction", "use_flow_sigmas": True}, "flow"),
        ("VQDiffusionScheduler", {}, r"does not know \(VQDiffusionScheduler\)"),
        ("DDIMScheduler", {"prediction_type": "velocity"}, r"predicts something unknown .*\(velocity\)"),
    ],
)
def test_noise_that_the_samplers_do_not_know_is_refused_by_name(
    folder: Path, scheduler: str, config: dict[str, Any], said: str
) -> None:
    configure(folder / "model_index.json", scheduler=["diffusers", scheduler])
    configure(folder / "scheduler" / "scheduler_config.json", **config)
    with pytest.raises(ModelNotFound, match=said):
        resolve(str(folder))


def test_the_refiner_and_models_that_are_told_an_aesthetic_score_are_refused(xl_folder: Path) -> None:
    size = json.loads((xl_folder / "unet" / "config.json").read_text())
    width = size["projection_class_embeddings_input_dim"] - size["addition_time_embed_dim"]
    configure(xl_folder / "unet" / "config.json", projection_class_embeddings_input_dim=width)
    assert "wants an aesthetic score" in refusal(xl_folder)
    configure(xl_folder / "model_index.json", text_encoder=[None, None], tokenizer=[None, None])
    shutil.rmtree(xl_folder / "text_encoder")
    sentence = refusal(xl_folder)
    assert "is the refiner of SDXL" in sentence
    assert DOWNLOAD_AGAIN not in sentence


@pytest.mark.parametrize(
    ("pipeline", "parts", "said"),
    [
        ("FluxPipeline", {"transformer": ["diffusers", "FluxTransformer2DModel"]}, r"\(Flux\)"),
        ("StableDiffusion3Pipeline", {"transformer": ["diffusers", "SD3"]}, r"\(Stable Diffusion 3\)"),
        ("PixArtSigmaPipeline", {"transformer": ["diffusers", "PixArt"]}, r"\(PixArtSigma\)"),
        ("KolorsPipeline", {"unet": ["diffusers", "UNet2DConditionModel"],
                            "text_encoder": ["kolors", "ChatGLMModel"]}, r"Kolors: .*ChatGLMModel"),
        ("IFPipeline", {"unet": ["diffusers", "UNet2DConditionModel"],
                        "text_encoder": ["transformers", "T5EncoderModel"]}, "DeepFloyd IF"),
        ("StableDiffusionDepth2ImgPipeline", {}, "depth-to-image"),
    ],
)  # fmt: skip
def test_a_folder_of_another_family_is_named_whatever_else_is_in_it(
    tmp_path: Path, pipeline: str, parts: dict[str, list[str]], said: str
) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": pipeline} | parts))
    with pytest.raises(ModelNotFound, match=said):
        resolve(str(tmp_path))


@pytest.mark.parametrize("kind", ["AutoencoderTiny", "AsymmetricAutoencoderKL"])
def test_a_vae_of_another_kind_is_named_and_can_be_replaced(folder: Path, tiny_path: Path, kind: str) -> None:
    configure(folder / "model_index.json", vae=["diffusers", kind])
    sentence = refusal(folder)
    assert f"has a VAE of another kind ({kind}). Set VAE to" in sentence
    assert resolve(str(folder), vae=str(tiny_path)).vae == tiny_path / "vae"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"addition_embed_type": "image"}, "steered in a way of its own"),
        ({"encoder_hid_dim_type": "text_proj"}, "steered in a way of its own"),
        ({"num_class_embeds": 1000}, "wants a label"),
        ({"cross_attention_dim": 768}, "belongs to another model: it makes 32 numbers per token"),
    ],
)
def test_a_unet_that_is_told_other_things_is_refused(
    folder: Path, changes: dict[str, Any], said: str
) -> None:
    configure(folder / "unet" / "config.json", **changes)
    assert said in refusal(folder)


@pytest.mark.parametrize(
    "path",
    ["unet/config.json", "vae/config.json", "text_encoder/config.json", "scheduler/scheduler_config.json"],
)
def test_a_missing_or_damaged_configuration_is_named(folder: Path, path: str) -> None:
    (folder / path).write_text('{"_class_name": ')
    assert f"{path} is damaged" in refusal(folder)
    (folder / path).unlink()
    assert f"{path} is missing: the model is incomplete. {DOWNLOAD_AGAIN}" in refusal(folder)


def test_a_folder_without_a_vocabulary_is_incomplete(folder: Path) -> None:
    for path in (folder / "tokenizer").glob("*.json"):
        if path.name != "tokenizer_config.json":
            path.unlink()
    said = f"has no vocabulary in a folder tokenizer: the model is incomplete. {DOWNLOAD_AGAIN}"
    assert said in refusal(folder)
    shutil.rmtree(folder / "tokenizer")
    assert said in refusal(folder)
