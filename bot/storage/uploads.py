"""Pictures that members bring along: their rows, and their files, which go with the last row."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from PIL import Image
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.uploads import Upload
from bot.storage.files import replacing
from bot.storage.models import BannedPictureRow, UploadRow
from bot.storage.statements import insert_or_ignore

EVERYWHERE = 0
"""In place of a guild: what the owner banned."""
FORMAT = "webp"


class UploadFiles:
    """Pictures below one folder, named by the digest of their pixels. Blocking: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, digest: str, data: bytes) -> None:
        """Keep a picture; one that is kept already stays as it is."""
        path = self._path(digest)
        if path.exists():
            return
        with replacing(path) as temporary:
            temporary.write_bytes(data)

    def get(self, digest: str) -> Image.Image | None:
        """The picture, or None when the file is gone."""
        try:
            with Image.open(self._path(digest), formats=["WEBP"]) as opened:
                return opened.convert("RGB")
        except FileNotFoundError:
            return None

    def list_digests(self) -> set[str]:
        """Of which pictures there are files."""
        return {path.stem for path in self.folder.glob(f"*/*.{FORMAT}")}

    def delete(self, digests: Collection[str]) -> None:
        """Delete pictures; those that are gone already are no error."""
        for digest in digests:
            self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / f"{digest}.{FORMAT}"


async def add(
    session: AsyncSession,
    *,
    guild_id: int,
    user_id: int,
    digest: str,
    size: tuple[int, int],
    num_bytes: int,
    score: float | None,
    now: datetime,
) -> Upload:
    """Record that a member brought a picture, or did so again."""
    key = {"guild_id": guild_id, "user_id": user_id, "digest": digest}
    looked_at = {} if score is None else {"score": score}
    again = update(UploadRow).filter_by(**key).values(last_used_at=now, **looked_at)
    row = await session.scalar(again.returning(UploadRow))
    if row is None:
        values = {"width": size[0], "height": size[1], "num_bytes": num_bytes, "score": score}
        statement = insert(UploadRow).values(**key, **values, created_at=now, last_used_at=now)
        row = (await session.scalars(statement.returning(UploadRow))).one()
    return _upload(row)


async def get(session: AsyncSession, upload_id: int) -> Upload | None:
    """A picture that a member brought, in whatever guild."""
    row = await session.get(UploadRow, upload_id, populate_existing=True)
    return None if row is None else _upload(row)


async def get_own(session: AsyncSession, *, guild_id: int, user_id: int, digest: str) -> Upload | None:
    """A picture that a member brought before."""
    row = await session.scalar(
        select(UploadRow).filter_by(guild_id=guild_id, user_id=user_id, digest=digest).limit(1)
    )
    return None if row is None else _upload(row)


async def list_some(session: AsyncSession, upload_ids: Collection[int], *, guild_id: int) -> list[Upload]:
    """Those of these pictures that are there, in this guild."""
    query = select(UploadRow).where(UploadRow.id.in_(upload_ids), UploadRow.guild_id == guild_id)
    return [_upload(row) for row in await session.scalars(query.order_by(UploadRow.id))]


async def sum_bytes(session: AsyncSession, user_id: int) -> int:
    """How much of a member's is kept, in all guilds."""
    total = await session.scalar(select(func.sum(UploadRow.num_bytes)).filter_by(user_id=user_id))
    return total or 0


async def update_used(session: AsyncSession, upload_ids: Collection[int], *, now: datetime) -> None:
    """Something is made from these pictures: they are kept for longer."""
    await session.execute(update(UploadRow).where(UploadRow.id.in_(upload_ids)).values(last_used_at=now))


async def delete_unused(session: AsyncSession, *, before: datetime) -> set[str]:
    """Pictures that nobody used for long; their digests."""
    statement = delete(UploadRow).where(UploadRow.last_used_at < before).returning(UploadRow.digest)
    return set(await session.scalars(statement))


async def delete_of_member(session: AsyncSession, user_id: int) -> list[str]:
    """Everything that a member brought, in all guilds; the digest of each row."""
    statement = delete(UploadRow).filter_by(user_id=user_id).returning(UploadRow.digest)
    return list(await session.scalars(statement))


async def delete_everywhere(session: AsyncSession, digest: str, *, guild_id: int = EVERYWHERE) -> int:
    """A picture of a guild, or of all, whoever brought it; how many rows."""
    statement = delete(UploadRow).where(UploadRow.digest == digest)
    if guild_id != EVERYWHERE:
        statement = statement.where(UploadRow.guild_id == guild_id)
    return len(list(await session.scalars(statement.returning(UploadRow.id))))


async def list_digests(session: AsyncSession) -> set[str]:
    """Of every picture that some row is about."""
    return set(await session.scalars(select(UploadRow.digest).distinct()))


async def add_ban(session: AsyncSession, digest: str, *, guild_id: int = EVERYWHERE, now: datetime) -> None:
    """Nobody brings this picture again, in a guild or anywhere."""
    values = {"guild_id": guild_id, "digest": digest, "created_at": now}
    await session.execute(insert_or_ignore(session, BannedPictureRow).values(**values))


async def is_banned(session: AsyncSession, digest: str, *, guild_id: int) -> bool:
    """Whether this picture may not be brought to a guild."""
    column = BannedPictureRow.guild_id
    query = select(column).where(
        BannedPictureRow.digest == digest, or_(column == guild_id, column == EVERYWHERE)
    )
    return await session.scalar(query.limit(1)) is not None


def _upload(row: UploadRow) -> Upload:
    return Upload(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        digest=row.digest,
        width=row.width,
        height=row.height,
        num_bytes=row.num_bytes,
        score=row.score,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
