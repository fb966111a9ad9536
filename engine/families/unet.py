"""A diffusers checkpoint on a device: encode text and pictures, predict noise, decode, preview."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import torch
from diffusers.image_processor import VaeImageProcessor
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors

from engine.api import Lora, Reference
from engine.compiled import CompiledUNet
from engine.conditioning.control import Controls
from engine.conditioning.embeddings import Read, learn
from engine.conditioning.lora import LoraSwitch
from engine.conditioning.reference import PictureReader, taken_from, told_of
from engine.conditioning.tiling import TilingSwitch
from engine.errors import GenerationFailed, InvalidRequest
from engine.families.attention import AttentionMaps
from engine.graphs import GraphRecorder, Recorder, ReplayedUNet
from engine.preview import PreviewMap, as_pictures, fit_preview_map
from engine.rows import Condition, Rows, pack
from engine.sketch import has_tower
from engine.sketch.grammar import ARTICLES
from engine.sketch.reading import Reading
from engine.sources import Source
from engine.text import TextEncoder, TextEncoding, ids_of

log = logging.getLogger(__name__)

_UNSAID_CELLS = {False: 64, True: 128}
"""Side in latent cells where a configuration does not say it, as in diffusers: of SD, and of SDXL."""
_TEXTS_AT_HAND = 64
"""How they are read is remembered of so many."""
SHOWN = "shown"
"""The condition that is shown to the U-Net beside the noisy latents, in channels of its own."""
_OWN_ARGUMENTS = frozenset({"timestep_cond"})
"""Of the conditions, those that are arguments of the U-Net; the others go into its `added_cond_kwargs`."""


class Checkpoint:
    """One loaded model. Sizes, channels, scale and token limits come from its components, never from habit.

    All methods belong to the engine's thread and expect `torch.inference_mode`.
    """

    def __init__(
        self,
        source: Source,
        pipeline: Any,
        *,
        device: torch.device,
        dtype: torch.dtype,
        loras: Mapping[str, Path],
        embeddings: Mapping[str, Path],
    ) -> None:
        self.name = source.name
        self.hash = source.hash()
        self.device = device
        self.pipeline = pipeline
        self.unet = pipeline.unet.to(device).eval()
        self.vae = pipeline.vae.to(device).eval()
        self._dtype = self._unet_dtype = self._vae_dtype = (
            dtype  # asking the modules costs milliseconds each time
        )
        if dtype == torch.float16 and self.vae.config.force_upcast:
            self._vae_dtype = torch.float32  # the decoders of SDXL overflow in float16
            self.vae.to(torch.float32)
        self.text, self.refused_embeddings = _text_encoder(source, pipeline, device, embeddings)
        self.pictures = PictureReader(pipeline, device) if pipeline.unet.encoder_hid_proj else None
        """Reads pictures that are looked at beside the text, where there is an IP-Adapter."""
        self.loras = LoraSwitch(self.name, pipeline, loras)
        self.controls = Controls(self.unet, device=device, dtype=dtype)
        self._tiling = TilingSwitch(self.unet, self.vae, self.controls.modules)
        self.scheduler_config: Mapping[str, Any] = pipeline.scheduler.config
        self.scale_factor: int = 2 ** (len(self.vae.config.block_out_channels) - 1)
        self._forward: Callable[..., Any]
        """Makes a pass of the U-Net: as it is, compiled, or recorded."""
        self._pass_by(self.unet)
        self._processor = VaeImageProcessor(vae_scale_factor=self.scale_factor)
        self._preview_map: PreviewMap = fit_preview_map(self.encode_mean, self.scale_factor)

    @property
    def native_size(self) -> int:
        """Side in pixels of the square that the model was trained on."""
        cells = self.unet.config.sample_size or _UNSAID_CELLS[self.is_sdxl]
        side: int = cells if isinstance(cells, int) else cells[0]
        return side * self.scale_factor

    @property
    def is_sdxl(self) -> bool:
        """Whether the U-Net is told the size of the picture and the pooled text, as SDXL's is."""
        return bool(self.unet.config.addition_embed_type == "text_time")

    @property
    def takes_guidance_embedding(self) -> bool:
        """Whether guidance is distilled into the U-Net, which is told the scale."""
        return self.unet.config.time_cond_proj_dim is not None

    @property
    def shown_channels(self) -> int:
        """Channels that the U-Net sees beside the noisy latents."""
        return int(self.unet.config.in_channels) - int(self.vae.config.latent_channels)

    @property
    def sees_mask(self) -> bool:
        """Whether the U-Net is made for inpainting: shown the mask and the latents of the picture around."""
        return self.shown_channels == 1 + int(self.vae.config.latent_channels)

    @property
    def sees_start(self) -> bool:
        """Whether the U-Net is made for instructions: shown the picture that they are to change."""
        return self.shown_channels == int(self.vae.config.latent_channels)

    @property
    def num_bytes(self) -> int:
        """Bytes that the weights take on the device."""
        modules = [part for part in self.pipeline.components.values() if isinstance(part, torch.nn.Module)]
        own = sum(tensor.numel() * tensor.element_size() for part in modules for tensor in part.parameters())
        pictures = 0 if self.pictures is None else self.pictures.num_bytes
        return own + self.controls.num_bytes + pictures

    @property
    def text_bytes(self) -> int:
        """Bytes on the device of a text that fills every window."""
        return self.text.max_windows * self.encode_texts([""], "")[0].num_bytes

    @property
    def reference_bytes(self) -> int:
        """Bytes on the device of a picture that is looked at."""
        return 0 if self.pictures is None else self.pictures.seen_bytes()

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        """Channels, height and width of the latents of a picture of that many pixels."""
        channels = int(self.vae.config.latent_channels)
        return channels, height // self.scale_factor, width // self.scale_factor

    def has_guidance(self, guidance_scale: float) -> bool:
        """Whether this scale means a second prediction: not at 1, nor where the scale is distilled in."""
        return guidance_scale > 1 and not self.takes_guidance_embedding

    def encode_texts(self, texts: Sequence[str], negative: str) -> list[TextEncoding]:
        """The encodings of some texts and, last, of the negative one; all of the same length."""
        encodings = [self.text.encode(*text, self.loras.in_force) for text in self._read_as(texts, negative)]
        if self._is_zeroed(negative):
            encodings.append(encodings[0].zeros())
        return encodings

    def encode_together(self, requests: Iterable[tuple[Sequence[str], str]]) -> None:
        """Encode in one pass what several calls of `encode_texts` are about to ask for; see `TextEncoder`."""
        wanted = [text for texts, negative in requests for text in self._read_as(texts, negative)]
        self.text.encode_together(wanted, self.loras.in_force)

    def _read_as(self, texts: Sequence[str], negative: str) -> list[tuple[str, int]]:
        """Which texts are really encoded, each with the number of windows that the longest needs."""
        windows = max(self.text.num_windows(text) for text in [*texts, negative])
        read = texts if self._is_zeroed(negative) else [*texts, negative]
        return [(text, windows) for text in read]

    def _is_zeroed(self, negative: str) -> bool:
        """Whether this negative text is not encoded, but zero: so SDXL was trained."""
        return not negative and bool(self.pipeline.config.get("force_zeros_for_empty_prompt", False))

    def conditions(self, width: int, height: int, guidance_scale: float) -> dict[str, Condition]:
        """What this family is told beside the text, one row (1, …) each.

        SDXL's micro-conditioning says: an uncropped picture of exactly this size. Models distilled for it
        take the guidance scale as an embedding.
        """
        conditions = {}
        if self.is_sdxl:
            sizes = [[height, width, 0, 0, height, width]]
            time_ids = torch.tensor(sizes, dtype=self._dtype, device=self.device)
            conditions["time_ids"] = Condition(values=time_ids)
        if self.takes_guidance_embedding:
            embedding = self.pipeline.get_guidance_scale_embedding(
                torch.tensor([guidance_scale - 1]), embedding_dim=self.unet.config.time_cond_proj_dim
            )
            conditions["timestep_cond"] = Condition(values=embedding.to(self.device, self._dtype))
        return conditions

    def predict_noise(self, rows: Rows) -> torch.Tensor:
        """One U-Net pass; the prediction (rows, c, h, w) in float32."""
        dtype = self._unet_dtype
        told = {name: condition.values.to(dtype) for name, condition in rows.conditions.items()}
        own: dict[str, Any] = {name: told.pop(name) for name in _OWN_ARGUMENTS & told.keys()}
        looks = taken_from(told)
        sample = shown = rows.sample.to(dtype)
        prompt_embeds = rows.prompt_embeds.to(dtype)
        if rows.steered:
            own |= self.controls.told(rows, sample, prompt_embeds, told)
        if SHOWN in told:
            shown = torch.cat([sample, told.pop(SHOWN)], dim=1)
        prediction: torch.Tensor = self._forward(
            shown,
            rows.timesteps,
            encoder_hidden_states=prompt_embeds,
            added_cond_kwargs=told or None,
            cross_attention_kwargs=looks,
            return_dict=False,
            **own,
        )[0]
        return prediction.float()

    @contextmanager
    def watched(self, maps: AttentionMaps) -> Iterator[None]:
        """Let maps be made of what the U-Net looks at meanwhile; eagerly, as compiled code would not tell."""
        usual, self._forward = self._forward, self.unet
        try:
            with maps.watching(self.unet):
                yield
        finally:
            self._forward = usual

    def put_in_force(self, *, loras: tuple[Lora, ...], tiles: bool, in_float32: bool) -> None:
        """Be changed by these LoRAs and no others, with such borders, in such precision."""
        self.loras.put_in_force(loras)
        self.put_tiling_in_force(tiles=tiles)
        self.put_precision_in_force(in_float32=in_float32)

    def put_tiling_in_force(self, *, tiles: bool) -> None:
        """Let pictures join themselves without a seam, here and in the VAE, or not."""
        self._tiling.put_in_force(tiles=tiles, brought=(self.loras.in_force, self.controls.names))

    @property
    def has_sixteen_bits(self) -> bool:
        """Whether float32 would be more than what the model usually computes in."""
        return self._dtype != torch.float32

    @torch.inference_mode(mode=False)  # weights that were made in it cannot be changed by LoRAs outside it
    def put_precision_in_force(self, *, in_float32: bool) -> None:
        """Let the U-Net compute in float32, or in the model's own dtype again, which changes no bit of it."""
        dtype = torch.float32 if in_float32 else self._dtype
        if dtype == self._unet_dtype:
            return
        try:
            self.unet.to(dtype)
            self.controls.put_precision_in_force(dtype)
        except Exception:
            self.unet.to(self._dtype)  # memory may end halfway through
            self.controls.put_precision_in_force(self._dtype)
            self._unet_dtype = self._dtype
            raise
        self._unet_dtype = dtype

    def pixels(self, image: Image.Image, width: int, height: int) -> torch.Tensor:
        """A picture, resized, as (1, 3, height, width) in [-1, 1] on the CPU."""
        pixels: torch.Tensor = self._processor.preprocess(image.convert("RGB"), height=height, width=width)
        return pixels

    def encode(self, pixels: torch.Tensor, generators: Sequence[torch.Generator]) -> torch.Tensor:
        """A picture (1, 3, h, w) in [-1, 1] as latents (n, c, h, w), one sample of it per generator."""
        return self.sampled(self.moments(pixels), generators)

    def moments(self, pixels: torch.Tensor) -> torch.Tensor:
        """What a picture (1, 3, h, w) in [-1, 1] is encoded to, before anything is drawn: (1, 2c, h, w)."""
        posterior = self.vae.encode(pixels.to(self.device, self._vae_dtype)).latent_dist
        moments: torch.Tensor = posterior.parameters
        return moments

    def sampled(self, moments: torch.Tensor, generators: Sequence[torch.Generator]) -> torch.Tensor:
        """Latents (n, c, h, w) of an encoded picture, one sample of it per generator."""
        posterior = DiagonalGaussianDistribution(moments.to(self.device))
        samples = torch.cat([posterior.sample(generator=generator) for generator in generators])
        return self._normalise(samples.float())

    def encode_mean(self, pixels: torch.Tensor) -> torch.Tensor:
        """Pictures (n, 3, h, w) in [-1, 1] as latents (n, c, h, w), without drawing noise."""
        posterior = self.vae.encode(pixels.to(self.device, self._vae_dtype)).latent_dist
        return self._normalise(posterior.mean.float())

    def shown(self, source: Image.Image | bytes, width: int, height: int) -> torch.Tensor:
        """What a U-Net that follows instructions is shown of a picture: (1, c, h, w), in the VAE's own scale.

        Raises: InvalidRequest, where kept latents do not fit.
        """
        if isinstance(source, bytes):
            return self._denormalise(self.unpack_latents(source, width, height))
        pixels = self.pixels(source, width, height).to(self.device, self._vae_dtype)
        mode: torch.Tensor = self.vae.encode(pixels).latent_dist.mode()
        return mode.float()

    def decode(self, latents: torch.Tensor) -> tuple[Image.Image, ...]:
        """Latents (n, c, h, w) → n RGB pictures.

        Raises: GenerationFailed, as `decode_pixels`.
        """
        return as_images(self.decode_pixels(latents))

    def decode_pixels(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents (n, c, h, w) → pixels (n, 3, h, w) in about [-1, 1], float32.

        What overflows in 16 bits is decoded once more in float32.
        Raises: GenerationFailed, where it gives no numbers all the same: never a black picture.
        """
        decoded = self._decoded(latents)
        if not torch.isfinite(decoded).all() and self._vae_dtype != torch.float32:
            log.warning("%s: the decoder overflowed in %s; now in float32.", self.name, self._vae_dtype)
            decoded = self._decoded_in_float32(latents)
        if not torch.isfinite(decoded).all():
            raise GenerationFailed("The model's decoder gave no numbers (NaN), so there is no picture.")
        return decoded

    def decode_bytes(self, area: int) -> int:
        """About how much memory it takes at most to decode one picture of so many pixels.

        It is most where the last level begins, with the channels still of the one before. Measured, it is 1.3
        to 2 times what its first convolutions read and write.
        """
        last, before = self.vae.config.block_out_channels[0], self.vae.config.block_out_channels[:2][-1]
        return 2 * (2 * int(before) + int(last)) * area * self._vae_dtype.itemsize

    def _decoded(self, latents: torch.Tensor) -> torch.Tensor:
        """(n, 3, h, w) in about [-1, 1], float32."""
        sample: torch.Tensor = self.vae.decode(
            self._denormalise(latents).to(self._vae_dtype), return_dict=False
        )[0]
        return sample.float()

    def _decoded_in_float32(self, latents: torch.Tensor) -> torch.Tensor:
        """As `_decoded`; afterwards the VAE is as it was, so that other pictures stay reproducible."""
        usual = self._vae_dtype
        try:
            self._vae_dtype = torch.float32
            self.vae.to(torch.float32)
            return self._decoded(latents)
        finally:
            self._vae_dtype = usual
            self.vae.to(usual)

    def preview(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents (n, c, h, w) → the levels of n small RGB pictures (n, h', w', 3) on the device, cheaply."""
        return self._preview_map.render(latents)

    def pack_latents(self, latents: torch.Tensor) -> tuple[bytes, ...]:
        """Latents (n, c, h, w) as bytes to keep, one piece per image, in float16."""
        halves = latents.half().cpu()
        return tuple(save_safetensors({"latents": half.contiguous()}) for half in halves.unsqueeze(1))

    def unpack_latents(self, kept: bytes, width: int, height: int) -> torch.Tensor:
        """What `pack_latents` gave, (1, c, h, w) float32 on the device.

        Raises: InvalidRequest, if it is damaged or of another size.
        """
        try:
            latents = load_safetensors(kept)["latents"].float().to(self.device)
        except (SafetensorError, KeyError) as error:
            raise InvalidRequest("The latents to start from are damaged.") from error
        if latents.shape[1:] != self.latent_shape(width, height):
            raise InvalidRequest("The picture to start from has another size than the one to be drawn.")
        return latents

    def compile(self) -> None:
        """Compile the U-Net for squares and for other shapes, now and not while somebody waits."""
        if self.device.type == "cuda":
            self.unet.to(memory_format=torch.channels_last)
        self._pass_by(CompiledUNet(self.unet, name=self.name))
        for width in (self.native_size, 2 * self.native_size):
            self.predict_noise(self.blank_rows(2, width=width))
        # Sizes that are equal here are taken to be so always: so there are three rows, and five for several.
        for num_references in (1, 5) if self.pictures is not None else ():
            self.predict_noise(self.blank_rows(3, num_references=num_references))

    def _pass_by(self, forward: Callable[..., Any]) -> None:
        """Make passes by this from now on; on CUDA those are recorded that are made again and again."""
        self._forward = forward
        if self.device.type == "cuda":
            self.replay_passes(GraphRecorder(self.device))

    def replay_passes(self, record: Recorder) -> None:
        """From now on record passes of the U-Net that are made again and again, and replay them."""
        loras, tiling = self.loras, self._tiling  # not this object, which would keep itself alive
        self._forward = ReplayedUNet(
            self._forward, self.unet, state=lambda: (loras.in_force, tiling.tiles), record=record
        )

    def forget_recordings(self) -> bool:
        """Give up the memory of all recorded passes; whether there were any."""
        return isinstance(self._forward, ReplayedUNet) and self._forward.forget()

    def blank_rows(self, count: int, *, width: int | None = None, num_references: int = 0) -> Rows:
        """That many rows of an empty picture of the native height, to warm up and to measure."""
        width = width or self.native_size
        encoding = self.encode_texts([""], "")[0]
        conditions = self.conditions(width, self.native_size, 1.0)
        if encoding.pooled_prompt_embeds is not None:
            conditions["text_embeds"] = Condition(values=encoding.pooled_prompt_embeds)
        if self.pictures is not None:
            blank_pictures = (Reference(picture=Image.new("RGB", (8, 8))),) * num_references
            conditions |= told_of(self.pictures.read(blank_pictures), 0.0, leads_away=False)
        if self.shown_channels:
            cells = self.latent_shape(width, self.native_size)[1:]
            blank = torch.zeros(1, self.shown_channels, *cells, device=self.device)
            conditions[SHOWN] = Condition(values=blank)
        row = Rows(
            sample=torch.zeros(1, *self.latent_shape(width, self.native_size), device=self.device),
            timesteps=torch.full((1,), 500.0, device=self.device),
            prompt_embeds=encoding.prompt_embeds,
            conditions=conditions,
        )
        return pack([row] * count)

    def blank_latents(self) -> torch.Tensor:
        """The latents of one grey picture of the native size, (1, c, h, w)."""
        return torch.zeros(1, *self.latent_shape(self.native_size, self.native_size), device=self.device)

    def _normalise(self, latents: torch.Tensor) -> torch.Tensor:
        """From the VAE's scale to the U-Net's."""
        config = self.vae.config
        factor: float = config.scaling_factor
        if config.latents_mean is None or config.latents_std is None:
            return latents * factor
        mean, std = self._statistics()
        return (latents - mean) * factor / std

    def _denormalise(self, latents: torch.Tensor) -> torch.Tensor:
        """From the U-Net's scale to the VAE's."""
        config = self.vae.config
        factor: float = config.scaling_factor
        if config.latents_mean is None or config.latents_std is None:
            return latents / factor
        mean, std = self._statistics()
        return latents * std / factor + mean

    def _statistics(self) -> tuple[torch.Tensor, torch.Tensor]:
        mean, std = (
            torch.tensor(values, device=self.device).view(1, -1, 1, 1)
            for values in (self.vae.config.latents_mean, self.vae.config.latents_std)
        )
        return mean, std


def as_images(pixels: torch.Tensor) -> tuple[Image.Image, ...]:
    """Pixels (n, 3, h, w) in about [-1, 1] → n RGB pictures."""
    levels = (pixels * 0.5 + 0.5).clamp(0, 1).mul(255).round().to(torch.uint8)
    return as_pictures(levels.permute(0, 2, 3, 1).cpu())


def _text_encoder(
    source: Source, pipeline: Any, device: torch.device, embeddings: Mapping[str, Path]
) -> tuple[TextEncoder, Mapping[str, str]]:
    """What reads the texts, with the learnt words that fit it, and why the others do not, by name."""
    pairs = [(pipeline.tokenizer, pipeline.text_encoder)]
    if getattr(pipeline, "text_encoder_2", None) is not None:
        pairs.append((pipeline.tokenizer_2, pipeline.text_encoder_2))
    # A U-Net that pools the text itself was trained on one window and would weigh more of them otherwise.
    pools = pipeline.unet.config.addition_embed_type == "text"
    tokenizers = [tokenizer for tokenizer, _ in pairs]
    encoders = [encoder.to(device).eval() for _, encoder in pairs]
    words, refused = learn(source.name, embeddings, tokenizers=tokenizers, encoders=encoders)
    if has_tower(source.path):
        words = replace(words, reading=_by_other_names(Reading(), tokenizers))
    only = {"max_windows": 1} if pools else {}
    return TextEncoder(tokenizers, encoders, words=words, **only), refused


def _by_other_names(reading: Reading, tokenizers: Sequence[Any]) -> Callable[[str], Sequence[Read]]:
    """What a model like the embedded one reads otherwise, as the tokens that it reads. A text is asked for
    several times in a row."""

    @cache
    def tokens(meant: str) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(ids_of(meant, one)) for one in tokenizers)

    @lru_cache(maxsize=_TEXTS_AT_HAND)
    def read(text: str) -> Sequence[Read]:
        found = reading.found(text)
        return tuple(Read(span, tokens(meant), None if meant in ARTICLES else meant) for span, meant in found)

    return read
