"""Keeps the Discord messages of each live job true: progress, result, resumption after a restart.

From the first answer on only the bot token is used: interaction tokens die after 15 minutes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import discord

from bot.boundary import LOST, Interaction, editing, reply, turn_into
from bot.delivery.access import LOOK, Access
from bot.delivery.calls import (
    ALREADY_ACKNOWLEDGED,
    BLOCKED_BY_FILTER,
    UNKNOWN_MESSAGE,
    CallLost,
    ChannelClosed,
    TokenRefused,
)
from bot.delivery.channel import channel_of
from bot.delivery.lookout import Lookout
from bot.delivery.post import Poster
from bot.delivery.progress import Known, Pace, ProgressMessage, ToFind, ToPost, Whereabouts
from bot.domain.image_filter import Withheld
from bot.domain.job import Job, JobStatus
from bot.messages import jobs as messages
from bot.messages.components import to_view, with_pressed
from bot.messages.payload import Payload
from bot.services.jobs import Jobs
from bot.services.outbox import Outbox
from bot.services.pictures import Pictures
from bot.services.rules import Rules
from bot.services.runs import JobUpdate, Runs
from bot.services.safety import Safety
from bot.storage.outage import persistently

log = logging.getLogger(__name__)
T = TypeVar("T")

TOO_MANY = 429
GATEWAY_SECONDS = 60.0
"""After a start the gateway is waited for so long before anything is posted."""
SHOWN_ALL_THE_SAME = frozenset({ALREADY_ACKNOWLEDGED, UNKNOWN_MESSAGE, *BLOCKED_BY_FILTER})
"""Refusals of an answer after which what comes of the job can still be posted."""


class Delivery:
    """One task per live job: it follows the run, then brings the result to the channel."""

    def __init__(
        self,
        client: discord.Client,
        access: Access,
        *,
        jobs: Jobs,
        runs: Runs,
        pictures: Pictures,
        outbox: Outbox,
        rules: Rules,
        safety: Safety,
    ) -> None:
        self._client = client
        self._access = access
        self._lookout = Lookout(access)
        self._jobs = jobs
        self._runs = runs
        self._outbox = outbox
        self._poster = Poster(client, access, pictures, outbox, rules=rules, safety=safety)
        self._safety = safety
        self._pace = Pace()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.token_refused = asyncio.Event()
        """Set when Discord no longer accepts the token; the process had better end."""

    async def answer(self, interaction: Interaction, job: Job) -> bool:
        """Answer a command with the job's progress message, and keep that message true.

        False where the answer did not get through: then nobody is there to talk to.
        """
        if interaction.response.is_done():  # a private promise: what all may see is posted beside it
            respond = partial(reply, interaction, messages.late(job))
            return await self._answer(job, respond, lambda _: ToPost(), otherwise=ToPost())
        payload = messages.progress(JobUpdate(job=job))
        send = partial(
            interaction.response.send_message,
            payload.content,
            view=to_view(payload.rows),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        return await self._answer(job, send, lambda sent: Known(sent.message_id), otherwise=ToFind())

    async def answer_press(self, interaction: Interaction, job: Job, custom_id: str) -> None:
        """Show that a button was pressed, and post what comes of it as a reply."""
        where = ToPost() if job.kind.traits.is_drawn else Known(None)
        message = interaction.message
        if message is None:
            self.follow(job, where)
            return
        view, files = with_pressed(message, custom_id), message.attachments
        edit = editing(interaction)
        await self._answer(job, lambda: edit(view=view, attachments=files), lambda _: where, otherwise=where)

    async def follow_all(self, job: Job) -> None:
        """Post what comes of a job, and of its siblings, that nobody waits for with an interaction."""
        for one in (job, *await persistently(lambda: self._jobs.list_siblings(job))):
            self.follow(one, ToPost())

    async def answer_beside(self, interaction: Interaction, job: Job) -> None:
        """Answer a press with a message of its own: the pressed one stays as it is."""
        if interaction.response.is_done():
            self.follow(job, ToPost())
        else:
            await self.answer(interaction, job)

    async def answer_in_place(self, interaction: Interaction, job: Job, payload: Payload) -> None:
        """Turn the pressed message into this, and post what comes of the job."""
        await self._answer(
            job, lambda: turn_into(interaction, payload), lambda _: ToPost(), otherwise=ToPost()
        )

    async def show_again(
        self, interaction: Interaction, job: Job, *, is_age_restricted: bool
    ) -> discord.InteractionMessage:
        """Answer a command, which was promised an answer, with a result that was drawn before.

        Raises: Withheld, NotFound, Unavailable.
        """
        return await self._poster.show_again(interaction, job, is_age_restricted=is_age_restricted)

    async def is_there(self, job: Job) -> bool:
        """Whether a result's message is still in its channel, or about to be posted."""
        if job.result_message_id is None:
            return job.status is JobStatus.RENDERED
        try:
            channel = channel_of(self._client, job)
            async with self._access.call(channel, LOOK):
                await channel.fetch_message(job.result_message_id)
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("the post of job %s was not found: %s", job.id, error)
            return False
        return True

    def deliver(self, job: Job) -> None:
        """Post what a job owes that was drawn before."""
        self.follow(job, Known(None))

    def follow(self, job: Job, where: Whereabouts, *, is_resumed: bool = False) -> None:
        """Keep a job's messages true from now to its end. Following it twice is following it once."""
        if job.id in self._tasks:
            return
        channel = channel_of(self._client, job)
        progress = ProgressMessage(
            channel,
            job,
            where,
            pace=self._pace,
            outbox=self._outbox,
            access=self._access,
            lookout=self._lookout,
        )
        following = self._resume(job, progress) if is_resumed else self._follow(job, progress)
        task = asyncio.create_task(following, name=f"delivery {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def resume(self) -> None:
        """After a start: go on with every job that still owes something."""
        jobs = await self._runs.recover()
        if jobs:
            owed = sum(job.status is JobStatus.RENDERED for job in jobs)
            log.info("going on with %d jobs; %d are drawn and owed to their channels", len(jobs), owed)
        for job in jobs:
            if job.status is JobStatus.QUEUED:
                self._runs.start(job)
            where = ToFind() if job.message_id is None else Known(job.message_id)
            self.follow(job, where, is_resumed=True)

    async def close(self) -> None:
        """Stop following. What is owed stays in the outbox."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _resume(self, job: Job, progress: ProgressMessage) -> None:
        """Go on once the gateway has told where the bot may speak, or has told nothing for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GATEWAY_SECONDS):
                await self._client.wait_until_ready()
        await self._follow(job, progress)

    async def _follow(self, job: Job, progress: ProgressMessage) -> None:
        try:
            await progress.settle(self._client.user.id if self._client.user else 0)
            progress.shows_previews = not await persistently(lambda: self._safety.is_filtered(job))
            if run := self._runs.get(job.id):
                await progress.follow(run)
            await self._end(await persistently(lambda: self._runs.reload(job)), progress)
        except TokenRefused:
            log.critical("Discord does not accept the bot's token any more.")
            self.token_refused.set()
        except Exception:  # the boundary of a job's messages: the job itself is safe in the database
            log.exception("the messages of job %s could not be kept", job.id)

    async def _end(self, job: Job, progress: ProgressMessage) -> None:
        match job.status:
            case JobStatus.RENDERED:
                await self._deliver(job, progress)
            case JobStatus.UNDELIVERABLE:
                await progress.point_to_show(job)
            case JobStatus.DELIVERED | JobStatus.BINNED | JobStatus.DELETED:
                await progress.remove()
            case JobStatus.FAILED | JobStatus.CANCELLED:
                await progress.end(job)
            case JobStatus.QUEUED | JobStatus.RUNNING:
                pass  # the process is ending: the next one goes on

    async def _deliver(self, job: Job, progress: ProgressMessage) -> None:
        try:
            is_posted = await self._poster.post(job)
        except Withheld as withheld:
            await progress.withhold(withheld)
            return
        if is_posted:
            await progress.remove()
        else:
            await progress.point_to_show(job)

    async def _answer(
        self,
        job: Job,
        respond: Callable[[], Awaitable[T]],
        found: Callable[[T], Whereabouts],
        *,
        otherwise: Whereabouts,
    ) -> bool:
        """Answer, and follow the job and its siblings; False where the answer was lost, or refused.

        Jobs whose answer Discord surely refused are taken back, uncharged: nobody was told of them. What is
        drawn by then, as a tile always is, is posted all the same.
        """
        is_answered = False
        self._access.opened(job.channel_id)
        siblings = await persistently(lambda: self._jobs.list_siblings(job))
        try:
            answered = await respond()
        except discord.HTTPException as error:
            if _is_refusal(error):
                log.warning("job %s is withdrawn, its answer was refused: %s", job.id, error)
                for one in (job, *siblings):
                    if not await persistently(partial(self._jobs.withdraw, one)):
                        self.deliver(one)
                return False
            log.warning("job %s: the answer was lost: %s", job.id, error)
        except LOST as error:
            log.warning("job %s: the answer was lost: %s", job.id, error)
        else:
            self.follow(job, found(answered))
            is_answered = True
        if not is_answered:
            self.follow(job, otherwise)
        for one in siblings:
            self.follow(one, ToPost())
        return is_answered


def _is_refusal(error: discord.HTTPException) -> bool:
    is_sure = 400 <= error.status < 500 and error.status != TOO_MANY
    return is_sure and error.code not in SHOWN_ALL_THE_SAME
