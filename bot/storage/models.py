"""The tables. Discord's ids are snowflakes, times UTC milliseconds, ledger rows append-only."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcMilliseconds(TypeDecorator[datetime]):
    """An aware datetime, stored as milliseconds since 1970: SQLite has no time zones."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(value.timestamp() * 1000)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromtimestamp(value / 1000, tz=UTC)


Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite only counts up an INTEGER primary key."""


class Table(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class MemberRow(Table):
    """A member of a guild who has used the bot."""

    __tablename__ = "members"
    __table_args__ = (
        PrimaryKeyConstraint("guild_id", "user_id"),
        Index("ix_members_user_id_last_used_at", "user_id", "last_used_at"),
    )

    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    last_used_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
    greeted_at: Mapped[datetime | None] = mapped_column(UtcMilliseconds)
    name: Mapped[str] = mapped_column(String(100), server_default="")
    """As the guild last saw it, for reports."""


class GuildRow(Table):
    """What a guild has decided; see `bot.domain.guild.GuildSettings`."""

    __tablename__ = "guilds"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


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
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    ordinal: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    guild_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    is_direct_message: Mapped[bool]
    is_age_restricted: Mapped[bool] = mapped_column(server_default=false())
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


class ImageRow(Table):
    """One picture of a job, with the recipe that draws it again."""

    __tablename__ = "images"
    __table_args__ = (PrimaryKeyConstraint("job_id", "index"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    index: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    recipe: Mapped[dict[str, Any]] = mapped_column(JSON)
    engine_version: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


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


class CommandSyncRow(Table):
    """The slash commands last sent to Discord, by digest: creating them is limited per day."""

    __tablename__ = "command_syncs"

    application_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


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


class TermsAcceptanceRow(Table):
    """A member's consent to one version of a guild's terms."""

    __tablename__ = "terms_acceptances"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "user_id", "version"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    accepted_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


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


class RoomRow(Table):
    """A newbie room of a guild; see `bot.domain.rooms.Room`."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("guild_id", "number"),)

    channel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    is_open: Mapped[bool]
    guide_message_id: Mapped[int | None] = mapped_column(BigInteger)


class GalleryMemberRow(Table):
    """A member who shows their pictures on the web page of a guild."""

    __tablename__ = "gallery_members"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "user_id"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(64))
    """What they are called there; Discord's name of them when they agreed."""
    shared_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


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


class ForgottenRow(Table):
    """Until when a member who was forgotten may not draw in a guild: known by a digest, not by their id."""

    __tablename__ = "forgotten"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "digest"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime | None] = mapped_column(UtcMilliseconds)
