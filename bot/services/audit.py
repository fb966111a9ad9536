"""What moderators and rules did in a guild: read in pages, exported whole."""

import csv
import io
import json

from bot.domain.audit import AuditEntry, AuditFilter, AuditPage
from bot.domain.guild import is_moderator
from bot.domain.job import Asker
from bot.services.guilds import moderated_guild
from bot.storage import audit, guilds
from bot.storage.database import Database

PAGE_ROWS = 10
MAX_EXPORTED = 50_000
COLUMNS = ("id", "when", "actor", "action", "target", "reason", "details")


class Audit:
    """The audit log, for the moderators of a guild; rows are added by the use cases themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, asker: Asker, wanted: AuditFilter, number: int) -> AuditPage:
        """One page of the log of the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            entries = await audit.list_entries(
                session, guild_id=guild_id, wanted=wanted, limit=PAGE_ROWS + 1, offset=number * PAGE_ROWS
            )
        return AuditPage(
            filter=wanted,
            number=number,
            entries=tuple(entries[:PAGE_ROWS]),
            has_more=len(entries) > PAGE_ROWS,
        )

    async def export(self, asker: Asker, wanted: AuditFilter) -> bytes:
        """The log of the asker's guild as CSV (UTF-8), newest rows first.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            entries = await audit.list_entries(session, guild_id=guild_id, wanted=wanted, limit=MAX_EXPORTED)
        return _csv(entries)

    async def list_actions(self, asker: Asker) -> list[str]:
        """The kinds of action to filter by; none for whoever may not read the log."""
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, asker.guild_id or 0)
            if not is_moderator(asker, settings):
                return []
            return await audit.list_actions(session, guild_id=asker.guild_id or 0)


def _csv(entries: list[AuditEntry]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        details = json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True)
        row = (entry.id, entry.created_at.isoformat(), entry.actor_id, entry.action, entry.target_id)
        writer.writerow((*row, _harmless(entry.reason), details))
    return text.getvalue().encode()


def _harmless(text: str) -> str:
    """Spreadsheets run what begins like a formula, and a reason may quote a member."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
