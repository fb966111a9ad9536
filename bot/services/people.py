"""What moderators say to members: blocks, warnings, notices; what members answer: acknowledged, appealed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import RULE
from bot.domain.echo import echo
from bot.domain.errors import NextStep, NotAllowed, NotFound
from bot.domain.guild import GuildSettings
from bot.domain.order import Order
from bot.domain.people import (
    MAX_TEXT,
    POINTS_PER_STRIKE,
    Appeal,
    AppealStatus,
    History,
    Sanction,
    SanctionKind,
    next_block,
    strikes_of,
    to_ladder,
    to_span,
)
from bot.domain.sentences import Sentence, moment, say
from bot.services.clock import Clock, utc_now
from bot.services.guilds import moderated_guild
from bot.services.queue import Queue
from bot.storage import audit, guilds, members, people
from bot.storage.database import Database

MAX_HISTORY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """Something for the moderators of a guild, and where they read it."""

    appeal: Appeal
    channel_id: int | None


class People:
    """What stands between a member and the moderators; and the gate that keeps a blocked member out."""

    def __init__(self, database: Database, queue: Queue, *, now: Clock = utc_now) -> None:
        self._database = database
        self._queue = queue
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let those pass who are not blocked, and have read what moderators told them.

        Raises: NotAllowed, with a button to appeal or to acknowledge.
        """
        del order, settings
        key = {"guild_id": guild_id, "user_id": asker.user_id}
        block = await people.get_block(session, **key, now=self._now())
        if block is not None:
            has_appeal = await people.has_appeal(session, guild_id=guild_id, sanction_id=block.id)
            raise blocked(block, has_appeal=has_appeal)
        unread = await people.get_unread(session, **key)
        if unread is not None:
            raise NotAllowed(
                say(
                    "The moderators of this server have a message for you: {text}",
                    text=echo(unread.reason, limit=MAX_TEXT),
                ),
                say("Press the button when you have read it, then draw again."),
                steps=(NextStep(custom_id=f"notice:{unread.id}:acknowledge", label=say("I have read it")),),
            )

    async def may_judge(self, asker: Asker, user_id: int) -> None:
        """Whether the asker may block or warn a member at all.

        Raises: NotAllowed, NotFound.
        """
        async with self._database.reading() as session:
            await self._over(session, asker, user_id)
        if user_id < 0:
            raise NotFound(say("This member asked to be forgotten: there is nobody left to warn or block."))

    async def block(self, asker: Asker, user_id: int, *, span: str | None, reason: str) -> Sanction:
        """Keep a member from drawing, for a time or for good, and cancel what they wait for.

        Raises: NotAllowed.
        """
        now = self._now()
        until = now + to_span(span) if span else None
        async with self._database.transaction() as session:
            guild_id, _ = await self._over(session, asker, user_id)
            given = await self._say(
                session, asker, guild_id, user_id, SanctionKind.BLOCK, reason=reason, now=now, until=until
            )
        await self._queue.clear(asker, user_id, reason=reason)
        return given

    async def warn(self, asker: Asker, user_id: int, *, reason: str) -> Sanction | None:
        """A strike, and a text to acknowledge; the block that the guild's ladder adds, if any.

        Raises: NotAllowed.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, settings = await self._over(session, asker, user_id)
            before = await _points(session, guild_id, user_id, settings, now)
            await self._say(
                session,
                asker,
                guild_id,
                user_id,
                SanctionKind.WARNING,
                reason=reason,
                now=now,
                points=POINTS_PER_STRIKE,
            )
            return await climb(
                session,
                guild_id=guild_id,
                user_id=user_id,
                before=before,
                settings=settings,
                now=now,
            )

    async def notice(self, asker: Asker, user_id: int, *, text: str) -> Sanction:
        """A text that the member must acknowledge before their next job.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, _ = await self._over(session, asker, user_id)
            return await self._say(
                session, asker, guild_id, user_id, SanctionKind.NOTICE, reason=text, now=self._now()
            )

    async def unblock(self, asker: Asker, user_id: int, *, reason: str) -> int:
        """Lift every block of a member; returns the member's id.

        Raises: NotAllowed, NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, _ = await self._over(session, asker, user_id, is_for_managers=True)
            key = {"guild_id": guild_id, "user_id": user_id}
            if not await people.update_closed(session, **key, kinds=[SanctionKind.BLOCK], now=now):
                raise NotFound(say("This member is not blocked here."))
            await self._note(session, asker, guild_id, "unblock", user_id, reason)
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
            guild_id, settings = await moderated_guild(session, asker)
            changed = replace(settings, strike_ladder=ladder)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await self._note(session, asker, guild_id, "ladder", None, "", minutes=list(ladder))
        return ladder

    async def set_channel(self, asker: Asker, channel_id: int | None) -> int | None:
        """Say where appeals and reports arrive; None leaves them in the inbox alone.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await moderated_guild(session, asker)
            changed = replace(settings, moderators_channel_id=channel_id)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await self._note(session, asker, guild_id, "channel", None, "", channel=channel_id or 0)
        return channel_id

    async def acknowledge(self, asker: Asker, sanction_id: int) -> None:
        """The asker has read what they were told.

        Raises: NotFound.
        """
        async with self._database.transaction() as session:
            closed = await people.update_closed(
                session,
                guild_id=await _guild_of(session, asker),
                user_id=asker.user_id,
                kinds=[SanctionKind.NOTICE, SanctionKind.WARNING],
                sanction_id=sanction_id,
                now=self._now(),
            )
            if not closed:
                raise NotFound(say("There is nothing to acknowledge here: draw on."))

    async def may_appeal(self, asker: Asker, sanction_id: int) -> None:
        """Whether the asker may answer this block at all.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            await self._own_block(session, asker, sanction_id)

    async def appeal(self, asker: Asker, sanction_id: int, text: str) -> Addressed:
        """Answer a block, once; for the moderators to decide.

        Raises: NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            block = await self._own_block(session, asker, sanction_id)
            appeal_id = await people.add_appeal(
                session,
                guild_id=block.guild_id,
                user_id=asker.user_id,
                sanction_id=block.id,
                text=text[:MAX_TEXT],
                now=now,
            )
            if appeal_id is None:
                raise NotFound(say("You have appealed already. The moderators will decide."))
            settings = await guilds.get_settings(session, block.guild_id)
        appeal = Appeal(
            id=appeal_id,
            guild_id=block.guild_id,
            user_id=asker.user_id,
            sanction=block,
            text=text[:MAX_TEXT],
            status=AppealStatus.OPEN,
            created_at=now,
        )
        return Addressed(appeal=appeal, channel_id=settings.moderators_channel_id)

    async def decide(self, asker: Asker, appeal_id: int, status: AppealStatus) -> Appeal:
        """Accept an appeal, which lifts the block and forgets the strikes, or reject it.

        Raises: NotAllowed, NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            appeal = await people.get_appeal(session, guild_id=guild_id, appeal_id=appeal_id)
            if appeal is None:
                raise NotFound(say("There is no such appeal in this server."))
            _check_other(asker, appeal.user_id, is_for_managers=True)
            if not await people.update_appeal(session, guild_id=guild_id, appeal_id=appeal_id, status=status):
                raise NotFound(say("Somebody has decided this already."))
            if status is AppealStatus.ACCEPTED:
                key = {"guild_id": guild_id, "user_id": appeal.user_id}
                await people.update_closed(session, **key, kinds=[SanctionKind.BLOCK], now=now)
                await people.delete_points(session, **key)
            action = f"appeal_{status}"
            await self._note(session, asker, guild_id, action, appeal.user_id, appeal.sanction.reason)
        return appeal

    async def list_open_appeals(self, asker: Asker, *, limit: int) -> list[Appeal]:
        """The appeals that wait for a decision in the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            return await people.list_open_appeals(session, guild_id=guild_id, limit=limit)

    async def _own_block(self, session: AsyncSession, asker: Asker, sanction_id: int) -> Sanction:
        guild_id = await _guild_of(session, asker)
        found = await people.get(session, guild_id=guild_id, sanction_id=sanction_id)
        is_theirs = found is not None and found.user_id == asker.user_id
        if found is None or not is_theirs or found.kind is not SanctionKind.BLOCK or found.closed_at:
            raise NotFound(say("You are not blocked here, so there is nothing to appeal."))
        return found

    async def _over(
        self, session: AsyncSession, asker: Asker, user_id: int, *, is_for_managers: bool = False
    ) -> tuple[int, GuildSettings]:
        """The guild in which the asker may moderate this member."""
        guild_id, settings = await moderated_guild(session, asker)
        _check_other(asker, user_id, is_for_managers=is_for_managers)
        return guild_id, settings

    async def _say(
        self,
        session: AsyncSession,
        asker: Asker,
        guild_id: int,
        user_id: int,
        kind: SanctionKind,
        *,
        reason: str,
        now: datetime,
        points: int = 0,
        until: datetime | None = None,
    ) -> Sanction:
        reason = reason[:MAX_TEXT]
        sanction_id = await people.add(
            session,
            guild_id=guild_id,
            user_id=user_id,
            kind=kind,
            reason=reason,
            actor_id=asker.user_id,
            points=points,
            until=until,
            now=now,
        )
        minutes = {} if until is None else {"minutes": int((until - now) / timedelta(minutes=1))}
        await self._note(session, asker, guild_id, kind.value, user_id, reason, **minutes)
        return Sanction(
            id=sanction_id or 0,
            guild_id=guild_id,
            user_id=user_id,
            kind=kind,
            points=points,
            reason=reason,
            actor_id=asker.user_id,
            created_at=now,
            until=until,
            closed_at=None,
        )

    async def _note(
        self,
        session: AsyncSession,
        asker: Asker,
        guild_id: int,
        action: str,
        user_id: int | None,
        reason: str,
        **details: object,
    ) -> None:
        await audit.add(
            session,
            guild_id=guild_id,
            actor_id=asker.user_id,
            action=action,
            target_id=user_id,
            reason=reason,
            details=details,
            now=self._now(),
        )


