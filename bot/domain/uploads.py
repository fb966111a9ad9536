"""Pictures that members bring along: where they come from, how they are named, who may bring them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.asker import Asker
from bot.domain.echo import echo_code
from bot.domain.errors import Gone, NotAllowed, NotFound, Unreadable, UserError
from bot.domain.guild import GuildSettings
from bot.domain.recipe import ImageRef, Picture, UploadRef
from bot.domain.rules import RoomPolicy
from bot.domain.sentences import Sentence, say

MIB = 1024 * 1024
MOST_BYTES = 8 * MIB
"""Of one file, as it comes in."""
MOST_KEPT_BYTES = 200 * MIB
"""Of all pictures that one member brought, as they are kept."""
MAX_LINK = 2000
MAX_SHOWN = 60
"""Characters of a link that a refusal repeats."""
_TILE = re.compile(r"picture:(?P<job_id>\d{1,18})(?:\.(?P<number>[1-4]))?", re.IGNORECASE)
_UPLOAD = re.compile(r"upload:(?P<upload_id>\d{1,18})", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)


class Unusable(UserError):
    """A picture that was brought along cannot be had, or is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that was attached in Discord."""

    url: str
    name: str = ""
    size: int = 0
    """Bytes, as Discord says; 0 where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that somebody typed."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """A file that is at hand already, as on the command line."""

    data: bytes


Incoming: TypeAlias = Attachment | Link | Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture that a member brought along, of one guild."""

    id: int
    guild_id: int
    user_id: int
    digest: str
    """SHA-256 of its pixels, in hex: the name of its file. It is never taken from anybody."""
    width: int
    height: int
    num_bytes: int
    score: float | None
    """How much it looks like nudity, 0 to 1; None where nobody has looked yet."""
    created_at: datetime
    last_used_at: datetime

    @property
    def ref(self) -> UploadRef:
        """By what recipes name it."""
        return UploadRef(upload_id=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """`picture:12` of which nobody said which one is meant."""

    job_id: int


Named: TypeAlias = Picture | Grid | Link


def named(typed: str) -> Named:
    """What a member means who names a picture: `picture:12.3`, `upload:7`, or a link.

    Raises: Unreadable.
    """
    text = typed.strip().removeprefix("<").removesuffix(">")
    if found := _TILE.fullmatch(text):
        job_id, number = int(found["job_id"]), found["number"]
        return ImageRef(job_id=job_id, index=int(number) - 1) if number else Grid(job_id=job_id)
    if found := _UPLOAD.fullmatch(text):
        return UploadRef(upload_id=int(found["upload_id"]))
    if _LINK.fullmatch(text) and len(text) <= MAX_LINK:
        return Link(url=text)
    raise Unreadable(
        say(
            "`{typed}` is no link to a picture. Attach the picture, or write a link that begins with "
            "`https://`, or one of mine, like `picture:12.1`.",
            typed=echo_code(typed, limit=MAX_SHOWN),
        )
    )


def written(picture: Picture) -> str:
    """A picture as a member types it in a prompt; what `named` reads."""
    if isinstance(picture, UploadRef):
        return f"upload:{picture.upload_id}"
    return f"picture:{picture.job_id}.{picture.index + 1}"


def check_may_bring(asker: Asker, settings: GuildSettings, *, is_link: bool = False) -> None:
    """Let only those pass who may bring pictures along in their guild.

    Raises: NotAllowed.
    """
    if not settings.takes_pictures:
        raise NotAllowed(say("In this server nobody brings pictures along: draw from words alone."))
    roles = settings.picture_role_ids
    if roles and set(asker.role_ids).isdisjoint(roles):
        shown = ", ".join(f"<@&{role_id}>" for role_id in roles)
        raise NotAllowed(say("In this server only {roles} may bring pictures along.", roles=shown))
    if is_link and not settings.takes_links:
        raise NotAllowed(say("This server takes no links to pictures. Attach the picture itself instead."))


def check_room(policy: RoomPolicy) -> None:
    """Let nothing pass that is made from pictures, where a room is for words alone.

    Raises: NotAllowed.
    """
    if not policy.takes_pictures:
        raise NotAllowed(say("In this room pictures are drawn from words alone. Bring yours to another one."))


def gone() -> Gone:
    """The refusal of what needs a picture that is not there any more."""
    return Gone(say("This cannot be made again: the picture that it was made from is gone."))


def unknown() -> NotFound:
    """The refusal of a picture that was brought by somebody else, elsewhere, or never."""
    return NotFound(say("I have no picture of yours with that number here. Attach it anew."))


def megabytes(size: int) -> Sentence:
    """An amount of bytes, for people."""
    return say("{count} MB", count=max(1, round(size / MIB)))
