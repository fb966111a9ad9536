"""Every custom_id, written and read. It is all the state of a button or a form, and only ever a key.

`<kind>:<id>:<action>[:<argument>]`, at most 100 characters. What an older version wrote is read for ever.
An id has 18 digits at most: more fit no database.
"""

import re
from dataclasses import dataclass

from bot.domain.audit import AuditFilter
from bot.domain.cells import ALL
from bot.domain.history import Shelf, Wanted
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Accept, Acknowledge, Action, Appeal, AskModerators, Draw
from bot.domain.recipe import ImageRef, Picture, UploadRef

_ID = r"\d{1,18}"
_NO_ACTION = re.compile(r"[^a-z_]")
MAX_ACTION = 32

JOB = (
    rf"job:(?P<job_id>{_ID}):(?P<action>[a-z_]{{1,16}})(?::(?P<index>[0-3])(?::(?P<how>[a-z0-9.]{{1,8}}))?)?"
)
CHANGE = (
    rf"change:(?P<job_id>{_ID}):(?P<action>[a-z_]{{1,16}}):(?P<index>[0-3])(?::(?P<how>[a-z0-9.]{{1,8}}))?"
)
"""A form under a picture, and the button that opens it: both have the same."""
REGION = (
    rf"region:(?P<job_id>{_ID}):(?P<action>toggle|draw|words|mask)"
    r":(?P<index>[0-3])-(?P<cells>\d{1,3})(?:-(?P<cell>[1-9]))?"
)
"""A part of the panel where an area is chosen, or a form of it. It holds all that is chosen."""
KEPT = rf"(?P<kind>kept|confirm):(?P<kept_id>{_ID}):draw"
ASK = rf"kept:(?P<kept_id>{_ID}):ask"
TERMS = rf"(?P<kind>kept|terms):(?P<kept_id>{_ID}):accept:(?P<version>\d{{1,9}})"
EXAMPLE = r"start:(?P<number>\d{1,2}):example"
HELP = r"help:0:(?P<page>[a-z]{1,16})"
MINE = r"mine:(?P<page>\d{1,6}):page(?::(?P<shelf>[a-z]{1,8}):(?P<search>(?s:.{0,60})))?"
CHOOSE = r"mine:(?P<page>\d{1,6}):choose"
PICTURE = rf"picture:(?P<job_id>{_ID}):(?P<action>[a-z]{{1,16}})"
LOOKED = r"looked:0:(?P<action>draw|again|all)(?::(?P<number>\d{1,4}))?"
USE = rf"(?P<kind>use|brought):(?P<id>{_ID}):(?P<action>choose|prompt|style|describe)(?::(?P<index>[0-3]))?"
GALLERY = r"gallery:0:join:(?P<since>[a-z]{1,8})"
AUDIT = r"audit:(?P<page>\d{1,6}):(?P<do>show|export):(?P<user>-?\d{0,19})-(?P<action>[a-z_]{0,32})"
SETUP = r"setup:(?P<guild_id>\d{1,20}):(?P<action>[a-z-]{1,20})"
MODERATION = (
    rf"(?P<kind>notice|block|appeal|order|report|upload|forget):(?P<id>{_ID}):(?P<action>[a-z]{{1,16}})"
)
FORM = re.compile(r"(?P<kind>block|appeal|report|queue):(?P<id>\d{1,19}):(?P<action>[a-z]{1,16})")
PROMPT_FORM = "draw:0:prompt"
"""The form that holds a prompt, to be changed and drawn."""
SETTINGS = r"settings:0:(?P<action>[a-z]{1,16})(?::(?P<value>[a-z0-9]{1,16}))?"
INFO = r"info:0:(?P<action>[a-z]{1,16})"
SUFFIX_FORM = "settings:form:suffix"
"""The form that holds a member's suffix."""
SETUP_FORM = re.compile(r"setup:form:(?P<action>[a-z-]{1,20})")

