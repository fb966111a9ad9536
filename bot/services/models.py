"""The models that draw: by name, the default, and what a recipe costs on one."""

from math import ceil

from bot.domain.charges import FREE, Charge
from bot.domain.echo import echo_code
from bot.domain.errors import Impossible, NotFound, PromptError
from bot.domain.maps import MapKind
from bot.domain.order import Order
from bot.domain.recipe import Recipe, Weights
from bot.domain.sentences import say
from engine import api


class Models:
    """What the engine can draw with. They may change while it runs, so each question is asked anew."""

    def __init__(self, engine: api.Engine) -> None:
        self._engine = engine

    @property
    def default(self) -> api.ModelInfo:
        """What draws where nobody chose."""
        return self._engine.models()[0]

    def names(self) -> tuple[str, ...]:
        """What members can choose from, the default first."""
        return tuple(model.name for model in self._engine.models())

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

    def named(self, name: str | None) -> api.ModelInfo:
        """A model as a member names it; the default, where nobody chose.

        Raises: PromptError.
        """
        if name is None:
            return self.default
        models = self._engine.models()
        for model in models:
            if model.name.casefold() == name.casefold():
                return model
        raise PromptError(
            say(
                "There is no model named `{name}` here. There is {names}.",
                name=echo_code(name, limit=40),
                names=", ".join(f"`{model.name}`" for model in models),
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

    def image_seconds(self) -> float:
        """Device seconds of one ordinary picture: what allowances of pictures and of time are compared by."""
        model = self.default
        return model.estimate_seconds(
            width=model.native_size, height=model.native_size, steps=model.default_steps, num_images=1
        )


def _steps(recipe: Recipe) -> int:
    """How many steps are taken, of a start that is not drawn wholly anew."""
    strength = 1.0 if recipe.start is None else recipe.start.strength
    return max(1, int(recipe.sampling.steps * strength))
