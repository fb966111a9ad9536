"""Values with defaults, for tests that care about one field."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.charges import Charge
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.kinds import JobKind
from bot.domain.recipe import Recipe

RECIPE = Recipe(
    prompts=(("a red fox in the snow", 1.0),),
    negative_prompt="",
    width=128,
    height=128,
    steps=16,
    guidance_scale=3.0,
    sampler="DPM++ 2M",
    seed=7,
    num_images=4,
    model="sketch",
    model_hash="0123456789",
)

JOB = Job(
    id=812,
    kind=JobKind.IMAGINE,
    status=JobStatus.QUEUED,
    source="1",
    ordinal=0,
    attempt=0,
    guild_id=1,
    channel_id=2,
    user_id=3,
    is_direct_message=False,
    is_age_restricted=False,
    prompt="a red fox in the snow --ar 3:2",
    recipe=RECIPE,
    speed=Speed.FAST,
    charge=Charge(images=4, gpu_ms=2000),
    gpu_ms=None,
    parent=None,
    reply_to=None,
    message_id=None,
    result_message_id=None,
    failure=None,
    locale="en-US",
    created_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
)


def job(**changes: Any) -> Job:
    """A job with some fields changed."""
    return replace(JOB, **changes)