SAME = "same"
"""How a picture is drawn anew: with its own seed."""
CANCEL = "cancel"
CANCEL_ALL = "cancel_all"
NO_SUFFIX = "no_suffix"
"""The actions of a job's buttons that ask for no other job, or for one as it was typed."""
EVERYTHING = Wanted()
REMIX, CUSTOM_ZOOM, CHOOSE_REGION = "remix", "custom_zoom", "choose_region"
"""What is asked for under a picture before anything is drawn; else a form asks for a kind's prompt."""
MAX_STORED = 2**63 - 1
"""A message's id has 19 digits; beyond this no database holds it."""

_SOURCES = {"terms": "pending", "confirm": "confirm"}
"""What an older version kept is found by the source that it had, not by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPress:
    """A button under a job's messages."""

    job_id: int
    action: str
    """`cancel`, or the kind of job that is asked for."""
    index: int = 0
    how: str = ""
    """What the kind leaves open: how far to zoom out, which way to pan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A button or form on a picture that is to be used."""

    picture: Picture
    action: str
    """`choose`, `prompt`, `style`, `describe`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPress:
    """A part of the panel where an area of a picture is chosen."""

    job_id: int
    action: str
    """`toggle` a cell; or the form that says how to go on: `draw`, `words`, `mask`."""
    index: int
    cells: int = 0
    """Which of the nine are chosen (`bot.domain.cells`)."""
    cell: int | None = None
    """Of `toggle`: its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A button or form of moderation: of which kind, on what, to do what."""

    kind: str
    number: int
    action: str


def of_job(job_id: int, kind: JobKind, index: int | None = None, how: str = "") -> str:
    """A button under a picture that asks for a job of that kind."""
    return f"job:{job_id}:{kind}" + ("" if index is None else f":{index}") + (f":{how}" if how else "")


def of_again(job_id: int) -> str:
    """Under a job that failed: the same once more, with its seed."""
    return of_job(job_id, JobKind.REROLL, 0, SAME)


def of_change(press: JobPress) -> str:
    """A form under a picture, and the button that opens it."""
    how = f":{press.how}" if press.how else ""
    return f"change:{press.job_id}:{press.action}:{press.index}{how}"


def change_form(custom_id: str) -> JobPress | None:
    """What a form under a picture asks for; None for other forms."""
    match = re.fullmatch(CHANGE, custom_id)
    return None if match is None else job_press(match)


def of_region(press: RegionPress) -> str:
    """A part of the panel where an area is chosen."""
    cell = "" if press.cell is None else f"-{press.cell}"
    return f"region:{press.job_id}:{press.action}:{press.index}-{press.cells}{cell}"


def region_press(match: re.Match[str]) -> RegionPress:
    """What REGION matched; of the cells, those that there are."""
    return RegionPress(
        job_id=int(match["job_id"]),
        action=match["action"],
        index=int(match["index"]),
        cells=int(match["cells"]) & ALL,
        cell=int(match["cell"]) if match["cell"] else None,
    )


def region_form(custom_id: str) -> RegionPress | None:
    """Which form of the panel this is; None for others."""
    match = re.fullmatch(REGION, custom_id)
    return None if match is None else region_press(match)


def of_cancel(job_id: int) -> str:
    """Cancel, under a job that waits or is drawn."""
    return f"job:{job_id}:{CANCEL}"


def of_cancel_all(job_id: int) -> str:
    """Cancel all, under each job of a batch."""
    return f"job:{job_id}:{CANCEL_ALL}"


def of_no_suffix(job_id: int) -> str:
    """Draw what was typed, without its member's suffix."""
    return f"job:{job_id}:{NO_SUFFIX}"


def of_settings(action: str, value: str | int | None = None) -> str:
    """A part of the panel of /settings."""
    return f"settings:0:{action}" + ("" if value is None else f":{value}")


def of_info(action: str) -> str:
    """What can be pressed under /info."""
    return f"info:0:{action}"


def of_step(action: Action) -> str:
    """A button below a refusal."""
    match action:
        case Draw(kept_id=kept_id):
            return f"kept:{kept_id}:draw"
        case Accept(kept_id=kept_id, version=version):
            return f"kept:{kept_id}:accept:{version}"
        case Acknowledge(sanction_id=sanction_id):
            return f"notice:{sanction_id}:acknowledge"
        case Appeal(sanction_id=sanction_id):
            return f"block:{sanction_id}:appeal"
        case AskModerators(kept_id=kept_id):
            return f"kept:{kept_id}:ask"


