"""The progress message of one job: edited at a measured pace, found after a restart, removed at the end."""

import asyncio
import logging
from dataclasses import dataclass

import discord

from bot.delivery.access import LOOK, SAY, Access
from bot.delivery.calls import OLD_EDIT_LIMIT, UNKNOWN_MESSAGE, CallLost, ChannelClosed
from bot.delivery.channel import only, reply
from bot.delivery.lookout import Lookout
from bot.domain.image_filter import Withheld
from bot.domain.job import Job, JobStatus
from bot.imaging.encode import encode_preview
from bot.messages import jobs as messages
from bot.messages import refusals
from bot.messages.components import to_file, to_view
from bot.messages.payload import File, Payload
from bot.services.outbox import Outbox
from bot.services.runs import JobUpdate, Run

log = logging.getLogger(__name__)

EDIT_SECONDS = 2.5
"""Between two edits of one message."""
WAITING_EDIT_SECONDS = 15.0
"""Between two edits while a job only waits: its place in the queue is not worth more."""
CHANNEL_EDIT_SECONDS = 1.0
"""Between two edits in one channel, whoever's they are: the channel's rate limit is shared."""
ALL_WAITING_EDITS_SECONDS = 0.05
"""Between two edits about jobs that only wait, wherever: the limit of all channels is shared, too."""
ASK_AGAIN_SECONDS = 1.0
LAST_EDIT_SECONDS = 3.0
"""How long an edit is waited for after its run has ended: the last word should come after it."""


class Pace:
    """Hands out the moments at which a channel may be edited, to each edit when it is due."""

    def __init__(self) -> None:
        self._free_at: dict[int, float] = {}
        self._waiting_free_at = 0.0

    def reserve(self, channel_id: int, *, now: float) -> float:
        """Take the channel's next free moment, in loop time."""
        moment = self.next_free(channel_id, now=now)
        self._free_at[channel_id] = moment + CHANNEL_EDIT_SECONDS
        return moment

    def next_free(self, channel_id: int, *, now: float) -> float:
        """The channel's next free moment, in loop time, which somebody else may take first."""
        return max(now, self._free_at.get(channel_id, 0.0))

    def reserve_waiting(self, *, now: float) -> float:
        """The moment from which a job that only waits may look for one of its channel."""
        moment = max(now, self._waiting_free_at)
        self._waiting_free_at = moment + ALL_WAITING_EDITS_SECONDS
        return moment


@dataclass(frozen=True, slots=True)
class Known:
    """The progress message is there, under this id; None: there is none, and none is wanted."""

    message_id: int | None


@dataclass(frozen=True, slots=True)
class ToPost:
    """There is no progress message yet."""


@dataclass(frozen=True, slots=True)
class ToFind:
    """There may be one: its answer was lost, or the process died."""


Whereabouts = Known | ToPost | ToFind


