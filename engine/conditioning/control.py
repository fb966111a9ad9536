"""Control: pictures follow a map. A ControlNet reads it in each step, a T2I-Adapter once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import torch
from diffusers import ControlNetModel, T2IAdapter
from diffusers.image_processor import VaeImageProcessor
from diffusers.loaders.single_file_utils import convert_controlnet_checkpoint
from PIL import Image
from safetensors.torch import load_file

from engine.api import Control
from engine.control_sources import ControlSource
from engine.device import is_device_lost, is_out_of_memory
from engine.errors import EngineError, ModelNotFound
from engine.rows import Rows, Steered

_PROCESSOR = VaeImageProcessor(vae_scale_factor=1, do_normalize=False)
_ADDED = ("text_embeds", "time_ids")
"""What a ControlNet for SDXL is told beside the text."""
_DOWN, _MID, _INSIDE = (
    "down_block_additional_residuals",
    "mid_block_additional_residual",
    "down_intrablock_additional_residuals",
)
"""The U-Net's names for what it is told: of a ControlNet two, of a T2I-Adapter one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What a generation keeps of a map that it follows."""

    control: str
    hint: tuple[torch.Tensor, ...]
    """(1, …) each: the map, or what an adapter saw in it."""
    scale: float
    interval: tuple[float, float]

    def at(self, step: int, num_steps: int, num_rows: int) -> tuple[Steered, ...]:
        """How the map steers so many rows in this of all steps: not at all outside of its interval."""
        begin, end = self.interval
        if self.scale == 0 or step / num_steps < begin or (step + 1) / num_steps > end:
            return ()
        return (Steered(control=self.control, rows=range(num_rows), hint=self.hint, scale=self.scale),)


class Controls:
    """The ControlNets and T2I-Adapters of one checkpoint, each read from disk when it is first asked for."""

    def __init__(self, unet: Any, *, device: torch.device, dtype: torch.dtype) -> None:
        self._unet = unet
        self._device = device
        self._dtype = dtype
        self._loaded: dict[str, Any] = {}
        self._strengths: dict[str, float] = {}
        self.modules = torch.nn.ModuleList()
        """Of all that are loaded."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of those that are loaded."""
        return tuple(self._loaded)

    @property
    def num_bytes(self) -> int:
        """Bytes that their weights take on the device."""
        return sum(one.numel() * one.element_size() for one in self.modules.parameters())

    @torch.inference_mode(mode=False)
    def load(self, source: ControlSource) -> None:
        """Read one from disk, and put it on the device.

        Raises: ModelNotFound, if its files are damaged or do not fit the model.
        """
        try:
            control = _read(source, self._unet, self._dtype)
        except Exception as error:  # diffusers and transformers raise whatever comes
            if isinstance(error, EngineError) or is_out_of_memory(error) or is_device_lost(error):
                raise
            raise ModelNotFound(_unfit(source)) from error
        control.to(self._device).eval()
        self._loaded[source.name], self._strengths[source.name] = control, source.strength
        self.modules.append(control)

    def put_precision_in_force(self, dtype: torch.dtype) -> None:
        """Let them compute as the U-Net does now."""
        self._dtype = dtype
        self.modules.to(dtype)

    def followed(self, controls: Sequence[Control], width: int, height: int) -> tuple[Following, ...]:
        """What is kept of maps that pictures of so many pixels follow; their controls must be loaded."""
        return tuple(
            Following(
                control=control.name,
                hint=self._hint(control, width, height),
                scale=control.scale * self._strengths[control.name],
                interval=control.interval,
            )
            for control in controls
        )

    def told(
        self, rows: Rows, sample: torch.Tensor, prompt_embeds: torch.Tensor, told: Mapping[str, torch.Tensor]
    ) -> dict[str, Any]:
        """What the U-Net is told of the maps that some of the rows follow, by its own names.

        The others are told zero, which changes nothing. Whoever shares a ControlNet shares its pass.
        `sample`, `prompt_embeds` and `told` are the rows' own, in the dtype of the weights.
        """
        named: dict[str, list[Steered]] = {}
        for one in rows.steered:
            named.setdefault(one.control, []).append(one)
        outside: list[torch.Tensor] = []
        inside: list[torch.Tensor] = []
        for name, steered in named.items():
            control = self._loaded[name]
            if isinstance(control, T2IAdapter):
                for one in steered:
                    _add(inside, one.hint, one, sample)
                continue
            residuals = _residuals(control, steered, rows, sample, prompt_embeds, told)
            for one, parts in zip(steered, residuals, strict=True):
                _add(outside, parts, one, sample)
        return _named(outside, inside)

    def _hint(self, control: Control, width: int, height: int) -> tuple[torch.Tensor, ...]:
        module = self._loaded[control.name]
        if isinstance(module, T2IAdapter):
            factor = module.downscale_factor
            width, height = (factor * ceil(side / factor) for side in (width, height))
            pixels = _pixels(control.map, module.config.in_channels, width, height)
            # How they lie in memory decides the last bits; the pipelines have all maps as colours lie.
            laid = pixels.to(self._device, self._dtype, memory_format=torch.channels_last)
            return tuple(module(laid))
        pixels = _pixels(control.map, module.config.conditioning_channels, width, height)
        return (pixels.to(self._device, self._dtype),)