def of_moderation(kind: str, number: int, action: str) -> str:
    """A button or form of moderation."""
    return f"{kind}:{number}:{action}"


def of_example(number: int) -> str:
    """An example of the guide."""
    return f"start:{number}:example"


def of_help(page: str) -> str:
    """A page of the manual."""
    return f"help:0:{page}"


def of_mine(page: int, wanted: Wanted = EVERYTHING) -> str:
    """A page of one's own pictures, or of what was looked for among them."""
    return f"mine:{page}:page" + ("" if wanted == EVERYTHING else f":{wanted.shelf}:{wanted.search}")


def of_choose(page: int) -> str:
    """The menu of a page of one's own pictures."""
    return f"mine:{page}:choose"


def of_picture(job_id: int, action: str) -> str:
    """What may be done with a picture: `ask`, `delete`, `hide`, `unhide`; `like`, `details`, `made`."""
    return f"picture:{job_id}:{action}"


def of_looked(action: str, number: int | None = None) -> str:
    """A prompt that a message offers (`draw`, by number), `all` of them, or others (`again`, by turns)."""
    return f"looked:0:{action}" + ("" if number is None else f":{number}")


def of_use(picture: Picture, action: str) -> str:
    """What a picture may be used as."""
    if isinstance(picture, UploadRef):
        return f"brought:{picture.upload_id}:{action}"
    return f"use:{picture.job_id}:{action}:{picture.index}"


def use(match: re.Match[str]) -> Use:
    """What USE matched."""
    number = int(match["id"])
    if match["kind"] == "brought":
        return Use(picture=UploadRef(upload_id=number), action=match["action"])
    image = ImageRef(job_id=number, index=int(match["index"] or 0))
    return Use(picture=image, action=match["action"])


def of_gallery(since: str) -> str:
    """Which pictures a member shows: `now` for those to come, `all`."""
    return f"gallery:0:join:{since}"


def of_audit(page: int, wanted: AuditFilter, *, is_export: bool = False) -> str:
    """A page of the audit log, or all of it as a file."""
    action = _NO_ACTION.sub("", wanted.action or "")[:MAX_ACTION]  # it may have been typed by hand
    return f"audit:{page}:{'export' if is_export else 'show'}:{wanted.user_id or ''}-{action}"


def of_setup(guild_id: int | None, action: str) -> str:
    """A part of the panel of /setup."""
    return f"setup:{guild_id}:{action}"


def of_setup_form(action: str) -> str:
    """A form of the panel."""
    return f"setup:form:{action}"


def setup_form(custom_id: str) -> str | None:
    """Which form of the panel this is; None for others."""
    match = SETUP_FORM.fullmatch(custom_id)
    return None if match is None else match["action"]


def job_press(match: re.Match[str]) -> JobPress:
    """What JOB matched."""
    return JobPress(
        job_id=int(match["job_id"]),
        action=match["action"],
        index=int(match["index"] or 0),
        how=match["how"] or "",
    )


def mine_wanted(match: re.Match[str]) -> Wanted | None:
    """What MINE matched; None, where it is a shelf that no version knows."""
    shelf = match["shelf"] or Shelf.ALL
    return Wanted(search=match["search"] or "", shelf=Shelf(shelf)) if shelf in list(Shelf) else None


def kept_key(match: re.Match[str]) -> int | str:
    """Which kept order KEPT or TERMS matched: its id, or of old its source."""
    source = _SOURCES.get(match["kind"])
    return int(match["kept_id"]) if source is None else f"{source}-{match['kept_id']}"


def audit_filter(match: re.Match[str]) -> AuditFilter:
    """What AUDIT matched."""
    user = match["user"].strip("-")
    return AuditFilter(user_id=int(user) if user else None, action=match["action"] or None)


def numbered(match: re.Match[str]) -> Numbered:
    """What MODERATION or FORM matched."""
    return Numbered(kind=match["kind"], number=int(match["id"]), action=match["action"])


def form(custom_id: str) -> Numbered | None:
    """What a form of moderation is about; None for other forms, and for ids that nothing can have."""
    match = FORM.fullmatch(custom_id)
    read = None if match is None else numbered(match)
    return read if read is not None and read.number <= MAX_STORED else None
