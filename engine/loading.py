"""Read a checkpoint from disk: a folder in diffusers layout, or one file in the original's."""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel
from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm
from diffusers.utils import logging as diffusers_logging
from safetensors import safe_open
from transformers import (
    CLIPImageProcessor,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionModelWithProjection,
)
from transformers.utils import logging as transformers_logging

from engine.adapters import AdapterFiles, AdapterMisfit, check_fit
from engine.device import is_device_lost, is_out_of_memory
from engine.errors import EngineError, ModelNotFound
from engine.families.unet import Checkpoint
from engine.recognition import (
    OLD_TEXT,
    check_scheduler,
    check_tokenizers,
    check_unet,
    component_class,
    is_sdxl,
    read_json,
)
from engine.samplers import scheduler_by_keys, scheduler_by_name
from engine.sources import Source, file_names, variant_files
from engine.weights import Shapes, read_shapes

log = logging.getLogger(__name__)


_PUBLISHED = {
    False: "stable-diffusion-v1-5/stable-diffusion-v1-5",
    True: "stabilityai/stable-diffusion-xl-base-1.0",
}
"""Where on the hub the configuration is that single files leave out: of SD, and of SDXL."""


@torch.inference_mode(mode=False)
def load_checkpoint(
    source: Source,
    *,
    device: torch.device,
    dtype: torch.dtype,
    loras: Mapping[str, Path],
    embeddings: Mapping[str, Path] | None = None,
) -> Checkpoint:
    """Read a checkpoint from disk and put it on the device.

    `loras` are the files it may be changed by, and `embeddings` those of words that it may learn.

    Raises: ModelNotFound, if files are damaged or it is not a text-to-image U-Net.
    """
    log.info("Loading %s from %s.", source.name, source.path)
    _hush()
    try:
        with warnings.catch_warnings(action="ignore"):  # of how configurations were written years ago
            pipeline = (_load_single_file if source.is_single_file else _load_folder)(source, dtype)
        _check_complete(source, pipeline)
        _check_scale(source, pipeline)
        if source.adapter is not None:
            _load_adapter(source.adapter, pipeline, dtype)
        return Checkpoint(
            source, pipeline, device=device, dtype=dtype, loras=loras, embeddings=embeddings or {}
        )
    except EngineError:
        raise
    except Exception as error:  # diffusers and transformers raise whatever comes
        if is_out_of_memory(error) or is_device_lost(error):
            raise
        log.debug("%s could not be loaded.", source.path, exc_info=True)
        raise ModelNotFound(_unreadable(source, error)) from error


def _hush() -> None:
    """The libraries' bars would scribble over our own output, and their warnings are not for owners."""
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    diffusers_logging.set_verbosity(logging.CRITICAL)
    transformers_logging.set_verbosity(logging.CRITICAL)


