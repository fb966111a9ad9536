"""Whose device it is: what its owners see, and decide about the guilds that draw on it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import RULE, AuditEntry, AuditFilter, Deed
from bot.domain.errors import NotAllowed
from bot.domain.hosting import EVERYWHERE, HostedGuild, Hosting, HostReport, HostState, day_of
from bot.domain.sentences import say
from bot.domain.usage import NOTHING, last_days
from bot.services.allowances import guild_of
from bot.services.clock import Clock, utc_now
from bot.storage import audit, usage
from bot.storage import hosting as hosting_table
from bot.storage.database import Database

LOG_ROWS = 12


class Host:
    """For the owners, each use checked anew; and what everybody may know of it.

    `owners` are ids of people, `guilds` those that may use the bot: none means all.
    """

    def __init__(
        self,
        database: Database,
        *,
        owners: Collection[int] = (),
        guilds: Collection[int] = (),
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._owners = frozenset(owners)
        self._guilds = frozenset(guilds)
        self._now = now
        self._shown: dict[int, str] = {}

    def is_listed(self, guild_id: int | None) -> bool:
        """Whether the bot serves a guild; of a direct message, that is asked about the guild that pays."""
        return guild_id is None or not self._guilds or guild_id in self._guilds

    def is_owner(self, asker: Asker) -> bool:
        """Whether the asker runs this bot."""
        return asker.user_id in self._owners

    def require_owner(self, asker: Asker) -> None:
        """Raises: NotAllowed."""
        if not self.is_owner(asker):
            raise NotAllowed(
                say("Only those who run this bot may do this: their numbers stand in its setting `OWNERS`.")
            )

    async def report(self, asker: Asker, *, days: int) -> HostReport:
        """Who used how much of the device in the last days, today included, and what was decided about them.

        Raises: NotAllowed.
        """
        self.require_owner(asker)
        start, end = last_days(self._now(), days, UTC)
        async with self._database.reading() as session:
            used = dict(await usage.list_by_guild(session, start=start, end=end))
            decided = {one.guild_id: one for one in await hosting_table.list_all(session)}
            notice = (await hosting_table.get(session, EVERYWHERE)).words
        guilds = tuple(
            HostedGuild(
                hosting=decided.get(guild_id, Hosting(guild_id=guild_id)), usage=used.get(guild_id, NOTHING)
            )
            for guild_id in dict.fromkeys([*used, *decided])
        )
        return HostReport(days=days, guilds=guilds, notice=notice, listed=self._guilds)

    async def set_cap(self, asker: Asker, guild_id: int, cap: int | None) -> Hosting:
        """How many pictures a day all members of a guild may draw together; None: there is no cap.

        Raises: NotAllowed.
        """
        return await self._change(asker, Deed.HOST_CAP, guild_id, cap=cap)

    async def pause(self, asker: Asker, guild_id: int, words: str) -> Hosting:
        """Refuse what a guild's members order from now on, in these words; what waits is still drawn.

        Raises: NotAllowed.
        """
        return await self._change(asker, Deed.HOST_PAUSE, guild_id, is_paused=True, words=words)

    async def resume(self, asker: Asker, guild_id: int) -> Hosting:
        """Let a guild draw again.

        Raises: NotAllowed.
        """
        return await self._change(asker, Deed.HOST_RESUME, guild_id, is_paused=False, words="")

    async def set_notice(self, asker: Asker, words: str) -> Hosting:
        """What everybody reads until it is taken down; empty takes it down.

        Raises: NotAllowed.
        """
        return await self._change(asker, Deed.HOST_NOTICE, EVERYWHERE, words=words)

    async def note_left(self, asker: Asker, guild_id: int, *, name: str = "") -> None:
        """An owner has the bot leave a guild.

        Raises: NotAllowed.
        """
        self.require_owner(asker)
        async with self._database.transaction() as session:
            await self._note(session, asker.user_id, Deed.HOST_LEAVE, guild_id, name=name)

    async def note_unlisted(self, guild_id: int, *, name: str = "") -> None:
        """The bot leaves a guild that it does not serve."""
        async with self._database.transaction() as session:
            await self._note(session, RULE, Deed.HOST_UNLISTED, guild_id, name=name)

    async def list_log(self, asker: Asker) -> list[AuditEntry]:
        """What the owners did lately, newest first.

        Raises: NotAllowed.
        """
        self.require_owner(asker)
        async with self._database.reading() as session:
            return await audit.list_entries(
                session, guild_id=EVERYWHERE, wanted=AuditFilter(), limit=LOG_ROWS
            )

    async def notice(self) -> str:
        """The notice that stands; empty where there is none."""
        async with self._database.reading() as session:
            return await hosting_table.recall_notice(session)

    async def unread_notice(self, user_id: int) -> str:
        """The notice, once for each member of each; empty where there is none, or they have seen it."""
        notice = await self.notice()
        if not notice:
            self._shown.clear()
        elif self._shown.get(user_id) != notice:
            self._shown[user_id] = notice
            return notice
        return ""

    async def state(self, asker: Asker) -> HostState:
        """What the asker should know: of their guild; in a direct message, of the one that is charged."""
        start, end = day_of(self._now())
        async with self._database.reading() as session:
            notice = await hosting_table.recall_notice(session)
            guild_id = await guild_of(session, asker)
            if guild_id is None:
                return HostState(hosting=Hosting(guild_id=EVERYWHERE), notice=notice)
            hosting = await hosting_table.recall(session, guild_id)
            if hosting.cap is None:
                return HostState(hosting=hosting, notice=notice)
            used = await hosting_table.count_images(session, guild_id, since=start)
        return HostState(hosting=hosting, num_used=used, resets_at=end, notice=notice)

    async def _change(self, asker: Asker, deed: Deed, guild_id: int, **changes: Any) -> Hosting:
        self.require_owner(asker)
        async with self._database.transaction() as session:
            changed = replace(await hosting_table.get(session, guild_id), **changes)
            await hosting_table.update_hosting(session, changed, now=self._now())
            details = {name: value for name, value in changes.items() if name != "is_paused"}
            await self._note(session, asker.user_id, deed, guild_id, **details)
        return changed

    async def _note(
        self, session: AsyncSession, actor_id: int, deed: Deed, guild_id: int, **details: Any
    ) -> None:
        """Add a row to the owners' own log."""
        about: dict[str, Any] = {} if guild_id == EVERYWHERE else {"guild": str(guild_id)}
        await audit.note(session, EVERYWHERE, actor_id, deed, now=self._now(), **about, **details)
