"""A request while it is denoised: latents, scheduler, generators, guides, and how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import torch

from engine.api import Generate
from engine.conditioning.noise import Steering, guidance_factors, read_apart, read_otherwise
from engine.conditioning.reference import Seen, told_of
from engine.conditioning.style import in_style, styled
from engine.device import Arrival
from engine.errors import GenerationFailed
from engine.families.unet import SHOWN, Checkpoint
from engine.guides import Guide, combine, guided, instructed, rescaled, unguided
from engine.library import Library
from engine.rows import Condition, Rows, Steered, pack
from engine.samplers import SAMPLERS, alpha_bar_at, schedule
from engine.work.beginnings import begin
from engine.work.stepping import Stepping
from engine.work.windows import Windows, layout_of

_STEPS_BETWEEN_CHECKS = 5
_KEPT = 8
"""Tensors of the latents' size that a generation keeps on the device at most: the latents, the last
prediction with its input, and five of the scheduler's own."""

_KEPT_OF_MASKED = 3
"""The same of a request that repaints a part: the picture, its noise, and the mask."""


class NotANumber(GenerationFailed):
    """The numbers ran away: more than sixteen bits hold, or the weights are broken."""


class Generation:
    """The images of one request, moving together through the timesteps of a scheduler of their own.

    Latents are float32 (n, c, h, w) whatever the dtype of the weights. Each image has its own generator on
    the CPU, so that no picture depends on the device's random numbers.
    """

    def __init__(
        self, request: Generate, checkpoint: Checkpoint, *, moments: torch.Tensor | None = None
    ) -> None:
        """`moments` are what the picture was encoded to that it begins with; None: it is encoded here."""
        self.step = 0
        self._guidance = _guidance(request, checkpoint)
        self._factors = guidance_factors(request.seeds, request.spread, checkpoint.device)
        self._generators = [torch.Generator().manual_seed(seed) for seed in request.seeds]
        self._scheduler, self._timesteps = schedule(
            request.sampler,
            checkpoint.scheduler_config,
            num_inference_steps=request.num_inference_steps,
            strength=1.0 if request.start is None else request.start.strength,
        )
        self.num_steps = ceil(request.stop * len(self._timesteps))
        """Forward passes from start to end; samplers of second order take two for one inference step."""
        self._rescale = request.guidance_rescale
        sampler = SAMPLERS[request.sampler]
        self._step_arguments = sampler.step_arguments(self._generators)
        self._prediction_type = str(checkpoint.scheduler_config.get("prediction_type", "epsilon"))
        self._own_conditions = checkpoint.conditions(*request.seen_size, request.guidance_scale)
        self._seen_pictures = _seen_pictures(request, checkpoint)
        layout = layout_of(request, checkpoint)
        self._windows = None if layout is None else Windows(layout)
        steering = Steering(spread=request.spread, variation=request.variation)
        beginning = begin(
            request, checkpoint, self._scheduler, self._timesteps, self._generators, steering, moments=moments
        )
        self.latents = beginning.latents
        self._kept, self._shown = beginning.kept, beginning.shown
        self._followed = checkpoint.controls.followed(request.controls, request.width, request.height)
        self._stepping: Stepping | None = None
        if sampler.is_stochastic or sampler.is_steered:
            self._stepping = Stepping(self._generators, steering, self.latents.shape, self.latents.device)
        self._is_stochastic = sampler.is_stochastic
        self._input: torch.Tensor | None = None
        """What the U-Net sees next, scaled for its timestep."""
        self._seen: tuple[torch.Tensor, torch.Tensor] | None = None
        self._is_finite: Arrival | None = None

    @property
    def num_images(self) -> int:
        """How many pictures are drawn."""
        return len(self._generators)

    @property
    def steps_left(self) -> int:
        """Steps still to take."""
        return self.num_steps - self.step

    @property
    def num_pieces(self) -> int:
        """Predictions of a picture, or of a window of it, from start to end."""
        return self.num_steps * (1 if self._windows is None else len(self._windows))

    @property
    def pieces_left(self) -> int:
        """Of those, how many are still to come."""
        if self._windows is None or self.is_done:
            return self.steps_left
        return (self.steps_left - 1) * len(self._windows) + self._windows.num_left

    @property
    def passes_left(self) -> int:
        """Forward passes still to do, if they go on as large as the next one."""
        return self.pieces_left if self._windows is None else ceil(self.pieces_left / self._windows.num_next)

    @property
    def is_done(self) -> bool:
        """Whether the last timestep is behind."""
        return self.step == self.num_steps

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The guides of the next step: inside the guidance interval all, outside only the prompt's."""
        return self._guidance.at(self._progress)

    @property
    def num_rows(self) -> int:
        """Rows that it takes in the next forward pass."""
        return self._rows_of_all * (1 if self._windows is None else self._windows.num_next)

    @property
    def step_rows(self) -> int:
        """Rows that the next step takes in all."""
        return self._rows_of_all * (1 if self._windows is None else len(self._windows))

    @property
    def rows_left(self) -> int:
        """Of those, what was not predicted yet."""
        return self._rows_of_all * (1 if self._windows is None else self._windows.num_left)

    @property
    def least_rows(self) -> int | None:
        """The fewest rows that the next pass may be allowed to have of it; None: it must have all."""
        return None if self._windows is None else self._rows_of_all

    @property
    def _rows_of_all(self) -> int:
        """Rows of all images, each seen once."""
        return self.num_images * len(self.guides)

    def allow(self, rows: int) -> None:
        """Have no more rows in the next passes, where windows can be seen in several."""
        if self._windows is not None:
            self._windows.allow(max(1, rows // self._rows_of_all))

    def rows(self) -> Rows:
        """What the U-Net must see next: guide by guide, image by image, as in the pipelines.

        Of a picture in windows it is the next of those, each of them so.
        """
        if self._is_stochastic and self._stepping is not None:
            self._stepping.draw_ahead()
        sample = self._input = self._model_input()
        timesteps = torch.full((len(sample),), float(self._timestep), device=sample.device)
        whole = pack(
            [
                Rows(
                    sample=sample,
                    timesteps=timesteps,
                    prompt_embeds=self._prompt_embeds(guide),
                    conditions=self._conditions(guide),
                    steered=self._steered(),
                )
                for guide in self.guides
            ]
        )
        return whole if self._windows is None else self._windows.rows(whole)

    def advance(self, prediction: torch.Tensor, *, keeps_prediction: bool = True) -> None:
        """Take one step, given the prediction for `rows()`. One that is short of memory can be taken again.
        In windows, the step is taken with the last of them.

        `keeps_prediction` is for `predicted_original`, where it will be asked before the next step.
        Raises: NotANumber, some steps after it happened; what happens in the last of them says `confirm`.
        """
        if self._windows is not None:
            joined = self._windows.join(prediction)
            if joined is None:
                return
            prediction, keeps_prediction = joined, True  # the preview may fall between two steps
        noise_pred = self._guided(prediction)
        model_input = self._model_input() if self._input is None else self._input
        with self._restored_on_failure():
            self.latents = self._stepped(model_input, noise_pred)
        self._seen, self._input = (model_input, noise_pred) if keeps_prediction else None, None
        self.step += 1
        if self._windows is not None:
            self._windows.begin_step()
        self._check()

    @property
    def num_bytes(self) -> int:
        """What it takes on the device just now: latents, what is kept of the last step, and the texts."""
        texts = [guide.encoding for guide in (*self._guidance.strong, *self._guidance.plain)]
        embeds = [(text.prompt_embeds, text.pooled_prompt_embeds) for text in texts]
        kept = () if self._kept is None else self._kept.tensors
        windows = () if self._windows is None else self._windows.tensors
        ahead = () if self._stepping is None else self._stepping.noises
        hints = [one.hint for one in self._followed]
        pictures = [one.tensors for one in self._seen_pictures]
        own = [self.latents, self._input, self._seen, kept, self._shown, windows, hints, ahead, pictures]
        tensors = _tensors([*own, embeds, *vars(self._scheduler).values()])
        several = {id(one): one for one in tensors if one.dim() > 1}  # schedules are lists on the CPU
        return sum(one.numel() * one.element_size() for one in several.values())

    def _check(self) -> None:
        """Every few steps, see whether the latents were numbers some steps ago.

        The answer comes to the host by itself and is there long before, so that nobody waits for the device.
        """
        if self.step % _STEPS_BETWEEN_CHECKS == 1 or self.is_done:
            self.confirm()
            self._is_finite = Arrival(torch.isfinite(self.latents).all())

    def confirm(self) -> None:
        """See whether the latents were numbers when that was last asked. After the last step: at its end.

        Raises: NotANumber.
        """
        if self._is_finite is not None and not self._is_finite.get():
            raise NotANumber("The model computed no numbers (NaN), so there is no picture.")

    def predicted_original(self) -> torch.Tensor:
        """The finished latents (n, c, h, w) as the last prediction sees them, for a preview.

        The U-Net's input is always √ᾱ·x₀ + √(1-ᾱ)·ε, whatever space the scheduler works in.
        """
        if self._seen is None:
            return self.latents
        return self._original(*self._seen, self.step - 1)

    def _original(self, sample: torch.Tensor, prediction: torch.Tensor, step: int) -> torch.Tensor:
        """The finished latents (n, c, h, w) as foreseen in this step."""
        alpha_bar = alpha_bar_at(self._scheduler, step - len(self._timesteps))
        signal, noise = sqrt(alpha_bar), sqrt(1 - alpha_bar)
        match self._prediction_type:
            case "v_prediction":
                return signal * sample - noise * prediction
            case "sample":
                return prediction
            case _:
                return (sample - noise * prediction) / signal

    @property
    def _progress(self) -> float:
        """Share of the whole schedule that is done."""
        return self.step / len(self._timesteps)

    @property
    def _timestep(self) -> torch.Tensor:
        return self._timesteps[self.step]

    def _model_input(self) -> torch.Tensor:
        return self._scheduler.scale_model_input(self.latents, self._timestep)

    def _prompt_embeds(self, guide: Guide) -> torch.Tensor:
        """(n, tokens, width): one text for all pictures, or as each reads it."""
        embeds = guide.encoding.prompt_embeds
        return embeds.repeat(self.num_images // len(embeds), 1, 1)

    def _guided(self, prediction: torch.Tensor) -> torch.Tensor:
        """What the guides make of their predictions (guides·n, c, h, w), in (n, c, h, w)."""
        noise_preds = prediction.chunk(len(self.guides))
        if not self._guidance.is_strong_at(self._progress):
            return combine(noise_preds, self.guides)
        noise_pred = combine(noise_preds, self.guides, self._factors)
        if self._rescale == 0:
            return noise_pred
        return rescaled(noise_pred, noise_preds, self.guides, self._rescale)

    def _stepped(self, model_input: torch.Tensor, noise_pred: torch.Tensor) -> torch.Tensor:
        """The latents after this step; where the whole is stopped with it, the finished ones as foreseen."""
        following = self._timesteps[self.step + 1 : self.step + 2]
        if self.steps_left == 1 and len(following):
            return self._with_what_stays(self._original(model_input, noise_pred, self.step), None)
        with self._stepping or nullcontext():
            latents = self._scheduler.step(
                noise_pred, self._timestep, self.latents, **self._step_arguments, return_dict=False
            )[0]
        return self._with_what_stays(latents, following if len(following) else None)

    def _with_what_stays(self, latents: torch.Tensor, timestep: torch.Tensor | None) -> torch.Tensor:
        """The latents, with what of a picture is not repainted as noisy as it is at the timestep."""
        return latents if self._kept is None else self._kept.put_back(latents, self._scheduler, timestep)

    def _conditions(self, guide: Guide) -> dict[str, Condition]:
        """What the U-Net is told of the images beside their text, one row for each by name."""
        told = self._own_conditions
        if guide.encoding.pooled_prompt_embeds is not None:
            told = told | {"text_embeds": Condition(values=guide.encoding.pooled_prompt_embeds)}
        told = told | told_of(self._seen_pictures, self._progress, leads_away=not guide.is_wanted)
        conditions = {name: condition.repeat(self.num_images) for name, condition in told.items()}
        if self._shown is None:
            return conditions
        shown = self._shown if guide.sees_start else torch.zeros_like(self._shown)
        return conditions | {SHOWN: Condition(values=shown)}

    def _steered(self) -> tuple[Steered, ...]:
        """Which maps the images of one guide follow in the next step."""
        num_steps = len(self._timesteps)
        return tuple(
            steered for one in self._followed for steered in one.at(self.step, num_steps, self.num_images)
        )

    @contextmanager
    def _restored_on_failure(self) -> Iterator[None]:
        """Schedulers move their history before they compute: memory that is short must not move it twice."""
        state = {
            name: list(value) if isinstance(value, list) else value
            for name, value in vars(self._scheduler).items()
        }
        draws = [generator.get_state() for generator in self._generators]
        noises = () if self._stepping is None else self._stepping.noises
        try:
            yield
        except Exception:
            vars(self._scheduler).update(state)
            if self._stepping is not None:
                self._stepping.noises = noises
            for generator, drawn in zip(self._generators, draws, strict=True):
                generator.set_state(drawn)
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guidance:
    """Which guides apply when: `strong` inside the interval (shares of the steps), `plain` outside it."""

    strong: tuple[Guide, ...]
    plain: tuple[Guide, ...]
    interval: tuple[float, float]

    def at(self, progress: float) -> tuple[Guide, ...]:
        return self.strong if self.is_strong_at(progress) else self.plain

    def is_strong_at(self, progress: float) -> bool:
        begin, end = self.interval
        return self.strong is not self.plain and begin <= progress < end


def num_bytes(
    request: Generate,
    latent_shape: tuple[int, int, int],
    text_bytes: int,
    *,
    shown_channels: int = 0,
    hint_numbers: int = 0,
    reference_bytes: int = 0,
) -> int:
    """Bytes that a request takes on the device at most, from its start to its end, beside the weights.

    `text_bytes` is what a text takes that fills every window, `shown_channels` is what the U-Net sees beside
    the latents, `hint_numbers` is how many are kept of the maps that it follows, `reference_bytes` what a
    picture takes that it looks at.
    """
    channels, height, width = latent_shape
    kept = _KEPT + (_KEPT_OF_MASKED if request.mask is not None else 0)
    if request.num_windows > 1:
        kept += _num_guides(request, is_instructed=False)  # what of the predictions is joined
    latent_bytes = len(request.seeds) * (kept * channels + shown_channels) * height * width * 4
    if request.num_windows > 1:
        latent_bytes += 2 * height * width * 4  # how much each window counts where
    readings = len(request.seeds) if request.spread is not None else 1
    latent_bytes += hint_numbers * 4
    read_bytes = (readings * len(request.prompts) + 1) * text_bytes
    return latent_bytes + read_bytes + len(request.references) * reference_bytes


def num_bytes_in(library: Library, request: Generate) -> int:
    """The same of a request, with what is known of its model."""
    entry = library.entry(request.model)
    shape = library.latent_shape(request)
    hints = [
        entry.controls[control.name].hint_numbers(request.width, request.height)
        for control in request.controls
    ]
    return num_bytes(
        request,
        shape,
        entry.text_bytes,
        shown_channels=entry.shown_channels,
        hint_numbers=sum(hints),
        reference_bytes=entry.reference_bytes,
    )


def expected_rows(request: Generate, *, is_instructed: bool = False) -> int:
    """Rows of a step of a request that has not been started; `is_instructed` if its model sees the start."""
    return len(request.seeds) * _num_guides(request, is_instructed=is_instructed) * request.num_windows


def least_rows(request: Generate, *, is_instructed: bool = False) -> int | None:
    """The fewest of them that a pass can have; None: all or none."""
    num_guides = _num_guides(request, is_instructed=is_instructed)
    return len(request.seeds) * num_guides if request.num_windows > 1 else None


def _num_guides(request: Generate, *, is_instructed: bool) -> int:
    bases = 0 if request.guidance_scale <= 1 else 2 if is_instructed else 1
    return len(request.prompts) + bases


def expected_passes(request: Generate) -> int:
    """Forward passes of a request that has not been started."""
    strength = 1.0 if request.start is None else request.start.strength
    order: int = SAMPLERS[request.sampler].scheduler.order
    return ceil(request.stop * int(request.num_inference_steps * strength) * order)


def texts_of(request: Generate, checkpoint: Checkpoint) -> tuple[list[str], str]:
    """The texts that the request is drawn from, those with each style behind them, and the one to move away
    from."""
    has_guidance = checkpoint.has_guidance(request.guidance_scale)
    texts = [prompt.text for prompt in request.prompts]
    with_styles = [in_style(text, style) for style in request.styles for text in texts]
    return texts + with_styles, request.negative_prompt if has_guidance else ""


def _guidance(request: Generate, checkpoint: Checkpoint) -> _Guidance:
    *encodings, negative = checkpoint.encode_texts(*texts_of(request, checkpoint))
    parts = styled(encodings, request.styles)
    parts = [read_otherwise(one, request.weirdness, part=part) for part, one in enumerate(parts)]
    parts = [read_apart(one, request.seeds, request.spread, part=part) for part, one in enumerate(parts)]
    weights = [prompt.weight for prompt in request.prompts]
    plain = unguided(parts, weights)
    strong = plain
    if checkpoint.has_guidance(request.guidance_scale):
        scale = request.guidance_scale
        if checkpoint.sees_start and request.start is not None:
            strong = instructed(parts, weights, negative, scale, request.start.image_guidance_scale)
        else:
            strong = guided(parts, weights, negative, scale)
    return _Guidance(strong=strong, plain=plain, interval=request.guidance_interval)


def _seen_pictures(request: Generate, checkpoint: Checkpoint) -> tuple[Seen, ...]:
    return () if checkpoint.pictures is None else checkpoint.pictures.read(request.references)


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    """Every tensor in nested lists and tuples."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _tensors(one)