def _unreadable(source: Source, error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{source.path} cannot be read ({error.strerror})."
    return (
        f"The weights of {source.path} do not fit its configuration: they were made for another model, or "
        "saved incompletely. Choose another copy of this model, or another MODEL."
    )


def _load_folder(source: Source, dtype: torch.dtype) -> Any:
    index = read_json(source.path / "model_index.json")
    is_xl = component_class(index, "text_encoder_2") is not None
    if source.vae is None:
        vae = _load_part(AutoencoderKL, source, "vae", dtype)
    else:
        vae = _load_vae(source.vae, dtype, _PUBLISHED[is_xl])
    parts = {
        "unet": _load_part(UNet2DConditionModel, source, "unet", dtype),
        "vae": vae,
        "text_encoder": _load_part(CLIPTextModel, source, "text_encoder", dtype),
        "tokenizer": _load_tokenizer(source.path / "tokenizer"),
        "scheduler": _load_scheduler(index, source.path),
    }
    if not is_xl:
        return StableDiffusionPipeline(**parts, **_UNUSED)
    return StableDiffusionXLPipeline(
        **parts,
        text_encoder_2=_load_part(CLIPTextModelWithProjection, source, "text_encoder_2", dtype),
        tokenizer_2=_load_tokenizer(source.path / "tokenizer_2"),
        force_zeros_for_empty_prompt=bool(index.get("force_zeros_for_empty_prompt", True)),
        add_watermarker=False,
    )


_UNUSED: Mapping[str, Any] = {
    "safety_checker": None,
    "feature_extractor": None,
    "requires_safety_checker": False,
}


def _load_part(kind: Any, source: Source, part: str, dtype: torch.dtype) -> Any:
    """A component with every weight that it wants.

    Raises: ModelNotFound.
    """
    folder = source.path / part
    names = file_names(folder)
    variant = source.variant if variant_files(names, source.variant) != variant_files(names, None) else None
    return load_complete(kind, folder, variant, dtype)


def load_complete(kind: Any, folder: Path, variant: str | None, dtype: torch.dtype) -> Any:
    """A component with every weight that it wants, from a folder of its own.

    Raises: ModelNotFound, where a weight is not in the files: it would be random.
    """
    _hush()
    component, report = kind.from_pretrained(
        folder,
        dtype=dtype,
        variant=variant,
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    missing = sorted(name for name in report["missing_keys"] if not name.endswith("position_ids"))
    if missing:
        raise ModelNotFound(_incomplete(folder, missing))
    return component


def _incomplete(path: Path, missing: list[str]) -> str:
    return (
        f"{path} lacks {len(missing)} of its weights (the first is {missing[0]}): it was saved incompletely. "
        "Choose another copy of this model."
    )


def _load_tokenizer(folder: Path) -> Any:
    return CLIPTokenizer.from_pretrained(folder, local_files_only=True)


def _load_scheduler(index: Mapping[str, Any], folder: Path) -> Any:
    """It says how the model was trained, and draws nothing: another may stand for one that is not here."""
    name = str(component_class(index, "scheduler"))
    kind = diffusers.EulerDiscreteScheduler if name in _WANTING else getattr(diffusers, name)
    return kind.from_pretrained(folder / "scheduler", local_files_only=True)


_WANTING = {"DPMSolverSDEScheduler", "LMSDiscreteScheduler"}
"""Of torchsde, and of scipy."""


def _load_adapter(files: AdapterFiles, pipeline: Any, dtype: torch.dtype) -> None:
    """Put an IP-Adapter and its image encoder on a pipeline.

    Raises: ModelNotFound, where it must fit and does not, or is damaged.
    """
    unet = pipeline.unet
    names = [name.removesuffix(".processor") for name in unet.attn_processors if ".attn2." in name]
    layers = [tuple(unet.get_submodule(name).to_k.weight.shape) for name in names]
    try:
        check_fit(files, layers)
    except AdapterMisfit as misfit:
        if files.must_fit:
            raise
        log.info("%s", misfit)
        return
    encoder = load_complete(CLIPVisionModelWithProjection, files.encoder, None, dtype)
    pipeline.register_modules(image_encoder=encoder)
    if (files.encoder / "preprocessor_config.json").is_file():  # else as CLIP's own sees pictures
        prepare = CLIPImageProcessor.from_pretrained(files.encoder, local_files_only=True)
        pipeline.register_modules(feature_extractor=prepare)
    try:
        pipeline.load_ip_adapter(str(files.weights.parent), subfolder="", weight_name=files.weights.name)
    except (KeyError, ValueError, RuntimeError) as error:
        if is_out_of_memory(error) or is_device_lost(error):
            raise
        raise ModelNotFound(
            f"{files.weights} is no whole IP-Adapter: weights are missing, or of another size. Choose "
            "another copy."
        ) from error


def _load_vae(path: Path, dtype: torch.dtype, config: str) -> Any:
    """A VAE of its own: a folder in diffusers layout, or a file, whose configuration is the one of `config`.

    Raises: ModelNotFound, where that is on the hub, which cannot be reached.
    """
    if path.is_dir():
        variant = None if variant_files(file_names(path), None) else "fp16"
        return load_complete(AutoencoderKL, path, variant, dtype)
    unreached = (
        f"{path} holds only weights, and the hub, which has the configuration of the VAE, cannot be reached. "
        "Connect once, or set VAE to a folder with config.json and diffusion_pytorch_model.safetensors."
    )
    with _unless_missing(unreached):
        return AutoencoderKL.from_single_file(str(path), torch_dtype=dtype, config=config, subfolder="vae")


@contextmanager
def _unless_missing(sentence: str) -> Iterator[None]:
    """Where diffusers finds no configuration, which is an OSError that the system knows nothing of, say this.

    Raises: ModelNotFound.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise
        raise ModelNotFound(sentence) from error


def _load_single_file(source: Source, dtype: torch.dtype) -> Any:
    """The file names no classes: its keys tell SDXL from SD, and the configuration comes from beside it.

    A folder of the file's own name in diffusers layout (weights not needed) works offline; otherwise
    diffusers fetches the configuration from the hub, once.
    """
    shapes = read_shapes(source.path)
    folder = source.path.with_suffix("")
    config = folder if (folder / "model_index.json").is_file() else None
    if config is not None:
        check_tokenizers(config, read_json(config / "model_index.json"))
    unreached = (
        f"{source.path} holds only weights, and the hub, which has the configuration, cannot be reached. "
        f"Connect once, or put a folder named {folder.name} in diffusers layout beside it."
    )
    incomplete = (
        f"The folder {folder} is to have the configuration of the file beside it, but lacks a part of it. "
        "Complete it, or remove it and connect once."
    )
    with _unless_missing(unreached if config is None else incomplete):
        pipeline = _read_single_file(source, shapes, config, dtype)
    _check_family(source, pipeline)
    scheduler = scheduler_by_keys(pipeline.scheduler, shapes)
    pipeline.scheduler = scheduler_by_name(scheduler, source.path.stem)
    return pipeline


def _read_single_file(source: Source, shapes: Shapes, config: Path | None, dtype: torch.dtype) -> Any:
    kind = StableDiffusionXLPipeline if is_sdxl(shapes) else StableDiffusionPipeline
    options: dict[str, Any] = {} if is_sdxl(shapes) else {"safety_checker": None, "feature_extractor": None}
    if config is not None:
        options["config"] = str(config)
    if source.vae is not None:
        options["vae"] = _load_vae(source.vae, dtype, str(config or _PUBLISHED[is_sdxl(shapes)]))
    if f"{OLD_TEXT}embeddings.position_embedding.weight" in shapes:
        options["text_encoder"] = _load_old_text_encoder(source.path, config, dtype)
    return kind.from_single_file(str(source.path), torch_dtype=dtype, **options)


def _load_old_text_encoder(path: Path, config: Path | None, dtype: torch.dtype) -> Any:
    """The text encoder of a file of 2022, whose keys lack the `text_model` that came into them in 2023."""
    with safe_open(path, framework="pt") as file:
        renamed = {
            name.replace(OLD_TEXT, f"{OLD_TEXT}text_model.", 1): file.get_tensor(name)
            for name in file.keys()  # noqa: SIM118 - not a dict
            if name.startswith(OLD_TEXT)
        }
    return create_diffusers_clip_model_from_ldm(
        CLIPTextModel,
        renamed,
        subfolder="text_encoder",
        config=str(config or _PUBLISHED[False]),
        torch_dtype=dtype,
    )


def _check_family(source: Source, pipeline: Any) -> None:
    """What a folder's configuration is asked before it is read, asked of the configuration that was found."""
    encoders = [pipeline.text_encoder, getattr(pipeline, "text_encoder_2", None)]
    texts = [encoder.config.to_dict() for encoder in encoders if encoder is not None]
    check_unet(str(source.path), pipeline.unet.config, pipeline.vae.config, texts)
    scheduler = pipeline.scheduler
    check_scheduler(str(source.path), scheduler.config | {"_class_name": type(scheduler).__name__})


def _check_complete(source: Source, pipeline: Any) -> None:
    """Weights that no file has are left without numbers by diffusers.

    Raises: ModelNotFound.
    """
    for part, module in pipeline.components.items():
        if isinstance(module, torch.nn.Module):
            missing = sorted(name for name, weight in module.named_parameters() if weight.is_meta)
            if missing:
                raise ModelNotFound(_incomplete(source.path, [f"{part}.{name}" for name in missing]))


_SCALES = {0.18215: "Stable Diffusion 1 and 2", 0.13025: "SDXL"}
"""By what a VAE's latents are multiplied for the U-Net; to the eye the weights of both are alike."""


def _check_scale(source: Source, pipeline: Any) -> None:
    """Whether a VAE that is not the checkpoint's own is of its family, as far as its configuration shows.

    Raises: ModelNotFound.
    """
    if source.vae is None or source.vae.is_file():
        return
    made_for = _SCALES.get(pipeline.vae.config.scaling_factor)
    wanted = _SCALES[0.13025 if isinstance(pipeline, StableDiffusionXLPipeline) else 0.18215]
    if made_for not in {None, wanted}:
        raise ModelNotFound(
            f"The VAE at {source.vae} is that of {made_for}, and {source.path} is a model of {wanted}: its "
            "colours would be wrong. Correct VAE."
        )
