"""What the engine must be asked, to draw a recipe."""

from collections.abc import Iterator, Sequence

from PIL import Image

from bot.domain.job import Speed
from bot.domain.recipe import Enlargement, Recipe, Spread
from engine import api

FEATHER = 8
"""Pixels of what is drawn over which it passes into what stays."""


def fairness_key_of(guild_id: int | None, user_id: int) -> str:
    """The fairness key of a member: their share of the device is a part of their guild's.

    Who is in no guild, and never was, shares with all others of whom that is true.
    """
    return f"{guild_id or 0}/{user_id}"


def to_request(
    recipe: Recipe,
    *,
    start: bytes | Image.Image | None,
    fairness_key: str,
    speed: Speed,
    area: Image.Image | None = None,
    followed: Image.Image | None = None,
    blended: Sequence[Image.Image] = (),
    referred: Sequence[Image.Image] = (),
) -> api.Generate:
    """The engine's request; `start` is the picture that the recipe begins from, or its latents.

    `blended` are the pictures of its blend, `referred` those of its references.
    `area` is what is drawn of it, where that is not the whole: all of that then, and nothing beside it.
    `followed` is the map of the recipe's control.
    """
    return api.Generate(
        model=recipe.weights.name,
        prompts=tuple(api.WeightedPrompt(text=part.text, weight=part.weight) for part in recipe.prompt.parts),
        negative_prompt=recipe.negative_prompt,
        styles=tuple(api.Style(words=style.words, amount=style.amount) for style in recipe.styles),
        weirdness=_weirdness(recipe),
        loras=tuple(api.Lora(name=lora.name, weight=lora.weight) for lora in recipe.loras),
        width=recipe.canvas.width,
        height=recipe.canvas.height,
        seeds=recipe.seeds,
        num_inference_steps=recipe.sampling.steps,
        guidance_scale=recipe.sampling.guidance_scale,
        sampler=recipe.sampling.sampler,
        stop=recipe.sampling.stop,
        start=_mixed(recipe, blended) if start is None else api.Start(source=start, strength=recipe.strength),
        references=(*_looked_at(recipe, blended), *_references(recipe, referred)),
        variation=_variation(recipe),
        spread=_spread(recipe.spread),
        tiles=recipe.is_tile,
        window=recipe.window or None,
        controls=_controls(recipe, followed),
        mask=None if area is None else api.Mask(area=area, feather=FEATHER),
        shows_each_step=recipe.prompt.parameters.is_video,
        fairness_key=fairness_key,
        speed=api.Speed(speed),
    )


def to_enlarge(
    enlargement: Enlargement, picture: Image.Image, *, fairness_key: str, speed: Speed
) -> api.Enlarge:
    """The engine's request for a larger picture of one that is there."""
    return api.Enlarge(
        picture=picture, factor=enlargement.factor, fairness_key=fairness_key, speed=api.Speed(speed)
    )


def _mixed(recipe: Recipe, pictures: Sequence[Image.Image]) -> api.Start | None:
    """Of a blend whose pictures are not looked at: what lies between them."""
    if recipe.blend is None or recipe.blend.strength is None:
        return None
    mixture = api.Mixture(pictures=tuple(pictures), weights=recipe.blend.weights)
    return api.Start(source=mixture, strength=recipe.blend.strength)


def _looked_at(recipe: Recipe, pictures: Sequence[Image.Image]) -> tuple[api.Reference, ...]:
    if recipe.blend is None or recipe.blend.strength is not None:
        return ()
    return tuple(
        api.Reference(picture=picture, weight=weight)
        for picture, weight in zip(pictures, recipe.blend.weights, strict=True)
    )


def _references(recipe: Recipe, pictures: Sequence[Image.Image]) -> Iterator[api.Reference]:
    for picture, reference in zip(pictures, recipe.references, strict=True):
        yield api.Reference(picture=picture, weight=reference.weight, style_only=reference.is_style)


def _variation(recipe: Recipe) -> api.Variation | None:
    if recipe.variation is None:
        return None
    parent = recipe.variation
    return api.Variation(seed=parent.seed, strength=parent.strength, spread=_spread(parent.spread))


def _spread(spread: Spread | None) -> api.Spread | None:
    return None if spread is None else api.Spread(amount=spread.amount, seed=spread.seed)


def _weirdness(recipe: Recipe) -> api.Weirdness | None:
    if recipe.weirdness is None:
        return None
    return api.Weirdness(amount=recipe.weirdness.amount, seed=recipe.weirdness.seed)


def _controls(recipe: Recipe, followed: Image.Image | None) -> tuple[api.Control, ...]:
    control = recipe.control
    if control is None or followed is None:
        return ()
    return (api.Control(name=control.name, map=followed, scale=control.scale, interval=control.interval),)
