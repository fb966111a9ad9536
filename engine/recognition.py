"""What a checkpoint is, told from its configuration or its keys before any weight is read."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.errors import ModelNotFound
from engine.weights import Shapes, what_else

LDM_UNET = "model.diffusion_model."
LDM_VAE = "first_stage_model."
_FAMILIES = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "SDXL"}
"""By the numbers that the U-Net reads per token of text."""
OLD_TEXT = "cond_stage_model.transformer."
"""Until 2023 what follows was `embeddings`, since then `text_model.embeddings`."""

_CHOOSE = "Darkroom draws with Stable Diffusion 1, 2 and XL: choose such a model."
_SIBLING = "Choose its text-to-image sibling."
_REFINER = "is the refiner of SDXL, which only finishes pictures of another model. Choose the base model."
_NO_VAE = (
    "comes without a VAE, so nothing it draws could be seen. Set VAE to a folder or .safetensors file with "
    "the "
    "VAE of its family."
)
_CHANNELS = {
    5: f"is a depth-to-image model: it wants a depth map beside the text. {_SIBLING}",
    7: f"is an upscaler: it wants a small picture beside the text. {_CHOOSE}",
}
"""What a U-Net wants to see beside four channels of noise, by all its channels. Nine are made for inpainting,
and draw without a mask, too; eight follow instructions for a picture."""
_PIPELINE_CHANNELS = {
    "StableDiffusionDepth2Img": 5,
    "StableDiffusionUpscale": 7,
}
_FAMILY_NAMES = {"StableDiffusion3": "Stable Diffusion 3", "IF": "DeepFloyd IF"}
"""Of pipelines whose class does not read like the family's name."""

_OTHER_CHANGES = {
    r"\.hada_\w+ ": "a LoHa",
    r"\.lokr_\w+ ": "a LoKr",
    r"\.oft_blocks 4$|boft_": "a BOFT",
    r"\.oft_": "an OFT",
    r"\.[ab][12]\.weight ": "a GLoRA",
    r"\.on_input |ia3_l": "an IA3",
    r"\.(diff(_b)?|set_weight|[wb]_norm) ": "a difference of whole layers (LyCORIS's full)",
}
"""A piece of a key with the number of its dimensions, in what changes models and is no LoRA → what it is."""
_EMBEDDING_KEYS = r"^(emb_params|string_to_param.*|clip_[lg])$"
_LORA_FAMILIES = {
    r"joint_(transformer_)?blocks|\battn\.add_k_proj": "Stable Diffusion 3",
    r"double_blocks[._]|single_(transformer_)?blocks": "Flux",
    r"motion_modules": "AnimateDiff",
    r"^(lora_)?transformer[._]|^diffusion_model\.(layers|blocks|transformer_blocks)\.|lora_prior_": (
        "a diffusion transformer or another family"
    ),
}
"""A piece of a key in a LoRA → what it was made for, which is none of ours."""
_ONE_WORD = "is a textual inversion: one word for a model. Put it into the folder that EMBEDDINGS names."
_NOT_MODELS = {
    r"lora_(up|down|[AB])\b|_?\blora\.|_lora\.|hada_w|lokr_|\.oft_|dora_scale": (
        "is a LoRA, which changes a model and is none. Put it into the folder that LORAS names."
    ),
    r"^control_model\.|^controlnet_|input_hint_block|^control_(all_|layers)": (
        "is a ControlNet, which steers a model and is none. Name it in CONTROLNETS, and set MODEL to a "
        "checkpoint."
    ),
    r"^(ip_adapter|image_proj)\.": (
        "is an IP-Adapter, which steers a model and is none. Set IP_ADAPTER to it, and MODEL to a checkpoint."
    ),
    r"motion_modules\.": f"is a motion module of AnimateDiff. {_CHOOSE}",
    _EMBEDDING_KEYS: _ONE_WORD,
}
"""A piece of a key in a file → what has such keys; the first that fits."""
_OTHER_FAMILIES = {
    r"joint_blocks\.": "Stable Diffusion 3",
    r"double_stream_blocks\.": "HiDream",
    r"txt_in\.individual_token_refiner": "HunyuanVideo",
    r"double_blocks\.|single_transformer_blocks\.": "Flux",
    r"double_layers\.": "AuraFlow",
    r"cap_embedder\.": "Lumina or Z-Image",
    r"clip_txt_mapper|channelwise": "Stable Cascade",
    r"^((model\.)?diffusion_model\.)?(transformer_blocks|blocks|layers)\.\d+\.": "diffusion transformer",
}
_PARTS = {
    r"^(input_blocks|down_blocks|time_embed)": (
        "is a U-Net alone, without text encoder and VAE. Choose the full checkpoint."
    ),
    r"^(first_stage_model\.)?(decoder|encoder)\.(conv_in|mid|up|down)": (
        "is a VAE, which is a part of a model. Set MODEL to a checkpoint; VAE may name this file."
    ),
    r"text_model\.|token_embedding|^encoder\.block\.": (
        "is a text encoder, which is a part of a model. Set MODEL to a checkpoint."
    ),
}


