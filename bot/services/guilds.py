"""A guild's own settings, and who may change them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain import guild_options
from bot.domain.asker import Asker
from bot.domain.audit import RULE, Deed
from bot.domain.guild import (
    GuildSettings,
    check_possible,
    is_moderator,
    require_manager,
    require_moderator,
)
from bot.services.clock import Clock, utc_now
from bot.services.models import Models
from bot.storage import audit, guilds
from bot.storage.database import Database

MAX_AUDITED = 200
"""Characters of a setting that the audit log keeps."""


class Guilds:
    """Reads and changes guild settings."""

    def __init__(
        self,
        database: Database,
        *,
        allows_nsfw: bool = False,
        can_classify: bool = False,
        models: Models | None = None,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._models = models
        self._possible = {"allows_nsfw": allows_nsfw, "can_classify": can_classify}
        self._now = now

    async def get(self, guild_id: int) -> GuildSettings:
        """A guild's settings."""
        async with self._database.reading() as session:
            return await guilds.get_settings(session, guild_id)

    async def is_moderator(self, asker: Asker) -> bool:
        """Whether the asker moderates the guild that they ask in; never in a direct message."""
        return is_moderator(asker, await self.get(asker.guild_id or 0))

    async def require_moderator(self, asker: Asker) -> int:
        """The id of the guild that the asker moderates.

        Raises: NotAllowed.
        """
        return require_moderator(asker, await self.get(asker.guild_id or 0))

    async def managed(self, asker: Asker) -> GuildSettings:
        """The settings of the guild that the asker manages.

        Raises: NotAllowed.
        """
        return await self.get(require_manager(asker))

    async def moderated(self, asker: Asker) -> GuildSettings:
        """The settings of the guild that the asker moderates.

        Raises: NotAllowed.
        """
        return await self.get(await self.require_moderator(asker))

    async def configure(
        self, asker: Asker, change: Callable[[GuildSettings], GuildSettings], *, names: Sequence[str]
    ) -> GuildSettings:
        """Change what only those with Manage Server may; `names` are the settings, for the audit log.

        Raises: NotAllowed.
        """
        guild_id = require_manager(asker)
        async with self._database.transaction() as session:
            before = await guilds.lock_settings(session, guild_id, now=self._now())
            settings = change(before)
            check_possible(before, settings, **self._possible)
            if self._models is not None:
                self._models.check_named(before, settings)
            await guilds.update_settings(session, guild_id, settings, now=self._now())
            written: dict[str, Any] = {
                name: guild_options.written(settings, guild_options.ROWS[name])[:MAX_AUDITED]
                for name in names
            }
            await audit.note(session, guild_id, asker.user_id, Deed.SETTINGS, now=self._now(), **written)
            return settings

    async def role_deleted(self, guild_id: int, role_id: int) -> None:
        """Forget a role that is no more: it could not be chosen any longer, not even to take it back."""
        await self._forget(guild_id, "role", role_id, lambda settings: settings.without_role(role_id))

    async def channel_deleted(self, guild_id: int, channel_id: int) -> None:
        """Forget a channel that is no more: nobody is sent there, and appeals wait in the inbox."""
        await self._forget(
            guild_id, "channel", channel_id, lambda settings: settings.without_channel(channel_id)
        )

    async def _forget(
        self, guild_id: int, kind: str, deleted_id: int, change: Callable[[GuildSettings], GuildSettings]
    ) -> None:
        now = self._now()
        async with self._database.transaction() as session:
            settings = await guilds.lock_settings(session, guild_id, now=now)
            changed = change(settings)
            if changed == settings:
                return
            await guilds.update_settings(session, guild_id, changed, now=now)
            details: dict[str, Any] = {kind: str(deleted_id)}
            await audit.note(session, guild_id, RULE, Deed(f"{kind}_deleted"), now=now, **details)

    async def set(self, asker: Asker, values: Mapping[str, str]) -> GuildSettings:
        """Change settings to what was written, all or none.

        Raises: NotAllowed, InvalidSetting.
        """
        return await self.configure(
            asker, lambda settings: guild_options.changed(settings, values), names=list(values)
        )


async def moderated_guild(session: AsyncSession, asker: Asker) -> tuple[int, GuildSettings]:
    """The guild that the asker moderates, with its settings: every use case of moderators begins here.

    Raises: NotAllowed.
    """
    settings = await guilds.get_settings(session, asker.guild_id or 0)
    return require_moderator(asker, settings), settings


async def locked_guild(session: AsyncSession, asker: Asker, *, now: datetime) -> tuple[int, GuildSettings]:
    """The same for one who changes the settings: who else does waits.

    Raises: NotAllowed.
    """
    settings = await guilds.lock_settings(session, asker.guild_id or 0, now=now)
    return require_moderator(asker, settings), settings
