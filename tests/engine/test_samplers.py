"""A scheduler is built once for a sampler and a configuration, and copied for each generation."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch

from engine.bench.tiny import tiny_pipeline
from engine.samplers import SAMPLERS, Sampler, Scheduler, defaults_for, schedule


@pytest.mark.parametrize("name", ["dpm2", "dpm2-a", "dpmpp-2m"])
def test_admission_copies_a_scheduler_that_was_built_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tiny_pipeline(beta_end=0.0123).scheduler.config
    built: list[object] = []
    build = Sampler.build

    def counted(self: Sampler, config: Mapping[str, Any]) -> Scheduler:
        built.append(self)
        return build(self, config)

    monkeypatch.setattr(Sampler, "build", counted)
    first, timesteps = schedule(name, config, num_inference_steps=5, strength=1.0)
    latents = torch.ones(1, 4, 8, 8)
    first.step(latents, timesteps[0], latents, return_dict=False)
    second, again = schedule(name, config, num_inference_steps=5, strength=1.0)
    assert built == [SAMPLERS[name]]
    assert second is not first
    assert torch.equal(timesteps, again)


def test_another_configuration_is_another_scheduler() -> None:
    configs = (tiny_pipeline(beta_end=end).scheduler.config for end in (0.012, 0.02))
    one, other = (schedule("ddim", config, num_inference_steps=5, strength=1.0)[0] for config in configs)
    assert not torch.equal(one.alphas_cumprod, other.alphas_cumprod)


def test_a_model_distilled_with_guidance_wants_some() -> None:
    assert defaults_for({"_class_name": "LCMScheduler"}).guidance_scale == 1.0
    for config in ({"_class_name": "LCMScheduler"}, {"_class_name": "DDIMScheduler"}):
        defaults = defaults_for(config, takes_guidance_embedding=True)
        assert (defaults.sampler, defaults.steps, defaults.guidance_scale) == ("lcm", 4, 8.5)
