"""A job: what a member asked for, and where it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.asker import Asker
from bot.domain.charges import Charge
from bot.domain.custody import Custody
from bot.domain.kinds import JobKind
from bot.domain.recipe import ImageRef, Recipe


class JobStatus(StrEnum):
    """Where a job stands. Everything after RENDERED is final."""

    QUEUED = "queued"
    RUNNING = "running"
    RENDERED = "rendered"
    """Drawn, stored and settled; the post is still owed."""
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    """Drawn and kept, but its channel cannot be posted to; /show brings it back."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    BINNED = "binned"
    """Drawn and charged; taken off by its member or a moderator, who may bring it back for a day."""
    DELETED = "deleted"
    """Drawn and charged; its pictures were taken back by its member, or away by a moderator or a filter."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the job by itself."""
        return self not in UNFINISHED

    @property
    def was_drawn(self) -> bool:
        """Whether the job used what it was charged, even if its pictures are gone by now."""
        return self.is_kept or self is JobStatus.DELETED

    @property
    def is_kept(self) -> bool:
        """Whether the files of the job's pictures are kept, though nobody may see them."""
        return self in KEPT

    @property
    def has_pictures(self) -> bool:
        """Whether the job's pictures exist."""
        return self in WITH_PICTURES


UNDRAWN = (JobStatus.QUEUED, JobStatus.RUNNING)
"""It waits, or is drawn: it may still be cancelled."""
UNFINISHED = (*UNDRAWN, JobStatus.RENDERED)
"""Something is still owed."""
WITH_PICTURES = (JobStatus.RENDERED, JobStatus.DELIVERED, JobStatus.UNDELIVERABLE)
"""The pictures exist."""
KEPT = (*WITH_PICTURES, JobStatus.BINNED)
"""Their files do."""


class Failure(StrEnum):
    """Why a job failed; rendered as a sentence in `bot.messages`."""

    INVALID_REQUEST = "invalid_request"
    OUT_OF_MEMORY = "out_of_memory"
    MODEL_NOT_FOUND = "model_not_found"
    GONE = "gone"
    """A picture that it is made from is not there any more."""
    ENGINE = "engine"
    CRASHED = "crashed"
    """The process died three times while it drew this job alone."""
    RESTORED = "restored"
    """A copy of the database was put back from before it was drawn."""


class Speed(StrEnum):
    """How urgent a job is."""

    FAST = "fast"
    RELAX = "relax"
    TURBO = "turbo"

    @property
    def price(self) -> int:
        """How many times a job counts."""
        return 2 if self is Speed.TURBO else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that shows a result."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a member asked for: stored, owned, charged."""

    id: int
    kind: JobKind
    status: JobStatus
    source: str
    ordinal: int
    attempt: int
    guild_id: int
    """The guild that is charged; for a direct message, the one the member last used the bot in."""
    channel_id: int
    user_id: int
    is_direct_message: bool
    is_age_restricted: bool
    """Whether it was asked for in an age-restricted channel."""
    recipe: Recipe
    speed: Speed
    charge: Charge
    """What was reserved."""
    gpu_ms: int | None
    """The true device time, once rendered."""
    parent: ImageRef | None
    """The picture or grid this job was made from."""
    reply_to: int | None
    """The message that was pressed, which the result answers."""
    message_id: int | None
    """The progress message, while there is one."""
    result_message_id: int | None
    failure: Failure | None
    locale: str
    created_at: datetime
    unread: str = ""
    """The end of its text, where the model does not read so much."""
    is_hidden: bool = False
    """Whether its member keeps it off the web page."""
    batch_size: int = 1
    """How many jobs its request made."""
    custody: Custody = Custody.NONE
    lone_deaths: int = 0
    """How often the process died while it was alone on the device."""

    @property
    def inputs(self) -> list[int]:
        """The numbers of the pictures that were brought along for it."""
        return [ref.upload_id for ref in self.recipe.uploads]

    @property
    def prompt(self) -> str:
        """As a member would type it to get this, written from the recipe."""
        return self.recipe.written


def may_be_pressed(job: Job, asker: Asker) -> bool:
    """Whether the asker may act on the job at all: same guild, or their own in a direct message."""
    if asker.guild_id is None:
        return job.user_id == asker.user_id
    return job.guild_id == asker.guild_id and not job.is_direct_message