def _pixels(image: Image.Image, channels: int, width: int, height: int) -> torch.Tensor:
    """A map as (1, channels, height, width) in [0, 1]."""
    gray_or_colour = image.convert("L" if channels == 1 else "RGB")
    pixels: torch.Tensor = _PROCESSOR.preprocess(gray_or_colour, height=height, width=width)
    return pixels


def _residuals(
    control: Any,
    steered: Sequence[Steered],
    rows: Rows,
    sample: torch.Tensor,
    prompt_embeds: torch.Tensor,
    told: Mapping[str, torch.Tensor],
) -> list[tuple[torch.Tensor, ...]]:
    """What a ControlNet says of its rows in one pass: for each of those who share it, all tensors of it."""

    def of_steered(tensor: torch.Tensor) -> torch.Tensor:
        return torch.cat([tensor[one.rows.start : one.rows.stop] for one in steered])

    maps = [one.hint[0].expand(len(one.rows), -1, -1, -1) for one in steered]
    added = {name: of_steered(told[name]) for name in _ADDED if name in told}
    down, mid = control(
        of_steered(sample),
        of_steered(rows.timesteps),
        encoder_hidden_states=of_steered(prompt_embeds),
        controlnet_cond=torch.cat(maps).to(sample.dtype),
        added_cond_kwargs=added or None,
        return_dict=False,
    )
    sizes = [len(one.rows) for one in steered]
    return list(zip(*(torch.split(tensor, sizes) for tensor in (*down, mid)), strict=True))


def _add(
    totals: list[torch.Tensor], parts: Sequence[torch.Tensor], steered: Steered, sample: torch.Tensor
) -> None:
    """Add what is said of some rows to what is said of all, (rows, c, h, w) each; zero at first."""
    if not totals:
        totals += [sample.new_zeros(len(sample), *part.shape[1:]) for part in parts]
    for total, part in zip(totals, parts, strict=True):
        total[steered.rows.start : steered.rows.stop] += part * steered.scale


def _named(outside: list[torch.Tensor], inside: list[torch.Tensor]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    if outside:
        named |= {_DOWN: outside[:-1], _MID: outside[-1]}
    if inside:
        named[_INSIDE] = inside
    return named


def _read(source: ControlSource, unet: Any, dtype: torch.dtype) -> Any:
    """One control, with every weight that it wants."""
    if source.path.is_file():
        return _read_file(source, unet, dtype)
    kind = T2IAdapter if source.is_adapter else ControlNetModel
    control, report = kind.from_pretrained(
        source.path,
        dtype=dtype,
        variant=source.variant,
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    if report["missing_keys"]:
        raise ModelNotFound(_unfit(source))
    return control


def _read_file(source: ControlSource, unet: Any, dtype: torch.dtype) -> Any:
    """A ControlNet without configuration: it is built as the U-Net is, whose copy it was."""
    with torch.device("meta"):
        copied = ControlNetModel.from_unet(unet, load_weights_from_unet=False).config
        control = ControlNetModel.from_config({**copied, "in_channels": unet.config.out_channels})
    weights = convert_controlnet_checkpoint(load_file(source.path), control.config)
    control.load_state_dict(weights, assign=True)
    return control.to(dtype)


def _unfit(source: ControlSource) -> str:
    return (
        f"The control {source.name} cannot be used: the weights in {source.path} are incomplete, or made for "
        "another model. Name another copy of it in CONTROLNETS."
    )
