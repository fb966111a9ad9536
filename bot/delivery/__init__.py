"""Keeps the Discord messages of each live job true: progress, result, resumption after a restart.

From the first answer on only the bot token is used: interaction tokens die after 15 minutes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.boundary import TOO_LATE, Interaction, turn_into
from bot.delivery.calls import ALREADY_ACKNOWLEDGED, TokenRefused
from bot.delivery.post import Poster, channel_of
from bot.delivery.progress import Pace, ProgressMessage
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

log = logging.getLogger(__name__)
T = TypeVar("T")


class Delivery:
    """One task per live job: it follows the run, then brings the result to the channel."""

    def __init__(
        self,
        client: discord.Client,
        *,
        jobs: Jobs,
        runs: Runs,
        pictures: Pictures,
        outbox: Outbox,
        rules: Rules,
        safety: Safety,
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._runs = runs
        self._outbox = outbox
        self._poster = Poster(client, pictures, outbox, rules=rules, safety=safety)
        self._safety = safety
        self._pace = Pace()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.token_refused = asyncio.Event()
        """Set when Discord no longer accepts the token; the process had better end."""

    async def answer(self, interaction: Interaction, job: Job) -> bool:
        """Answer a command with the job's progress message, and keep that message true.

        False where the answer did not get through: then nobody is there to talk to.
        """
        payload = messages.progress(JobUpdate(job=job))
        if interaction.response.is_done():  # a private promise: what all may see is posted beside it
            late = messages.late(job)
            is_answered = await self._acknowledge(
                job, lambda: interaction.edit_original_response(content=late.content)
            )
            self.follow(job, posts_progress=True)
            return is_answered is not None
        response = await self._acknowledge(
            job,
            lambda: interaction.response.send_message(
                payload.content, view=to_view(payload.rows), allowed_mentions=discord.AllowedMentions.none()
            ),
        )
        if response is None:  # it may be there all the same
            self.follow(job, finds_progress=True)
            return False
        self.follow(job, message_id=response.message_id)
        return True

    async def answer_press(self, interaction: Interaction, job: Job, custom_id: str) -> None:
        """Show that a button was pressed, and post what comes of it as a reply."""
        message = interaction.message
        if message is not None:
            view, files = with_pressed(message, custom_id), message.attachments
            is_deferred = interaction.response.is_done()
            edit = interaction.edit_original_response if is_deferred else interaction.response.edit_message
            await self._acknowledge(job, lambda: edit(view=view, attachments=files))
        self.follow(job, posts_progress=job.kind.traits.is_drawn)

    async def answer_beside(self, interaction: Interaction, job: Job) -> None:
        """Answer a press with a message of its own: the pressed one stays as it is."""
        if interaction.response.is_done():
            self.follow(job, posts_progress=True)
        else:
            await self.answer(interaction, job)

    async def answer_in_place(self, interaction: Interaction, job: Job, payload: Payload) -> None:
        """Turn the pressed message into this, and post what comes of the job."""
        await self._acknowledge(job, lambda: turn_into(interaction, payload))
        self.follow(job, posts_progress=True)

    async def show_again(
        self, interaction: Interaction, job: Job, *, is_age_restricted: bool
    ) -> discord.InteractionMessage:
        """Answer a command, which was promised an answer, with a result that was drawn before.

        Raises: Withheld, NotFound, Unavailable.
        """
        return await self._poster.show_again(interaction, job, is_age_restricted=is_age_restricted)

    def follow(
        self,
        job: Job,
        *,
        message_id: int | None = None,
        posts_progress: bool = False,
        finds_progress: bool = False,
    ) -> None:
        """Keep a job's messages true from now to its end. Following it twice is following it once."""
        if job.id in self._tasks:
            return
        progress = ProgressMessage(
            channel_of(self._client, job), job, message_id=message_id, pace=self._pace, outbox=self._outbox
        )
        task = asyncio.create_task(
            self._follow(job, progress, posts_progress=posts_progress, finds_progress=finds_progress),
            name=f"delivery {job.id}",
        )
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def resume(self) -> None:
        """After a start: go on with every job that still owes something."""
        for job in await self._runs.recover():
            if job.status is JobStatus.QUEUED:
                self._runs.start(job)
            self.follow(job, message_id=job.message_id, finds_progress=job.message_id is None)

    async def close(self) -> None:
        """Stop following. What is owed stays in the outbox."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(
        self, job: Job, progress: ProgressMessage, *, posts_progress: bool, finds_progress: bool
    ) -> None:
        try:
            if posts_progress:
                await progress.post()
            elif finds_progress:
                await progress.find(self._client.user.id if self._client.user else 0)
            else:
                await progress.keep()
            progress.shows_previews = not await self._safety.is_filtered(job)
            if run := self._runs.get(job.id):
                await progress.follow(run)
            await self._end(await self._runs.reload(job), progress)
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
            case JobStatus.DELIVERED | JobStatus.DELETED:
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

    async def _acknowledge(self, job: Job, respond: Callable[[], Awaitable[T]]) -> T | None:
        """Answer within Discord's three seconds; a job whose asker was told that it failed is taken back."""
        try:
            return await respond()
        except discord.HTTPException as error:
            if error.code in TOO_LATE:
                log.warning("job %s was answered too late and is withdrawn", job.id)
                await self._jobs.withdraw(job)
            elif error.code != ALREADY_ACKNOWLEDGED:
                log.warning("job %s: the answer was refused: %s", job.id, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("job %s: the answer was lost: %s", job.id, error)
        return None
