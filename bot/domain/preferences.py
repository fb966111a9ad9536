"""What a member wants in every prompt that does not say otherwise: theirs alone, in each guild its own."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from bot.domain.echo import echo_code
from bot.domain.job import Speed
from bot.domain.prompt import ASK_ABOVE, MAX_PROMPTS, Prompt
from bot.domain.sentences import Sentence, say
from bot.domain.speeds import typed_speed

STYLIZE = (50, 100, 250, 750)
"""What the panel offers, from little to much."""
ASK_ABOVE_CHOICES = (1, ASK_ABOVE, 10, 20, MAX_PROMPTS)
"""What the panel offers; with the last there is never a question."""


LOST = frozenset({"lost_model", "has_lost_turbo"})
"""What is only known where it is asked."""


class VariationMode(StrEnum):
    """What V1 to V4 draw."""

    STRONG = "strong"
    SUBTLE = "subtle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """A member's own settings in a guild. What they typed counts first, then their suffix."""

    model: str | None = None
    """By name; None: the guild's own."""
    stylize: int | None = None
    """As `--stylize`; None: what the model likes."""
    is_raw: bool = False
    """As `--style raw`."""
    variation: VariationMode = VariationMode.STRONG
    """What V1 to V4 under a grid draw."""
    speed: Speed | None = None
    """How urgent their jobs are; None: fast."""
    is_remix: bool = False
    """Whether V and 🔄 ask for the prompt first."""
    suffix: str = ""
    """What is added to each of their prompts, as they typed it; it could be read when it was set."""
    ask_above: int = ASK_ABOVE
    """So many jobs of one text are drawn without a question."""
    lost_model: str = field(default="", compare=False)
    """The model that was chosen and cannot be used where its member is. Never stored."""
    has_lost_turbo: bool = field(default=False, compare=False)
    """Whether turbo was chosen where there is none any more. Never stored."""

    def to_json(self) -> dict[str, Any]:
        """What differs from the defaults, as plain values for a JSON column."""
        plain = Preferences()
        stored = {name: value for name, value in asdict(self).items() if name not in LOST}
        return {name: value for name, value in stored.items() if value != getattr(plain, name)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote, now or in any version; what this one does not know is passed over."""
        known = {field.name for field in fields(cls)} - LOST
        found = {name: value for name, value in values.items() if name in known}
        for name, kind in (("speed", Speed), ("variation", VariationMode)):
            if found.get(name) in list(kind):
                found[name] = kind(found[name])
            else:
                found.pop(name, None)
        return cls(**found)


def lost(preferences: Preferences, prompt: Prompt) -> Iterator[Sentence]:
    """What a prompt does not get of its member's settings, though it says nothing else itself."""
    parameters = prompt.parameters
    names_model = parameters.model or parameters.version is not None or parameters.niji is not None
    if preferences.lost_model and not names_model:
        yield say(
            "Your model, `{model}`, cannot be used here, so this is drawn with the usual one. /settings "
            "chooses another.",
            model=echo_code(preferences.lost_model, limit=60),
        )
    if preferences.has_lost_turbo and typed_speed(prompt) is None:
        yield say("This server has no turbo any more, so this is drawn in your turn. /fast says so for good.")
