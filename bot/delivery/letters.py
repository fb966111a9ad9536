"""Sends pictures to members: a grid with each of its pictures as a file of its own."""

import asyncio
from dataclasses import dataclass

import discord

from bot.delivery.calls import UPLOAD_SECONDS, CallLost, ChannelClosed, call
from bot.domain.asker import Asker
from bot.domain.errors import NotFound, Unavailable
from bot.domain.job import Job
from bot.domain.sentences import say
from bot.messages import jobs as job_messages
from bot.messages import letters as messages
from bot.messages.components import to_file
from bot.messages.payload import File
from bot.services import Services
from bot.services.pictures import Print

MAX_BYTES = 9 * 2**20
"""Of all files of a letter together: Discord takes 10 MiB from a bot where nobody pays for more."""


class PrivateClosed(Exception):
    """A member takes no direct messages from us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A picture's files."""

    files: tuple[File, ...]
    is_spoiler: bool

    def uploads(self) -> list[discord.File]:
        """As they are sent; each time anew, since sending reads them to their ends."""
        return [to_file(file, is_spoiler=self.is_spoiler) for file in self.files]


class Letters:
    """What may not be posted where it would be read is not sent there either."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services

    async def pack(self, job: Job, *, is_age_restricted: bool) -> Parcel:
        """The files of a finished job.

        Raises: PromptRefused, Withheld, NotFound, Unavailable.
        """
        await self._services.rules.check_post(job, is_age_restricted=is_age_restricted)
        made = await self._services.pictures.make_print(job)
        judged = await self._services.safety.judge(job, made.tiles, is_age_restricted=is_age_restricted)
        files = await asyncio.to_thread(_files, made)
        return Parcel(files=files, is_spoiler=judged.is_spoiler)

    async def send(self, asker: Asker, job: Job) -> str:
        """Send a finished job to who asks, by direct message; a link to it.

        Raises: PrivateClosed; PromptRefused, Withheld, NotFound, Unavailable.
        """
        parcel = await self.pack(job, is_age_restricted=False)
        content = messages.letter(job, asker.locale).content
        try:
            async with call(seconds=UPLOAD_SECONDS):
                channel = await self._client.create_dm(discord.Object(asker.user_id))
                sent = await channel.send(
                    content, files=parcel.uploads(), allowed_mentions=discord.AllowedMentions.none()
                )
        except ChannelClosed as error:
            raise PrivateClosed from error
        except CallLost as error:
            raise Unavailable(say("Discord does not answer just now. Try again in a minute.")) from error
        is_there = await self._services.gallery.shown_again(job, channel_id=channel.id, message_id=sent.id)
        if not is_there:  # taken back while it was sent
            async with call():
                await sent.delete()
            raise NotFound(say("This picture is deleted already."))
        return sent.jump_url


def _files(made: Print) -> tuple[File, ...]:
    """The whole, each of its pictures where there are several, and the film. Blocking."""
    parts = [made, *(made.each() if len(made.tiles) > 1 else ())]
    limit = (MAX_BYTES - made.film_bytes) // len(parts)
    film = [] if made.film is None else [job_messages.film(made.job, f"{made.job.id}_film", made.film)]
    return (*(_file(part, limit, number) for number, part in enumerate(parts)), *film)


def _file(part: Print, limit: int, number: int) -> File:
    encoded = part.encode(limit)
    token = f"{part.job.id}_{number}" if number else f"{part.job.id}"
    return File(
        name=job_messages.file_name(part.job, token, encoded.extension),
        data=encoded.data,
        description=job_messages.described(part.job),
    )
