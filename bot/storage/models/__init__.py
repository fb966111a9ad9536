"""The tables, by aggregate. Ledger and audit rows are append-only, by trigger."""

from bot.storage.models.base import Id, Table, UtcMilliseconds
from bot.storage.models.community import (
    CommandSyncRow,
    ForgottenRow,
    GalleryMemberRow,
    GuildRow,
    HostingRow,
    MemberRow,
    PreferencesRow,
    RoomRow,
    TermsAcceptanceRow,
)
from bot.storage.models.jobs import (
    BinRow,
    CopyRow,
    ImageRow,
    JobRow,
    KeptOrderRow,
    LikeRow,
    OutboxRow,
    RemovalRow,
)
from bot.storage.models.moderation import (
    AppealRow,
    AuditRow,
    OrderAppealRow,
    ReportRow,
    RoomPolicyRow,
    RuleRow,
    SanctionRow,
)
from bot.storage.models.quotas import AccountRow, DigestRow, GrantRow, LedgerRow, MemberQuotaRow
from bot.storage.models.uploads import BannedPictureRow, UploadRow

__all__ = [
    "AccountRow",
    "AppealRow",
    "AuditRow",
    "BannedPictureRow",
    "BinRow",
    "CommandSyncRow",
    "CopyRow",
    "DigestRow",
    "ForgottenRow",
    "GalleryMemberRow",
    "GrantRow",
    "GuildRow",
    "HostingRow",
    "Id",
    "ImageRow",
    "JobRow",
    "KeptOrderRow",
    "LedgerRow",
    "LikeRow",
    "MemberQuotaRow",
    "MemberRow",
    "OrderAppealRow",
    "OutboxRow",
    "PreferencesRow",
    "RemovalRow",
    "ReportRow",
    "RoomPolicyRow",
    "RoomRow",
    "RuleRow",
    "SanctionRow",
    "Table",
    "TermsAcceptanceRow",
    "UploadRow",
    "UtcMilliseconds",
]
