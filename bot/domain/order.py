"""An order: what a press or a command asks for, before it is a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.domain.job import Speed
from bot.domain.kinds import JobKind
from bot.domain.pardons import Pardon
from bot.domain.recipe import ImageRef, Recipe
from bot.domain.speeds import typed_speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job about to be submitted. Complete in itself: stored, it can be submitted on another day."""

    kind: JobKind
    recipe: Recipe
    text: str
    """As the member typed it; for a press, the parent's prompt."""
    parent: ImageRef | None = None
    reply_to: int | None = None
    """The message that was pressed, which the result answers."""
    ordinal: int = 0
    """Which of the orders of one request it is."""
    batch_size: int = 1
    """How many orders its request made."""
    speed: Speed = Speed.FAST
    is_confirmed: bool = False
    """Whether the asker was asked about its words, and means them."""

    objections: tuple[str, ...] = ()
    """The rules of the guild that refused it, where moderators can allow it all the same."""
    pardons: tuple[Pardon, ...] = ()
    """What of them they allowed, by whom and when."""

    @property
    def has_own_text(self) -> bool:
        """Whether the asker wrote its words: else they are another member's, and no fault of the asker."""
        return self.kind.traits.has_own_text or self.recipe.is_remixed

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return {
            "kind": self.kind.value,
            "recipe": self.recipe.to_json(),
            "text": self.text,
            "parent": self.parent and {"job_id": self.parent.job_id, "index": self.parent.index},
            "reply_to": self.reply_to,
            "ordinal": self.ordinal,
            "batch_size": self.batch_size,
            "speed": self.speed.value,
            "is_confirmed": self.is_confirmed,
            "objections": list(self.objections),
            "pardons": [pardon.to_json() for pardon in self.pardons],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The order that `to_json` wrote."""
        parent, recipe = values.get("parent"), Recipe.from_json(values["recipe"])
        return cls(
            kind=JobKind(values["kind"]),
            recipe=recipe,
            text=values["text"],
            parent=ImageRef(**parent) if parent else None,
            reply_to=values.get("reply_to"),
            ordinal=values.get("ordinal", 0),
            batch_size=values.get("batch_size", 1),
            speed=Speed(values["speed"]) if "speed" in values else typed_speed(recipe.prompt) or Speed.FAST,
            is_confirmed=values.get("is_confirmed", False),
            objections=tuple(values.get("objections") or ()),
            pardons=tuple(map(Pardon.from_json, values.get("pardons") or ())),
        )