class ProgressMessage:
    """The message that shows a job while it waits and runs. Losing it never stops the job."""

    def __init__(
        self,
        channel: discord.PartialMessageable,
        job: Job,
        where: Whereabouts,
        *,
        pace: Pace,
        outbox: Outbox,
        access: Access,
        lookout: Lookout,
    ) -> None:
        self._channel = channel
        self._job = job
        self._where = where
        self._message_id = where.message_id if isinstance(where, Known) else None
        self._pace = pace
        self._outbox = outbox
        self._access = access
        self._lookout = lookout
        self._is_owed = False
        self._shown: Payload | None = None
        self._shown_preview: object = ()
        self.shows_previews = True
        """False where pictures are looked at before anybody sees them."""

    async def settle(self, me: int) -> None:
        """Post it, find it among the messages of `me`, or keep it: whatever is left to do."""
        match self._where:
            case ToPost():
                await self.post()
            case ToFind():
                await self.find(me)
            case Known():
                await self.keep()

    async def keep(self) -> None:
        """Remember in the database which message this is."""
        if self._message_id != self._job.message_id:
            await self._outbox.progress_message(self._job, self._message_id)

    async def post(self) -> None:
        """Post it, as a reply to what was pressed."""
        await self._post(messages.progress(JobUpdate(job=self._job)))

    async def _post(self, payload: Payload) -> None:
        self._is_owed = False
        try:
            async with self._access.call(self._channel, SAY):
                message = await self._channel.send(
                    payload.content,
                    view=to_view(payload.rows),
                    nonce=f"p{self._job.id}x{int(self._job.created_at.timestamp() * 1000):x}",
                    allowed_mentions=discord.AllowedMentions.none(),
                    **reply(self._channel, self._job),
                )
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("job %s has no progress message: %s", self._job.id, error)
        else:
            self._message_id = message.id
            self._shown = payload
            await self.keep()

    async def find(self, me: int) -> None:
        """Look for it in the channel, where its id is not known: the answer was lost, or the process died.

        A job that still waits gets a new one where there is none, when the channel has time for it: after a
        start that may be true of a thousand.
        """
        try:
            self._message_id = await self._lookout.find(self._channel, self._job, me=me)
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("job %s: progress message not found again: %s", self._job.id, error)
            return
        self._is_owed = self._message_id is None and self._job.status is JobStatus.QUEUED
        await self.keep()

    async def follow(self, run: Run) -> None:
        """Show each later state of the run until it ends; states between two edits are skipped."""
        loop = asyncio.get_running_loop()
        last_edit = loop.time()
        async for update in run.updates():
            if update.job.status not in {JobStatus.QUEUED, JobStatus.RUNNING}:
                continue
            waits = update.job.status is JobStatus.QUEUED
            due = last_edit + (WAITING_EDIT_SECONDS if waits else EDIT_SECONDS)
            if not self._is_owed and await self._ended_before(run, due, is_waiting=waits):
                continue
            if self._is_as_shown(run.latest) or not await self._has_turn(run):
                continue
            await self._show_until_ended(run)
            last_edit = loop.time()

    async def _show_until_ended(self, run: Run) -> None:
        """Show the latest state; an edit that Discord does not answer holds up nothing else."""
        if self._is_owed:  # a post that is given up might be there, and nobody would know of it
            await self._show(run.latest)
            return
        showing = asyncio.create_task(self._show(run.latest))
        ending = asyncio.create_task(run.ended())
        try:
            await asyncio.wait({showing, ending}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({showing}, timeout=LAST_EDIT_SECONDS)
            if showing.done():
                await showing
        finally:
            showing.cancel()
            ending.cancel()
            await asyncio.gather(showing, ending, return_exceptions=True)

    async def _has_turn(self, run: Run) -> bool:
        """Wait for a moment of the channel; False when the run ended before.

        A job that only waits gives way to those that are drawn: it takes a moment only when nobody else has.
        """
        loop = asyncio.get_running_loop()
        if run.latest.job.status is JobStatus.QUEUED:
            moment = self._pace.reserve_waiting(now=loop.time())
            if await self._ended_before(run, moment, is_waiting=True):
                return False
        while run.latest.job.status is JobStatus.QUEUED:
            moment = self._pace.next_free(self._job.channel_id, now=loop.time())
            if moment <= loop.time():
                break
            if await self._ended_before(run, moment, is_waiting=True):
                return False
        moment = self._pace.reserve(self._job.channel_id, now=loop.time())
        return not await self._ended_before(run, moment)

    def _is_as_shown(self, update: JobUpdate) -> bool:
        """Whether the message says so already."""
        return not update.preview and messages.progress(update) == self._shown

    async def end(self, job: Job) -> None:
        """Turn it into the last word on a cancelled or failed job; say it anew if the message is gone."""
        payload = messages.ended(job)
        if await self._edit(payload, attachments=[]):
            await self._outbox.progress_message(job, None)
        elif job.status is JobStatus.FAILED:
            await self._say(payload)

    async def point_to_show(self, job: Job) -> None:
        """Turn it into a pointer to the pictures that could not be posted here."""
        await self._edit(messages.undeliverable(job), attachments=[])
        await self._outbox.progress_message(job, None)

    async def withhold(self, withheld: Withheld) -> None:
        """Turn it into the reason why the pictures are not posted."""
        await self._edit(refusals.refusal(withheld, self._job.locale), attachments=[])
        await self._outbox.progress_message(self._job, None)

    async def remove(self) -> None:
        """Delete it: the result is there."""
        if self._message_id is None:
            return
        try:
            async with self._access.call(self._channel, LOOK):
                await self._channel.get_partial_message(self._message_id).delete()
        except CallLost as error:
            log.info("job %s: progress message not removed yet: %s", self._job.id, error)
            return
        except (ChannelClosed, discord.HTTPException):
            pass  # it is gone already
        self._message_id = None
        await self._outbox.progress_message(self._job, None)

    async def _ended_before(self, run: Run, moment: float, *, is_waiting: bool = False) -> bool:
        """Wait for the moment of the edit, but stop early when the run ends, or begins to draw."""
        loop = asyncio.get_running_loop()
        while (rest := moment - loop.time()) > 0:
            if await run.ended_within(min(rest, ASK_AGAIN_SECONDS)):
                return True
            if is_waiting and run.latest.job.status is JobStatus.RUNNING:
                return False
        return False

    async def _show(self, update: JobUpdate) -> None:
        payload = messages.progress(update)
        if self._is_owed:
            await self._post(payload)
            return
        if self._message_id is None:
            return
        if not self.shows_previews or not update.preview or update.preview is self._shown_preview:
            await self._edit(payload)
            return
        preview = await asyncio.to_thread(encode_preview, update.preview)
        file = File(
            name=messages.file_name(update.job, "preview", preview.extension),
            data=preview.data,
            description=messages.described(update.job, is_preview=True),
        )
        await self._edit(payload, attachments=[to_file(file)])
        self._shown_preview = update.preview

    async def _edit(self, payload: Payload, *, attachments: list[discord.File] | None = None) -> bool:
        """Edit the message; False, and never again, when it is gone or too old."""
        if self._message_id is None:
            return False
        try:
            async with self._access.call(self._channel, LOOK):
                await self._channel.get_partial_message(self._message_id).edit(
                    content=payload.content,
                    view=to_view(payload.rows) if payload.rows else None,
                    allowed_mentions=discord.AllowedMentions.none(),
                    attachments=discord.utils.MISSING if attachments is None else attachments,
                )
        except ChannelClosed:
            return False
        except CallLost as error:
            log.info("job %s: an edit was lost: %s", self._job.id, error)
        except discord.HTTPException as error:
            if error.code not in {UNKNOWN_MESSAGE, OLD_EDIT_LIMIT}:
                log.warning("job %s: an edit was refused: %s", self._job.id, error)
            if error.code == UNKNOWN_MESSAGE:
                self._message_id = None
        else:
            self._shown = payload
        return self._message_id is not None

    async def _say(self, payload: Payload) -> None:
        try:
            async with self._access.call(self._channel, SAY):
                await self._channel.send(
                    payload.content,
                    allowed_mentions=only(self._job.user_id),
                )
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("job %s: its end could not be told: %s", self._job.id, error)
