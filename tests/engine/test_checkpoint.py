"""Loading checkpoints and what is read from their components."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DiffusionPipeline, UNet2DConditionModel
from PIL import Image

from engine.api import Lora
from engine.bench.arms import denoised
from engine.bench.tiny import save_tiny_checkpoint, save_tiny_lora, tiny_pipeline
from engine.conditioning.lora_file import LoraFile
from engine.config import EngineConfig
from engine.device import bfloat16_pays, choose_dtype, seconds_of
from engine.errors import EngineError, InvalidRequest, ModelNotFound, OutOfMemory
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loading import load_checkpoint
from engine.loop import DenoisingLoop
from engine.preview import as_pictures
from engine.samplers import SAMPLERS, defaults_for, samplers_for
from engine.sources import resolve
from tests.engine.requests import generate, result, results
from tests.engine.single_file import save_single_file

CPU = torch.device("cpu")


def test_sizes_come_from_the_components(library: Library) -> None:
    info = library.entry("tiny").info
    assert (info.native_size, info.size_multiple) == (64, 8)
    assert info.seconds_per_image_step > 0
    assert info.seconds_per_decode > 0
    assert len(info.hash) == 10


def test_the_embedded_model_is_not_taken_for_stable_diffusion() -> None:
    checkpoint = load("sketch")
    assert checkpoint.native_size == 256
    assert checkpoint.encode_texts(["a"], "")[0].prompt_embeds.shape == (1, 77, 256)
    assert {module.dtype for module in (checkpoint.unet, checkpoint.vae)} == {torch.float32}
    assert checkpoint.scheduler_config["prediction_type"] == "v_prediction"
    assert "heun" not in samplers_for(checkpoint.scheduler_config), "it does not know zero terminal SNR"


def test_a_single_file_draws_what_its_folder_draws(library: Library, tiny_path: Path, tmp_path: Path) -> None:
    pipeline = DiffusionPipeline.from_pretrained(tiny_path, dtype=torch.float32)
    path = save_single_file(pipeline, tmp_path / "single.safetensors")
    single = Library(EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1))
    drawn = result(DenoisingLoop(single), generate(model="single"))
    expected = result(DenoisingLoop(library), generate())
    assert drawn.images[0].tobytes() == expected.images[0].tobytes()


def test_a_single_file_without_its_configuration_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    path = save_single_file(tiny_pipeline(), tmp_path / "alone.safetensors")
    shutil.rmtree(path.with_suffix(""))
    with pytest.raises(ModelNotFound, match="a folder named alone"):
        load(str(path))


def test_two_models_of_one_name_are_refused(tiny_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="Two models are named tiny"):
        Library(
            EngineConfig(
                model=str(tiny_path),
                more_models=(str(tiny_path),),
                device="cpu",
                dtype="float32",
                num_threads=1,
            )
        )


def test_damaged_weights_say_what_to_do(tiny_path: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_path, tmp_path / "copy")
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelNotFound, match="Download it again"):
        load(str(copy))


def test_a_depth_to_image_model_is_refused(tmp_path: Path) -> None:
    path = save_tiny_checkpoint(tmp_path / "depth")
    config = json.loads((path / "unet" / "config.json").read_text()) | {"in_channels": 5}
    UNet2DConditionModel.from_config(config).save_pretrained(path / "unet")
    with pytest.raises(ModelNotFound, match="depth-to-image"):
        load(str(path))


@pytest.mark.parametrize(
    ("config", "sampler", "steps"),
    [
        ({"_class_name": "PNDMScheduler"}, "dpmpp-2m", 25),
        ({"_class_name": "LCMScheduler"}, "lcm", 4),
        ({"_class_name": "TCDScheduler"}, "tcd", 4),
        ({"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "trailing"}, "euler", 4),
        ({"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing"}, "euler-a", 2),
        ({"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "leading"}, "dpmpp-2m", 25),
    ],
)
def test_few_step_models_are_known_by_their_scheduler(
    config: dict[str, object], sampler: str, steps: int
) -> None:
    defaults = defaults_for(config)
    assert (defaults.sampler, defaults.steps) == (sampler, steps)


def test_there_are_many_samplers_and_zero_terminal_snr_leaves_those_that_know_it() -> None:
    assert len({sampler.scheduler for sampler in SAMPLERS.values()}) >= 14
    kept = samplers_for({"rescale_betas_zero_snr": True})
    assert {"dpmpp-2m", "euler", "ddim"} <= set(kept) < set(SAMPLERS)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction", "sample"])
def test_previews_foresee_the_picture_whatever_is_predicted(tmp_path: Path, prediction_type: str) -> None:
    pipeline = tiny_pipeline(prediction_type=prediction_type)
    pipeline.save_pretrained(tmp_path / "tiny")
    loop = DenoisingLoop(
        Library(EngineConfig(model=str(tmp_path / "tiny"), device="cpu", dtype="float32", num_threads=1))
    )
    generation = denoised(loop, generate(num_inference_steps=4, sampler="ddim"))
    foreseen, finished = generation.predicted_original(), generation.latents
    assert float((foreseen - finished).abs().mean() / finished.abs().mean()) < 0.05


def test_a_preview_looks_like_the_picture() -> None:
    checkpoint = load("sketch")
    ramp = Image.linear_gradient("L").resize((256, 256))
    picture = Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180)))
    latents = checkpoint.encode(checkpoint.pixels(picture, 256, 256), [torch.Generator()])
    (preview,) = as_pictures(checkpoint.preview(latents))
    assert preview.size == (64, 64)
    difference = pixels(preview) - pixels(picture.resize((64, 64)))
    assert float(difference.abs().mean()) < 20


def test_where_nothing_can_be_compiled_it_draws_eager(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no compiler here")

    monkeypatch.setattr(torch, "compile", lambda *_, **__: refuse)
    checkpoint = load(str(tiny_path))
    checkpoint.compile()
    assert caplog.text.count("from now on eager") == 1
    assert checkpoint.predict_noise(checkpoint.blank_rows(2)).shape == (2, 4, 8, 8)


def test_compiled_code_that_breaks_while_drawing_is_left(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[Exception] = []

    def compiled(unet: torch.nn.Module, **_: object) -> Any:
        def forward(*arguments: Any, **options: Any) -> Any:
            for error in errors:
                raise error
            return unet(*arguments, **options)

        return forward

    monkeypatch.setattr(torch, "compile", compiled)
    checkpoint = load(str(tiny_path))
    checkpoint.compile()
    rows = checkpoint.blank_rows(2)
    expected = checkpoint.predict_noise(rows)
    errors.append(torch.OutOfMemoryError("full"))
    with pytest.raises(torch.OutOfMemoryError):
        checkpoint.predict_noise(rows)
    assert not caplog.text, "memory is not the compiler's fault"
    errors[:] = [RuntimeError("a kernel for this shape cannot be made")]
    assert torch.equal(checkpoint.predict_noise(rows), expected)
    assert "from now on eager" in caplog.text


def test_fewer_bits_where_they_are_asked_for(tiny_path: Path) -> None:
    fewer = Library(EngineConfig(model=str(tiny_path), device="cpu", num_threads=1, dtype="bfloat16"))
    assert fewer.checkpoint("tiny").unet.dtype == torch.bfloat16
    assert "bfloat16" in fewer.version


@pytest.mark.parametrize(
    ("seconds", "dtype"), [(0.5, torch.bfloat16), (0.9, torch.float32), (40.0, torch.float32)]
)
def test_a_cpu_draws_in_the_dtype_that_it_is_fastest_in(
    monkeypatch: pytest.MonkeyPatch, seconds: float, dtype: torch.dtype
) -> None:
    measured = iter([1.0, seconds])
    monkeypatch.setattr("engine.device.quickest", lambda *_, **__: next(measured))
    assert choose_dtype("auto", CPU) == dtype


def test_the_same_cpu_always_draws_in_the_same_dtype() -> None:
    assert len({choose_dtype("auto", CPU) for _ in range(40)}) == 1


def test_to_find_that_out_takes_no_time() -> None:
    assert seconds_of(lambda: bfloat16_pays(CPU), CPU) < 2.0


@pytest.fixture
def lora_library(tiny_path: Path, tmp_path: Path) -> Library:
    path = save_tiny_lora(tmp_path / "style.safetensors")
    (tmp_path / "pickled.pt").write_bytes(b"")
    loras = {"style": path, "pickled": tmp_path / "pickled.pt"}
    return Library(
        EngineConfig(
            model=str(tiny_path), device="cpu", dtype="float32", num_threads=1, max_rows=32, loras=loras
        )
    )


def test_a_lora_changes_the_picture_by_its_weight_and_then_is_gone(lora_library: Library) -> None:
    loop = DenoisingLoop(lora_library)
    before, weak, strong, after = (
        result(loop, generate(loras=loras)).images[0].tobytes()
        for loras in ((), (Lora(name="style", weight=0.1),), (Lora(name="style"),), ())
    )
    assert before == after
    assert len({before, weak, strong}) == 3


def test_requests_with_and_without_a_lora_take_turns(lora_library: Library) -> None:
    loop = DenoisingLoop(lora_library)
    plain, styled = generate(), generate(loras=(Lora(name="style"),))
    alone = [result(loop, request).images[0].tobytes() for request in (plain, styled)]
    together = [drawn.images[0].tobytes() for drawn in results(loop, plain, styled)]
    assert together == alone


def test_a_pickled_lora_is_refused(lora_library: Library) -> None:
    with pytest.raises(
        EngineError, match=r"The LoRA pickled is a pickle \(pickled\.pt\), which can run code"
    ):
        result(DenoisingLoop(lora_library), generate(loras=(Lora(name="pickled"),)))


def test_a_lora_for_another_model_is_refused(tiny_xl_path: Path, tmp_path: Path) -> None:
    loras = {"style": save_tiny_lora(tmp_path / "style.safetensors", width=48)}
    library = Library(
        EngineConfig(model=str(tiny_xl_path), device="cpu", dtype="float32", num_threads=1, loras=loras)
    )
    loop = DenoisingLoop(library)
    before = result(loop, generate(model="tiny-xl")).images[0].tobytes()
    with pytest.raises(InvalidRequest, match="does not fit"):
        result(loop, generate(model="tiny-xl", loras=(Lora(name="style"),)))
    assert result(loop, generate(model="tiny-xl")).images[0].tobytes() == before


def test_memory_that_ends_while_a_lora_is_read_leaves_no_other_in_force(
    tiny_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loras = {name: save_tiny_lora(tmp_path / f"{name}.safetensors") for name in ("first", "second")}
    loop = DenoisingLoop(
        Library(EngineConfig(model=str(tiny_path), device="cpu", dtype="float32", num_threads=1, loras=loras))
    )
    before = result(loop, generate()).images[0].tobytes()

    real = LoraFile.changes

    def full(self: LoraFile, names: Any) -> Any:
        if self._path == loras["second"]:
            raise torch.OutOfMemoryError("full")
        return real(self, names)

    monkeypatch.setattr(LoraFile, "changes", full)
    with pytest.raises(OutOfMemory):
        result(loop, generate(loras=(Lora(name="first"), Lora(name="second"))))
    assert result(loop, generate()).images[0].tobytes() == before


def test_a_precision_that_does_not_fit_leaves_the_model_as_it_was(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = EngineConfig(model=str(tiny_path), device="cpu", dtype="bfloat16", num_threads=1)
    checkpoint = Library(config).checkpoint("tiny")
    rows = checkpoint.blank_rows(2)
    expected = checkpoint.predict_noise(rows)
    real = checkpoint.unet.to

    def full(dtype: torch.dtype) -> Any:
        if dtype == torch.float32:
            checkpoint.unet.conv_in.to(dtype)
            raise torch.OutOfMemoryError("full")
        return real(dtype)

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint.unet, "to", full)
        with pytest.raises(torch.OutOfMemoryError):
            checkpoint.put_precision_in_force(in_float32=True)
    assert torch.equal(checkpoint.predict_noise(rows), expected)
    checkpoint.put_precision_in_force(in_float32=True)
    assert {weight.dtype for weight in checkpoint.unet.parameters()} == {torch.float32}


def load(model: str) -> Checkpoint:
    return load_checkpoint(resolve(model), device=CPU, dtype=torch.float32, loras={})


def pixels(image: Image.Image) -> torch.Tensor:
    return torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).float()


def test_models_have_the_names_that_they_are_given(tiny_path: Path, tiny_xl_path: Path) -> None:
    library = Library(
        EngineConfig(
            model=str(tiny_path),
            more_models=(f"portraits={tiny_xl_path}", f"again = {tiny_path}"),
            device="cpu",
            dtype="float32",
            num_threads=1,
        )
    )
    assert library.models()[0].name == "tiny"
    assert {model.name for model in library.models()} == {"tiny", "portraits", "again"}


def test_a_further_model_that_cannot_be_used_is_named_at_start(tiny_path: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound) as refused:
        Library(
            EngineConfig(
                model=str(tiny_path), more_models=(f"lost={tmp_path / 'lost'}",), device="cpu", num_threads=1
            )
        )
    assert refused.value.model == f"lost={tmp_path / 'lost'}"
