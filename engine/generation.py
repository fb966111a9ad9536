"""A request while it is on the device: latents, scheduler, generators, guides, and how far it is."""

from dataclasses import dataclass
from math import sqrt

import torch
from diffusers.utils.torch_utils import randn_tensor

from engine.api import Generate, Start
from engine.families.unet import Checkpoint
from engine.guides import Guide, combine, guided, unguided
from engine.rows import Rows, pack
from engine.samplers import SAMPLERS, schedule


class Generation:
    """The images of one request, moving together through the timesteps of a scheduler of their own.

    Latents are float32 (n, c, h, w) whatever the dtype of the weights. Each image has its own generator on
    the CPU, so that no picture depends on the device's random numbers.
    """

    def __init__(self, request: Generate, checkpoint: Checkpoint) -> None:
        self.step = 0
        self._guidance = _guidance(request, checkpoint)
        self._generators = [torch.Generator().manual_seed(seed) for seed in request.seeds]
        self._scheduler, self._timesteps = schedule(
            request.sampler,
            checkpoint.scheduler_config,
            num_inference_steps=request.num_inference_steps,
            strength=1.0 if request.start is None else request.start.strength,
        )
        self._step_arguments = SAMPLERS[request.sampler].step_arguments(self._generators)
        self._prediction_type = str(checkpoint.scheduler_config.get("prediction_type", "epsilon"))
        self._own_conditions = checkpoint.conditions(request.width, request.height, request.guidance_scale)
        self.latents = self._first_latents(request, checkpoint)
        self._seen: tuple[torch.Tensor, torch.Tensor] | None = None

    @property
    def num_images(self) -> int:
        """How many pictures are drawn."""
        return len(self._generators)

    @property
    def num_steps(self) -> int:
        """Forward passes from start to end; samplers of second order take two for one inference step."""
        return len(self._timesteps)

    @property
    def passes_left(self) -> int:
        """Forward passes still to do."""
        return self.num_steps - self.step

    @property
    def is_done(self) -> bool:
        """Whether the last timestep is behind."""
        return self.step == self.num_steps

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The guides of the next step: inside the guidance interval all, outside only the prompt's."""
        return self._guidance.at(self.step / self.num_steps)

    @property
    def num_rows(self) -> int:
        """Rows that the next step takes in a forward pass."""
        return self.num_images * len(self.guides)

    def rows(self) -> Rows:
        """What the U-Net must see for the next step: guide by guide, image by image, as in the pipelines."""
        sample = self._model_input()
        timesteps = torch.full((len(sample),), float(self._timestep), device=sample.device)
        return pack(
            [
                Rows(
                    sample=sample,
                    timesteps=timesteps,
                    prompt_embeds=guide.encoding.prompt_embeds.repeat(len(sample), 1, 1),
                    conditions={
                        name: tensor.repeat(len(sample), 1)
                        for name, tensor in self._conditions(guide).items()
                    },
                )
                for guide in self.guides
            ]
        )

    def advance(self, prediction: torch.Tensor) -> None:
        """Take one step, given the prediction for `rows()`."""
        noise_pred = combine(prediction.chunk(len(self.guides)), self.guides)
        self._seen = (self._model_input(), noise_pred)
        self.latents = self._scheduler.step(
            noise_pred, self._timestep, self.latents, **self._step_arguments, return_dict=False
        )[0]
        self.step += 1

    def predicted_original(self) -> torch.Tensor:
        """The finished latents (n, c, h, w) as the last prediction sees them, for a preview.

        The U-Net's input is always √ᾱ·x₀ + √(1-ᾱ)·ε, whatever space the scheduler works in.
        """
        if self._seen is None:
            return self.latents
        sample, prediction = self._seen
        timestep = round(float(self._timesteps[self.step - 1]))
        alpha_bar = float(self._scheduler.alphas_cumprod[timestep])
        signal, noise = sqrt(alpha_bar), sqrt(1 - alpha_bar)
        match self._prediction_type:
            case "v_prediction":
                return signal * sample - noise * prediction
            case "sample":
                return prediction
            case _:
                return (sample - noise * prediction) / signal

    @property
    def _timestep(self) -> torch.Tensor:
        return self._timesteps[self.step]

    def _model_input(self) -> torch.Tensor:
        return self._scheduler.scale_model_input(self.latents, self._timestep)

    def _first_latents(self, request: Generate, checkpoint: Checkpoint) -> torch.Tensor:
        shape = (self.num_images, *checkpoint.latent_shape(request.width, request.height))
        if request.start is None:
            return self._noise(shape, checkpoint) * self._scheduler.init_noise_sigma
        # Encoding draws from the generators, too: as in the pipelines, before the noise does.
        original = self._encoded(request.start, request, checkpoint)
        noise = self._noise(shape, checkpoint)
        return self._scheduler.add_noise(original, noise, self._timesteps[:1])

    def _encoded(self, start: Start, request: Generate, checkpoint: Checkpoint) -> torch.Tensor:
        if isinstance(start.source, bytes):
            latents = checkpoint.unpack_latents(start.source, request.width, request.height)
            return latents.repeat(self.num_images, 1, 1, 1)
        return checkpoint.encode_image(start.source, request.width, request.height, self._generators)

    def _conditions(self, guide: Guide) -> dict[str, torch.Tensor]:
        """What the U-Net is told of each image beside its text, one row (1, …) by name."""
        pooled = guide.encoding.pooled_prompt_embeds
        return self._own_conditions if pooled is None else self._own_conditions | {"text_embeds": pooled}

    def _noise(self, shape: tuple[int, ...], checkpoint: Checkpoint) -> torch.Tensor:
        noise: torch.Tensor = randn_tensor(shape, self._generators, checkpoint.device, torch.float32)
        return noise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guidance:
    """Which guides apply when: `strong` inside the interval (shares of the steps), `plain` outside it."""

    strong: tuple[Guide, ...]
    plain: tuple[Guide, ...]
    interval: tuple[float, float]

    def at(self, progress: float) -> tuple[Guide, ...]:
        begin, end = self.interval
        return self.strong if begin <= progress < end else self.plain


def expected_rows(request: Generate) -> int:
    """Rows of a step of a request that has not been started."""
    return len(request.seeds) * (len(request.prompts) + (1 if request.guidance_scale > 1 else 0))


def expected_passes(request: Generate) -> int:
    """Forward passes of a request that has not been started."""
    strength = 1.0 if request.start is None else request.start.strength
    order: int = SAMPLERS[request.sampler].scheduler.order
    return int(request.num_inference_steps * strength) * order


def texts_of(request: Generate, checkpoint: Checkpoint) -> tuple[list[str], str]:
    """The texts that the request is drawn from, and the one to move away from."""
    has_guidance = checkpoint.has_guidance(request.guidance_scale)
    return [prompt.text for prompt in request.prompts], request.negative_prompt if has_guidance else ""


def _guidance(request: Generate, checkpoint: Checkpoint) -> _Guidance:
    *parts, negative = checkpoint.encode_texts(*texts_of(request, checkpoint))
    weights = [prompt.weight for prompt in request.prompts]
    plain = unguided(parts, weights)
    strong = plain
    if checkpoint.has_guidance(request.guidance_scale):
        strong = guided(parts, weights, negative, request.guidance_scale)
    return _Guidance(strong=strong, plain=plain, interval=request.guidance_interval)
