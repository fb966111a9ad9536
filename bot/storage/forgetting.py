"""Queries that make a member unknown: their rows are deleted, or bear a number that is nobody's.

Every table is looked at, by the names of its columns: a new table with a `user_id` is emptied of the member
unless it is named here as one whose sums are kept.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import KEPT as KEPT_JOBS
from bot.domain.job import UNDRAWN, Job, JobStatus
from bot.domain.people import Absence
from bot.domain.recipe import NOTHING, ImageRef
from bot.storage import jobs as jobs_table
from bot.storage.models import (
    AccountRow,
    AppealRow,
    BinRow,
    CopyRow,
    ForgottenRow,
    ImageRow,
    JobRow,
    LikeRow,
    OutboxRow,
    SanctionRow,
    Table,
)
from bot.storage.remembered import changing, members_named

KEPT = frozenset({"accounts", "audit", "grants", "jobs"})
"""Tables whose rows stay, under a pseudonym: sums and decisions outlive a member."""
BYSTANDERS = ("actor_id", "target_id", "reporter_id")
"""Columns that name a member in somebody else's row."""
KEY_BYTES = 32
LINE_WORDS = 2


async def list_waiting(session: AsyncSession, user_id: int) -> list[Job]:
    """A member's jobs that wait or run, in all guilds."""
    return await jobs_table.list_of_member(
        session,
        guild_id=None,
        user_id=user_id,
        statuses=UNDRAWN,
        limit=10_000,
    )


async def list_guilds(session: AsyncSession, user_id: int) -> list[int]:
    """The guilds in which a member drew, or was told something."""
    drew = await session.scalars(select(AccountRow.guild_id).filter_by(user_id=user_id).distinct())
    told = await session.scalars(select(SanctionRow.guild_id).filter_by(user_id=user_id).distinct())
    return sorted({*drew, *told})


async def update_member(session: AsyncSession, user_id: int, pseudonym: int) -> list[ImageRef]:
    """Take a member out of every table; the pictures whose files are to be deleted."""
    changing(session)
    images = await _blank_jobs(session, user_id)
    mine = select(SanctionRow.id).where(SanctionRow.user_id == user_id)
    await session.execute(
        delete(AppealRow).where(or_(AppealRow.user_id == user_id, AppealRow.sanction_id.in_(mine)))
    )
    for table in reversed(Table.metadata.sorted_tables):
        if "user_id" in table.c:
            column = table.c.user_id
            statement = update(table).values(user_id=pseudonym) if table.name in KEPT else delete(table)
            await session.execute(statement.where(column == user_id))
        for name in BYSTANDERS:
            if name in table.c:
                await session.execute(update(table).where(table.c[name] == user_id).values({name: pseudonym}))
    return images


async def update_forgotten(
    session: AsyncSession, *, guild_id: int, digest: str, until: datetime | None
) -> None:
    """Remember until when somebody may not draw, without remembering who."""
    changing(session)
    key = {"guild_id": guild_id, "digest": digest}
    await session.execute(delete(ForgottenRow).filter_by(**key))
    await session.execute(insert(ForgottenRow).values(**key, until=until))


async def get_forgotten(
    session: AsyncSession, *, guild_id: int, digest: str, now: datetime
) -> Absence | None:
    """How long somebody may not draw; None if they may."""

    async def read(limit: int) -> list[str]:
        query = select(ForgottenRow.digest).filter_by(guild_id=guild_id)
        return list(await session.scalars(query.limit(limit)))

    forgotten = await members_named(session, "forgotten", guild_id, read)
    if forgotten is not None and digest not in forgotten:
        return None
    row = await session.get(ForgottenRow, (guild_id, digest), populate_existing=True)
    if row is None or (row.until is not None and row.until <= now):
        return None
    return Absence(until=row.until)


async def list_users(session: AsyncSession) -> list[int]:
    """Everybody who is named anywhere."""
    users: set[int] = set()
    for table in Table.metadata.sorted_tables:
        for name in ("user_id", *BYSTANDERS):
            if name in table.c:
                column = table.c[name]
                users.update(await session.scalars(select(column).where(column > 0).distinct()))
    return sorted(users)


def add_line(path: Path, digest: str, at: datetime) -> None:
    """Add a line to the list of who was forgotten, and see it on disk. Blocking."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{digest} {at.isoformat()}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def list_lines(path: Path, *, since: datetime) -> dict[str, datetime]:
    """The digests of that list, with their latest times, of those that are not older. Blocking."""
    if not path.exists():
        return {}
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    times = [(line[0], datetime.fromisoformat(line[1])) for line in lines if len(line) == LINE_WORDS]
    return {digest: at for digest, at in times if at >= since}


def get_key(path: Path) -> bytes:
    """The key of the digests, made at its first use. It lies outside of the database on purpose. Blocking.

    It is there whole or not at all, and of two processes that make it at once both get the same.

    Raises: OSError; ValueError, for a file that is no key.
    """
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"{path} holds {len(key)} bytes instead of {KEY_BYTES}: it is no key. Put it back from a backup, "
            "or delete it: then nobody who asked to be forgotten is known again."
        )
    return key


def _make_key(path: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(file.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _blank_jobs(session: AsyncSession, user_id: int) -> list[ImageRef]:
    mine = select(JobRow.id).where(JobRow.user_id == user_id)
    rows = await session.execute(select(ImageRow.job_id, ImageRow.index).where(ImageRow.job_id.in_(mine)))
    images = [ImageRef(job_id=job_id, index=index) for job_id, index in rows]
    await session.execute(delete(ImageRow).where(ImageRow.job_id.in_(mine)))
    await session.execute(delete(OutboxRow).where(OutboxRow.job_id.in_(mine)))
    for table in (BinRow, CopyRow, LikeRow):
        await session.execute(delete(table).where(table.job_id.in_(mine)))
    await session.execute(
        update(JobRow)
        .where(JobRow.user_id == user_id, JobRow.status.in_(KEPT_JOBS))
        .values(status=JobStatus.DELETED)
    )
    await session.execute(
        update(JobRow).where(JobRow.user_id == user_id).values(prompt="", unread="", recipe=NOTHING.to_json())
    )
    return images
