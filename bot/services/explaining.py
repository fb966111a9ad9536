"""How a picture came about: it is drawn once more, where its words lie is seen, and where a phrase lies."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from PIL import Image

from bot.domain.errors import Impossible, NotFound, Unavailable
from bot.domain.job import Speed
from bot.domain.phrase import find
from bot.domain.prompt import parse
from bot.domain.prompt.recipes import FOLLOWED, LOOKED_AT, read_fields
from bot.domain.recipe import Recipe
from bot.domain.sentences import Sentence, say
from bot.imaging.explained import is_same, marked
from bot.services.pictures import Pictures
from bot.services.recipes import Recipes
from engine import api
from engine.errors import EngineError, InvalidRequest, ModelNotFound

BEGUN_FROM = "Denoising strength"
"""A recipe's field that only those have that begin from another picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How one picture came about."""

    recipe: Recipe
    """Of this picture alone."""
    picture: Image.Image
    words: tuple[api.WordMap, ...]
    frames: tuple[Image.Image, ...]
    """Small, from noise to the picture."""
    engine_version: str


def label(word: api.WordMap) -> str:
    """A word, and what the model read in its place."""
    return word.word if word.read_as is None else f"{word.word} → {word.read_as}"


def check_file(text: str) -> None:
    """See whether what stands in a picture's file may suffice to draw it again.

    Raises: Impossible.
    """
    if not (fields := read_fields(text)):
        raise Impossible(
            say(
                "This file says no recipe, so I do not know its words. Take a picture that I drew, in the "
                "file that I wrote."
            )
        )
    if BEGUN_FROM in fields:
        raise Impossible(
            say(
                "This picture began from another one, which its file does not hold: I cannot draw it again "
                "to see how it came about."
            )
        )
    if LOOKED_AT in fields:
        raise Impossible(
            say(
                "This picture was drawn while others were looked at, which its file does not hold: I cannot "
                "draw it again to see how it came about."
            )
        )
    if FOLLOWED in fields:
        raise Impossible(
            say(
                "This picture follows a map, which its file does not hold: I cannot draw it again to see how "
                "it came about."
            )
        )


class Explaining:
    """Tells how pictures came about. It costs what drawing one picture costs; nobody is charged here."""

    def __init__(self, engine: api.Engine, pictures: Pictures, recipes: Recipes) -> None:
        self._engine = engine
        self._pictures = pictures
        self._recipes = recipes

    def of_prompt(self, text: str, seed: int | None = None) -> Recipe:
        """The recipe of the first picture of a prompt.

        Raises: PromptError.
        """
        recipe = self._recipes.new(parse(text)).only(0)
        return recipe if seed is None else replace(recipe, seed=seed)

    def of_file(self, text: str, picture: Image.Image, index: int = 0) -> Recipe:
        """The recipe of one of a file's pictures, from what stands in the file.

        Raises: Impossible, where that does not suffice; PromptError; NotFound.
        """
        check_file(text)
        recipe = self._recipes.of_file(text).only(index)
        if (recipe.canvas.width, recipe.canvas.height) != picture.size:
            raise _another()
        return recipe

    async def explain(
        self,
        recipe: Recipe,
        *,
        fairness_key: str = "",
        speed: Speed = Speed.RELAX,
        tell: Callable[[float], object] = lambda _: None,
    ) -> Explanation:
        """Draw the picture of a recipe of one once more; `tell` is told the share that is done, 0 to 1.

        Raises: Impossible, where nothing of it was drawn; NotFound, Unavailable.
        """
        request = await self._pictures.request(recipe, fairness_key=fairness_key, speed=speed)
        if not isinstance(request, api.Generate) or recipe.is_imported:
            raise Impossible(say("This picture was not drawn from words here, so there are none to find."))
        asked = api.Explain(drawing=request, fairness_key=fairness_key, speed=api.Speed(speed))
        try:
            told = await self._told(asked, tell)
        except (ModelNotFound, InvalidRequest) as error:
            raise NotFound(say("The model that drew this picture is not loaded any more.")) from error
        except EngineError as error:
            raise Unavailable(say("I cannot draw just now. Try again in a minute.")) from error
        return Explanation(
            recipe=recipe,
            picture=told.image,
            words=told.words,
            frames=told.frames,
            engine_version=told.engine_version,
        )

    async def check(self, explanation: Explanation, picture: Image.Image) -> None:
        """See whether what was drawn again is the picture that was meant.

        Raises: Impossible.
        """
        if not await asyncio.to_thread(is_same, explanation.picture, picture):
            raise _another()

    async def area(self, explanation: Explanation, phrase: str) -> Image.Image:
        """Where in the picture a phrase lies, in white.

        Raises: Impossible, where its words are not in the picture's prompt.
        """
        words = [one.word for one in explanation.words]
        places = find(phrase, words)
        if not places:
            raise Impossible(_not_there(phrase, words))
        heats = [explanation.words[place].heat for place in places]
        return await asyncio.to_thread(marked, heats, explanation.picture.size)

    async def _told(self, request: api.Explain, tell: Callable[[float], object]) -> api.Explained:
        async with aclosing(self._engine.run(request)) as events:
            async for event in events:
                if isinstance(event, api.Progress):
                    tell(event.step / event.total)
                elif isinstance(event, api.Finished) and isinstance(event.result, api.Explained):
                    tell(1.0)
                    return event.result
        raise EngineError("the engine ended without a result")


def _not_there(phrase: str, words: Sequence[str]) -> Sentence:
    listed = ", ".join(f"`{word}`" for word in dict.fromkeys(words))
    if not listed:
        return say("This picture was drawn without words.")
    return say(
        "`{phrase}` is not in the prompt of this picture. Its words are: {words}.",
        phrase=phrase,
        words=listed,
    )


def _another() -> Impossible:
    return Impossible(
        say(
            "Drawn again from its recipe, this comes out as another picture: it was edited, began from "
            "another one, or was drawn by another model. So I cannot see how it came about."
        )
    )