def read_json(path: Path) -> dict[str, Any]:
    """A file of configuration.

    Raises: ModelNotFound, if it is missing or damaged.
    """
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ModelNotFound(f"{path} is missing: the model is incomplete. Download it again.") from None
    except OSError as error:
        raise ModelNotFound(f"{path} cannot be read ({error.strerror or error}).") from error
    except ValueError as error:
        raise ModelNotFound(f"{path} {what_else(path)}") from error
    if not isinstance(values, dict):
        raise ModelNotFound(f"{path} is not a configuration. Download it again.")
    return values


def component_class(index: Mapping[str, Any], part: str) -> str | None:
    """The class that model_index.json names for a component, None where there is none."""
    match index.get(part):
        case [str(), str(name)]:
            return name
        case _:
            return None


def check_index(name: str, index: Mapping[str, Any], *, has_vae: bool) -> None:
    """Whether Darkroom draws with the components that a model_index.json names.

    `has_vae` says that a VAE is supplied from elsewhere.
    Raises: ModelNotFound, which says what the model is.
    """
    _check_pipeline(name, index)
    _check_vae_class(name, component_class(index, "vae"), has_vae=has_vae)


def check_configuration(name: str, folder: Path, index: Mapping[str, Any], *, has_vae: bool) -> None:
    """Whether Darkroom draws with components of this configuration; weights are not looked at.

    Raises: ModelNotFound, which says what the model is, or which file is missing.
    """
    unet = read_json(folder / "unet" / "config.json")
    texts = [
        read_json(folder / part / "config.json")
        for part in ("text_encoder", "text_encoder_2")
        if component_class(index, part)
    ]
    vae = {} if has_vae else read_json(folder / "vae" / "config.json")
    if vae.get("out_channels", 3) != 3:
        raise ModelNotFound(f"{name} draws more than colours, as LDM3D draws depth. {_CHOOSE}")
    check_unet(name, unet, vae, texts)
    scheduler = read_json(folder / "scheduler" / "scheduler_config.json")
    check_scheduler(name, scheduler | {"_class_name": component_class(index, "scheduler")})


def check_tokenizers(folder: Path, index: Mapping[str, Any]) -> None:
    """Whether the vocabularies are there: without one, transformers reads every text as unknown words.

    Raises: ModelNotFound.
    """
    for part in ("tokenizer", "tokenizer_2"):
        vocabularies = (folder / part / "tokenizer.json", folder / part / "vocab.json")
        if component_class(index, part) is not None and not any(path.is_file() for path in vocabularies):
            raise ModelNotFound(
                f"{folder} has no vocabulary in a folder {part}: the model is incomplete. Download it again."
            )


def _check_pipeline(name: str, index: Mapping[str, Any]) -> None:
    pipeline = str(index.get("_class_name", "")).removesuffix("Pipeline")
    if pipeline in _PIPELINE_CHANNELS:
        raise ModelNotFound(f"{name} {_CHANNELS[_PIPELINE_CHANNELS[pipeline]]}")
    family = next((words for start, words in _FAMILY_NAMES.items() if pipeline.startswith(start)), pipeline)
    unet, text_encoder = component_class(index, "unet"), component_class(index, "text_encoder")
    if unet is None or "transformer" in index or "prior" in index:
        raise ModelNotFound(f"{name} is a model of another family ({family}). {_CHOOSE}")
    if text_encoder is None and component_class(index, "text_encoder_2") is not None:
        raise ModelNotFound(f"{name} {_REFINER}")
    if unet != "UNet2DConditionModel" or text_encoder != "CLIPTextModel":
        parts = f"{unet} with {text_encoder or 'no text encoder'}"
        raise ModelNotFound(f"{name} is a model of another family ({family}: {parts}). {_CHOOSE}")


