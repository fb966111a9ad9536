"""The models by name: loaded when asked for, the least recently used dropped when memory is short."""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter

import torch

from engine import sketch
from engine.api import Capability, Family, Generate, ModelInfo, Refusal
from engine.capacity import Capacity, measure_curve
from engine.config import EngineConfig
from engine.control_sources import ControlSource, own_controls, resolve_controls
from engine.device import (
    as_engine_error,
    begun_budget,
    candidate_threads,
    choose_device,
    choose_dtype,
    decode_budget,
    describe,
    device_name,
    free_cached_memory,
    is_out_of_memory,
    library_versions,
    memory_budget,
    quickest,
    use_device,
)
from engine.errors import EngineError, InvalidRequest, ModelNotFound
from engine.families.unet import Checkpoint
from engine.graphs import OFTEN
from engine.loading import load_checkpoint
from engine.looking.checker import has_checker
from engine.looking.eyes import Eyes
from engine.looking.sources import Looker, Tower, resolve_captioner
from engine.remembered import Measures, Remembered
from engine.samplers import Defaults, defaults_for, samplers_for
from engine.sketch import has_tower
from engine.sketch.eye import SketchTowers
from engine.sources import Source, identity_of, resolve
from engine.upscaler import load_upscaler
from engine.work.enlarging import Enlarger, Sharpening, measured

log = logging.getLogger(__name__)

