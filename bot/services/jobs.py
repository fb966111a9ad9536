"""Orders become jobs: through the gates, reserved and stored, all or nothing. Knows no kind of order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.charges import Charge
from bot.domain.errors import NotAllowed, NotFound, QuotaExceeded, TooLate, Unavailable, UserError
from bot.domain.guild import GuildSettings, is_moderator
from bot.domain.job import Job, JobStatus, may_be_pressed
from bot.domain.kept import Keep, Waits
from bot.domain.order import Order
from bot.domain.sentences import say
from bot.services.allowances import Allowances, charged_guild, costs_nothing, foreseen
from bot.services.clock import Clock, utc_now
from bot.services.gates import Gate, RefusedWithTrace, pass_all
from bot.services.kept import KeptOrders
from bot.services.models import Models
from bot.services.runs import Note, Runs, noting_cancel
from bot.storage import guilds, hosting, members
from bot.storage import jobs as jobs_table
from bot.storage import outbox as outbox_table
from bot.storage.database import Database
from bot.storage.grouped import GroupCommit
from bot.storage.outage import is_outage, persistently


@dataclass(frozen=True, slots=True)
class Replayed:
    """The job of an order that was submitted before: it is under way already."""

    job: Job


class Jobs:
    """Takes orders in, and lets go of jobs."""

    def __init__(
        self,
        database: Database,
        models: Models,
        runs: Runs,
        kept: KeptOrders,
        *,
        allowances: Allowances,
        gates: Sequence[Gate] = (),
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._together = GroupCommit(database)
        self._models = models
        self._runs = runs
        self._kept = kept
        self._allowances = allowances
        self._gates = gates
        self._now = now
        self._is_draining = False
        self._doubts: set[asyncio.Task[None]] = set()

    async def draw(self, asker: Asker, order: Order) -> Job:
        """Submit one order.

        Raises: UserError, and nothing is charged; one that a press can mend is kept.
        """
        (job,) = await self.submit(asker, [order])
        return job

    async def submit(self, asker: Asker, orders: Sequence[Order]) -> list[Job]:
        """Take the orders of one request in: all of them or none, in one commit.

        A request that was submitted before gives the same jobs.

        Raises: UserError, and nothing is charged; one that a press can mend is kept. What the database
        raises, and then nothing was taken.
        """
        try:
            taken = await self._together.run(partial(self._take_all, asker, orders), key=asker.user_id)
        except Exception as error:
            if is_outage(error):  # its confirmation may be all that was lost, and the asker will hear "no"
                doubt = asyncio.create_task(self._withdraw_unconfirmed(asker, orders), name="unconfirmed")
                self._doubts.add(doubt)
                doubt.add_done_callback(self._doubts.discard)
            raise
        if isinstance(taken, UserError):
            raise taken
        for one in taken:
            if isinstance(one, Job) and one.status is JobStatus.QUEUED:
                self._runs.start(one)
        return [one.job if isinstance(one, Replayed) else one for one in taken]

    async def _take_all(
        self, asker: Asker, orders: Sequence[Order], session: AsyncSession
    ) -> list[Job | Replayed] | UserError:
        now = self._now()
        try:
            guild_id = await charged_guild(session, asker)
        except NotAllowed as refusal:
            return refusal
        # First of all: the row of a member is a lock, so that their jobs pass the gates one by one.
        await members.update_last_used(
            session, guild_id=guild_id, user_id=asker.user_id, name=asker.name, now=now
        )
        # Not before: who waits for the writer must not bring along what held when they came.
        settings = await guilds.recall_settings(session, guild_id)
        return await self._take(session, asker, orders, guild_id=guild_id, settings=settings)

    async def _withdraw_unconfirmed(self, asker: Asker, orders: Sequence[Order]) -> None:
        """Take back what was stored although the database did not say so; what is in flight was confirmed.

        The same request may come again, from a press on an order that was kept, and is drawn then.
        """
        for order in orders:
            job = await persistently(partial(self._get_stored, asker, order))
            if job is not None and job.status is JobStatus.QUEUED and self._runs.get(job.id) is None:
                note = partial(jobs_table.update_source_free, job_id=job.id)
                await persistently(partial(self._runs.cancel, job.id, note=note))

    async def _get_stored(self, asker: Asker, order: Order) -> Job | None:
        async with self._database.reading() as session:
            return await jobs_table.get_by_source(session, asker.source, order.ordinal)

    async def check(self, asker: Asker, order: Order) -> None:
        """See whether an order would pass all gates now. Nothing is charged, or kept.

        Raises: UserError.
        """
        refusal: UserError | None = None
        async with self._database.transaction() as session:
            guild_id = await charged_guild(session, asker)
            settings = await guilds.get_settings(session, guild_id)
            try:
                async with session.begin_nested():
                    await pass_all(self._gates, session, asker, order, guild_id=guild_id, settings=settings)
            except RefusedWithTrace as refused:
                refusal = await refused.write(session)
            except UserError as error:
                refusal = error
        if refusal is not None:
            raise refusal

    async def check_covered(self, asker: Asker, orders: Sequence[Order]) -> None:
        """See whether the asker's allowance covers orders together, before more is asked about them.

        Raises: QuotaExceeded, which is kept for a press.
        """
        async with self._database.transaction() as session:
            guild_id = await charged_guild(session, asker)
            settings = await guilds.get_settings(session, guild_id)
            balance = await self._allowances.balance(
                session,
                guild_id=guild_id,
                user_id=asker.user_id,
                role_ids=asker.role_ids,
                settings=settings,
                now=self._now(),
            )
            charged = [order for order in orders if not costs_nothing(order.speed, settings)]
            refusal = foreseen(balance, self.price(charged))
            if refusal is None:
                return
            await self._leave(session, asker, orders[0], refusal, guild_id=guild_id)
        raise refusal

    def price(self, orders: Sequence[Order]) -> Charge:
        """What orders cost together. Raises: NotFound, where a model is not loaded any more."""
        charges = [self._models.charge(order) for order in orders]
        return Charge(
            images=sum(charge.images for charge in charges), gpu_ms=sum(charge.gpu_ms for charge in charges)
        )

    async def cancel(self, asker: Asker, job_id: int) -> None:
        """Stop a job that waits or runs, and refund it."""
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
            settings = await guilds.get_settings(session, asker.guild_id or 0)
        if job is None or not may_be_pressed(job, asker):
            raise NotFound(say("This job is not from here."))
        if job.user_id != asker.user_id and not is_moderator(asker, settings):
            raise NotAllowed(say("Only the member who asked for it, or a moderator, can cancel this."))
        if not await self._runs.cancel(job_id, note=self._note_cancel(asker, job)):
            raise TooLate(say("This job is over already: there is nothing left to cancel."))

    async def cancel_batch(self, asker: Asker, job_id: int) -> None:
        """Stop all jobs of a job's request that still wait or run, and refund them.

        Raises: NotFound, NotAllowed; TooLate, where all of them are over.
        """
        late: list[TooLate] = []
        numbers = await self._batch_of(job_id)
        for number in numbers:
            try:
                await self.cancel(asker, number)
            except TooLate as error:
                late.append(error)
        if len(late) == len(numbers):
            raise late[0]

    async def list_siblings(self, job: Job) -> list[Job]:
        """The other jobs that its request made."""
        if job.batch_size == 1:
            return []
        async with self._database.reading() as session:
            batch = await jobs_table.list_batch(session, job.source)
        return [one for one in batch if one.id != job.id]

    async def _batch_of(self, job_id: int) -> list[int]:
        """The numbers of all jobs of a job's request."""
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
        return [job_id] if job is None else [job_id, *(one.id for one in await self.list_siblings(job))]

    async def withdraw(self, job: Job) -> bool:
        """Take back a job whose asker never got an answer: no picture, no charge. False where it is drawn."""
        return await self._runs.cancel(job.id)

    def drain(self) -> None:
        """Accept nothing new; the process is about to end."""
        self._is_draining = True
        for doubt in self._doubts:
            doubt.cancel()

    def _note_cancel(self, asker: Asker, job: Job) -> Note | None:
        """What a moderator does to somebody else's job goes to the audit log."""
        return None if asker.user_id == job.user_id else noting_cancel(asker, job, now=self._now())

    async def _take(
        self,
        session: AsyncSession,
        asker: Asker,
        orders: Sequence[Order],
        *,
        guild_id: int,
        settings: GuildSettings,
    ) -> list[Job | Replayed] | UserError:
        """The jobs of orders; or a refusal, with what that leaves behind and what is kept for a press."""
        order = orders[0]
        try:
            async with session.begin_nested():
                return [
                    await self._enter(session, asker, order, guild_id=guild_id, settings=settings)
                    for order in orders
                ]
        except RefusedWithTrace as refused:
            refusal = await refused.write(session)
        except QuotaExceeded as error:
            refusal = error
            if len(orders) > 1:  # said of all together: what the first ones took is given back
                refusal = await self._allowances.refusal(
                    session,
                    self.price(orders),
                    guild_id=guild_id,
                    user_id=asker.user_id,
                    role_ids=asker.role_ids,
                    settings=settings,
                    now=self._now(),
                )
        except UserError as error:
            refusal = error
        await self._leave(session, asker, order, refusal, guild_id=guild_id)
        return refusal

    async def _leave(
        self, session: AsyncSession, asker: Asker, order: Order, refusal: UserError, *, guild_id: int
    ) -> None:
        """What a refusal leaves behind: the order, for a press; and it tells the owners' notice."""
        refusal.notice = await hosting.recall_notice(session)
        if refusal.keep is not None:
            await self._kept.add(session, asker, order, refusal, refusal.keep, guild_id=guild_id)

    async def _enter(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> Job | Replayed:
        """Through the gates, then reserve and insert, or neither.

        Raises: UserError, RefusedWithTrace.
        """
        await pass_all(self._gates, session, asker, order, guild_id=guild_id, settings=settings)
        if self._is_draining:
            raise Unavailable(
                say("I am restarting. Try again in a minute; nothing was charged."),
                keep=Keep(why=Waits.QUEUE),
            )
        now = self._now()
        account_id = await self._allowances.open_account(
            session, guild_id=guild_id, user_id=asker.user_id, settings=settings, now=now
        )
        draft = drafted(asker, order, charge=self._models.charge(order), guild_id=guild_id, now=now)
        job_id = await jobs_table.add(session, draft, account_id=account_id)
        if job_id is None:
            return await _get_replayed(session, asker, order)
        job = replace(draft, id=job_id)
        if not order.kind.traits.is_free:
            await self._allowances.reserve(
                session, account_id, job, role_ids=asker.role_ids, settings=settings, now=now
            )
        if job.status is JobStatus.RENDERED:
            await outbox_table.add(session, job_id, now=now)
        return job


def drafted(asker: Asker, order: Order, *, charge: Charge, guild_id: int, now: datetime) -> Job:
    """The job of an order, before it is stored and has a number."""
    return Job(
        id=0,
        kind=order.kind,
        status=JobStatus.QUEUED if order.kind.traits.is_drawn else JobStatus.RENDERED,
        source=asker.source,
        ordinal=order.ordinal,
        attempt=0,
        guild_id=guild_id,
        channel_id=asker.channel_id,
        user_id=asker.user_id,
        is_direct_message=asker.guild_id is None,
        is_age_restricted=asker.is_age_restricted,
        recipe=order.recipe,
        speed=order.speed,
        charge=charge,
        gpu_ms=None,
        parent=order.parent,
        reply_to=order.reply_to,
        message_id=None,
        result_message_id=None,
        failure=None,
        locale=asker.locale,
        created_at=now,
        batch_size=order.batch_size,
    )


async def _get_replayed(session: AsyncSession, asker: Asker, order: Order) -> Replayed:
    job = await jobs_table.get_by_source(session, asker.source, order.ordinal)
    if job is None or job.user_id != asker.user_id:
        raise NotFound(say("This request was answered before."))
    return Replayed(job=job)