def _check_vae_class(name: str, vae: str | None, *, has_vae: bool) -> None:
    if has_vae or vae == "AutoencoderKL":
        return
    if vae is None:
        raise ModelNotFound(f"{name} {_NO_VAE}")
    raise ModelNotFound(
        f"{name} has a VAE of another kind ({vae}). Set VAE to a folder or .safetensors file with the full "
        f"VAE "
        "(AutoencoderKL) of its family."
    )


def check_unet(
    name: str, unet: Mapping[str, Any], vae: Mapping[str, Any], texts: list[dict[str, Any]]
) -> None:
    """Whether a U-Net takes what Darkroom gives it: noise, a timestep, text, and for SDXL six numbers.

    All are the configurations of components; `vae` is empty where it is not known yet.
    Raises: ModelNotFound.
    """
    check_channels(name, int(unet.get("in_channels", 4)), int(vae.get("latent_channels", 0)) or None)
    if unet.get("addition_embed_type") not in {None, "text", "text_time"} or unet.get("encoder_hid_dim_type"):
        raise ModelNotFound(f"{name} is steered in a way of its own, as Kandinsky and Kolors are. {_CHOOSE}")
    if unet.get("class_embed_type") or unet.get("num_class_embeds"):
        raise ModelNotFound(f"{name} wants a label beside the text, as upscalers do. {_CHOOSE}")
    if unet.get("addition_embed_type") == "text_time":
        _check_time_ids(name, unet, texts)
    width, widths = unet.get("cross_attention_dim"), [int(text.get("hidden_size", 0)) for text in texts]
    if isinstance(width, int) and all(widths) and width != sum(widths):
        raise ModelNotFound(
            f"The text encoder of {name} belongs to another model: it makes {sum(widths)} numbers per "
            f"token, and the "
            f"U-Net reads {width}. Choose another copy of this model."
        )


def _check_time_ids(name: str, unet: Mapping[str, Any], texts: list[dict[str, Any]]) -> None:
    if len(texts) < 2:
        raise ModelNotFound(f"{name} {_REFINER}")
    pooled = int(texts[-1].get("projection_dim", 0))
    room = int(unet.get("projection_class_embeddings_input_dim") or 0) - pooled
    count = room / int(unet.get("addition_time_embed_dim") or 1)
    if count == 5:
        raise ModelNotFound(
            f"{name} wants an aesthetic score beside the text, as the refiner of SDXL does. Choose the "
            f"base model."
        )
    if count != 6:
        raise ModelNotFound(f"{name} is told other things beside the text than SDXL is. {_CHOOSE}")


def check_channels(name: str, channels: int, latent_channels: int | None) -> None:
    """Whether a U-Net sees the noisy picture alone, or beside it a picture, with or without a mask.

    Raises: ModelNotFound, which says what else it wants to see.
    """
    is_known = latent_channels is not None and channels in {
        latent_channels,
        2 * latent_channels,
        2 * latent_channels + 1,
    }
    if is_known or (latent_channels is None and channels not in _CHANNELS):
        return
    if channels in _CHANNELS:
        raise ModelNotFound(f"{name} {_CHANNELS[channels]}")
    raise ModelNotFound(
        f"The VAE of {name} belongs to another model: it makes {latent_channels} channels, and the U-Net "
        f"reads "
        f"{channels}. Choose another copy of this model, or correct VAE."
    )


_SCHEDULERS = {
    "DDIMScheduler", "DDPMScheduler", "PNDMScheduler", "LMSDiscreteScheduler", "EulerDiscreteScheduler",
    "HeunDiscreteScheduler", "EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler",
    "DPMSolverSinglestepScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler",
    "DEISMultistepScheduler", "UniPCMultistepScheduler", "DPMSolverSDEScheduler", "SASolverScheduler",
    "DDIMParallelScheduler", "DDPMParallelScheduler", "LCMScheduler", "TCDScheduler",
}  # fmt: skip


def check_scheduler(name: str, config: Mapping[str, Any]) -> None:
    """Whether the model was trained with the noise that all samplers here assume.

    Raises: ModelNotFound.
    """
    scheduler = str(config.get("_class_name"))
    prediction = str(config.get("prediction_type", "epsilon"))
    if scheduler.startswith("EDM"):
        raise ModelNotFound(
            f"{name} was trained with EDM's noise ({scheduler}), as Playground v2.5 and CosXL were, which "
            f"Darkroom's "
            "samplers do not know. Choose another model."
        )
    is_flow = prediction == "flow_prediction" or config.get("use_flow_sigmas")
    if "Flow" in scheduler or is_flow:
        raise ModelNotFound(
            f"{name} was trained by flow matching ({scheduler}), which Darkroom's samplers do not know. "
            f"Choose another "
            "model."
        )
    if scheduler not in _SCHEDULERS:
        raise ModelNotFound(
            f"{name} was published with a scheduler that Darkroom does not know ({scheduler}). Choose "
            f"another model."
        )
    if prediction not in {"epsilon", "v_prediction", "sample"}:
        raise ModelNotFound(
            f"{name} predicts something unknown to Darkroom ({prediction}). Choose another model."
        )


