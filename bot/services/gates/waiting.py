"""How many jobs one member may have waiting."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import TooManyJobs
from bot.domain.guild import GuildSettings
from bot.domain.job import JobStatus
from bot.domain.kept import Keep, Waits
from bot.domain.order import Order
from bot.domain.sentences import say, say_n
from bot.storage import jobs as jobs_table


class WaitingGate:
    """Refuses what is drawn when enough of the member's jobs are waiting."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: TooManyJobs.
        """
        limit = settings.max_waiting_jobs
        if not order.kind.traits.is_drawn or limit is None:
            return
        counts = await jobs_table.count_unfinished(session, guild_id=guild_id, user_id=asker.user_id)
        running, queued = counts[JobStatus.RUNNING], counts[JobStatus.QUEUED]
        # A job that may start at once does not wait, even where the engine has not taken it yet.
        starting = 0 if settings.max_running_jobs is None else max(0, settings.max_running_jobs - running)
        if queued - starting >= limit and 0 < order.ordinal < order.batch_size:
            raise TooManyJobs(
                say(
                    "This makes {count} prompts, and only {limit} may wait at once. Ask for fewer.",
                    count=order.batch_size,
                    limit=limit,
                )
            )
        if queued - starting >= limit:
            raise TooManyJobs(
                say_n(
                    "{count} job of yours is waiting already. Wait until it is done, or cancel it.",
                    "{count} jobs of yours are waiting already. Wait until one is done, or cancel one.",
                    queued,
                ),
                keep=Keep(why=Waits.QUEUE),
            )
