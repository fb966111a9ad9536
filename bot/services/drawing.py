"""What the engine must be asked, to draw a recipe."""

from bot.domain.job import Speed
from bot.domain.recipe import Recipe
from engine import api


def to_request(recipe: Recipe, *, start: bytes | None, fairness_key: str, speed: Speed) -> api.Generate:
    """The engine's request; `start` are the latents of the picture that the recipe begins from."""
    return api.Generate(
        model=recipe.weights.name,
        prompts=tuple(api.WeightedPrompt(text=part.text, weight=part.weight) for part in recipe.prompt.parts),
        negative_prompt=recipe.negative_prompt,
        width=recipe.canvas.width,
        height=recipe.canvas.height,
        seeds=recipe.seeds,
        num_inference_steps=recipe.sampling.steps,
        guidance_scale=recipe.sampling.guidance_scale,
        sampler=recipe.sampling.sampler,
        start=_start(recipe, start),
        fairness_key=fairness_key,
        speed=api.Speed(speed),
    )


def _start(recipe: Recipe, latents: bytes | None) -> api.Start | None:
    if recipe.start is None or latents is None:
        return None
    return api.Start(source=latents, strength=recipe.start.strength)
