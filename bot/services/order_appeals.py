"""Refused prompts before the moderators: asked for by members, allowed or refused, drawn when allowed."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.errors import Decided, NotFound, TooLate
from bot.domain.job import Job
from bot.domain.kept import KeptOrder, Waits
from bot.domain.order import Order
from bot.domain.pardons import OrderAppeal, Pardon, phrase_of
from bot.domain.people import AppealStatus
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.guilds import moderated_guild
from bot.services.kept import KeptOrders
from bot.services.orders import Orders
from bot.services.sanctions import check_other
from bot.storage import audit, guilds, order_appeals, people
from bot.storage.database import Database

MAX_OPEN = 5
"""Of one member: moderators have other things to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLetter:
    """A refused prompt for the moderators of its guild, and where they read it."""

    appeal: OrderAppeal
    channel_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderVerdict:
    """What moderators decided of a refused prompt."""

    appeal: OrderAppeal
    pardons: tuple[Pardon, ...] = ()
    """What they allowed."""
    is_strike_taken_back: bool = False


class OrderAppeals:
    """From both sides."""

    def __init__(self, database: Database, kept: KeptOrders, orders: Orders, *, now: Clock = utc_now) -> None:
        self._database = database
        self._kept = kept
        self._orders = orders
        self._now = now

    async def ask(self, asker: Asker, kept_id: int) -> OrderLetter:
        """Ask the moderators for a prompt of the asker's that a rule refused, once.

        Raises: NotFound; TooLate, where they were asked before.
        """
        kept = await self._kept.get(asker, kept_id)
        order = Order.from_json(kept.order)
        if kept.why is not Waits.APPEAL or not order.objections:
            raise NotFound(say("The moderators cannot allow this."))
        now = self._now()
        async with self._database.transaction() as session:
            await self._check_few(session, kept)
            appeal_id = await order_appeals.add(
                session,
                guild_id=kept.guild_id,
                user_id=kept.user_id,
                source=kept.source,
                order=kept.order,
                asker=asker.to_json(),
                rules=order.objections,
                now=now,
            )
            settings = await guilds.get_settings(session, kept.guild_id)
            appeal = await order_appeals.get(session, guild_id=kept.guild_id, appeal_id=appeal_id or 0)
        if appeal is None:
            raise TooLate(say("You have asked already. The moderators will decide."))
        return OrderLetter(appeal=appeal, channel_id=settings.moderators_channel_id)

    async def check(self, asker: Asker, appeal_id: int) -> OrderAppeal:
        """The appeal, if the asker may decide it and nobody did.

        Raises: NotAllowed, NotFound, TooLate.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            return await self._open(session, asker, guild_id, appeal_id)

    async def decide(self, asker: Asker, appeal_id: int, status: AppealStatus) -> OrderVerdict:
        """Allow a prompt, which takes back the strike that it cost, or refuse it for good.

        One that was allowed and never came to be drawn may be allowed again.

        Raises: NotAllowed, NotFound, TooLate.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            appeal = await self._open(session, asker, guild_id, appeal_id)
            is_first = await order_appeals.update_decided(
                session, appeal.id, status, actor_id=asker.user_id, now=now
            )
            if not is_first and status is AppealStatus.REJECTED:
                raise Decided
            if status is AppealStatus.REJECTED:
                await order_appeals.update_done(session, appeal.id)
            is_taken_back = status is AppealStatus.ACCEPTED and await people.update_strike_taken_back(
                session, guild_id=guild_id, user_id=appeal.user_id, source=appeal.source, now=now
            )
            if is_first:
                await self._note(session, asker, appeal, status, now)
        pardons = [Pardon(rule=rule, actor_id=asker.user_id, at=now) for rule in appeal.rules]
        return OrderVerdict(
            appeal=replace(appeal, status=status),
            pardons=tuple(pardons) if status is AppealStatus.ACCEPTED else (),
            is_strike_taken_back=is_taken_back,
        )

    async def draw(self, verdict: OrderVerdict) -> Job:
        """Draw what was allowed: through all gates, less what was allowed, at today's price. The first job.

        Raises: UserError; where a press can mend it, with the button for its member.
        """
        job = await self._orders.allowed(asker_of(verdict.appeal), verdict.appeal.order, verdict.pardons)
        await self.close(verdict.appeal)
        return job

    async def close(self, appeal: OrderAppeal) -> None:
        """Nothing more comes of an appeal: it is drawn, or kept for its member, or they are gone."""
        async with self._database.transaction() as session:
            await order_appeals.update_done(session, appeal.id)

    async def list_open(self, asker: Asker, *, limit: int) -> list[OrderAppeal]:
        """What waits for a decision in the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            return await order_appeals.list_open(session, guild_id=guild_id, limit=limit)

    async def _check_few(self, session: AsyncSession, kept: KeptOrder) -> None:
        """Raises: TooLate, where enough of the member's wait for the moderators."""
        key = {"guild_id": kept.guild_id, "user_id": kept.user_id}
        if await order_appeals.count_open(session, **key) >= MAX_OPEN:
            raise TooLate(
                say(
                    "{count} prompts of yours are with the moderators. Ask again when they have decided.",
                    count=MAX_OPEN,
                )
            )

    async def _open(self, session: AsyncSession, asker: Asker, guild_id: int, appeal_id: int) -> OrderAppeal:
        appeal = await order_appeals.get(session, guild_id=guild_id, appeal_id=appeal_id)
        if appeal is None:
            raise NotFound(say("There is no such appeal here. Its member may have asked to be forgotten."))
        check_other(asker, appeal.user_id, is_for_managers=True)
        if appeal.status is AppealStatus.REJECTED or not appeal.order:
            raise Decided
        return appeal

    async def _note(
        self, session: AsyncSession, asker: Asker, appeal: OrderAppeal, status: AppealStatus, now: datetime
    ) -> None:
        is_allowed = status is AppealStatus.ACCEPTED
        await audit.note(
            session,
            appeal.guild_id,
            asker.user_id,
            Deed.PROMPT_ALLOWED if is_allowed else Deed.PROMPT_REFUSED,
            target_id=appeal.user_id,
            reason=", ".join(phrase_of(rule) or rule for rule in appeal.rules),
            now=now,
        )


def asker_of(appeal: OrderAppeal) -> Asker:
    """Who asked for it, from where, as it was then."""
    return Asker.from_json(appeal.asker, source=appeal.source, user_id=appeal.user_id)
