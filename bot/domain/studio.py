"""What a guild draws with: which models and LoRAs, by which names, in which house style."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.profiles import Profile

ANY_VERSION = "*"
"""An alias for every version that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What members may draw with where they are. Empty means: whatever is loaded."""

    models: tuple[str, ...] = ()
    """By name, those of the guild."""
    room_models: tuple[str, ...] = ()
    """Those of the room."""
    default: str = ""
    """What draws where nobody chose."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names of models, as `alias_key` writes them: `6`, `niji5`, `anime`."""
    loras: tuple[str, ...] = ()
    house_styles: Mapping[str, str] = field(default_factory=dict)
    """Words by the names of models."""
    usual_stylize: int | None = None
    """What holds where nobody says anything; None: as the model's profile has it."""

    def allows_model(self, name: str) -> bool:
        """Whether a model may be used here."""
        return all(not names or is_among(name, names) for names in (self.models, self.room_models))

    def allows_lora(self, name: str) -> bool:
        """Whether a LoRA may be used here."""
        return not self.loras or is_among(name, self.loras)

    def aliases_of(self, name: str) -> tuple[str, ...]:
        """The other names of a model, as they were written."""
        return tuple(alias for alias, model in self.aliases.items() if model.casefold() == name.casefold())

    def profile(self, name: str, usual: Profile) -> Profile:
        """The profile of a model as the guild has it."""
        own = {model.casefold(): words for model, words in self.house_styles.items()}
        profile = replace(usual, words=own.get(name.casefold(), usual.words))
        if self.usual_stylize is None:
            return profile
        return replace(profile, usual=self.usual_stylize)


EVERYTHING = Studio()
"""A guild that has said nothing."""


def is_among(name: str, names: tuple[str, ...]) -> bool:
    """Whether a name is one of these, whatever its capitals."""
    return name.casefold() in {one.casefold() for one in names}


def alias_key(name: str) -> str:
    """A name or version as aliases are compared: `V 6.1` and `6.1` are one, and so are `Niji 5`, `niji5`."""
    key = "".join(name.casefold().removeprefix("--").split()).replace("_", "-")
    return key[1:] if key[:1] == "v" and key[1:2].isdecimal() else key
