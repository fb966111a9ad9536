"""Values with defaults, for tests that care about one field."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from PIL import Image

from bot.domain.charges import Charge
from bot.domain.errors import PromptError
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.kinds import JobKind
from bot.domain.prompt import Part, Prompt, parse
from bot.domain.recipe import Canvas, Recipe, Sampling, Weights
from bot.domain.uploads import Bytes

RECIPE = Recipe(
    prompt=parse("a red fox in the snow --ar 3:2"),
    canvas=Canvas(width=144, height=96),
    sampling=Sampling(steps=16, guidance_scale=3.0, sampler="dpmpp-2m"),
    weights=Weights(name="sketch", hash="0123456789"),
    seed=7,
    num_images=4,
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


def job(*, prompt: str | None = None, **changes: Any) -> Job:
    """A job with some fields changed. A prompt that nobody could have typed is its text as it is."""
    recipe = changes.pop("recipe", JOB.recipe)
    if prompt is not None:
        recipe = replace(recipe, prompt=_read(prompt))
    return replace(JOB, recipe=recipe, **changes)


def picture_file(colour: str = "red", size: tuple[int, int] = (64, 48), *, extension: str = "PNG") -> Bytes:
    """A plain picture, as a member brings it."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, format=extension)
    return Bytes(data=out.getvalue())


def _read(prompt: str) -> Prompt:
    try:
        return parse(prompt)
    except PromptError:
        return Prompt(parts=(Part(text=prompt),))
