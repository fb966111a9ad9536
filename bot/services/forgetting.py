"""/forget me: pictures, prompts and settings are deleted; sums and decisions stay, under a number."""

import asyncio
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.sentences import moment, say
from bot.services.clock import Clock, utc_now
from bot.services.gates import Order
from bot.services.runs import Runs
from bot.storage import forgetting, people
from bot.storage.database import Database
from bot.storage.images import ImageFiles

PAUSE = timedelta(days=31)
"""How long somebody does not draw afterwards: nobody gets a fresh allowance, or rid of a block, by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was done."""

    cancelled: int
    """Jobs that waited or ran."""
    pictures: int
    until: datetime
    """When the member may draw again, unless they were blocked for longer."""


class Forgetting:
    """Makes members unknown. Also the gate that keeps them from drawing for a while afterwards."""

    def __init__(
        self, database: Database, files: ImageFiles, runs: Runs, *, key_path: Path, now: Clock = utc_now
    ) -> None:
        self._database = database
        self._files = files
        self._runs = runs
        self._key_path = key_path
        self._key: bytes | None = None
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let those pass who were not forgotten lately.

        Raises: NotAllowed.
        """
        del order, settings
        digest = await self._digest(asker.user_id)
        found = await forgetting.get_forgotten(session, guild_id=guild_id, digest=digest, now=self._now())
        if found is None:
            return
        (until,) = found
        if until is None:
            raise NotAllowed(say("You were blocked here when you asked to be forgotten; this lasts."))
        raise NotAllowed(
            say("You asked to be forgotten. You can draw here again {when}.", when=moment(until))
        )

    async def forget(self, asker: Asker) -> Forgotten:
        """Delete what is known of the asker, in every guild.

        Their jobs are cancelled first, so that every charge is settled or refunded before its member is gone.
        """
        now = self._now()
        digest = await self._digest(asker.user_id)
        async with self._database.reading() as session:
            waiting = await forgetting.list_waiting(session, asker.user_id)
        cancelled = [await self._runs.cancel(job.id) for job in waiting]
        async with self._database.transaction() as session:
            for guild_id in await forgetting.list_guilds(session, asker.user_id):
                block = await people.get_block(session, guild_id=guild_id, user_id=asker.user_id, now=now)
                until = _until(now, None if block is None else block.until, is_blocked=block is not None)
                await forgetting.update_forgotten(session, guild_id=guild_id, digest=digest, until=until)
            pseudonym = -secrets.randbits(62) - 1
            images = await forgetting.update_member(session, asker.user_id, pseudonym)
        await asyncio.to_thread(self._files.delete, images)
        return Forgotten(cancelled=sum(cancelled), pictures=len(images), until=now + PAUSE)

    async def _digest(self, user_id: int) -> str:
        if self._key is None:
            self._key = await asyncio.to_thread(forgetting.get_key, self._key_path)
        return hmac.digest(self._key, str(user_id).encode(), "sha256").hex()


def _until(now: datetime, block_until: datetime | None, *, is_blocked: bool) -> datetime | None:
    if not is_blocked:
        return now + PAUSE
    return None if block_until is None else max(block_until, now + PAUSE)
