"""From what was asked for to what is drawn: a prompt becomes a recipe, and a parent's recipe a child's."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.canvas import Box, Layout, drawn_size
from bot.domain.echo import echo
from bot.domain.loras import ChosenLora
from bot.domain.maps import MapKind
from bot.domain.parameters import WIDEST, Parameters, SameSeed
from bot.domain.profiles import coded_style, house_style, profile_of, weirdness
from bot.domain.prompt import NUM_IMAGES, Prompt, parse
from bot.domain.prompt.recipes import (
    STYLES,
    VARIATION_OF,
    VARIATION_STRENGTH,
    WEIRDNESS,
    WEIRDNESS_SEED,
    read_fields,
)
from bot.domain.recipe import (
    Canvas,
    Control,
    Edit,
    ImageRef,
    Recipe,
    Sampling,
    Spread,
    Variation,
    Weights,
    Weirdness,
    at_least_a_step,
)
from bot.domain.samplers import ENGINE
from bot.domain.sentences import Sentence, say
from bot.domain.size import AspectRatio, are_alike, fit, named_ratio
from bot.domain.studio import EVERYTHING, Studio
from bot.domain.style import Style, read_styles, together
from bot.services.fitting import chosen_model, fitted_loras, misfits, refusal
from bot.services.models import Models
from engine.api import ModelInfo

DRAFT = 0.5
"""Of the usual work."""
SIBLINGS = 0.15
"""Of `--sameseed`, how much of the noise is each picture's own: with none at all the four would be equal."""
_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")
SQUARE = AspectRatio(width=1, height=1)


