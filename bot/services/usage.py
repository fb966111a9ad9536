"""Who used the GPU, and for what: reports for the moderators of a guild, and their weekly digest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.usage import By, Digest, Row, UsageReport, by_channel, by_day, last_days, last_week, next_week
from bot.services.clock import Clock, utc_now
from bot.services.guilds import moderated_guild
from bot.storage import audit, digests, guilds, usage
from bot.storage.database import Database

NUM_PROMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    """A digest to be posted now. `token` marks it on Discord: as the nonce and in the files' names."""

    digest: Digest
    report: UsageReport
    token: str
    is_first: bool
    """False when an earlier try may have succeeded without our knowing."""


class UsageReports:
    """Reads the jobs; changes nothing but where digests go."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def report(self, asker: Asker, *, by: By, days: int) -> UsageReport:
        """What the asker's guild used in the last days, today included; for moderators.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            start, end = last_days(self._now(), days, settings.zone)
            return await _report(session, guild_id, by, start, end)

    async def leaderboard(self, asker: Asker, *, days: int, limit: int) -> list[Row]:
        """The members of the asker's guild who used most; for moderators.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            start, end = last_days(self._now(), days, settings.zone)
            return await usage.list_by_member(session, guild_id=guild_id, start=start, end=end, limit=limit)

    async def set_digest(self, asker: Asker, channel_id: int | None) -> datetime | None:
        """Send the digest of each week to a channel, and say when the first is due; None: send none.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await moderated_guild(session, asker)
            if channel_id is None:
                await digests.delete_channel(session, guild_id)
            else:
                due_at = next_week(self._now(), settings.zone)
                await digests.update_channel(session, guild_id, channel_id, due_at=due_at)
            await audit.note(
                session,
                guild_id,
                asker.user_id,
                Deed.USAGE_DIGEST,
                now=self._now(),
                channel=None if channel_id is None else str(channel_id),
            )
            digest = await digests.get(session, guild_id)
        return None if digest is None else digest.due_at

    async def digest(self, asker: Asker) -> Digest | None:
        """Where the digest of the asker's guild goes, and when the next one is due; None: nowhere.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            return await digests.get(session, guild_id)

    async def list_due(self) -> list[Digest]:
        """The digests that have to be posted."""
        async with self._database.reading() as session:
            return await digests.list_due(session, self._now())

    async def take(self, digest: Digest, *, prompts_from: Collection[int] | None = None) -> DueDigest | None:
        """Count an attempt before it is made; None when it is not due any more.

        Where weeks were missed, the digest of the last whole one is due. With `prompts_from` it quotes only
        prompts of these channels, and none of age-restricted ones.
        """
        async with self._database.transaction() as session:
            attempts = await digests.update_attempt(session, digest)
            if attempts is None:
                return None
            settings = await guilds.get_settings(session, digest.guild_id)
        start, end = last_week(self._now(), settings.zone)
        async with self._database.reading() as session:
            report = await _report(session, digest.guild_id, By.MEMBER, start, end, prompts_from)
        token = f"{digest.guild_id:x}x{int(digest.due_at.timestamp()):x}"
        return DueDigest(digest=digest, report=report, token=token, is_first=attempts == 1)

    async def posted(self, digest: Digest, *, is_delivered: bool = True) -> None:
        """It is in its channel, or cannot be; either way the next one is due when this week is over."""
        async with self._database.transaction() as session:
            settings = await guilds.get_settings(session, digest.guild_id)
            due_at = next_week(self._now(), settings.zone)
            now = self._now() if is_delivered else None
            await digests.update_posted(session, digest, due_at=due_at, now=now)


async def _report(
    session: AsyncSession,
    guild_id: int,
    by: By,
    start: datetime,
    end: datetime,
    prompts_from: Collection[int] | None = None,
) -> UsageReport:
    return UsageReport(
        by=by,
        start=start,
        end=end,
        rows=await _rows(session, guild_id, by, start, end),
        kinds=tuple(await usage.list_by_kind(session, guild_id=guild_id, start=start, end=end)),
        prompts=tuple(
            await usage.list_prompts(
                session,
                guild_id=guild_id,
                start=start,
                end=end,
                limit=NUM_PROMPTS,
                channel_ids=prompts_from,
            )
        ),
    )


async def _rows(
    session: AsyncSession, guild_id: int, by: By, start: datetime, end: datetime
) -> tuple[Row, ...]:
    match by:
        case By.MEMBER:
            return tuple(await usage.list_by_member(session, guild_id=guild_id, start=start, end=end))
        case By.CHANNEL:
            return by_channel(await usage.list_by_channel(session, guild_id=guild_id, start=start, end=end))
        case By.DAY:
            slices = await usage.list_by_slice(session, guild_id=guild_id, start=start, end=end)
            zone = (await guilds.get_settings(session, guild_id)).zone
            return by_day(slices, start=start, end=end, zone=zone)
