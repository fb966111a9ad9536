"""Name → diffusers scheduler class and options: one table. And what a checkpoint's scheduler tells of it."""

import copy
import inspect
import json
import logging
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

import diffusers
import torch

from engine.errors import InvalidRequest

log = logging.getLogger(__name__)


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
    is_stochastic: bool = False
    """Whether its steps draw noise."""
    is_steered: bool = False
    """Whether its steps move numbers of their own to the device, and must be kept from it."""

    def build(self, config: Mapping[str, Any]) -> Scheduler:
        """A scheduler from the checkpoint's scheduler configuration."""
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
        is_stochastic=algorithm.startswith("sde"),
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
    "euler-a": Sampler(scheduler=diffusers.EulerAncestralDiscreteScheduler, is_stochastic=True),
    "heun": Sampler(scheduler=diffusers.HeunDiscreteScheduler),
    "dpm2": Sampler(scheduler=diffusers.KDPM2DiscreteScheduler),
    "dpm2-a": Sampler(scheduler=diffusers.KDPM2AncestralDiscreteScheduler, is_stochastic=True),
    "ddim": Sampler(scheduler=diffusers.DDIMScheduler, options=_UNCLIPPED),
    "ddpm": Sampler(scheduler=diffusers.DDPMScheduler, options=_UNCLIPPED, is_stochastic=True),
    "unipc": Sampler(scheduler=diffusers.UniPCMultistepScheduler, is_steered=True),
    "deis": Sampler(scheduler=diffusers.DEISMultistepScheduler),
    "sa-solver": Sampler(
        scheduler=diffusers.SASolverScheduler,
        options={"algorithm_type": "data_prediction"},
        is_stochastic=True,
    ),
    "plms": Sampler(scheduler=diffusers.PNDMScheduler),
    "lcm": Sampler(scheduler=diffusers.LCMScheduler, options=_UNCLIPPED, is_stochastic=True),
    "tcd": Sampler(scheduler=diffusers.TCDScheduler, options=_UNCLIPPED, eta=0.3, is_stochastic=True),
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


_DISTILLED_GUIDANCE = 8.5
"""What the pipeline of such models uses (diffusers' LatentConsistencyModelPipeline)."""


def defaults_for(
    config: Mapping[str, Any], *, name: str = "", takes_guidance_embedding: bool = False
) -> Defaults:
    """Recognise few-step models by the scheduler they were published with.

    LCM and TCD (Hyper) name their own. Turbo and Lightning pair an Euler scheduler with trailing timesteps,
    which ordinary epsilon models do not. How few steps may stand in the model's name, as `8step`. A U-Net
    that takes
    the guidance scale as an embedding wants one.
    """
    few_steps = _FEW_STEPS.get(str(config.get("_class_name")))
    if few_steps is not None and (few_steps.sampler in {"lcm", "tcd"} or _is_distilled(config)):
        steps = re.search(r"(?<!\d)([1-9]|1[0-6])[ _-]?steps?", name, re.IGNORECASE)
        guidance_scale = _DISTILLED_GUIDANCE if takes_guidance_embedding else few_steps.guidance_scale
        return replace(
            few_steps, steps=int(steps[1]) if steps else few_steps.steps, guidance_scale=guidance_scale
        )
    if takes_guidance_embedding:
        return Defaults(sampler="lcm", steps=4, guidance_scale=_DISTILLED_GUIDANCE)
    if config.get("rescale_betas_zero_snr"):  # over-exposed with more, as guidance is not rescaled here
        return Defaults(sampler="dpmpp-2m", steps=25, guidance_scale=3.0)
    return Defaults(sampler="dpmpp-2m", steps=25, guidance_scale=7.0)


def _is_distilled(config: Mapping[str, Any]) -> bool:
    return (
        config.get("timestep_spacing") == "trailing"
        and config.get("prediction_type", "epsilon") == "epsilon"
        and not config.get("rescale_betas_zero_snr", False)
    )


