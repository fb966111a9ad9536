"""Posts results: until it has worked, and never twice.

The token of the attempt is the post's nonce, which Discord dedupes for minutes, and part of the file's name,
by which a post whose answer was lost is recognised in the channel at any time later.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import discord

from bot.boundary import Interaction, is_age_restricted, server_name
from bot.delivery.access import LOOK, POST, Access
from bot.delivery.calls import (
    BLOCKED_BY_FILTER,
    TOO_LARGE,
    UPLOAD_SECONDS,
    CallLost,
    ChannelClosed,
)
from bot.delivery.channel import channel_of, messages_since, only, reply, upload_limit
from bot.delivery.moderators import Moderators
from bot.domain.errors import NotFound, PromptRefused, Unavailable
from bot.domain.job import Job, Post
from bot.imaging.encode import Encoded
from bot.messages import jobs as messages
from bot.messages import people
from bot.messages.components import to_file, to_view
from bot.messages.payload import File, Payload
from bot.services.outbox import Outbox, Ticket
from bot.services.pictures import Pictures, Print
from bot.services.reports import ReportCase
from bot.services.rules import Rules
from bot.services.safety import Safety
from bot.storage.outage import DatabaseAway, delays, naming_outages

log = logging.getLogger(__name__)
T = TypeVar("T")

RETRY_SECONDS = (1, 2, 5, 10, 20, 30, 60)


class Poster:
    """Brings rendered jobs to their channels."""

    def __init__(
        self,
        client: discord.Client,
        access: Access,
        pictures: Pictures,
        outbox: Outbox,
        *,
        rules: Rules,
        safety: Safety,
    ) -> None:
        self._client = client
        self._access = access
        self._rules = rules
        self._safety = safety
        self._moderators = Moderators(client, access)
        self._pictures = pictures
        self._outbox = outbox

    async def post(self, job: Job) -> bool:
        """Post a result, however long it takes; False when the channel will not have it.

        Raises: Withheld, by the guild's image filter.
        """
        for delay in delays(RETRY_SECONDS, spread=(0.75, 1.25)):
            ticket = await self._outbox.take_ticket(job)
            if ticket is None:
                return True
            try:
                with naming_outages():
                    message_id = await self._attempt(job, ticket)
            except (CallLost, DatabaseAway, Unavailable) as error:
                log.warning("job %s: the post is tried again in %.0f s: %s", job.id, delay, error)
                await asyncio.sleep(delay)
            except (ChannelClosed, NotFound, PromptRefused, discord.HTTPException) as error:
                log.warning("job %s cannot be delivered: %s", job.id, error)
                await self._outbox.undeliverable(job)
                return False
            else:
                await self._outbox.delivered(job, message_id)
                return True
        raise AssertionError("the delays never end")

    async def _attempt(self, job: Job, ticket: Ticket) -> int:
        channel = channel_of(self._client, job)
        if not ticket.is_first:
            found = await self._find(channel, job, ticket)
            if found is not None:
                return found
        is_restricted = await self._is_age_restricted(job)
        await self._rules.check_post(job, is_age_restricted=is_restricted)
        made, reported = await self._judged(job, is_age_restricted=is_restricted)
        message_id = await self._send_result(channel, job, ticket, made)
        if reported is not None:
            await self._tell_moderators(reported, Post(channel_id=job.channel_id, message_id=message_id))
        return message_id

    async def show_again(
        self, interaction: Interaction, job: Job, *, is_age_restricted: bool
    ) -> discord.InteractionMessage:
        """Answer a command, which was promised an answer, with a result that was drawn before.

        Raises: Withheld, NotFound, Unavailable.
        """
        made, reported = await self._judged(job, is_age_restricted=is_age_restricted)
        payload = self._result(job, made)

        async def send(encoded: Encoded) -> discord.InteractionMessage:
            file = _file(job, "again", encoded)
            return await interaction.edit_original_response(
                content=payload.content,
                attachments=[to_file(file, is_spoiler=made.is_spoiler), *_film(job, "again", made)],
                view=to_view(payload.rows),
                allowed_mentions=discord.AllowedMentions.none(),
            )

        message = await _smaller_and_smaller(made, interaction.filesize_limit - made.film_bytes, send)
        if reported is not None:
            shown = Post(channel_id=message.channel.id, message_id=message.id)
            await self._tell_moderators(reported, shown)
        return message

    async def _judged(self, job: Job, *, is_age_restricted: bool) -> tuple[Print, ReportCase | None]:
        """What is posted of a job, and what the moderators are to be told of it. Raises: Withheld."""
        made = await self._pictures.make_print(job)
        judged = await self._safety.judge(job, made.tiles, is_age_restricted=is_age_restricted)
        return replace(made, is_spoiler=judged.is_spoiler), judged.reported

    async def _tell_moderators(self, reported: ReportCase, post: Post) -> None:
        guild = self._client.get_guild(reported.job.guild_id)
        locale = guild.preferred_locale.value if guild else reported.job.locale
        job = replace(reported.job, channel_id=post.channel_id, result_message_id=post.message_id)
        posted = replace(reported, job=job)
        letter = people.report(posted, locale)
        await self._moderators.tell(reported.job.guild_id, reported.channel_id, letter)

    async def _send_result(
        self, channel: discord.PartialMessageable, job: Job, ticket: Ticket, made: Print
    ) -> int:
        """Send it, without its prompt where Discord's own filter refuses that."""
        payload = self._result(job, made)
        try:
            return await self._send(channel, job, ticket, payload, made)
        except discord.HTTPException as error:
            if error.code not in BLOCKED_BY_FILTER:
                raise
        payload = messages.result_without_prompt(job)
        return await self._send(channel, job, ticket, payload, made, says_prompt=False)

    def _result(self, job: Job, made: Print) -> Payload:
        return messages.result(
            job,
            is_model_changed=made.is_model_changed,
            is_enlarged=made.is_enlarged,
            server=server_name(self._client, job.guild_id),
        )

    async def _is_age_restricted(self, job: Job) -> bool:
        """Whether the job's channel is by now, or the channel that its thread belongs to."""
        if job.is_direct_message:
            return False
        channel = self._client.get_channel(job.channel_id)
        if channel is None:  # a thread that nobody has spoken in since the start
            async with self._access.call(channel_of(self._client, job), POST):
                return is_age_restricted(await self._client.fetch_channel(job.channel_id))
        return is_age_restricted(channel)

    async def _find(self, channel: discord.PartialMessageable, job: Job, ticket: Ticket) -> int | None:
        """Our own post of this ticket, if an earlier attempt succeeded without our hearing of it."""
        me = self._client.user
        async with self._access.call(channel, LOOK):
            async for message in messages_since(job, channel):
                names = [attachment.filename for attachment in message.attachments]
                if me and message.author.id == me.id and any(ticket.token in name for name in names):
                    return message.id
        return None

    async def _send(
        self,
        channel: discord.PartialMessageable,
        job: Job,
        ticket: Ticket,
        payload: Payload,
        made: Print,
        *,
        says_prompt: bool = True,
    ) -> int:
        """Upload it as a message of its own."""

        async def send(encoded: Encoded) -> int:
            file = _file(job, ticket.token, encoded, says_prompt=says_prompt)
            upload = to_file(file, is_spoiler=made.is_spoiler)
            uploads = [upload, *_film(job, ticket.token, made, says_prompt=says_prompt)]
            return await self._create(channel, job, ticket, payload, uploads)

        return await _smaller_and_smaller(made, upload_limit(self._client, job) - made.film_bytes, send)

    async def _create(
        self,
        channel: discord.PartialMessageable,
        job: Job,
        ticket: Ticket,
        payload: Payload,
        files: list[discord.File],
    ) -> int:
        async with self._access.call(channel, POST, seconds=UPLOAD_SECONDS):
            message = await channel.send(
                payload.content,
                files=files,
                view=to_view(payload.rows),
                nonce=ticket.token,
                allowed_mentions=only(job.user_id),
                **reply(channel, job),
            )
        return message.id


