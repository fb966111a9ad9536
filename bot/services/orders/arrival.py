"""What an interaction asks for, before anything is decided of it: plain values, that can be kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from bot.domain.asker import Asker
from bot.domain.kinds import JobKind
from bot.domain.size import AspectRatio
from bot.domain.uploads import Attachment, Incoming, Link
from bot.services.orders.press import Press

ASKER = "asker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A prompt, a press under a picture, a press with a prompt, pictures to blend, or a prompt of before."""

    asker: Asker
    text: str = ""
    """As it was typed; nothing, for a press that changes no words."""
    sources: tuple[Incoming, ...] = ()
    """Pictures that came with the prompt."""
    press: Press | None = None
    is_blend: bool = False
    """Whether the pictures are to become one."""
    ratio: AspectRatio | None = None
    """Of what they are blended into."""
    again: int | None = None
    """The number of a prompt of the asker's own that is to be drawn once more."""

    @property
    def can_be_kept(self) -> bool:
        """Whether it can be written down: what was uploaded on the command line cannot."""
        return all(isinstance(source, Attachment | Link) for source in self.sources)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column; who asked stands in columns of their own."""
        return {
            ASKER: self.asker.to_json(),
            "text": self.text,
            "sources": [asdict(source) for source in self.sources],
            "press": self.press and {**asdict(self.press), "kind": self.press.kind.value},
            "is_blend": self.is_blend,
            "ratio": self.ratio and asdict(self.ratio),
            "again": self.again,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, source: str, user_id: int) -> Self:
        """What `to_json` wrote; older versions knew neither blends nor prompts of before."""
        press, ratio = values["press"], values.get("ratio")
        return cls(
            asker=Asker.from_json(values[ASKER], source=source, user_id=user_id),
            text=values["text"],
            sources=tuple(map(_incoming, values["sources"])),
            press=press and Press(**{**press, "kind": JobKind(press["kind"])}),
            is_blend=values.get("is_blend", False),
            ratio=ratio and AspectRatio(**ratio),
            again=values.get("again"),
        )


def _incoming(values: Mapping[str, Any]) -> Incoming:
    return Attachment(**values) if "name" in values else Link(**values)
