"""What a guild does not want, and what was said and done about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Id, Table, UtcMilliseconds


class RuleRow(Table):
    """A word that a guild does not want; see `bot.domain.rules.GuildRule`."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("guild_id", "phrase"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    phrase: Mapped[str] = mapped_column(String(100))
    weight: Mapped[str] = mapped_column(String(16))
    place: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class RoomPolicyRow(Table):
    """What may be drawn in a room, by whom; see `bot.domain.rules.RoomPolicy`."""

    __tablename__ = "room_policies"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "channel_id"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class SanctionRow(Table):
    """What was said to a member; see `bot.domain.people.Sanction`."""

    __tablename__ = "sanctions"
    __table_args__ = (Index("ix_sanctions_guild_id_user_id_id", "guild_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The request that broke a rule: replayed, it is not a second strike."""
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    until: Mapped[datetime | None] = mapped_column(UtcMilliseconds)
    closed_at: Mapped[datetime | None] = mapped_column(UtcMilliseconds)


class OrderAppealRow(Table):
    """A refused prompt that its member asks the moderators for; see `bot.domain.pardons.OrderAppeal`."""

    __tablename__ = "order_appeals"
    __table_args__ = (Index("ix_order_appeals_guild_id_status", "guild_id", "status"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(64), unique=True)
    """The request that was refused: the moderators are asked for it once."""
    order: Mapped[dict[str, Any]] = mapped_column(JSON)
    asker: Mapped[dict[str, Any]] = mapped_column(JSON)
    rules: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    """The moderator who decided."""
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    decided_at: Mapped[datetime | None] = mapped_column(UtcMilliseconds)


class AppealRow(Table):
    """A member's answer to a block, once per block."""

    __tablename__ = "appeals"
    __table_args__ = (Index("ix_appeals_guild_id_status", "guild_id", "status"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    sanction_id: Mapped[int] = mapped_column(ForeignKey("sanctions.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class ReportRow(Table):
    """A member's word on a picture, once per member and picture."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("job_id", "reporter_id"),
        Index("ix_reports_guild_id_status", "guild_id", "status"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    reporter_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class AuditRow(Table):
    """What a moderator or a rule did; see `bot.domain.audit`. A trigger lets only ids become pseudonyms."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_guild_id_id", "guild_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(32))
    target_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