def _file(job: Job, token: str, encoded: Encoded, *, says_prompt: bool = True) -> File:
    """A result as a file: the token marks its name, the prompt describes it."""
    return File(
        name=messages.file_name(job, token, encoded.extension, says_prompt=says_prompt),
        data=encoded.data,
        description=messages.described(job, says_prompt=says_prompt),
    )


def _film(job: Job, token: str, made: Print, *, says_prompt: bool = True) -> list[discord.File]:
    """The denoising beside a result, where there is one."""
    if made.film is None:
        return []
    file = messages.film(job, f"{token}_film", made.film, says_prompt=says_prompt)
    return [to_file(file, is_spoiler=made.is_spoiler)]


async def _smaller_and_smaller(made: Print, limit: int, send: Callable[[Encoded], Awaitable[T]]) -> T:
    """Upload under the guild's limit; where Discord's own limit is lower still, smaller and smaller."""
    refused = math.inf
    while True:
        encoded = await asyncio.to_thread(made.encode, limit)
        try:
            return await send(encoded)
        except discord.HTTPException as error:
            is_too_large = error.status == 413 or error.code in TOO_LARGE
            if not is_too_large or len(encoded.data) >= refused:  # it does not get smaller than this
                raise
            refused = len(encoded.data)
            limit = refused // 2