# Few-step merges come as files that say so nowhere but in their names. The scheduler is the one that the
# method was
# published with. Hyper is also an ordinary word: only at the end of one, or before what it was distilled
# from.
_BY_NAME: tuple[tuple[str, type[Any], Mapping[str, object]], ...] = (
    (r"(?i:lightning)(?![a-z])", diffusers.EulerDiscreteScheduler, {"timestep_spacing": "trailing"}),
    (r"(?i:turbo)(?![a-z])", diffusers.EulerAncestralDiscreteScheduler, {"timestep_spacing": "trailing"}),
    (r"(?<![a-z])(?i:lcm)(?![a-z])", diffusers.LCMScheduler, {}),
    (r"(?i:hyper)([\W_]*(?i:sd|xl|\d)|[\W_]|$)", diffusers.TCDScheduler, {}),
)


def scheduler_by_name(scheduler: Any, name: str) -> Any:
    """The scheduler of a single file whose name says that it is a few-step merge; else the one given.

    Where the configuration says something of its own, it is believed.
    """
    config = scheduler.config
    if config.get("prediction_type", "epsilon") != "epsilon" or defaults_for(config).steps < 10:
        return scheduler
    for pattern, kind, options in _BY_NAME:
        found = re.search(pattern, name)
        if found is not None:
            few_steps = kind.from_config(config, **options)
            defaults = defaults_for(few_steps.config, name=name)
            log.info(
                "%s is a few-step model by its name (%s): %d steps of %s, guidance %g. Rename the file if "
                "it is not.",
                *(name, found[0].strip("-_. "), defaults.steps, defaults.sampler, defaults.guidance_scale),
            )
            return few_steps
    return scheduler


def scheduler_by_keys(scheduler: Any, keys: Container[str]) -> Any:
    """The scheduler of a single file, whose empty tensors `v_pred` and `ztsnr` may say how it was trained."""
    changes: dict[str, object] = {}
    if "v_pred" in keys:
        changes["prediction_type"] = "v_prediction"
    if "ztsnr" in keys:  # the last timestep, which is all noise, must be among those that are drawn
        changes |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    if not changes:
        return scheduler
    log.info("Its keys say that it was trained with %s.", ", ".join(sorted(changes)))
    return diffusers.EulerDiscreteScheduler.from_config(scheduler.config, **changes)


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
    scheduler = copy.deepcopy(_built(name, json.dumps(config, sort_keys=True)))
    try:
        scheduler.set_timesteps(num_inference_steps)
    except ValueError as error:
        raise InvalidRequest(f"{name} cannot do {num_inference_steps} steps: {error}") from error
    skipped = num_inference_steps - min(int(num_inference_steps * strength), num_inference_steps)
    begin = skipped * scheduler.order
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    return scheduler, scheduler.timesteps[begin:]


def add_noise(
    scheduler: Scheduler, original: torch.Tensor, noise: torch.Tensor, timestep: torch.Tensor
) -> torch.Tensor:
    """The latents (n, c, h, w) as noisy as they are at a timestep (1,), in the scheduler's own space.

    The scheduler is asked on the CPU for how much there is of each: it would send its tables to the device
    otherwise, wait for that, and find the timestep there. What comes out is the same to the bit.
    """
    one, nothing = torch.eye(2).view(2, 2, 1, 1, 1).unbind()
    share, level = scheduler.add_noise(one, nothing, timestep).flatten().tolist()
    noised: torch.Tensor = share * original + level * noise
    return noised


def alpha_bar_at(scheduler: Scheduler, index: int) -> float:
    """ᾱ of what the U-Net sees at a timestep, which is counted from the end: -1 is the last."""
    sigmas = getattr(scheduler, "sigmas", ())
    if len(sigmas) == len(scheduler.timesteps) + 1:  # the last is of the clean picture
        return 1 / (1 + float(sigmas[index - 1]) ** 2)
    return float(scheduler.alphas_cumprod[round(float(scheduler.timesteps[index]))])


@lru_cache(maxsize=64)
def _built(name: str, config: str) -> Scheduler:
    """Built once, as some take a hundred times as long to build as to copy; it is never stepped itself."""
    return SAMPLERS[name].build(json.loads(config))
