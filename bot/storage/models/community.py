"""Guilds and their members, rooms and galleries; who was forgotten; what was sent to Discord."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Table, UtcMilliseconds

MAX_NAME = 100
"""Characters of a member's name; Discord's own limit is 32."""


class GuildRow(Table):
    """What a guild has decided; see `bot.domain.guild.GuildSettings`."""

    __tablename__ = "guilds"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


class HostingRow(Table):
    """What the owners of the bot decided about a guild; see `bot.domain.hosting.Hosting`."""

    __tablename__ = "hosting"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    cap: Mapped[int | None]
    is_paused: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


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
    name: Mapped[str] = mapped_column(String(MAX_NAME), server_default="")
    """As the guild last saw it, for reports."""


class PreferencesRow(Table):
    """What a member wants in every prompt; see `bot.domain.preferences.Preferences`."""

    __tablename__ = "preferences"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "user_id"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON)


class TermsAcceptanceRow(Table):
    """A member's consent to one version of a guild's terms."""

    __tablename__ = "terms_acceptances"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "user_id", "version"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    accepted_at: Mapped[datetime] = mapped_column(UtcMilliseconds)


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
    since: Mapped[datetime | None] = mapped_column(UtcMilliseconds)
    """What was asked for before this is not shown; None: everything is."""


class ForgottenRow(Table):
    """Until when a member who was forgotten may not draw in a guild: known by a digest, not by their id."""

    __tablename__ = "forgotten"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "digest"),)

    guild_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime | None] = mapped_column(UtcMilliseconds)


class CommandSyncRow(Table):
    """The slash commands last sent to Discord, by digest: creating them is limited per day.

    The number is an application's, whose commands are everywhere, or a guild's, which has some of its own.
    """

    __tablename__ = "command_syncs"

    application_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    synced_at: Mapped[datetime] = mapped_column(UtcMilliseconds)