_GRID_ROWS = 8  # four images with guidance
_WORTH_A_THREAD = 1.3
_STAY = 4  # times the loading
_MOST_NAMED = 32
_NEVER_FREE = 1e-3  # seconds: a tie goes to the model that is here


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stays known of a model when its weights are dropped."""

    source: Source
    info: ModelInfo
    capacity: Capacity
    load_seconds: float
    num_bytes: int
    num_channels: int
    """Of the latents."""
    shown_channels: int
    """Of what the U-Net sees beside them."""
    reference_bytes: int
    """Of a picture that is looked at, on the device."""
    text_bytes: int
    """Of a text that fills every window, on the device."""
    controls: Mapping[str, ControlSource]
    """By name, those that were made for models like it."""


class Library:
    """Owns the weights. Lives on the engine's thread.

    At start every model is loaded once, so that a broken one is found now and its speed is known; the default
    comes last and stays.
    """

    @torch.inference_mode()
    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self.device = choose_device(config.device)
        use_device(self.device)
        self.dtype = choose_dtype(config.dtype, self.device)
        self.enlarger: Enlarger = self._find_enlarger()
        """What makes pictures larger."""
        self._budget = memory_budget(self.device, config.memory_gib)
        self.begun_budget = begun_budget(self.device, config.begun_mib)
        """Bytes that the pictures that have begun may take."""
        self.decode_budget = decode_budget(self.device, config.decode_mib)
        """Bytes that decoding a picture may take, before it is decoded in tiles."""
        self._resident: OrderedDict[str, Checkpoint] = OrderedDict()
        self.eyes = Eyes(self.device, self.dtype)
        """What looks at pictures beside the models."""
        self._captioner = self._find_captioner(config.captioner)
        self._entries: dict[str, Entry] = {}
        self._loaded_at = float("-inf")
        self._remembered = Remembered(config.cache_dir)
        self._controls = resolve_controls(config.controlnets)
        sources = [self._find(model) for model in (*config.more_models, config.model)]
        for model, source in zip((*config.more_models, config.model), sources, strict=True):
            with _about(model):
                self._entries[source.name] = self._acquaint(source)
        self._check_controls()
        log.info("Drawing with %s.", self.version)

    def models(self) -> tuple[ModelInfo, ...]:
        """All models, the default first, and which of them are on the device."""
        return tuple(
            replace(entry.info, is_resident=self.is_resident(entry.info.name))
            for entry in reversed(self._entries.values())
        )

    @cached_property
    def version(self) -> str:
        """What drew a picture, to the letter that may matter to its bits."""
        described, upscaler = describe(self.device, self.dtype), self._config.upscaler
        return described if upscaler is None else f"{described}, {upscaler.stem[:_MOST_NAMED]}"

    def seconds_per_grid(self) -> float:
        """Device seconds of a typical request of the default model: four pictures of the native size."""
        info = self.models()[0]
        size = info.native_size
        return info.estimate_seconds(width=size, height=size, steps=info.default_steps, num_images=4)

    def entry(self, name: str) -> Entry:
        """What is known of a model.

        Raises: ModelNotFound.
        """
        if name not in self._entries:
            known = ", ".join(self._entries)
            raise ModelNotFound(f"There is no model named {name} here. There is: {known}.")
        return self._entries[name]

    def checkpoint(self, name: str) -> Checkpoint:
        """The model, on the device. Loads it, and drops others for it, where needed.

        Raises: ModelNotFound.
        """
        if name not in self._resident:
            entry = self.entry(name)
            self._make_room(entry.num_bytes)
            self._resident[name] = self._load_within_memory(entry.source)
            self._share_out()
            self._loaded_at = perf_counter()
        self._resident.move_to_end(name)
        return self._resident[name]

    def load_controls(self, name: str, controls: Iterable[str]) -> None:
        """Put what reads maps for a model on the device, beside it. Drops other models for it, where needed.

        Raises: ModelNotFound.
        """
        checkpoint = self.checkpoint(name)
        for control in controls:
            if control not in checkpoint.controls.names:
                source = self.entry(name).controls[control]
                self._make_room(source.num_bytes(), least=1)
                checkpoint.controls.load(source)

    def looker(self, name: str) -> Looker:
        """What describes pictures of a model: the configured captioner, or an image tower of its own.

        Raises: ModelNotFound; InvalidRequest, where there is neither.
        """
        looker = self._captioner or self.tower(name)
        if looker is None:
            raise InvalidRequest(f"{name} has nothing to look at pictures with.")
        return looker

    def tower(self, name: str) -> Tower | None:
        """A model's own image tower, if it has one.

        Raises: ModelNotFound.
        """
        source = self.entry(name).source
        return (SketchTowers, source.path) if has_tower(source.path) else None

    def latent_shape(self, request: Generate) -> tuple[int, int, int]:
        """Channels, height and width of a request's latents, whether its model is on the device or not."""
        entry = self.entry(request.model)
        scale = entry.info.size_multiple
        return entry.num_channels, request.height // scale, request.width // scale

    @property
    def resident(self) -> frozenset[str]:
        """The names of the models that are on the device."""
        return frozenset(self._resident)

    def is_resident(self, name: str) -> bool:
        """Whether the model is on the device."""
        return name in self._resident

    def switch_seconds(self, name: str) -> float:
        """By how much requests for the model must be more urgent than others: nothing if it is resident.

        What was loaded last is to stay for a multiple of what loading the other one takes, while anybody
        wants it. So no more than a fifth of the time goes into loading, and yet everybody's turn comes.
        """
        if self.is_resident(name):
            return 0.0
        stay_seconds = _STAY * self._entries[name].load_seconds
        return max(_NEVER_FREE, stay_seconds - (perf_counter() - self._loaded_at))

    def forget_recordings(self) -> bool:
        """Give up the memory of the recorded passes of every model; whether there were any."""
        had_any = [checkpoint.forget_recordings() for checkpoint in self._resident.values()]
        return any(had_any)

    def drop_all_but(self, name: str) -> bool:
        """Give back the memory of every other model; whether there was any."""
        others = [other for other in self._resident if other != name]
        for other in others:
            self._drop(other)
        had_eyes = self.eyes.close()
        if had_eyes:
            free_cached_memory(self.device)
        return had_eyes or bool(others)

    def _find_captioner(self, setting: str | None) -> Looker | None:
        """The configured captioner, read once, so that a broken one is found now.

        Raises: ModelNotFound.
        """
        if not setting:
            return None
        self._config.tell(f"loading {setting}")
        looker = resolve_captioner(setting)
        try:
            self.eyes.get(*looker)
        except EngineError:
            raise
        except Exception as error:  # transformers raises whatever comes
            raise ModelNotFound(
                f"CAPTIONER={setting} cannot be loaded ({error}): choose another copy of it."
            ) from error
        return looker

    def _find(self, model: str) -> Source:
        """The files of a configured model, found before any is loaded."""
        with _about(model):
            self._config.tell(f"looking for {model}")
            is_default = model == self._config.model
            return resolve(
                model, vae=self._config.vae, ip_adapter=self._config.ip_adapter, must_fit=is_default
            )

    def _find_enlarger(self) -> Enlarger:
        upscaler = self._config.upscaler
        if upscaler is None:
            return Sharpening(self.device)
        with _about(str(upscaler)):
            self._config.tell(f"loading {upscaler.stem}")
            return load_upscaler(upscaler, self.device)

    def _acquaint(self, source: Source) -> Entry:
        if source.name in self._entries:
            raise ModelNotFound(
                f"Two models are named {source.name}. Give one of them another name: MODELS takes name=model."
            )
        circumstances = self._circumstances(source)
        known = self._remembered.get(circumstances)
        source = replace(source, known_hash=known.hash if known else None)
        started = perf_counter()
        self._make_room(source.num_bytes())
        self._config.tell(f"loading {source.name}")
        checkpoint = self._resident[source.name] = self._load(source)
        self._share_out()
        load_seconds = perf_counter() - started
        measures = known or self._measure(source, checkpoint, circumstances)
        self._set_threads(measures.num_threads)
        capacity = Capacity(measures.curve, checkpoint.native_size**2, self._config.max_rows)
        log.info("%s: knee at %d rows, %s.", source.name, capacity.knee, _described(measures.curve))
        controls: dict[str, ControlSource] = {}
        for one in (*self._controls, *own_controls(source.path)):
            if one.fits(checkpoint.unet.config):
                controls.setdefault(one.name, one)
        info = _info(source, checkpoint, capacity, measures, tuple(self._config.loras))
        return Entry(
            source=source,
            info=self._with_eyes(
                source, replace(info, controls=tuple(controls), seconds_to_load=load_seconds)
            ),
            controls=controls,
            capacity=capacity,
            load_seconds=load_seconds,
            num_bytes=checkpoint.num_bytes,
            reference_bytes=checkpoint.reference_bytes,
            text_bytes=checkpoint.text_bytes,
            shown_channels=checkpoint.shown_channels,
            num_channels=checkpoint.latent_shape(checkpoint.native_size, checkpoint.native_size)[0],
        )

    def _check_controls(self) -> None:
        """Whether each control was made for one of the models at least. Raises: ModelNotFound."""
        fitting = {name for entry in self._entries.values() for name in entry.controls}
        for source in self._controls:
            if source.name not in fitting:
                family = f" ({source.family})" if source.family else ""
                raise ModelNotFound(
                    f"CONTROLNETS: {source.name} cannot be used: {source.path} was made for other models"
                    f"{family} than {', '.join(self._entries)}. Name one that was made for these, or add a "
                    "model."
                )

    def _with_eyes(self, source: Source, info: ModelInfo) -> ModelInfo:
        """What else a model can do for what lies beside it."""
        looks = {
            Capability.DESCRIBING: self._captioner is not None or has_tower(source.path),
            Capability.CLASSIFYING: has_checker(source.path),
        }
        return replace(info, capabilities=info.capabilities | {one for one, can in looks.items() if can})

    def _circumstances(self, source: Source) -> dict[str, object]:
        """All that measures of a model depend on."""
        return {
            "files": source.identity(),
            "device": device_name(self.device),
            "dtype": str(self.dtype),
            "versions": library_versions(),
            "threads": self._config.num_threads or candidate_threads(),
            "compiled": self._config.compile,
            "upscaler": None if self._config.upscaler is None else identity_of(self._config.upscaler),
        }

    def _measure(
        self, source: Source, checkpoint: Checkpoint, circumstances: Mapping[str, object]
    ) -> Measures:
        self._config.tell(f"measuring {source.name}")
        num_threads = torch.get_num_threads()
        if self.device.type == "cpu":
            num_threads = self._config.num_threads or self._measured_threads(checkpoint)
            torch.set_num_threads(num_threads)
        blank = checkpoint.blank_latents()
        measures = Measures(
            hash=checkpoint.hash,
            num_threads=num_threads,
            curve=measure_curve(lambda rows: self._seconds_of(checkpoint, rows)),
            seconds_per_decode=quickest(lambda: checkpoint.decode(blank), self.device),
            seconds_per_enlarged_pixel=measured(self.enlarger, self.device),
        )
        if self.forget_recordings():  # of more rows than are ever packed, too
            free_cached_memory(self.device)
        self._remembered.put(circumstances, measures)
        return measures

    def _set_threads(self, count: int) -> None:
        if self.device.type == "cpu":
            torch.set_num_threads(count)
            log.info("Drawing on the CPU with %d threads in %s.", count, self.dtype)

    def _load_within_memory(self, source: Source) -> Checkpoint:
        """Load a model; should others turn out to be in its way, without them."""
        try:
            return self._load(source)
        except Exception as error:
            if not is_out_of_memory(error) or not self.drop_all_but(source.name):
                raise
        return self._load(source)

    def _load(self, source: Source) -> Checkpoint:
        checkpoint = load_checkpoint(
            source,
            device=self.device,
            dtype=self.dtype,
            loras=self._config.loras,
            embeddings=self._config.embeddings,
        )
        if self._config.compile:
            checkpoint.compile()
        return checkpoint

    def _seconds_of(self, checkpoint: Checkpoint, rows: int) -> float:
        """A forward pass of so many rows; not the first of its shape, which sets it up, and where passes are
        recorded, a replayed one."""
        blank = checkpoint.blank_rows(rows)
        runs = OFTEN + 1 if self.device.type == "cuda" else 2
        try:
            return quickest(lambda: checkpoint.predict_noise(blank), self.device, runs=runs)
        except Exception as error:
            free_cached_memory(self.device)
            raise as_engine_error(error) from error

    def _measured_threads(self, checkpoint: Checkpoint) -> int:
        """The fewest threads that pay."""
        candidates = candidate_threads()
        if len(candidates) == 1:
            return candidates[0]
        best, best_seconds = 1, float("inf")
        for threads in candidates:
            torch.set_num_threads(threads)
            seconds = self._seconds_of(checkpoint, _GRID_ROWS)
            if seconds * _WORTH_A_THREAD < best_seconds:
                best, best_seconds = threads, seconds
        return best

    def _make_room(self, num_bytes: int, *, least: int = 0) -> None:
        """Drop models until there is room, down to so many."""
        if self._num_bytes() + num_bytes > self._budget:
            self.eyes.close()
        while len(self._resident) > least and self._num_bytes() + num_bytes > self._budget:
            self._drop(next(iter(self._resident)))

    def _num_bytes(self) -> int:
        return self.eyes.num_bytes + sum(checkpoint.num_bytes for checkpoint in self._resident.values())

    def _share_out(self) -> None:
        """What the weights leave of the budget is for the texts that the models keep, in equal shares."""
        left = max(0, self._budget - self._num_bytes())
        for checkpoint in self._resident.values():
            checkpoint.text.keep_within(left // len(self._resident))

    def _drop(self, name: str) -> None:
        log.info("Dropping %s to make room.", name)
        del self._resident[name]
        self._share_out()
        free_cached_memory(self.device)


@contextmanager
def _about(model: str) -> Iterator[None]:
    """Whatever goes wrong inside is an EngineError that says which configured model it is about."""
    try:
        yield
    except EngineError as error:
        error.model = model
        raise
    except Exception as error:
        known = as_engine_error(error)
        known.model = model
        raise known from error


def _info(
    source: Source, checkpoint: Checkpoint, capacity: Capacity, measures: Measures, loras: tuple[str, ...]
) -> ModelInfo:
    defaults = defaults_for(
        checkpoint.scheduler_config,
        name=source.name,
        takes_guidance_embedding=checkpoint.takes_guidance_embedding,
    )
    if source.path == sketch.WEIGHTS:
        defaults = Defaults(sampler=sketch.SAMPLER, steps=sketch.STEPS, guidance_scale=sketch.GUIDANCE_SCALE)
    area = checkpoint.native_size**2
    refused = checkpoint.loras.refusals()
    return ModelInfo(
        name=checkpoint.name,
        hash=checkpoint.hash,
        native_size=checkpoint.native_size,
        size_multiple=checkpoint.scale_factor,
        default_steps=defaults.steps,
        default_guidance_scale=defaults.guidance_scale,
        default_sampler=defaults.sampler,
        samplers=samplers_for(checkpoint.scheduler_config),
        loras=tuple(name for name in loras if name not in refused),
        embeddings=checkpoint.text.learnt,
        refused_loras=_refusals(refused),
        refused_embeddings=_refusals(checkpoint.refused_embeddings),
        seconds_per_image_step=capacity.seconds(_GRID_ROWS, area) / 4,
        rows_per_pass=capacity.cap(area),
        seconds_per_decode=measures.seconds_per_decode,
        seconds_per_enlarged_pixel=measures.seconds_per_enlarged_pixel,
        capabilities=frozenset(_capabilities(checkpoint)),
        family=_family(source, checkpoint),
        around_strength=sketch.AROUND_STRENGTH if source.path == sketch.WEIGHTS else 1.0,
    )


def _family(source: Source, checkpoint: Checkpoint) -> Family:
    if source.path == sketch.WEIGHTS:
        return Family.SKETCH
    return Family.SDXL if checkpoint.is_sdxl else Family.SD


def _refusals(reasons: Mapping[str, str]) -> tuple[Refusal, ...]:
    for reason in reasons.values():
        log.info("%s", reason)
    return tuple(Refusal(name=name, reason=reason) for name, reason in reasons.items())


def _capabilities(checkpoint: Checkpoint) -> Iterator[Capability]:
    if checkpoint.sees_mask:
        yield Capability.INPAINTING
    if checkpoint.sees_start:
        yield Capability.INSTRUCTIONS
    if checkpoint.pictures is not None:
        yield Capability.REFERENCES


def _described(curve: Mapping[int, float]) -> str:
    return ", ".join(f"{rows} in {seconds * 1000:.0f} ms" for rows, seconds in curve.items())
