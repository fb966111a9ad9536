"""What moderators, and rules, say to members: blocks, warnings, notices, strikes and where they lead."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import RULE, Deed
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.guild import GuildSettings
from bot.domain.job import Job
from bot.domain.people import (
    MAX_TEXT,
    POINTS_PER_STRIKE,
    History,
    Sanction,
    SanctionKind,
    Standing,
    next_block,
    strikes_of,
    to_ladder,
    to_span,
)
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.guilds import locked_guild, moderated_guild
from bot.services.queue import Queue
from bot.storage import audit, guilds, people
from bot.storage.database import Database

MAX_HISTORY = 8


class Sanctions:
    """What stands between a member and the moderators."""

    def __init__(self, database: Database, queue: Queue, *, now: Clock = utc_now) -> None:
        self._database = database
        self._queue = queue
        self._now = now

    async def block(self, asker: Asker, user_id: int, *, span: str | None, reason: str) -> Sanction:
        """Keep a member from drawing, for a time or for good, and cancel what they wait for.

        Raises: NotAllowed, Unreadable.
        """
        async with self._database.transaction() as session:
            guild_id, _ = await self._over(session, asker, user_id)
            given, ended = await self.block_in(
                session, asker, user_id, guild_id=guild_id, span=span, reason=reason
            )
        self._queue.stop(ended)
        return given

    async def block_in(
        self,
        session: AsyncSession,
        asker: Asker,
        user_id: int,
        *,
        guild_id: int,
        span: str | None,
        reason: str,
    ) -> tuple[Sanction, list[Job]]:
        """The same as a part of another decision: the block, and the jobs that are to be stopped after it.

        Raises: Unreadable.
        """
        now = self._now()
        until = now + to_span(span) if span else None
        given = await give(
            session,
            guild_id,
            user_id,
            SanctionKind.BLOCK,
            actor_id=asker.user_id,
            reason=reason,
            now=now,
            until=until,
        )
        return given, await self._queue.end_in(session, asker, user_id, guild_id=guild_id, reason=reason)

    async def warn(self, asker: Asker, user_id: int, *, reason: str) -> Standing:
        """A strike, and a text to acknowledge; where the member stands now, with the block that follows.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await self._over(session, asker, user_id)
            return await self.warn_in(
                session, asker, user_id, guild_id=guild_id, settings=settings, reason=reason
            )

    async def warn_in(
        self,
        session: AsyncSession,
        asker: Asker,
        user_id: int,
        *,
        guild_id: int,
        settings: GuildSettings,
        reason: str,
    ) -> Standing:
        """The same as a part of another decision."""
        now = self._now()
        before = await _points(session, guild_id, user_id, settings, now)
        await give(
            session,
            guild_id,
            user_id,
            SanctionKind.WARNING,
            actor_id=asker.user_id,
            reason=reason,
            now=now,
            points=POINTS_PER_STRIKE,
        )
        return await climb(
            session, guild_id=guild_id, user_id=user_id, before=before, settings=settings, now=now
        )

    async def notice(self, asker: Asker, user_id: int, *, text: str) -> Sanction:
        """A text that the member must acknowledge before their next job.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, _ = await self._over(session, asker, user_id)
            return await give(
                session,
                guild_id,
                user_id,
                SanctionKind.NOTICE,
                actor_id=asker.user_id,
                reason=text,
                now=self._now(),
            )

    async def unblock(self, asker: Asker, user_id: int, *, reason: str) -> int:
        """Lift every block of a member; returns the member's id.

        Raises: NotAllowed, NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, _ = await self._over(session, asker, user_id, is_for_managers=True)
            key = {"guild_id": guild_id, "user_id": user_id}
            if not await people.update_lifted(session, **key, now=now):
                raise NotFound(say("This member is not blocked here."))
            await self._note(session, asker, guild_id, Deed.UNBLOCK, user_id, reason)
        return user_id

    async def history(self, asker: Asker, user_id: int) -> History:
        """What was said to a member of the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            said = await people.list_of_member(
                session, guild_id=guild_id, user_id=user_id, limit=MAX_HISTORY + 1
            )
            points = await _points(session, guild_id, user_id, settings, self._now())
        return History(
            user_id=user_id,
            sanctions=tuple(said[:MAX_HISTORY]),
            strikes=strikes_of(points),
            has_more=len(said) > MAX_HISTORY,
        )

    async def set_ladder(self, asker: Asker, steps: str) -> tuple[int, ...]:
        """Change where strikes lead: minutes for the first, the second, and so on.

        Raises: NotAllowed.
        """
        ladder = to_ladder(steps)
        async with self._database.transaction() as session:
            guild_id, settings = await locked_guild(session, asker, now=self._now())
            changed = replace(settings, strike_ladder=ladder)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await self._note(session, asker, guild_id, Deed.LADDER, None, "", minutes=list(ladder))
        return ladder

    async def set_channel(self, asker: Asker, channel_id: int | None) -> int | None:
        """Say where appeals and reports arrive; None leaves them in the inbox alone.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await locked_guild(session, asker, now=self._now())
            changed = replace(settings, moderators_channel_id=channel_id)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await self._note(session, asker, guild_id, Deed.CHANNEL, None, "", channel=channel_id or 0)
        return channel_id

    async def acknowledge(self, asker: Asker, sanction_id: int) -> Sanction | None:
        """The asker has read what they were told; the block that keeps them from drawing all the same.

        In a direct message it may be of any guild: the letter that brings a decision stands there.

        Raises: NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id = await people.update_read(
                session,
                guild_id=asker.guild_id,
                user_id=asker.user_id,
                sanction_id=sanction_id,
                now=now,
            )
            if guild_id is None:
                raise NotFound(say("There is nothing to acknowledge here: draw on."))
            return await people.get_block(session, guild_id=guild_id, user_id=asker.user_id, now=now)

    async def _over(
        self, session: AsyncSession, asker: Asker, user_id: int, *, is_for_managers: bool = False
    ) -> tuple[int, GuildSettings]:
        """The guild in which the asker may moderate this member."""
        found = await moderated_guild(session, asker)
        if is_for_managers:
            check_other(asker, user_id, is_for_managers=True)
        else:
            check_judged(asker, user_id)
        return found

    async def _note(
        self,
        session: AsyncSession,
        asker: Asker,
        guild_id: int,
        action: Deed,
        user_id: int | None,
        reason: str,
        **details: object,
    ) -> None:
        await audit.note(
            session,
            guild_id,
            asker.user_id,
            action,
            target_id=user_id,
            reason=reason,
            now=self._now(),
            **details,
        )


async def give(
    session: AsyncSession,
    guild_id: int,
    user_id: int,
    kind: SanctionKind,
    *,
    actor_id: int,
    reason: str,
    now: datetime,
    points: int = 0,
    until: datetime | None = None,
) -> Sanction:
    """Tell a member something, and note who did."""
    reason = reason[:MAX_TEXT]
    sanction_id = await people.add(
        session,
        guild_id=guild_id,
        user_id=user_id,
        kind=kind,
        reason=reason,
        actor_id=actor_id,
        points=points,
        until=until,
        now=now,
    )
    minutes = {} if until is None else {"minutes": int((until - now) / timedelta(minutes=1))}
    await audit.note(
        session,
        guild_id,
        actor_id,
        Deed(kind.value),
        target_id=user_id,
        reason=reason,
        now=now,
        **minutes,
    )
    return Sanction(
        id=sanction_id or 0,
        guild_id=guild_id,
        user_id=user_id,
        kind=kind,
        points=points,
        reason=reason,
        actor_id=actor_id,
        created_at=now,
        until=until,
        closed_at=None,
    )


def check_judged(asker: Asker, user_id: int) -> None:
    """Whether the asker may block or warn a member at all.

    Raises: NotAllowed, NotFound.
    """
    check_other(asker, user_id)
    if user_id < 0:
        raise NotFound(say("This member asked to be forgotten: there is nobody left to warn or block."))


def check_other(asker: Asker, user_id: int, *, is_for_managers: bool = False) -> None:
    """Nobody judges themselves; but who manages the server may help themselves.

    Raises: NotAllowed.
    """
    if user_id == asker.user_id and not (is_for_managers and asker.is_manager):
        raise NotAllowed(say("This is about other members: you named yourself."))


async def strike(
    session: AsyncSession,
    *,
    guild_id: int,
    user_id: int,
    points: int,
    reason: str,
    source: str,
    settings: GuildSettings,
    now: datetime,
) -> Standing:
    """Count points for a broken rule, once per request; where the member stands then."""
    before = await _points(session, guild_id, user_id, settings, now)
    added = await people.add(
        session,
        guild_id=guild_id,
        user_id=user_id,
        kind=SanctionKind.STRIKE,
        reason=reason,
        actor_id=RULE,
        points=points,
        source=source,
        now=now,
    )
    if added is None:
        return await standing_of(session, guild_id=guild_id, user_id=user_id, settings=settings, now=now)
    return await climb(session, guild_id=guild_id, user_id=user_id, before=before, settings=settings, now=now)


async def climb(
    session: AsyncSession, *, guild_id: int, user_id: int, before: int, settings: GuildSettings, now: datetime
) -> Standing:
    """Block a member for as long as the guild's ladder says, if their points reached another strike."""
    key = {"guild_id": guild_id, "user_id": user_id}
    standing = await standing_of(session, **key, settings=settings, now=now)
    span = next_block(before, standing.points, settings.strike_ladder)
    if span is None:
        return standing
    # Why is not stored: it is read from the strikes themselves, in the reader's language.
    await give(
        session, guild_id, user_id, SanctionKind.BLOCK, actor_id=RULE, reason="", now=now, until=now + span
    )
    return replace(standing, block=await people.get_block(session, **key, now=now))


async def standing_of(
    session: AsyncSession, *, guild_id: int, user_id: int, settings: GuildSettings, now: datetime
) -> Standing:
    """How many strikes of a member count now, and where they lead."""
    points = await _points(session, guild_id, user_id, settings, now)
    return Standing(points=points, days=settings.strike_days, ladder=settings.strike_ladder)


async def causes_of(session: AsyncSession, block: Sanction, settings: GuildSettings) -> tuple[Sanction, ...]:
    """The warnings and broken rules that led to a block; none, for one that a moderator gave."""
    if block.actor_id != RULE:
        return ()
    since = block.created_at - timedelta(days=settings.strike_days)
    key = {"guild_id": block.guild_id, "user_id": block.user_id}
    return tuple(await people.list_causes(session, **key, since=since, before_id=block.id))


async def _points(
    session: AsyncSession, guild_id: int, user_id: int, settings: GuildSettings, now: datetime
) -> int:
    since = now - timedelta(days=settings.strike_days)
    return await people.get_points(session, guild_id=guild_id, user_id=user_id, since=since)
