"""A job: what a member asked for; its kinds, its states and the recipe that decides its pixels."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class JobKind(StrEnum):
    """How a job came about."""

    IMAGINE = "imagine"
    REROLL = "reroll"
    """The same recipe with a new seed (🔄)."""
    VARY = "vary"
    """Image-to-image from one tile, with fresh seeds (V1–V4)."""
    PICK = "pick"
    """One tile of a grid, posted on its own (U1–U4). Free."""


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
    DELETED = "deleted"
    """Drawn and charged; its pictures were taken away by a moderator, or its member was forgotten."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the job by itself."""
        return self not in {JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.RENDERED}

    @property
    def was_drawn(self) -> bool:
        """Whether the job used what it was charged, even if its pictures are gone by now."""
        return self.has_pictures or self is JobStatus.DELETED

    @property
    def has_pictures(self) -> bool:
        """Whether the job's pictures exist."""
        return self in {JobStatus.RENDERED, JobStatus.DELIVERED, JobStatus.UNDELIVERABLE}


class Failure(StrEnum):
    """Why a job failed; rendered as a sentence in `bot.messages`."""

    INVALID_REQUEST = "invalid_request"
    OUT_OF_MEMORY = "out_of_memory"
    MODEL_NOT_FOUND = "model_not_found"
    ENGINE = "engine"
    CRASHED = "crashed"
    """The process died three times while it drew this job."""


class Speed(StrEnum):
    """How urgent a job is."""

    FAST = "fast"
    RELAX = "relax"
    TURBO = "turbo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """One stored picture: a job and the index of its tile, 0 to 3 (1 to 4 to people)."""

    job_id: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the pixels of a job. Stored whole, so that it can be drawn again."""

    prompts: tuple[tuple[str, float], ...]
    """The parts of a multi-prompt with their weights; one part for a plain prompt."""
    negative_prompt: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    sampler: str
    seed: int
    """Of the first picture; the others follow by one."""
    num_images: int
    model: str
    model_hash: str
    start: ImageRef | None = None
    """The picture that image-to-image begins from."""
    strength: float | None = None

    @property
    def seeds(self) -> tuple[int, ...]:
        """One seed per picture."""
        return tuple((self.seed + index) % 2**32 for index in range(self.num_images))

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The recipe that `to_json` wrote."""
        start = values.get("start")
        return cls(
            **{
                **values,
                "prompts": tuple((text, weight) for text, weight in values["prompts"]),
                "start": ImageRef(**start) if start else None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a job costs: pictures, and device milliseconds."""

    images: int
    gpu_ms: int


FREE = Charge(images=0, gpu_ms=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for something, from where."""

    source: str
    """Unique per request (the interaction's id), so that a replay is recognised."""
    guild_id: int | None
    """None in a direct message."""
    channel_id: int
    user_id: int
    name: str = ""
    """As their guild sees them; empty in a direct message."""
    is_manager: bool = False
    """Whether they have Discord's Manage Server permission here."""
    role_ids: tuple[int, ...] = ()
    joined_at: datetime | None = None
    """When they joined the guild; None in a direct message."""
    is_age_restricted: bool = False
    """Whether the channel is, or the thread's channel."""
    parent_channel_id: int | None = None
    """The channel that the thread belongs to; None outside of threads."""
    locale: str = "en-US"


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
    prompt: str
    """As the member would type it again, normalised."""
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


def may_be_pressed(job: Job, asker: Asker) -> bool:
    """Whether the asker may act on the job at all: same guild, or their own in a direct message."""
    if asker.guild_id is None:
        return job.user_id == asker.user_id
    return job.guild_id == asker.guild_id and not job.is_direct_message
