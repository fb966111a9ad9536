"""The models that draw: by name, the default, and what a recipe costs on one."""

from collections.abc import Iterable
from math import ceil

from bot.domain.charges import FREE, Charge
from bot.domain.echo import echo_code
from bot.domain.errors import Impossible, NotAllowed, NotFound, Unavailable
from bot.domain.guild import GuildSettings
from bot.domain.guild_options import InvalidSetting
from bot.domain.maps import MapKind
from bot.domain.order import Order
from bot.domain.recipe import Recipe, Weights
from bot.domain.sentences import say
from bot.domain.studio import EVERYTHING, Studio, alias_key
from engine import api

MOST_NAMED = 20


class Models:
    """What the engine can draw with. They may change while it runs, so each question is asked anew."""

    def __init__(self, engine: api.Engine) -> None:
        self._engine = engine

    @property
    def default(self) -> api.ModelInfo:
        """What draws where nobody chose."""
        return self._engine.models()[0]

    def names(self, studio: Studio = EVERYTHING) -> tuple[str, ...]:
        """Of those that may be used there, the usual one first."""
        return tuple(model.name for model in self.offered(studio))

    def get(self, name: str) -> api.ModelInfo:
        """A model by its name.

        Raises: NotFound.
        """
        for model in self._engine.models():
            if model.name == name:
                return model
        raise NotFound(
            say("The model that drew this (`{model}`) is not loaded any more. Draw it anew.", model=name)
        )

    def offered(self, studio: Studio) -> tuple[api.ModelInfo, ...]:
        """The models that may be used there, the usual one first."""
        offered = [model for model in self._engine.models() if studio.allows_model(model.name)]
        chosen = [model for model in offered if model.name.casefold() == studio.default.casefold()]
        return (*chosen, *(model for model in offered if model not in chosen))

    def usual(self, studio: Studio) -> api.ModelInfo:
        """What draws there where nobody chose.

        Raises: NotAllowed, Unavailable, where nothing that is loaded may.
        """
        for model in self.offered(studio):
            return model
        if studio.room_models:
            names = ", ".join(f"`{echo_code(model)}`" for model in studio.room_models)
            raise NotAllowed(say("In this room only these models draw: {models}.", models=names))
        raise Unavailable(
            say(
                "None of the models that this server allows is loaded: a moderator can choose others in "
                "/setup, and whoever runs this bot can load them (MODELS)."
            )
        )

    def find(self, name: str, studio: Studio) -> api.ModelInfo | None:
        """A model by its name or another name that the guild gave it; None where it may not be used there."""
        offered = {model.name.casefold(): model for model in self.offered(studio)}
        if name.casefold() in offered:
            return offered[name.casefold()]
        key = alias_key(name)
        known = {alias_key(alias): model for alias, model in studio.aliases.items()}
        return offered.get(known.get(key, "").casefold()) or next(
            (model for model in offered.values() if alias_key(model.name) == key), None
        )

    def check_named(self, before: GuildSettings, after: GuildSettings) -> None:
        """Whether what a guild names anew is here. What is gone since it was named may stay.

        Raises: InvalidSetting.
        """
        loaded = self._engine.models()
        models = [model.name for model in loaded]
        loras = sorted({name for model in loaded for name in model.loras})
        if (name := _unknown(_models_of(after), _models_of(before), models)) is not None:
            raise InvalidSetting(
                say(
                    "There is no model named `{name}` here. There is {names}.",
                    name=echo_code(name, limit=40),
                    names=", ".join(f"`{model}`" for model in models),
                )
            )
        if (name := _unknown(after.loras, before.loras, loras)) is not None:
            raise InvalidSetting(
                say(
                    "There is no LoRA named `{name}` here. There is {names}.",
                    name=echo_code(name, limit=40),
                    names=", ".join(f"`{lora}`" for lora in loras[:MOST_NAMED]) or say("none"),
                )
            )

    def control(self, name: str, kind: MapKind) -> str:
        """By which name the engine knows what reads such maps for a model.

        Raises: NotFound; Impossible, where nothing does.
        """
        for control in self.get(name).controls:
            if kind.is_read_by(control):
                return control
        raise Impossible(
            say(
                "{model} cannot follow a map of {kind}: nothing here reads one. Whoever runs this bot can "
                "name a ControlNet that was made for models like it in CONTROLNETS, as `{kind}=…`.",
                model=name,
                kind=kind.value,
            )
        )

    def is_same(self, weights: Weights) -> bool:
        """Whether these weights are loaded, unchanged."""
        return any(
            model.name == weights.name and model.hash == weights.hash for model in self._engine.models()
        )

    def charge(self, order: Order) -> Charge:
        """What an order costs: its pictures, and the device time that they will roughly take; in turbo twice.

        Raises: NotFound, where its model is not loaded any more.
        """
        if order.kind.traits.is_free:
            return FREE
        seconds = self.seconds(order.recipe)
        if order.ordinal == 0:  # of a batch, the others find it loaded
            seconds += self.loading_seconds(order.recipe)
        charge = Charge(images=order.recipe.num_images, gpu_ms=max(1, round(seconds * 1000)))
        return charge.times(order.speed.price)

    def seconds(self, recipe: Recipe) -> float:
        """Device seconds that a recipe will roughly take.

        Raises: NotFound.
        """
        if recipe.enlargement is not None:
            shown = recipe.shown
            return self.default.estimate_enlarging(width=shown.width, height=shown.height)
        if recipe.window:
            return self.get(recipe.weights.name).estimate_windows(
                width=recipe.canvas.width, height=recipe.canvas.height, steps=_steps(recipe)
            )
        return self.get(recipe.weights.name).estimate_seconds(
            width=recipe.canvas.width,
            height=recipe.canvas.height,
            steps=ceil(recipe.sampling.steps * recipe.sampling.stop),
            num_images=recipe.num_images,
        )

    def grid_seconds(self, model: api.ModelInfo) -> float:
        """Device seconds of four ordinary pictures of a model."""
        size = model.native_size
        return model.estimate_seconds(width=size, height=size, steps=model.default_steps, num_images=4)

    def loading_seconds(self, recipe: Recipe) -> float:
        """How long the recipe's model is loaded before it can draw; 0 where it is on the device, or draws
        nothing.

        Raises: NotFound.
        """
        if recipe.enlargement is not None:
            return 0.0
        model = self.get(recipe.weights.name)
        return 0.0 if model.is_resident else model.seconds_to_load

    def image_seconds(self) -> float:
        """Device seconds of one ordinary picture: what allowances of pictures and of time are compared by."""
        model = self.default
        return model.estimate_seconds(
            width=model.native_size, height=model.native_size, steps=model.default_steps, num_images=1
        )


def _models_of(settings: GuildSettings) -> tuple[str, ...]:
    """The models that a guild's settings name."""
    default = (settings.default_model,) if settings.default_model else ()
    aliased = (model for _, model in settings.model_aliases)
    return (*settings.models, *default, *aliased, *(model for model, _ in settings.house_styles))


def _unknown(names: Iterable[str], before: Iterable[str], known: Iterable[str]) -> str | None:
    """The first of the names that nobody knows, and that was not there before."""
    fine = {name.casefold() for name in (*before, *known)}
    return next((name for name in names if name.casefold() not in fine), None)


def _steps(recipe: Recipe) -> int:
    """How many steps are taken, of what is not drawn wholly anew."""
    return max(1, int(recipe.sampling.steps * recipe.strength))
