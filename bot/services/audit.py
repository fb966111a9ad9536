"""What moderators and rules did in a guild: read in pages, exported whole."""

from bot.domain.asker import Asker
from bot.domain.audit import AuditEntry, AuditFilter, AuditPage
from bot.domain.guild import is_moderator
from bot.services.guilds import moderated_guild
from bot.storage import audit, guilds
from bot.storage.database import Database

PAGE_ROWS = 8
"""As many as fit one message, however long their texts are."""
MAX_EXPORTED = 10_000
"""With the longest reasons still less than Discord takes as one file; older ones by member or action."""


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

    async def list_all(self, asker: Asker, wanted: AuditFilter) -> list[AuditEntry]:
        """The log of the asker's guild, newest rows first, to be exported.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            return await audit.list_entries(session, guild_id=guild_id, wanted=wanted, limit=MAX_EXPORTED)

    async def list_actions(self, asker: Asker) -> list[str]:
        """The kinds of action to filter by; none for whoever may not read the log."""
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, asker.guild_id or 0)
            if not is_moderator(asker, settings):
                return []
            return await audit.list_actions(session, guild_id=asker.guild_id or 0)