class Recipes:
    """Makes recipes that the models at hand can draw."""

    def __init__(self, models: Models, studio: Studio = EVERYTHING) -> None:
        self._models = models
        self._studio = studio

    def within(self, studio: Studio) -> "Recipes":
        """The same for somewhere, with what may be used there."""
        return Recipes(self._models, studio)

    def check(self, prompts: Sequence[Prompt], whole: Sequence[Prompt]) -> None:
        """Whether all that prompts ask for is here. `whole` are they with what else counts for them.

        Raises: PromptError, with everything that is not, and how the prompts of the text read without it.
        """
        found = [misfits(prompt.parameters, self._models, self._studio) for prompt in whole]
        if any(found):
            raise refusal(prompts, found)

    def has_model(self, name: str) -> bool:
        """Whether there is a model of that name to be used."""
        return self._models.find(name, self._studio) is not None

    def new(self, prompt: Prompt) -> Recipe:
        """The recipe of a prompt: what was not said is as the model likes it, and the seed is new.

        Raises: PromptError, where it names a model, a sampler or a LoRA that is not here; Unavailable.
        """
        parameters = _settled(prompt.parameters)
        prompt = replace(prompt, parameters=parameters)
        model, loras = self._chosen(prompt)
        seed = _new_seed() if parameters.seed is None else parameters.seed
        return Recipe(
            prompt=prompt,
            canvas=_fitted(model, parameters.aspect_ratio or SQUARE),
            sampling=_sampling(model, parameters),
            weights=Weights(name=model.name, hash=model.hash),
            seed=seed,
            num_images=NUM_IMAGES,
            spread=None if parameters.chaos is None else Spread(amount=parameters.chaos / 100, seed=seed),
            styles=self._styles(model, parameters),
            weirdness=_weirdness(parameters, seed),
            loras=loras,
            is_tile=parameters.is_tile,
            variation=None if parameters.same_seed is None else Variation(seed=seed, strength=SIBLINGS),
        )

    def remixed(self, recipe: Recipe, prompt: Prompt) -> Recipe:
        """The recipe of what is made from a picture, with other words, parameters, or another model.

        Its shape is the picture's, unless another one is asked for; of an edit it stays.

        Raises: PromptError, where they name a model or a sampler that is not here.
        """
        fresh = self.new(prompt)
        is_part = recipe.edit is not None or recipe.window > 0
        same_pictures = prompt.images == recipe.prompt.images
        return replace(
            fresh,
            canvas=self._canvas_of_remix(recipe, fresh),
            sampling=replace(fresh.sampling, stop=1.0) if is_part else fresh.sampling,
            num_images=recipe.num_images,
            is_tile=fresh.is_tile and not is_part,
            start=recipe.start,
            references=recipe.references if same_pictures else fresh.references,
            blend=recipe.blend,
            variation=recipe.variation or fresh.variation,
            control=recipe.control,
            edit=_edit_of_remix(recipe, fresh),
            enlargement=recipe.enlargement,
            window=recipe.window,
            is_remixed=prompt != recipe.prompt,
        )

    def _canvas_of_remix(self, recipe: Recipe, fresh: Recipe) -> Canvas:
        if recipe.edit is not None:
            return self._window(recipe.edit.window, fresh)
        if recipe.window:
            return recipe.canvas
        if fresh.prompt.parameters.aspect_ratio != recipe.prompt.parameters.aspect_ratio:
            return fresh.canvas
        if fresh.weights == recipe.weights:
            return recipe.canvas
        return self.sized_like(fresh, recipe.canvas).canvas

    def _window(self, window: Box, recipe: Recipe) -> Canvas:
        """The size that the model draws a part of a picture at."""
        model = self.model(recipe)
        size = drawn_size(window, native_size=model.native_size, multiple=model.size_multiple)
        return Canvas(width=size.width, height=size.height)

    def _chosen(self, prompt: Prompt) -> tuple[ModelInfo, tuple[ChosenLora, ...]]:
        """The model and the LoRAs that a prompt asks for. Raises: PromptError, Unavailable."""
        self.check([prompt], [prompt])
        model = chosen_model(prompt.parameters, self._models, self._studio) or self._models.default
        return model, fitted_loras(prompt.parameters, model)

    def _styles(self, model: ModelInfo, parameters: Parameters) -> tuple[Style, ...]:
        """The house style, and the styles by number, as they are now."""
        profile = self._studio.profile(model.name, profile_of(model.family))
        house = house_style(profile, stylize=parameters.stylize, is_raw=parameters.is_raw)
        codes = [one for one in parameters.style_references if one.code is not None]
        total = sum(one.weight for one in codes) or 1.0
        numbered = [
            replace(style, amount=round(style.amount * one.weight / total, 4))
            for one in codes
            for style in coded_style(profile, one.code or 0, weight=parameters.style_weight)
        ]
        return together([*house, *numbered])

    def remarks(self, recipe: Recipe) -> tuple[Sentence, ...]:
        """What its member should know: where `--style raw` has nothing to take away.

        Raises: NotFound, where the model is not loaded any more.
        """
        model, parameters = self.model(recipe), recipe.prompt.parameters
        profile = self._studio.profile(model.name, profile_of(model.family))
        if not parameters.is_raw or house_style(profile, stylize=parameters.stylize, is_raw=False):
            return ()
        return (
            say(
                "`--style raw` changes nothing here: {model} draws without a house style, unless `--stylize` "
                "asks for it.",
                model=echo(model.name, limit=60),
            ),
        )

    def steered(self, prompt: Prompt, kind: MapKind, shape: Canvas) -> Recipe:
        """The recipe of a prompt whose pictures follow a map, which is still to be named, and have its shape
        where no other was asked for.

        Raises: Impossible, where the model reads no such maps.
        """
        recipe = self.new(prompt)
        if prompt.parameters.aspect_ratio is None:
            recipe = self.sized_like(recipe, shape)
        name = self._models.control(recipe.weights.name, kind)
        return replace(recipe, control=Control(kind=kind.value, name=name))

    def imported(self, prompt: Prompt, canvas: Canvas, *, num_images: int) -> Recipe:
        """The recipe of pictures that are there already, as far as it is known."""
        return replace(self.new(prompt), canvas=canvas, num_images=num_images, is_imported=True)

    def of_file(self, text: str) -> Recipe:
        """The recipe of a file's first picture, as its text says: with it the same is drawn again.

        Raises: PromptError, where that is none; NotFound, where its model is not loaded.
        """
        fields, prompt = read_fields(text), parse(text)
        model = self._models.get(fields.get("Model", self._models.default.name))
        parameters = replace(prompt.parameters, model=model.name)
        recipe = replace(self.new(replace(prompt, parameters=parameters)), prompt=prompt)
        sampler = ENGINE.get((fields.get("Sampler", ""), fields.get("Schedule type", "")))
        guidance_scale = _number(fields.get("CFG scale"))
        return replace(
            recipe,
            canvas=_size(fields.get("Size", "")) or recipe.canvas,
            sampling=replace(
                recipe.sampling,
                sampler=sampler if sampler in model.samplers else model.default_sampler,
                guidance_scale=model.default_guidance_scale if guidance_scale is None else guidance_scale,
            ),
            weights=Weights(name=model.name, hash=fields.get("Model hash", model.hash)),
            variation=_variation(fields),
            styles=read_styles(fields.get(STYLES, "")),
            weirdness=_read_weirdness(fields),
        )

    def again(self, recipe: Recipe) -> Recipe:
        """A parent's recipe for a child: with a new seed, and the weights as they are now.

        Raises: NotFound, where the model is not loaded any more.
        """
        seed = _new_seed()
        spread = None if recipe.spread is None else replace(recipe.spread, seed=seed)
        again = replace(
            self.current(recipe),
            seed=seed,
            spread=spread,
            is_imported=False,
            is_remixed=False,
            brought=None,
            typed="",
        )
        if recipe.variation is not None and recipe.prompt.parameters.same_seed is not None:
            again = replace(again, variation=replace(recipe.variation, seed=seed))
        if recipe.enlargement is None and not recipe.window:
            return again
        start = None if recipe.window else recipe.start  # what was enlarged
        again = replace(again, enlargement=None, window=0, start=start)
        return self.sized_like(again, recipe.shown)

    def sized_like(self, recipe: Recipe, shown: Canvas) -> Recipe:
        """The recipe of a whole picture of that shape, at a size that the model draws well."""
        model = self._models.get(recipe.weights.name)
        shape = AspectRatio(width=shown.width, height=shown.height)
        return replace(recipe, edit=None, canvas=_fitted(model, shape))

    def edited(
        self, recipe: Recipe, image: ImageRef, layout: Layout, *, area: str = "", strength: float = 1.0
    ) -> Recipe:
        """The recipe of a part of a picture, in a window that the model draws well."""
        edit = Edit(
            image=image,
            canvas=Canvas(width=layout.canvas.width, height=layout.canvas.height),
            place=layout.place,
            window=layout.window,
            area=area,
            strength=at_least_a_step(strength, recipe.sampling.steps),
        )
        return replace(
            recipe,
            prompt=_shaped(recipe.prompt, layout),
            canvas=self._window(layout.window, recipe),
            num_images=NUM_IMAGES,
            sampling=replace(recipe.sampling, stop=1.0),
            start=None,
            variation=None,
            is_tile=False,
            control=None,
            blend=recipe.blend_that_goes_on,
            edit=edit,
        )

    def model(self, recipe: Recipe) -> ModelInfo:
        """The model that draws a recipe. Raises: NotFound."""
        return self._models.get(recipe.weights.name)

    def current(self, recipe: Recipe) -> Recipe:
        """The same recipe with the weights as they are now.

        Raises: NotFound.
        """
        model = self._models.get(recipe.weights.name)
        return replace(recipe, weights=Weights(name=model.name, hash=model.hash))


