"""Maps that pictures can follow: what each shows, and which can be made from an ordinary picture."""

from enum import StrEnum

from bot.domain.errors import Impossible
from bot.domain.sentences import say


class MapKind(StrEnum):
    """What a map shows. With it begin the names in CONTROLNETS: `edges`, `edges-xl`."""

    EDGES = "edges"
    DEPTH = "depth"
    SEG = "seg"
    """Areas, each in the colour of what is there."""
    POSE = "pose"
    SCRIBBLE = "scribble"
    TILE = "tile"
    """The picture itself, blurred or small."""

    def is_read_by(self, control: str) -> bool:
        """Whether a control of this name reads such maps."""
        return control == self.value or control.startswith(f"{self.value}-")


MADE = (MapKind.EDGES, MapKind.TILE)
"""What can be made from an ordinary picture here."""


def check_made(kind: MapKind) -> None:
    """Whether such a map can be made from a picture.

    Raises: Impossible.
    """
    if kind not in MADE:
        raise Impossible(
            say(
                "I can make a map of {made} from a picture, but none of {kind}. Make it with another tool, "
                "and give me the map itself.",
                made=", ".join(MADE),
                kind=kind.value,
            )
        )
