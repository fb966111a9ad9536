"""How a text is read, said whole: for who writes prompts, and for scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import PromptError
from bot.domain.parameters import ROWS, Parameters
from bot.domain.prompt import Prompt, parse_all
from bot.domain.sentences import Sentence
from bot.domain.size import AspectRatio


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a text: prompts, or what is wrong with it."""

    prompts: tuple[Prompt, ...] = ()
    mistakes: tuple[Sentence, ...] = ()
    fixed: str | None = None
    """The whole text with what is certainly meant, where that is all that is to be mended."""
    without: str | None = None
    """The whole text less what cannot be done here, where that can be drawn."""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for scripts."""
        offers = {"fix": self.fixed, "without": self.without}
        return {
            "jobs": [_job(prompt) for prompt in self.prompts],
            "mistakes": [{"says": str(mistake)} for mistake in self.mistakes],
            "fixed": self.fixed,
            "offers": [name for name, prompt in offers.items() if prompt is not None],
        }


def read(text: str) -> Reading:
    """Read a text; nothing is drawn, and no link is followed."""
    try:
        return Reading(prompts=parse_all(text))
    except PromptError as error:
        return Reading(mistakes=error.mistakes, fixed=error.fixed, without=error.without)


def _job(prompt: Prompt) -> dict[str, Any]:
    return {
        "parts": [[part.text, part.weight] for part in prompt.parts],
        "negative": list(prompt.parameters.negative),
        "images": [[image.link, image.weight] for image in prompt.images],
        "parameters": _parameters(prompt.parameters),
    }


def _parameters(parameters: Parameters) -> Mapping[str, Any]:
    """Those that were given, by their names; which of the speeds it is, by one name for all of them."""
    values: dict[str, Any] = {}
    for field, row in ROWS.items():
        value = getattr(parameters, field)
        if value != getattr(Parameters(), field):
            values[row.name] = _plain(value) if row.plain is None else row.plain(value)
    speeds = [name for name in ("fast", "relax", "turbo") if values.pop(name, False)]
    return values | ({"speed": speeds[0]} if speeds else {})


def _plain(value: object) -> object:
    match value:
        case AspectRatio():
            return str(value)
        case tuple():
            return list(value)
        case _:
            return value