def _edit_of_remix(recipe: Recipe, fresh: Recipe) -> Edit | None:
    """What is drawn by other words, or by another model, begins with nothing."""
    if recipe.edit is None:
        return None
    is_same = (fresh.prompt.parts, fresh.weights.name) == (recipe.prompt.parts, recipe.weights.name)
    strength = at_least_a_step(recipe.edit.strength, fresh.sampling.steps) if is_same else 1.0
    return replace(recipe.edit, strength=strength)


def _settled(parameters: Parameters) -> Parameters:
    """The parameters with what is chosen by chance, so that it is drawn again, and said."""
    styles = tuple(
        replace(one, link=str(_new_seed())) if one.is_random else one for one in parameters.style_references
    )
    same, seed = parameters.same_seed, parameters.seed
    if same is not None and same.seed is not None:
        same, seed = SameSeed(), same.seed
    return replace(parameters, style_references=styles, same_seed=same, seed=seed)


def _shaped(prompt: Prompt, layout: Layout) -> Prompt:
    """The prompt with the shape that the picture has in the end, where that is another one than it had."""
    before = AspectRatio(width=layout.place.width, height=layout.place.height)
    after = AspectRatio(width=layout.canvas.width, height=layout.canvas.height)
    asked = prompt.parameters.aspect_ratio
    if are_alike(before, after) or (asked is not None and are_alike(asked, after)):
        return prompt
    named = named_ratio(after.width, after.height, widest=WIDEST)
    return replace(prompt, parameters=replace(prompt.parameters, aspect_ratio=named))


def _sampling(model: ModelInfo, parameters: Parameters) -> Sampling:
    """How the model is asked to draw."""
    work = (parameters.quality or 1.0) * (DRAFT if parameters.is_draft else 1.0)
    return Sampling(
        steps=parameters.steps or max(1, round(model.default_steps * work)),
        guidance_scale=parameters.guidance or model.default_guidance_scale,
        sampler=parameters.sampler or model.default_sampler,
        stop=1.0 if parameters.stop is None else parameters.stop / 100,
    )


def _fitted(model: ModelInfo, ratio: AspectRatio) -> Canvas:
    size = fit(ratio, native_size=model.native_size, size_multiple=model.size_multiple)
    return Canvas(width=size.width, height=size.height)


def _weirdness(parameters: Parameters, seed: int) -> Weirdness | None:
    return Weirdness(amount=weirdness(parameters.weird), seed=seed) if parameters.weird else None


def _read_weirdness(fields: Mapping[str, str]) -> Weirdness | None:
    amount, seed = _number(fields.get(WEIRDNESS)), _number(fields.get(WEIRDNESS_SEED))
    if amount is None or seed is None or amount > 1:
        return None
    return Weirdness(amount=amount, seed=int(seed))


def _variation(fields: Mapping[str, str]) -> Variation | None:
    seed, strength = _number(fields.get(VARIATION_OF)), _number(fields.get(VARIATION_STRENGTH))
    if seed is None or strength is None or not 0 <= strength <= 1:
        return None
    return Variation(seed=int(seed), strength=strength)


def _size(text: str) -> Canvas | None:
    sides = [_number(side) for side in text.split("x")]
    match sides:
        case [float(width), float(height)]:
            return Canvas(width=int(width), height=int(height))
        case _:
            return None


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and _NUMBER.fullmatch(text) else None


def _new_seed() -> int:
    return random.getrandbits(32)
