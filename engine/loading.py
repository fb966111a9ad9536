"""Read a checkpoint from disk: a folder in diffusers layout, or one file in the original's."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline, StableDiffusionPipeline, StableDiffusionXLPipeline
from diffusers.loaders.single_file_utils import SingleFileComponentError
from diffusers.utils import logging as diffusers_logging
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
from safetensors import SafetensorError, safe_open
from transformers.utils import logging as transformers_logging

from engine.errors import ModelNotFound
from engine.families.unet import Checkpoint
from engine.sources import Source

log = logging.getLogger(__name__)

_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    AttributeError,
    TypeError,
    RuntimeError,
    SafetensorError,
    SingleFileComponentError,
)
_UNUSED = ("safety_checker", "feature_extractor", "image_encoder")


@torch.inference_mode(mode=False)
def load_checkpoint(
    source: Source, *, device: torch.device, dtype: torch.dtype, loras: Mapping[str, Path]
) -> Checkpoint:
    """Read a checkpoint from disk and put it on the device. `loras` are the files it may be changed by.

    Raises: ModelNotFound, if files are damaged or it is not a text-to-image U-Net.
    """
    log.info("Loading %s from %s.", source.name, source.path)
    diffusers_logging.disable_progress_bar()  # they would scribble over the application's own output
    transformers_logging.disable_progress_bar()
    try:
        pipeline = _load_single_file(source, dtype) if source.is_single_file else _load_folder(source, dtype)
    except _UNREADABLE as error:
        raise ModelNotFound(
            f"{source.path} cannot be read as a model ({_first_line(error)}). "
            "Download it again, or choose another MODEL."
        ) from error
    _check_family(source, pipeline)
    return Checkpoint(source, pipeline, device=device, dtype=dtype, loras=loras)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _load_folder(source: Source, dtype: torch.dtype) -> Any:
    index = json.loads((source.path / "model_index.json").read_text())
    unused = {name: None for name in _UNUSED if name in index}
    return DiffusionPipeline.from_pretrained(
        source.path, dtype=dtype, use_safetensors=True, local_files_only=True, **unused
    )


def _load_single_file(source: Source, dtype: torch.dtype) -> Any:
    """The file names no classes: its keys tell SDXL from SD, and the configuration comes from beside it.

    A folder of the file's own name in diffusers layout (weights not needed) works offline; otherwise
    diffusers fetches the configuration from the hub, once.
    """
    with safe_open(source.path, framework="pt") as file:
        is_sdxl = any(key.startswith("conditioner.") for key in file.keys())  # noqa: SIM118 - not a dict
    pipeline_class = StableDiffusionXLPipeline if is_sdxl else StableDiffusionPipeline
    config = source.path.with_suffix("")
    unused = {} if is_sdxl else {"safety_checker": None, "feature_extractor": None}
    beside = {"config": str(config)} if config.is_dir() else {}
    try:
        return pipeline_class.from_single_file(str(source.path), torch_dtype=dtype, **beside, **unused)
    except (HfHubHTTPError, LocalEntryNotFoundError) as error:
        raise ModelNotFound(
            f"{source.path} holds only weights, and the hub, which has the configuration, cannot be reached. "
            f"Connect once, or put a folder named {config.name} in diffusers layout beside it."
        ) from error


def _check_family(source: Source, pipeline: Any) -> None:
    unet = getattr(pipeline, "unet", None)
    if unet is None or not hasattr(pipeline, "text_encoder"):
        raise ModelNotFound(
            f"{source.name} is a {type(pipeline).__name__}; Darkroom draws with SD 1, 2 and XL."
        )
    if unet.config.in_channels != pipeline.vae.config.latent_channels:
        raise ModelNotFound(f"{source.name} is made for inpainting. Choose its text-to-image sibling.")