def _check_other(asker: Asker, user_id: int, *, is_for_managers: bool = False) -> None:
    """Nobody judges themselves; but who manages the server may help themselves.

    Raises: NotAllowed.
    """
    if user_id == asker.user_id and not (is_for_managers and asker.is_manager):
        raise NotAllowed(say("This is about other members: you named yourself."))


def blocked(block: Sanction, *, has_appeal: bool) -> NotAllowed:
    """The refusal that a blocked member reads: why, until when, and how to answer."""
    reason = echo(block.reason, limit=MAX_TEXT)
    sentences: list[Sentence] = [
        say("You may not draw in this server for now: {reason}", reason=reason),
        say("This ends {when}.", when=moment(block.until))
        if block.until
        else say("This lasts until the moderators lift it."),
    ]
    if has_appeal:
        return NotAllowed(*sentences, say("You have appealed; the moderators decide."))
    step = NextStep(custom_id=f"block:{block.id}:appeal", label=say("Appeal"))
    return NotAllowed(*sentences, steps=(step,))


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
) -> Sanction | None:
    """Count points for a broken rule, once per request; the block that follows, if any."""
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
        return None
    return await climb(session, guild_id=guild_id, user_id=user_id, before=before, settings=settings, now=now)


async def climb(
    session: AsyncSession, *, guild_id: int, user_id: int, before: int, settings: GuildSettings, now: datetime
) -> Sanction | None:
    """Block a member for as long as the guild's ladder says, if their points reached another strike."""
    after = await _points(session, guild_id, user_id, settings, now)
    span = next_block(before, after, settings.strike_ladder)
    if span is None:
        return None
    reason = f"strike {strikes_of(after)}"
    await people.add(
        session,
        guild_id=guild_id,
        user_id=user_id,
        kind=SanctionKind.BLOCK,
        reason=reason,
        actor_id=RULE,
        until=now + span,
        now=now,
    )
    await audit.add(
        session,
        guild_id=guild_id,
        actor_id=RULE,
        action=SanctionKind.BLOCK,
        target_id=user_id,
        reason=reason,
        details={"minutes": int(span / timedelta(minutes=1))},
        now=now,
    )
    return await people.get_block(session, guild_id=guild_id, user_id=user_id, now=now)


async def _points(
    session: AsyncSession, guild_id: int, user_id: int, settings: GuildSettings, now: datetime
) -> int:
    since = now - timedelta(days=settings.strike_days)
    return await people.get_points(session, guild_id=guild_id, user_id=user_id, since=since)


async def _guild_of(session: AsyncSession, asker: Asker) -> int:
    """The guild that a member means: where they are, or in a direct message the one they drew in last."""
    return asker.guild_id or await members.get_last_guild(session, asker.user_id) or 0
