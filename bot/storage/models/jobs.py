"""Jobs, their pictures, what is owed to channels, and orders that wait for a press."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Id, Table, UtcMilliseconds


class JobRow(Table):
    """What a member asked for; see `bot.domain.job.Job`."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("source", "ordinal"),
        Index(
            "ix_jobs_unfinished",
            "id",
            sqlite_where=text("status IN ('queued', 'running', 'rendered')"),
            postgresql_where=text("status IN ('queued', 'running', 'rendered')"),
        ),
        # Holds every column that a report sums up, so that it never touches the recipes beside them.
        Index(
            "ix_jobs_report",
            "guild_id",
            "created_at",
            "status",
            "kind",
            "user_id",
            "channel_id",
            "reserved_images",
            "gpu_ms",
        ),
        Index("ix_jobs_user_id_id", "user_id", "id"),
        Index("ix_jobs_channel_id_created_at", "channel_id", "created_at"),
        Index("ix_jobs_parent_id", "parent_id"),
        Index("ix_jobs_message_id", "message_id"),
        Index("ix_jobs_result_message_id", "result_message_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    ordinal: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    custody: Mapped[str] = mapped_column(String(16), server_default="")
    """What one process knows of it from another; see `bot.domain.custody.Custody`."""
    lone_deaths: Mapped[int] = mapped_column(Integer, server_default="0")
    """How often the process died while it was alone on the device."""
    guild_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    is_direct_message: Mapped[bool]
    is_age_restricted: Mapped[bool] = mapped_column(server_default=false())
    is_hidden: Mapped[bool] = mapped_column(server_default=false())
    """Whether its member keeps it off the web page."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    prompt: Mapped[str] = mapped_column(Text)
    recipe: Mapped[dict[str, Any]] = mapped_column(JSON)
    speed: Mapped[str] = mapped_column(String(16))
    reserved_images: Mapped[int]
    reserved_gpu_ms: Mapped[int] = mapped_column(BigInteger)
    gpu_ms: Mapped[int | None] = mapped_column(BigInteger)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    parent_index: Mapped[int | None]
    reply_to: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    result_message_id: Mapped[int | None] = mapped_column(BigInteger)
    failure: Mapped[str | None] = mapped_column(String(32))
    unread: Mapped[str] = mapped_column(Text, server_default="")
    locale: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    finished_at: Mapped[datetime | None] = mapped_column(UtcMilliseconds)
    batch_size: Mapped[int] = mapped_column(Integer, server_default="1")


class ImageRow(Table):
    """One picture of a job, with its recipe. Of a deleted job: files that are still to be deleted."""

    __tablename__ = "images"
    __table_args__ = (PrimaryKeyConstraint("job_id", "index"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    index: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    recipe: Mapped[dict[str, Any]] = mapped_column(JSON)
    engine_version: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class OutboxRow(Table):
    """A result that is owed to a channel. Its id is the nonce of the post."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), unique=True)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    closed_at: Mapped[datetime | None] = mapped_column(UtcMilliseconds)


class CopyRow(Table):
    """A message that shows a result again (`/show`), beside the one that it was delivered in."""

    __tablename__ = "copies"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)


class LikeRow(Table):
    """A picture that a member likes."""

    __tablename__ = "likes"
    __table_args__ = (PrimaryKeyConstraint("job_id", "user_id"), Index("ix_likes_user_id", "user_id"))

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    user_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class BinRow(Table):
    """A job that was taken off, and may be brought back; see `bot.domain.binned.Binned`."""

    __tablename__ = "bin"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), primary_key=True, autoincrement=False)
    root_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    is_moderation: Mapped[bool]
    binned_at: Mapped[datetime] = mapped_column(UtcMilliseconds, index=True)


class RemovalRow(Table):
    """A message that is to be removed from its channel: what it showed was taken away."""

    __tablename__ = "removals"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class KeptOrderRow(Table):
    """A refused order that waits for its member's press; see `bot.domain.kept.KeptOrder`."""

    __tablename__ = "kept_orders"
    __table_args__ = (
        UniqueConstraint("source", "ordinal"),
        {"sqlite_autoincrement": True},  # an id stands in a button: it must never come again
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger, index=True)
    source: Mapped[str] = mapped_column(String(64))
    ordinal: Mapped[int] = mapped_column(Integer, server_default="0")
    why: Mapped[str] = mapped_column(String(16))
    order: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    expires_at: Mapped[datetime] = mapped_column(UtcMilliseconds, index=True)