def check_single_file(name: str, shapes: Shapes, *, has_vae: bool) -> None:
    """Whether one file holds a whole checkpoint of ours, by its keys.

    Raises: ModelNotFound, which says what it holds.
    """
    first = shapes.get(f"{LDM_UNET}input_blocks.0.0.weight")
    if first is None:
        raise ModelNotFound(f"{name} {what_holds(shapes)}")
    if "edm_mean" in shapes or any(key.startswith("edm_vpred") for key in shapes):
        check_scheduler(name, {"_class_name": "EDM"})
    check_channels(name, first[1], None)
    if not any(key.startswith(("cond_stage_model.", "conditioner.")) for key in shapes):
        raise ModelNotFound(f"{name} comes without its text encoder. Choose the full checkpoint.")
    if is_sdxl(shapes) and not any(key.startswith("conditioner.embedders.1.") for key in shapes):
        raise ModelNotFound(f"{name} {_REFINER}")
    if not has_vae and not holds_vae(shapes):
        raise ModelNotFound(f"{name} {_NO_VAE}")


def unet_channels(shapes: Shapes) -> int:
    """How many channels the U-Net of a single file sees."""
    return shapes[f"{LDM_UNET}input_blocks.0.0.weight"][1]


def vae_channels(name: str, shapes: Shapes) -> int:
    """How many channels the latents of a VAE in a file of its own have, by whoever named its keys.

    Raises: ModelNotFound, if it holds no VAE.
    """
    first = next((shapes[key] for key in shapes if re.search(r"(^|\.)decoder\.conv_in\.weight$", key)), None)
    if first is None or len(first) < 2:
        raise ModelNotFound(f"VAE: {name} holds no VAE: it {what_holds(shapes)}")
    return first[1]


def is_sdxl(shapes: Shapes) -> bool:
    """Whether the keys are those of SDXL and not of SD."""
    return any(key.startswith("conditioner.") for key in shapes)


def holds_vae(shapes: Shapes) -> bool:
    """Whether a VAE is among the weights of a single file."""
    return any(key.startswith(LDM_VAE) for key in shapes)


def what_holds(shapes: Shapes) -> str:
    """What a file is that has no U-Net where a checkpoint has it."""
    for pattern, what in _NOT_MODELS.items():
        if _has(shapes, pattern):
            return what
    for pattern, family in _OTHER_FAMILIES.items():
        if _has(shapes, pattern):
            return f"is a model of another family ({family}). {_CHOOSE}"
    for pattern, what in _PARTS.items():
        if _has(shapes, pattern):
            return what
    if len(shapes) == 1 and all(
        len(shape) <= 2 and not key.endswith(".weight") for key, shape in shapes.items()
    ):
        return _ONE_WORD
    return f"holds no Stable Diffusion model: there is no U-Net among its weights. {_CHOOSE}"


def family_of_width(width: int) -> str:
    """What a model is called whose U-Net reads so many numbers per token of text."""
    return _FAMILIES.get(width, f"a family that reads {width} numbers per token of text")


def other_change(shapes: Shapes) -> str | None:
    """What a file is that changes a model, but not as a LoRA does, and what to do."""
    if _has(shapes, _EMBEDDING_KEYS):
        return "a textual inversion, not a LoRA. Put it into the folder that EMBEDDINGS names."
    keys = [f"{key} {len(shape)}" for key, shape in shapes.items()]
    for pattern, kind in _OTHER_CHANGES.items():
        if any(re.search(pattern, key) for key in keys):
            return f"{kind}, not a LoRA, and cannot be applied here. Choose a LoRA."
    return None


def other_family(shapes: Shapes) -> str | None:
    """What a LoRA was made for, if that is none of the families that Darkroom draws with."""
    return next((family for pattern, family in _LORA_FAMILIES.items() if _has(shapes, pattern)), None)


def _has(shapes: Shapes, pattern: str) -> bool:
    return any(re.search(pattern, key) for key in shapes)
