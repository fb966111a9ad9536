"""The kinds of jobs, as a table: what a job is made from, what comes of it, whose rules it obeys.

Nothing else compares a kind to a name: whoever must tell kinds apart asks for what it needs to know.
"""

from dataclasses import dataclass
from enum import StrEnum


class JobKind(StrEnum):
    """How a job came about. Stored, and the action of the button that asks for it."""

    IMAGINE = "imagine"
    REROLL = "reroll"
    """The same recipe with a new seed (🔄)."""
    VARY = "vary"
    """Image-to-image from one tile, with fresh seeds (V1–V4)."""
    VARY_SUBTLE = "subtle"
    """The same picture with a little of other noise."""
    ZOOM = "zoom"
    """One tile from farther away: smaller, with what lies around it drawn."""
    PAN = "pan"
    """One tile, longer on one side."""
    SQUARE = "square"
    """One tile, made as high as wide."""
    REGION = "region"
    """One tile, of which an area is drawn anew."""
    UPSCALE_SUBTLE = "upscale_subtle"
    """One tile, larger."""
    UPSCALE_CREATIVE = "upscale_creative"
    """One tile, larger, with finer things drawn into it."""
    BLEND = "blend"
    """Several pictures, drawn as one."""
    EDIT = "edit"
    """A picture that a member brought along, to be worked on."""
    PICK = "pick"
    """One tile of a grid, posted on its own (U1–U4)."""

    @property
    def traits(self) -> "Kind":
        """The row of the table."""
        return KINDS[self]


class Origin(StrEnum):
    """What a job is made from."""

    TEXT = "text"
    """What its asker typed."""
    GRID = "grid"
    """All pictures of another job."""
    TILE = "tile"
    """One picture of another job."""
    PICTURES = "pictures"
    """Pictures, and what its asker typed."""


class Outcome(StrEnum):
    """What comes of a job."""

    GRID = "grid"
    PICTURE = "picture"
    """A single picture of its own."""
    TILE = "tile"
    """One of its parent's pictures, shown on its own: the files are the parent's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is to be known of a kind of job."""

    origin: Origin
    outcome: Outcome
    is_drawn: bool = True
    """Whether the engine works for it. What is not drawn is RENDERED as it is made."""
    is_free: bool = False
    """Whether nothing is charged."""
    obeys_room: bool = True
    """Whether the rules of the room that it is asked for in hold for it: roles, models, theme."""

    @property
    def is_single(self) -> bool:
        """Whether a single picture comes of it, which is posted as the file to keep."""
        return self.outcome is not Outcome.GRID

    @property
    def has_own_text(self) -> bool:
        """Whether the asker wrote its words: else they are another member's, and no fault of the asker."""
        return self.origin in {Origin.TEXT, Origin.PICTURES}


KINDS = {
    JobKind.IMAGINE: Kind(origin=Origin.TEXT, outcome=Outcome.GRID),
    JobKind.REROLL: Kind(origin=Origin.GRID, outcome=Outcome.GRID),
    JobKind.VARY: Kind(origin=Origin.TILE, outcome=Outcome.GRID),
    JobKind.VARY_SUBTLE: Kind(origin=Origin.TILE, outcome=Outcome.GRID),
    JobKind.ZOOM: Kind(origin=Origin.TILE, outcome=Outcome.GRID),
    JobKind.PAN: Kind(origin=Origin.TILE, outcome=Outcome.GRID),
    JobKind.SQUARE: Kind(origin=Origin.TILE, outcome=Outcome.GRID),
    JobKind.REGION: Kind(origin=Origin.TILE, outcome=Outcome.GRID),
    JobKind.UPSCALE_SUBTLE: Kind(origin=Origin.TILE, outcome=Outcome.PICTURE),
    JobKind.UPSCALE_CREATIVE: Kind(origin=Origin.TILE, outcome=Outcome.PICTURE),
    JobKind.BLEND: Kind(origin=Origin.PICTURES, outcome=Outcome.GRID),
    JobKind.EDIT: Kind(origin=Origin.PICTURES, outcome=Outcome.PICTURE, is_drawn=False, is_free=True),
    JobKind.PICK: Kind(
        origin=Origin.TILE, outcome=Outcome.TILE, is_drawn=False, is_free=True, obeys_room=False
    ),
}

NOT_DRAWN = tuple(kind for kind, row in KINDS.items() if not row.is_drawn)
"""For queries: what reports of usage leave out."""
BROUGHT = tuple(kind for kind, row in KINDS.items() if row.origin is Origin.PICTURES and not row.is_drawn)
"""For queries: jobs whose picture was not drawn here at all, which the web page does not show."""
TILES = tuple(kind for kind, row in KINDS.items() if row.outcome is Outcome.TILE)
"""For queries: jobs whose picture is their parent's."""
