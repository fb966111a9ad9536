"""Queries on jobs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.charges import Charge
from bot.domain.custody import Custody
from bot.domain.history import Phrase, Shelf
from bot.domain.job import UNDRAWN, WITH_PICTURES, Failure, Job, JobStatus, Speed
from bot.domain.kinds import TILES, JobKind
from bot.domain.recipe import NOTHING, ImageRef, Recipe
from bot.storage.models import CopyRow, JobRow, LikeRow
from bot.storage.statements import adding
from bot.storage.words import holds

Columns = TypeVarTuple("Columns")


async def add(session: AsyncSession, job: Job, *, account_id: int | None) -> int | None:
    """Insert a job (its `id` is ignored); None when this source and ordinal were inserted before."""
    values = {
        "source": job.source,
        "ordinal": job.ordinal,
        "kind": job.kind,
        "status": job.status,
        "guild_id": job.guild_id,
        "channel_id": job.channel_id,
        "user_id": job.user_id,
        "is_direct_message": job.is_direct_message,
        "is_age_restricted": job.is_age_restricted,
        "account_id": account_id,
        "prompt": job.prompt,
        "recipe": job.recipe.to_json(),
        "speed": job.speed,
        "reserved_images": job.charge.images,
        "reserved_gpu_ms": job.charge.gpu_ms,
        "parent_id": job.parent and job.parent.job_id,
        "parent_index": job.parent and job.parent.index,
        "reply_to": job.reply_to,
        "locale": job.locale,
        "created_at": job.created_at,
        "batch_size": job.batch_size,
    }
    return await session.scalar(adding(session, JobRow, JobRow.id), values)  # type: ignore[no-any-return]


async def get(session: AsyncSession, job_id: int) -> Job | None:
    """One job."""
    row = await session.get(JobRow, job_id, populate_existing=True)
    return None if row is None else _job(row)


async def get_by_source(session: AsyncSession, source: str, ordinal: int = 0) -> Job | None:
    """The job that a request made."""
    row = await session.scalar(select(JobRow).filter_by(source=source, ordinal=ordinal))
    return None if row is None else _job(row)


async def list_batch(session: AsyncSession, source: str) -> list[Job]:
    """The jobs that a request made, in order."""
    return await _list(session, select(JobRow).where(JobRow.source == source))


async def get_by_message(
    session: AsyncSession, *, message_id: int, guild_id: int | None = None, user_id: int | None = None
) -> Job | None:
    """The job whose result, or progress, a message shows: of a guild, or of a member in a direct message."""
    copied = await session.scalar(select(CopyRow.job_id).where(CopyRow.message_id == message_id))
    query = select(JobRow).where(
        JobRow.user_id == user_id if guild_id is None else JobRow.guild_id == guild_id,
        or_(
            JobRow.result_message_id == message_id,
            JobRow.message_id == message_id,
            JobRow.id == copied,
        ),
    )
    row = await session.scalar(query.order_by(JobRow.id).limit(1))
    return None if row is None else _job(row)


async def list_waiting(session: AsyncSession, *, guild_id: int, user_id: int | None = None) -> list[Job]:
    """The jobs of a guild that wait or run, in order; of one member, if one is named."""
    query = _few(select(JobRow).where(_is(JobRow.guild_id, guild_id), JobRow.status.in_(UNDRAWN)))
    return await _list(session, query if user_id is None else query.where(_is(JobRow.user_id, user_id)))


async def list_same_picture(session: AsyncSession, *, guild_id: int, job: Job) -> list[Job]:
    """A grid and every tile that was picked from it, whichever of them is given."""
    root = job.parent.job_id if job.kind in TILES and job.parent else job.id
    is_tile = and_(JobRow.parent_id == root, JobRow.kind.in_(TILES))
    query = select(JobRow).where(JobRow.guild_id == guild_id, or_(JobRow.id == root, is_tile))
    return await _list(session, query)


async def get_picked(
    session: AsyncSession, image: ImageRef, *, guild_id: int, channel_id: int, user_id: int
) -> Job | None:
    """The tile that a member picked last of this picture in this channel, if it is posted, or about to be."""
    query = select(JobRow).where(
        JobRow.guild_id == guild_id,
        JobRow.channel_id == channel_id,
        JobRow.user_id == user_id,
        JobRow.parent_id == image.job_id,
        JobRow.parent_index == image.index,
        JobRow.kind.in_(TILES),
        JobRow.status.in_([JobStatus.RENDERED, JobStatus.DELIVERED]),
    )
    row = await session.scalar(query.order_by(JobRow.id.desc()).limit(1))
    return None if row is None else _job(row)


async def list_unfinished(session: AsyncSession) -> list[Job]:
    """Every job that still owes something, in the order they were asked for."""
    return await _list(session, _few(select(JobRow)))


async def list_with_progress_message(session: AsyncSession) -> list[Job]:
    """Final jobs whose progress message was not seen to disappear."""
    final = [status for status in JobStatus if status.is_final]
    return await _list(
        session, select(JobRow).where(JobRow.message_id.is_not(None), JobRow.status.in_(final))
    )


async def list_of_member(
    session: AsyncSession,
    *,
    guild_id: int | None,
    user_id: int,
    statuses: Sequence[JobStatus],
    limit: int,
    offset: int = 0,
) -> list[Job]:
    """A member's newest jobs; across guilds when `guild_id` is None."""
    query = select(JobRow).where(JobRow.user_id == user_id, JobRow.status.in_(statuses))
    if guild_id is not None:
        query = query.where(JobRow.guild_id == guild_id)
    rows = await session.scalars(query.order_by(JobRow.id.desc()).limit(limit).offset(offset))
    return [_job(row) for row in rows]


