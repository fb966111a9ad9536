"""What members may use, and what they used."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Id, Table, UtcMilliseconds


class AccountRow(Table):
    """What a member reserved and spent in one day of their guild, or of a grant. Provable from the ledger."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index(
            "uq_accounts_day",
            "guild_id",
            "user_id",
            "period_start",
            unique=True,
            sqlite_where=text("grant_id IS NULL"),
            postgresql_where=text("grant_id IS NULL"),
        ),
        CheckConstraint(
            "reserved_images >= 0 AND spent_images >= 0 AND reserved_gpu_ms >= 0 AND spent_gpu_ms >= 0",
            name="never_negative",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    period_start: Mapped[datetime] = mapped_column(UtcMilliseconds)
    """Local midnight, or the reset since; of a grant, when it was given."""
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), unique=True)
    reserved_images: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved_gpu_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
    spent_images: Mapped[int] = mapped_column(BigInteger, server_default="0")
    spent_gpu_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")


class LedgerRow(Table):
    """One movement of an account: reserve, settle or refund. A trigger forbids changing it."""

    __tablename__ = "ledger"
    __table_args__ = (UniqueConstraint("job_id", "entry"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    entry: Mapped[str] = mapped_column(String(16))
    images: Mapped[int]
    gpu_ms: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class MemberQuotaRow(Table):
    """What moderators decided for one member: an allowance of their own, and when counting began anew."""

    __tablename__ = "member_quotas"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "user_id"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    allowance: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reset_at: Mapped[datetime | None] = mapped_column(UtcMilliseconds)


class GrantRow(Table):
    """What a moderator gave on top; see `bot.domain.quota.Grant`. Its account counts what is used of it."""

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_guild_id_user_id_expires_at", "guild_id", "user_id", "expires_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    expires_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class DigestRow(Table):
    """A weekly report that a guild asked for. `attempts` counts those of the one that is due."""

    __tablename__ = "digests"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime] = mapped_column(UtcMilliseconds, index=True)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    last_digest_at: Mapped[datetime | None] = mapped_column(UtcMilliseconds)
