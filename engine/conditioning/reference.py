"""Reference: pictures are looked at beside the text, by an IP-Adapter, each row at its own."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from diffusers.models.attention_processor import AttnProcessor2_0
from diffusers.models.embeddings import ImageProjection
from PIL import Image
from torch.nn import functional

from engine.api import Reference
from engine.rows import Condition

Looks: TypeAlias = tuple[torch.Tensor, torch.Tensor]
"""What rows look at: tokens (rows, pictures, tokens, width), and how much each counts (rows, pictures, 2)
in the blocks of the style, last, and in all others."""

_TOKENS, _SCALES = "reference_tokens", "reference_scales"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A reference as a generation keeps it."""

    tokens: torch.Tensor
    """(1, tokens, width): the picture as the U-Net reads it."""
    nothing: torch.Tensor
    """The same of no picture, for a prediction that is to be moved away from."""
    scales: torch.Tensor
    """(1, 2): how much it counts outside the blocks of the style, and in them."""
    interval: tuple[float, float]

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """What it keeps on the device."""
        return self.tokens, self.nothing, self.scales

    def counts_at(self, progress: float) -> bool:
        """Whether it is looked at when this share of the steps is done."""
        begin, end = self.interval
        return begin <= progress < end


class PictureReader:
    """Reads pictures as tokens, and lets a U-Net look at them: an IP-Adapter with its image encoder.

    It takes over what `load_ip_adapter` (diffusers) left on a pipeline. The pictures are projected once and
    not in every pass; and a U-Net that is shown none computes what it did without the adapter, to the bit.
    """

    def __init__(self, pipeline: Any, device: torch.device) -> None:
        self._encoder = pipeline.image_encoder.to(device).eval()
        self._prepare = pipeline.feature_extractor
        (self._projection,) = pipeline.unet.encoder_hid_proj.image_projection_layers
        self._projection.to(device).eval()
        _let_look(pipeline.unet)

    @property
    def num_bytes(self) -> int:
        """Bytes that the projection takes on the device; the rest is the pipeline's."""
        return sum(one.numel() * one.element_size() for one in self._projection.parameters())

    def seen_bytes(self) -> int:
        """Bytes that a picture takes on the device, as it is kept."""
        (seen,) = self.read((Reference(picture=Image.new("RGB", (8, 8))),))
        return sum(tensor.numel() * tensor.element_size() for tensor in seen.tensors)

    def read(self, references: Sequence[Reference]) -> tuple[Seen, ...]:
        """The pictures as tokens, read together."""
        if not references:
            return ()
        pictures = [reference.picture.convert("RGB") for reference in references]
        pixels = self._prepare(pictures, return_tensors="pt").pixel_values
        shown, blank = self._embedded(pixels.to(self._encoder.device, self._encoder.dtype))
        projected = self._projection(torch.cat([blank, shown]).to(next(self._projection.parameters()).dtype))
        nothing, tokens = projected.chunk(2)
        return tuple(
            Seen(
                tokens=tokens[number : number + 1].clone(),
                nothing=nothing[number : number + 1].clone(),
                scales=_scales(reference).to(tokens.device),
                interval=reference.interval,
            )
            for number, reference in enumerate(references)
        )

    def _embedded(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the projection is given of pictures (n, 3, h, w), and of none, as the pipelines do it."""
        if isinstance(self._projection, ImageProjection):
            embeds = self._encoder(pixels).image_embeds
            return embeds, torch.zeros_like(embeds)
        shown, blank = (
            self._encoder(one, output_hidden_states=True).hidden_states[-2]
            for one in (pixels, torch.zeros_like(pixels))
        )
        return shown, blank


def _scales(reference: Reference) -> torch.Tensor:
    elsewhere = 0.0 if reference.style_only else reference.weight
    return torch.tensor([[elsewhere, reference.weight]])


def told_of(seen: Sequence[Seen], progress: float, *, leads_away: bool) -> dict[str, Condition]:
    """What a row is told of the pictures when this share of the steps is done; one row each, by name.

    `leads_away` is for the prediction that is moved away from. Who is told of fewer pictures than others
    looks at nothing in their place, and it does not count.
    """
    told = {}
    for number, one in enumerate(one for one in seen if one.counts_at(progress)):
        tokens = one.nothing if leads_away else one.tokens
        told[f"{_TOKENS}_{number}"] = Condition(values=tokens, neutral=torch.zeros_like(tokens))
        told[f"{_SCALES}_{number}"] = Condition(values=one.scales, neutral=torch.zeros_like(one.scales))
    return told


def taken_from(told: MutableMapping[str, torch.Tensor]) -> Mapping[str, Looks] | None:
    """Out of all that rows are told, what they look at, as the attention of the U-Net is given it."""
    count = sum(name.startswith(_TOKENS) for name in told)
    if count == 0:
        return None
    tokens, scales = (
        torch.stack([told.pop(f"{name}_{number}") for number in range(count)], dim=1)
        for name in (_TOKENS, _SCALES)
    )
    return {"ip_hidden_states": (tokens, scales)}


class LookingAttention(torch.nn.Module):
    """Attention to the text that also looks at pictures, each row at its own, each as much as it counts.

    The order of operations is that of `IPAdapterAttnProcessor2_0` (diffusers), whose one scale for all rows
    is the whole difference. It knows no more than a transformer block of a Stable Diffusion U-Net asks for.
    """

    def __init__(self, to_k: torch.nn.Module, to_v: torch.nn.Module, *, is_of_style: bool) -> None:
        super().__init__()
        self.to_k_ip, self.to_v_ip = to_k, to_v
        self._kind = int(is_of_style)
        self._text_alone = AttnProcessor2_0()

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        ip_hidden_states: Looks | None = None,
    ) -> torch.Tensor:
        """(rows, places, width) → the same. `ip_hidden_states` is diffusers' word for what is looked at."""
        if ip_hidden_states is None:
            alone: torch.Tensor = self._text_alone(
                attn, hidden_states, encoder_hidden_states, attention_mask=attention_mask
            )
            return alone
        query = attn.to_q(hidden_states)
        key, value = attn.to_k(encoder_hidden_states), attn.to_v(encoder_hidden_states)
        read = _attended(query, key, value, attn.heads) + self._looked(query, *ip_hidden_states, attn.heads)
        written: torch.Tensor = attn.to_out[1](attn.to_out[0](read))
        return written

    def _looked(
        self, query: torch.Tensor, tokens: torch.Tensor, scales: torch.Tensor, heads: int
    ) -> torch.Tensor:
        """The sum over the pictures. They lie side by side as further rows, so that their number may vary."""
        rows, pictures = tokens.shape[:2]
        flat = tokens.flatten(0, 1)
        queries = query.repeat_interleave(pictures, dim=0)
        seen = _attended(queries, self.to_k_ip(flat), self.to_v_ip(flat), heads)
        counted = scales[..., self._kind].reshape(rows * pictures, 1, 1) * seen
        return counted.view(rows, pictures, *counted.shape[1:]).sum(dim=1)


def _attended(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, heads: int) -> torch.Tensor:
    """Attention of (rows, places, width) to (rows, tokens, width), by so many heads: as the query."""
    queries, keys, values = (
        one.view(len(one), one.shape[1], heads, -1).transpose(1, 2) for one in (query, key, value)
    )
    attended = functional.scaled_dot_product_attention(queries, keys, values)
    return attended.transpose(1, 2).flatten(2).to(query.dtype)


def _let_look(unet: Any) -> None:
    """Put our attention in the place of diffusers', with its weights, and take the projection out."""
    style = _style_blocks(unet)
    processors = dict(unet.attn_processors)
    for name, processor in processors.items():
        if hasattr(processor, "to_k_ip"):
            to_k, to_v = processor.to_k_ip[0], processor.to_v_ip[0]
            processors[name] = LookingAttention(to_k, to_v, is_of_style=name.startswith(style))
    unet.set_attn_processor(processors)
    unet.encoder_hid_proj = None
    unet.config.encoder_hid_dim_type = None


def _style_blocks(unet: Any) -> str:
    """How the names of the layers begin that decide the style, after InstantStyle.

    Of SDXL it is the second of the deepest on the way up, of Stable Diffusion all of the deepest.
    """
    deepest = next(
        number for number, block in enumerate(unet.up_blocks) if getattr(block, "has_cross_attention", False)
    )
    second = ".attentions.1." if unet.config.addition_embed_type == "text_time" else "."
    return f"up_blocks.{deepest}{second}"
