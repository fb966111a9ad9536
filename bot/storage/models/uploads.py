"""Pictures that members bring along, and those that nobody may bring again."""

from datetime import datetime

from sqlalchemy import BigInteger, Double, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Id, Table, UtcMilliseconds


class UploadRow(Table):
    """A picture that a member brought along; see `bot.domain.uploads.Upload`. Its file goes with its last."""

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("guild_id", "user_id", "digest"),
        {"sqlite_autoincrement": True},  # an id stands in prompts and recipes: it must never come again
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger, index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    num_bytes: Mapped[int]
    score: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    last_used_at: Mapped[datetime] = mapped_column(UtcMilliseconds, index=True)


class BannedPictureRow(Table):
    """A picture that nobody may bring along in a guild any more; of guild 0, nowhere."""

    __tablename__ = "banned_pictures"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "digest"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
