"""How a newcomer is met: terms that are asked once, a prompt that is not lost, a greeting."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotFound, UserError
from bot.domain.guild import GuildSettings
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.onboarding import EXAMPLES, PendingJob, Start, TermsNotAccepted, check_account
from bot.domain.recipe import ImageRef
from bot.domain.rooms import least_busy
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.gates import Order, RefusedWithTrace
from bot.services.jobs import Jobs
from bot.storage import guilds, members, onboarding, rooms
from bot.storage.database import Database


class NewcomerGate:
    """Lets only those draw whose account is old enough and who accepted the terms."""

    def __init__(self, *, now: Clock = utc_now) -> None:
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed; RefusedWithTrace, which keeps the order until the terms are accepted.
        """
        if order.is_free:
            return
        check_account(asker, settings, now=self._now())
        if await _is_agreed(session, asker, guild_id, settings):
            return
        pending = _pending(asker, order, guild_id)

        async def keep(session: AsyncSession) -> UserError:
            return TermsNotAccepted(settings, await onboarding.add_pending(session, pending, now=self._now()))

        raise RefusedWithTrace(keep)


class Onboarding:
    """The first steps of a member."""

    def __init__(self, database: Database, jobs: Jobs, *, now: Clock = utc_now) -> None:
        self._database = database
        self._jobs = jobs
        self._now = now

    async def greet_first_use(self, job: Job) -> bool:
        """Whether this is the member's first job in the guild; True once only, however often it is asked."""
        async with self._database.transaction() as session:
            return await members.update_greeted(
                session, guild_id=job.guild_id, user_id=job.user_id, now=self._now()
            )

    async def start(self, asker: Asker) -> Start:
        """What the asker needs to know to begin."""
        guild_id = asker.guild_id or 0
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, guild_id)
            room = least_busy(await rooms.list_of_guild(session, guild_id, now=self._now()))
            return Start(
                room_id=None if room is None else room.channel_id,
                has_terms=not await _is_agreed(session, asker, guild_id, settings),
            )

    async def accept(self, asker: Asker, pending_id: int, version: int) -> Job:
        """Record the asker's consent to a version of the terms, and run what waited for it.

        Raises: UserError; TermsNotAccepted where the terms changed while they were read.
        """
        async with self._database.transaction() as session:
            pending = await onboarding.get_pending(session, pending_id)
            is_theirs = pending is not None and pending.user_id == asker.user_id
            if pending is None or not is_theirs or asker.guild_id not in {None, pending.guild_id}:
                raise NotFound(say("You have accepted this before. Go on with /imagine."))
            await onboarding.add_acceptance(
                session,
                guild_id=pending.guild_id,
                user_id=asker.user_id,
                version=version,
                now=self._now(),
            )
        job = await self._run(asker, pending)
        async with self._database.transaction() as session:
            await onboarding.delete_pending(session, pending_id)
            await members.update_greeted(session, guild_id=job.guild_id, user_id=job.user_id, now=self._now())
        return job

    async def try_example(self, asker: Asker, number: int) -> Job:
        """Draw one of the examples of the guide."""
        return await self._jobs.imagine(asker, EXAMPLES[number % len(EXAMPLES)])

    async def _run(self, asker: Asker, pending: PendingJob) -> Job:
        asker = replace(asker, source=pending.source)
        match pending:
            case PendingJob(kind=JobKind.VARY, parent=ImageRef(job_id=job_id, index=index)):
                return await self._jobs.vary(asker, job_id, index, reply_to=pending.reply_to)
            case PendingJob(kind=JobKind.REROLL, parent=ImageRef(job_id=job_id)):
                return await self._jobs.reroll(asker, job_id, reply_to=pending.reply_to)
            case _:
                return await self._jobs.imagine(asker, pending.text)


def _pending(asker: Asker, order: Order, guild_id: int) -> PendingJob:
    return PendingJob(
        id=0,
        guild_id=guild_id,
        user_id=asker.user_id,
        kind=order.kind,
        text=order.text,
        parent=order.parent,
        reply_to=order.reply_to,
    )


async def _is_agreed(session: AsyncSession, asker: Asker, guild_id: int, settings: GuildSettings) -> bool:
    return not settings.terms or await onboarding.has_accepted(
        session, guild_id=guild_id, user_id=asker.user_id, version=settings.terms_version
    )
