"""How a newcomer is met: terms that are asked once, a prompt that is not lost, a greeting."""

from bot.domain.asker import Asker
from bot.domain.job import Job
from bot.domain.onboarding import EXAMPLES, Start
from bot.domain.rooms import least_busy
from bot.services.clock import Clock, utc_now
from bot.services.gates.newcomers import has_agreed
from bot.services.kept import KeptOrders
from bot.services.orders import Orders
from bot.storage import guilds, members, onboarding, rooms
from bot.storage.database import Database
from bot.storage.outage import passing_over_outages


class Onboarding:
    """The first steps of a member."""

    def __init__(self, database: Database, orders: Orders, kept: KeptOrders, *, now: Clock = utc_now) -> None:
        self._database = database
        self._orders = orders
        self._kept = kept
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
                has_terms=not await has_agreed(session, asker, guild_id, settings),
            )

    async def accept(self, asker: Asker, key: int | str, version: int) -> Job:
        """Record the asker's consent to a version of the terms, and draw what waited for it.

        Raises: UserError; TermsNotAccepted where the terms changed while they were read.
        """
        kept = await self._kept.get(asker, key)
        async with self._database.transaction() as session:
            await onboarding.add_acceptance(
                session,
                guild_id=kept.guild_id,
                user_id=asker.user_id,
                version=version,
                now=self._now(),
            )
        job = await self._orders.release(asker, key)
        with passing_over_outages("a greeting"):
            await self.greet_first_use(job)
        return job

    async def try_example(self, asker: Asker, number: int) -> Job:
        """Draw one of the examples of the guide."""
        return await self._orders.imagine(asker, EXAMPLES[number % len(EXAMPLES)])