async def list_history(
    session: AsyncSession,
    *,
    guild_id: int | None,
    user_id: int,
    phrases: Iterable[Phrase],
    shelf: Shelf,
    limit: int,
    offset: int,
) -> list[Job]:
    """Finished jobs whose prompts hold all phrases, newest first; across guilds when `guild_id` is None.

    The member's own; or those that they like, of which others' in direct messages are nobody else's.
    """
    mine = JobRow.user_id == user_id
    statuses = (JobStatus.BINNED,) if shelf is Shelf.DELETED else WITH_PICTURES
    query = select(JobRow).where(JobRow.status.in_(statuses))
    if shelf is Shelf.LIKED:
        query = query.join(LikeRow, LikeRow.job_id == JobRow.id).where(LikeRow.user_id == user_id)
        query = query.where(mine if guild_id is None else or_(mine, JobRow.is_direct_message.is_(False)))
    else:
        query = query.where(mine)
    if guild_id is not None:
        query = query.where(JobRow.guild_id == guild_id)
    query = query.where(*map(_is_in_prompt, phrases))
    rows = await session.scalars(query.order_by(JobRow.id.desc()).limit(limit).offset(offset))
    return [_job(row) for row in rows]


def _is_in_prompt(phrase: Phrase) -> ColumnElement[bool]:
    if phrase.is_whole:
        return holds([JobRow.prompt + " "], f" {phrase.text} ")
    return holds([JobRow.prompt], phrase.text)


async def count_unfinished(session: AsyncSession, *, guild_id: int, user_id: int) -> dict[JobStatus, int]:
    """How many jobs of a member wait, and how many run."""
    query = _few(
        select(JobRow.status, func.count())
        .where(_is(JobRow.guild_id, guild_id), _is(JobRow.user_id, user_id), JobRow.status.in_(UNDRAWN))
        .group_by(JobRow.status)
    )
    counts = dict.fromkeys(UNDRAWN, 0)
    counts.update({JobStatus(status): number for status, number in await session.execute(query)})
    return counts


async def list_by_ids(session: AsyncSession, job_ids: Collection[int]) -> list[Job]:
    """These jobs, newest first."""
    rows = await session.scalars(select(JobRow).where(JobRow.id.in_(job_ids)).order_by(JobRow.id.desc()))
    return [_job(row) for row in rows]


async def update_started(session: AsyncSession, job_id: int, *, unread: str = "") -> int | None:
    """QUEUED becomes RUNNING under a new attempt number, which is returned; None if it was not QUEUED.

    `unread` is the end of its text that the model does not read.
    """
    statement = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.status == JobStatus.QUEUED)
        .values(status=JobStatus.RUNNING, attempt=JobRow.attempt + 1, unread=unread)
    )
    return await session.scalar(statement.returning(JobRow.attempt))


async def update_returned(session: AsyncSession, job_id: int, *, attempt: int) -> None:
    """RUNNING goes back to QUEUED: the process ends as it should. The next attempt has another number."""
    await session.execute(
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.attempt == attempt, JobRow.status == JobStatus.RUNNING)
        .values(status=JobStatus.QUEUED, custody=_left())
    )


async def update_drained(session: AsyncSession) -> None:
    """What waits is left to the next process, by one that ends as it should."""
    waiting = update(JobRow).where(JobRow.status == JobStatus.QUEUED)
    await session.execute(waiting.values(custody=_left()))


def _left() -> ColumnElement[str]:
    """The custody of what a process leaves as it should: a suspect stays one."""
    is_suspect = JobRow.custody.in_((Custody.SUSPECT, Custody.ALONE))
    return case((is_suspect, Custody.SUSPECT.value), else_=Custody.DRAINED.value)


async def update_alone(session: AsyncSession, job_id: int) -> None:
    """A suspect is handed to the device alone, from now on."""
    await session.execute(update(JobRow).where(JobRow.id == job_id).values(custody=Custody.ALONE))


async def update_custody(
    session: AsyncSession, job_id: int, custody: Custody, *, lone_deaths: int | None = None
) -> None:
    """After a start: a job that was not drawn to its end waits again."""
    values: dict[str, Any] = {"status": JobStatus.QUEUED, "custody": custody}
    if lone_deaths is not None:
        values["lone_deaths"] = lone_deaths
    await session.execute(
        update(JobRow).where(JobRow.id == job_id, JobRow.status.in_(UNDRAWN)).values(**values)
    )


