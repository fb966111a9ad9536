"""What members answer to a block, once; and what moderators decide."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.errors import Decided, NotFound, TooLate
from bot.domain.people import MAX_TEXT, Appeal, AppealStatus, Sanction, SanctionKind
from bot.domain.sentences import say
from bot.services.allowances import guild_of
from bot.services.clock import Clock, utc_now
from bot.services.guilds import moderated_guild
from bot.services.sanctions import causes_of, check_other
from bot.storage import audit, guilds, people
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLetter:
    """An appeal for the moderators of a guild, and where they read it."""

    appeal: Appeal
    channel_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of an appeal, for its member: `decision` waits to be read wherever they draw next."""

    appeal: Appeal
    decision: Sanction


class Appeals:
    """From both sides."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def may_appeal(self, asker: Asker, sanction_id: int) -> None:
        """Whether the asker may answer this block at all.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            await self._own_block(session, asker, sanction_id)

    async def appeal(self, asker: Asker, sanction_id: int, text: str) -> AppealLetter:
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
                raise TooLate(say("You have appealed already. The moderators will decide."))
            settings = await guilds.get_settings(session, block.guild_id)
            causes = await causes_of(session, block, settings)
        appeal = Appeal(
            id=appeal_id,
            guild_id=block.guild_id,
            user_id=asker.user_id,
            sanction=block,
            text=text[:MAX_TEXT],
            status=AppealStatus.OPEN,
            created_at=now,
            causes=causes,
        )
        return AppealLetter(appeal=appeal, channel_id=settings.moderators_channel_id)

    async def check(self, asker: Asker, appeal_id: int) -> None:
        """Whether the asker may decide this appeal, and nobody did.

        Raises: NotAllowed, NotFound, TooLate.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            await self._open(session, asker, guild_id, appeal_id)

    async def decide(
        self, asker: Asker, appeal_id: int, status: AppealStatus, *, reason: str = ""
    ) -> Verdict:
        """Accept an appeal, which lifts the block and forgets the strikes, or reject it; its member is told.

        Raises: Decided, NotAllowed, NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            appeal = replace(await self._open(session, asker, guild_id, appeal_id), status=status)
            if not await people.update_appeal(session, guild_id=guild_id, appeal_id=appeal_id, status=status):
                raise Decided
            if status is AppealStatus.ACCEPTED:
                key = {"guild_id": guild_id, "user_id": appeal.user_id}
                await people.update_lifted(session, **key, now=now)
                await people.delete_points(session, **key)
            decision = await people.add_decision(
                session, appeal, reason=reason[:MAX_TEXT], actor_id=asker.user_id, now=now
            )
            await audit.note(
                session,
                guild_id,
                asker.user_id,
                Deed(decision.kind.value),
                target_id=appeal.user_id,
                reason=reason,
                now=now,
            )
        return Verdict(appeal=appeal, decision=decision)

    async def list_open(self, asker: Asker, *, limit: int) -> list[Appeal]:
        """The appeals that wait for a decision in the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            found = await people.list_open_appeals(session, guild_id=guild_id, limit=limit)
            return [
                replace(appeal, causes=await causes_of(session, appeal.sanction, settings))
                for appeal in found
            ]

    async def _open(self, session: AsyncSession, asker: Asker, guild_id: int, appeal_id: int) -> Appeal:
        appeal = await people.get_appeal(session, guild_id=guild_id, appeal_id=appeal_id)
        if appeal is None:
            raise NotFound(say("There is no such appeal in this server."))
        check_other(asker, appeal.user_id, is_for_managers=True)
        if appeal.status is not AppealStatus.OPEN:
            raise Decided
        return appeal

    async def _own_block(self, session: AsyncSession, asker: Asker, sanction_id: int) -> Sanction:
        guild_id = await guild_of(session, asker) or 0
        found = await people.get(session, guild_id=guild_id, sanction_id=sanction_id)
        is_theirs = found is not None and found.user_id == asker.user_id
        if found is None or not is_theirs or found.kind is not SanctionKind.BLOCK or found.closed_at:
            raise NotFound(say("You are not blocked here, so there is nothing to appeal."))
        return found
