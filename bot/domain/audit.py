"""The audit log: who did what to whom, why and when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

RULE = 0
"""The actor of what no person did: a rule."""
MAX_REASON = 500

_IDS = re.compile(r"<@!?\d+>|(?<!\d)\d{16,20}(?!\d)")


class Deed(StrEnum):
    """What is noted, as it is stored; `bot.messages.deeds` says each in words."""

    WARNING = "warning"
    NOTICE = "notice"
    BLOCK = "block"
    UNBLOCK = "unblock"
    STRIKE = "strike"
    APPEAL_ACCEPTED = "appeal_accepted"
    APPEAL_REJECTED = "appeal_rejected"
    PROMPT_ALLOWED = "prompt_allowed"
    PROMPT_REFUSED = "prompt_refused"
    REPORT_ACCEPTED = "report_accepted"
    REPORT_REJECTED = "report_rejected"
    LADDER = "ladder"
    CHANNEL = "channel"
    QUOTA_SET = "quota_set"
    QUOTA_TRIAL = "quota_trial"
    QUOTA_ROLE = "quota_role"
    QUOTA_LIMITS = "quota_limits"
    QUOTA_MEMBER = "quota_member"
    QUOTA_GRANT = "quota_grant"
    QUOTA_REVOKE = "quota_revoke"
    QUOTA_RESET = "quota_reset"
    RULE_ADD = "rule_add"
    RULE_REMOVE = "rule_remove"
    RULE_ASKED = "rule_asked"
    RULE_REFUSED = "rule_refused"
    NSFW = "nsfw"
    ROOM = "room"
    IMAGE_FILTER = "image_filter"
    IMAGE_REPORTED = "image_reported"
    IMAGE_WITHHELD = "image_withheld"
    UPLOAD_REPORTED = "upload_reported"
    UPLOAD_WITHHELD = "upload_withheld"
    UPLOAD_REMOVED = "upload_removed"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    DELETE_RESULT = "delete_result"
    BIN = "bin"
    UNBIN = "unbin"
    SETTINGS = "settings"
    ROLE_DELETED = "role_deleted"
    CHANNEL_DELETED = "channel_deleted"
    USAGE_DIGEST = "usage_digest"
    HOST_CAP = "host_cap"
    HOST_PAUSE = "host_pause"
    HOST_RESUME = "host_resume"
    HOST_LEAVE = "host_leave"
    HOST_NOTICE = "host_notice"
    HOST_UNLISTED = "host_unlisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of the log. Members who asked to be forgotten have negative ids."""

    id: int
    guild_id: int
    actor_id: int
    action: str
    """A `Deed`; an older version may have noted others."""
    target_id: int | None
    """The member it was done to."""
    reason: str
    details: Mapping[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows of a guild's log are wanted."""

    user_id: int | None = None
    """As actor or as target."""
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """One page of a guild's log, newest rows first."""

    filter: AuditFilter
    number: int
    """The first page is 0."""
    entries: tuple[AuditEntry, ...]
    has_more: bool


def without_ids(reason: str) -> str:
    """A reason without members' ids: the log outlives a member who asks to be forgotten."""
    return _IDS.sub("@…", reason)[:MAX_REASON]
