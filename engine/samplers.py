"""Name → diffusers scheduler class and options: one table. And what a checkpoint's scheduler tells of it."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import diffusers
import torch

from engine.errors import InvalidRequest


class Scheduler(Protocol):
    """What the engine uses of a diffusers noise scheduler."""

    order: int
    timesteps: torch.Tensor
    init_noise_sigma: float
    alphas_cumprod: torch.Tensor

    def set_timesteps(self, num_inference_steps: int) -> None:
        """Lay out the timesteps."""

    def scale_model_input(self, sample: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
        """The latents as the U-Net was trained to see them."""

    def add_noise(
        self, original_samples: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor
    ) -> torch.Tensor:
        """Latents as noisy as they are at these timesteps."""

    def step(
        self, model_output: torch.Tensor, timestep: torch.Tensor, sample: torch.Tensor, **options: Any
    ) -> Any:
        """One step towards less noise; with `return_dict=False` a tuple, the new latents first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """One row: a scheduler class and the configuration that differs from the checkpoint's own."""

    scheduler: type[Any]
    options: Mapping[str, object] = field(default_factory=dict)
    eta: float = 0.0
    """How much fresh noise each step adds, for the schedulers that ask."""

    def build(self, config: Mapping[str, Any]) -> Scheduler:
        """A scheduler of its own for one generation, from the checkpoint's scheduler configuration."""
        scheduler: Scheduler = self.scheduler.from_config(config, **self.options)
        return scheduler

    def step_arguments(self, generators: list[Any]) -> dict[str, Any]:
        """The keyword arguments of `scheduler.step` that this class understands."""
        accepted = inspect.signature(self.scheduler.step).parameters
        offered = {"eta": self.eta, "generator": generators}
        return {name: value for name, value in offered.items() if name in accepted}


def _dpm(algorithm: str, *, karras: bool) -> Sampler:
    return Sampler(
        scheduler=diffusers.DPMSolverMultistepScheduler,
        options={"algorithm_type": algorithm, "use_karras_sigmas": karras},
    )


# Latents are not pixels: clipping them to [-1, 1], the default of some classes, turns pictures to mush.
_UNCLIPPED = {"clip_sample": False}

# What a name stands for is spelt out where a checkpoint's own configuration could say otherwise.
SAMPLERS: Mapping[str, Sampler] = {
    "dpmpp-2m": _dpm("dpmsolver++", karras=False),
    "dpmpp-2m-karras": _dpm("dpmsolver++", karras=True),
    "dpmpp-2m-sde": _dpm("sde-dpmsolver++", karras=False),
    "dpmpp-2m-sde-karras": _dpm("sde-dpmsolver++", karras=True),
    "dpmpp-2s": Sampler(scheduler=diffusers.DPMSolverSinglestepScheduler),
    "euler": Sampler(scheduler=diffusers.EulerDiscreteScheduler, options={"use_karras_sigmas": False}),
    "euler-karras": Sampler(scheduler=diffusers.EulerDiscreteScheduler, options={"use_karras_sigmas": True}),
    "euler-a": Sampler(scheduler=diffusers.EulerAncestralDiscreteScheduler),
    "heun": Sampler(scheduler=diffusers.HeunDiscreteScheduler),
    "dpm2": Sampler(scheduler=diffusers.KDPM2DiscreteScheduler),
    "dpm2-a": Sampler(scheduler=diffusers.KDPM2AncestralDiscreteScheduler),
    "ddim": Sampler(scheduler=diffusers.DDIMScheduler, options=_UNCLIPPED),
    "ddpm": Sampler(scheduler=diffusers.DDPMScheduler, options=_UNCLIPPED),
    "unipc": Sampler(scheduler=diffusers.UniPCMultistepScheduler),
    "deis": Sampler(scheduler=diffusers.DEISMultistepScheduler),
    "sa-solver": Sampler(
        scheduler=diffusers.SASolverScheduler, options={"algorithm_type": "data_prediction"}
    ),
    "plms": Sampler(scheduler=diffusers.PNDMScheduler),
    "lcm": Sampler(scheduler=diffusers.LCMScheduler, options=_UNCLIPPED),
    "tcd": Sampler(scheduler=diffusers.TCDScheduler, options=_UNCLIPPED, eta=0.3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a checkpoint draws best with."""

    sampler: str
    steps: int
    guidance_scale: float


_FEW_STEPS = {
    "LCMScheduler": Defaults(sampler="lcm", steps=4, guidance_scale=1.0),
    "TCDScheduler": Defaults(sampler="tcd", steps=4, guidance_scale=1.0),
    "EulerDiscreteScheduler": Defaults(sampler="euler", steps=4, guidance_scale=1.0),
    "EulerAncestralDiscreteScheduler": Defaults(sampler="euler-a", steps=2, guidance_scale=1.0),
}


def defaults_for(config: Mapping[str, Any]) -> Defaults:
    """Recognise few-step models by the scheduler they were published with.

    LCM and TCD (Hyper) name their own. Turbo and Lightning pair an Euler scheduler with trailing timesteps,
    which ordinary epsilon models do not.
    """
    few_steps = _FEW_STEPS.get(str(config.get("_class_name")))
    if few_steps is not None and (few_steps.sampler in {"lcm", "tcd"} or _is_distilled(config)):
        return few_steps
    if config.get("rescale_betas_zero_snr"):  # over-exposed with more, as guidance is not rescaled here
        return Defaults(sampler="dpmpp-2m", steps=25, guidance_scale=3.0)
    return Defaults(sampler="dpmpp-2m", steps=25, guidance_scale=7.0)


def _is_distilled(config: Mapping[str, Any]) -> bool:
    return (
        config.get("timestep_spacing") == "trailing"
        and config.get("prediction_type", "epsilon") == "epsilon"
        and not config.get("rescale_betas_zero_snr", False)
    )


def samplers_for(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The samplers that honour this configuration: a zero terminal SNR is not known to all of them."""
    if not config.get("rescale_betas_zero_snr", False):
        return tuple(SAMPLERS)
    return tuple(
        name
        for name, sampler in SAMPLERS.items()
        if "rescale_betas_zero_snr" in inspect.signature(sampler.scheduler).parameters
    )


def schedule(
    name: str, config: Mapping[str, Any], *, num_inference_steps: int, strength: float
) -> tuple[Scheduler, torch.Tensor]:
    """A scheduler set to its first timestep, and the timesteps to run (all, or the last share of them).

    The timesteps stay on the CPU, where reading one does not wait for the device.
    Raises: InvalidRequest, if the sampler cannot do that many steps.
    """
    scheduler = SAMPLERS[name].build(config)
    try:
        scheduler.set_timesteps(num_inference_steps)
    except ValueError as error:
        raise InvalidRequest(f"{name} cannot do {num_inference_steps} steps: {error}") from error
    skipped = num_inference_steps - min(int(num_inference_steps * strength), num_inference_steps)
    begin = skipped * scheduler.order
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    return scheduler, scheduler.timesteps[begin:]
