"""/forget me: pictures, prompts and settings are deleted; sums and decisions stay, under a number."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.recipe import ImageRef
from bot.services.clock import Clock, utc_now
from bot.services.runs import Runs
from bot.services.uploads import Uploads
from bot.storage import forgetting, people
from bot.storage.database import Database
from bot.storage.images import ImageFiles
from bot.storage.outage import passing_over_outages

log = logging.getLogger(__name__)

SCRUB_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
LIST_FILE = "forgotten.txt"
"""Beside the key: who was forgotten, as digest and time, for the day on which a copy is put back."""
PAUSE = timedelta(days=31)
"""How long somebody does not draw afterwards: nobody gets a fresh allowance, or rid of a block, by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was done."""

    cancelled: int
    """Jobs that waited or ran."""
    pictures: int
    until: datetime
    """When the member may draw again, unless they were blocked for longer."""


class Digests:
    """By what somebody who was forgotten is known again: a digest of their id under our own key."""

    def __init__(self, key_path: Path) -> None:
        self._key_path = key_path
        self._key: bytes | None = None

    async def of(self, user_id: int) -> str:
        """The digest of a user's id, in hex."""
        if self._key is None:
            self._key = await asyncio.to_thread(forgetting.get_key, self._key_path)
        return hmac.digest(self._key, str(user_id).encode(), "sha256").hex()

    async def note(self, digest: str, at: datetime) -> None:
        """Keep outside of the database that somebody was forgotten: a copy of it does not know."""
        await asyncio.to_thread(forgetting.add_line, self._key_path.with_name(LIST_FILE), digest, at)

    async def list_noted(self, since: datetime) -> Mapping[str, datetime]:
        """Who was forgotten since then, by digest, and when last."""
        return await asyncio.to_thread(
            forgetting.list_lines, self._key_path.with_name(LIST_FILE), since=since
        )


async def make_unknown(session: AsyncSession, user_id: int, digest: str, *, now: datetime) -> list[ImageRef]:
    """Take a member out of every table, but for how long they may not draw; the files to be deleted."""
    for guild_id in await forgetting.list_guilds(session, user_id):
        block = await people.get_block(session, guild_id=guild_id, user_id=user_id, now=now)
        until = _until(now, None if block is None else block.until, is_blocked=block is not None)
        await forgetting.update_forgotten(session, guild_id=guild_id, digest=digest, until=until)
    return await forgetting.update_member(session, user_id, -secrets.randbits(62) - 1)


class Forgetting:
    """Makes members unknown."""

    def __init__(
        self,
        database: Database,
        files: ImageFiles,
        uploads: Uploads,
        runs: Runs,
        digests: Digests,
        *,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._uploads = uploads
        self._files = files
        self._runs = runs
        self._digests = digests
        self._now = now

    async def forget(self, asker: Asker) -> Erasure:
        """Delete what is known of the asker, in every guild.

        Their jobs are cancelled first, so that every charge is settled or refunded before its member is gone.
        """
        now = self._now()
        digest = await self._digests.of(asker.user_id)
        async with self._database.reading() as session:
            waiting = await forgetting.list_waiting(session, asker.user_id)
        cancelled = [await self._runs.cancel(job.id) for job in waiting]
        await self._digests.note(digest, now)
        async with self._database.transaction() as session:
            images = await make_unknown(session, asker.user_id, digest, now=now)
        await asyncio.to_thread(self._files.delete, images)
        await self._uploads.sweep_files()
        await self._scrub()
        return Erasure(cancelled=sum(cancelled), pictures=len(images), until=now + PAUSE)

    async def _scrub(self) -> None:
        """Also out of the database's own files: once nobody reads in them, which is at latest in a moment."""
        with passing_over_outages("scrubbing the database"):
            for delay in SCRUB_SECONDS:
                if await self._database.scrub():
                    return
                await asyncio.sleep(delay)
        log.warning("somebody reads in the database all the time: its log keeps what was deleted for now")


def _until(now: datetime, block_until: datetime | None, *, is_blocked: bool) -> datetime | None:
    if not is_blocked:
        return now + PAUSE
    return None if block_until is None else max(block_until, now + PAUSE)