async def update_rendered(
    session: AsyncSession, job_id: int, *, attempt: int, gpu_ms: int, now: datetime
) -> bool:
    """RUNNING becomes RENDERED; False for a stale attempt, which must throw its result away."""
    statement = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.attempt == attempt, JobRow.status == JobStatus.RUNNING)
        .values(status=JobStatus.RENDERED, custody=Custody.NONE, gpu_ms=gpu_ms, finished_at=now)
    )
    return await session.scalar(statement.returning(JobRow.id)) is not None


async def update_ended(
    session: AsyncSession, job_id: int, status: JobStatus, *, now: datetime, failure: Failure | None = None
) -> bool:
    """QUEUED or RUNNING becomes FAILED or CANCELLED; False when it was too late."""
    statement = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.status.in_(UNDRAWN))
        .values(status=status, failure=failure, finished_at=now)
    )
    return await session.scalar(statement.returning(JobRow.id)) is not None


async def get_highest(session: AsyncSession) -> int:
    """The highest number that a job has; 0 where there is none."""
    return await session.scalar(select(func.max(JobRow.id))) or 0


async def add_gap(session: AsyncSession, first_free: int, *, now: datetime) -> None:
    """Let the next job have at least this number: a job of nobody's stands before it."""
    if first_free <= await get_highest(session) + 1:
        return
    number = first_free - 1
    await session.execute(
        insert(JobRow).values(
            id=number,
            source=f"gap-{number}",
            ordinal=0,
            kind=JobKind.IMAGINE,
            status=JobStatus.CANCELLED,
            guild_id=0,
            channel_id=0,
            user_id=0,
            is_direct_message=False,
            prompt="",
            recipe=NOTHING.to_json(),
            speed=Speed.FAST,
            reserved_images=0,
            reserved_gpu_ms=0,
            locale="en-US",
            created_at=now,
        )
    )
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT setval(pg_get_serial_sequence('jobs', 'id'), :n)"), {"n": number})


async def update_hidden(session: AsyncSession, job_ids: Collection[int], *, is_hidden: bool) -> None:
    """Keep pictures off the web page, or no longer."""
    await session.execute(update(JobRow).where(JobRow.id.in_(job_ids)).values(is_hidden=is_hidden))


async def update_blank(session: AsyncSession, job_ids: Collection[int]) -> None:
    """Jobs lose what they were drawn from; what they used stays."""
    nothing = {"prompt": "", "unread": "", "recipe": NOTHING.to_json()}
    await session.execute(update(JobRow).where(JobRow.id.in_(job_ids)).values(**nothing))


async def update_message(session: AsyncSession, job_id: int, message_id: int | None) -> None:
    """Remember the progress message, or that it is gone."""
    await session.execute(update(JobRow).where(JobRow.id == job_id).values(message_id=message_id))


async def update_source_free(session: AsyncSession, *, job_id: int) -> None:
    """Let the request of a job that was taken back be submitted again."""
    freed = JobRow.source + f"~{job_id}"
    await session.execute(update(JobRow).where(JobRow.id == job_id).values(source=freed))


def _few(query: Select[*Columns]) -> Select[*Columns]:
    """Among the jobs that are not over, which an index holds by themselves.

    SQLite takes an index of some rows only where its condition stands in the query letter for letter.
    """
    return query.where(text("jobs.status IN ('queued', 'running', 'rendered')"))


def _is(column: InstrumentedAttribute[int], value: int) -> ColumnElement[bool]:
    """Equality that no index is chosen for: of few rows, rather than of all that a guild or member drew."""
    return column + 0 == value


async def _list(session: AsyncSession, query: Select[JobRow]) -> list[Job]:
    return [_job(row) for row in await session.scalars(query.order_by(JobRow.id))]


def _job(row: JobRow) -> Job:
    parent = None
    if row.parent_id is not None and row.parent_index is not None:
        parent = ImageRef(job_id=row.parent_id, index=row.parent_index)
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        status=JobStatus(row.status),
        source=row.source,
        ordinal=row.ordinal,
        attempt=row.attempt,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        user_id=row.user_id,
        is_direct_message=row.is_direct_message,
        is_age_restricted=row.is_age_restricted,
        recipe=Recipe.from_json(row.recipe, prompt=row.prompt),
        speed=Speed(row.speed),
        charge=Charge(images=row.reserved_images, gpu_ms=row.reserved_gpu_ms),
        gpu_ms=row.gpu_ms,
        parent=parent,
        reply_to=row.reply_to,
        message_id=row.message_id,
        result_message_id=row.result_message_id,
        failure=None if row.failure is None else Failure(row.failure),
        locale=row.locale,
        created_at=row.created_at,
        unread=row.unread,
        is_hidden=row.is_hidden,
        batch_size=row.batch_size,
        custody=Custody(row.custody),
        lone_deaths=row.lone_deaths,
    )
