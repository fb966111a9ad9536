"""Backups by themselves, every hour; and what must happen once one was put back."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.job import UNDRAWN, Failure, JobStatus
from bot.services.clock import Clock, utc_now
from bot.services.forgetting import Digests, make_unknown
from bot.storage import backups, kept_orders, ledger
from bot.storage import jobs as jobs_table
from bot.storage import outbox as outbox_table
from bot.storage.database import Database
from bot.storage.forgetting import list_users
from bot.storage.images import ImageFiles

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0


def newest_age(folder: Path) -> float | None:
    """Seconds since the newest copy of a folder was made; None where there is none. Blocking."""
    copies = backups.list_copies(folder)
    return max(0.0, time.time() - copies[-1].stat().st_mtime) if copies else None


class Backups:
    """Copies of one database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now
        self._is_told = False

    def seconds_until_next(self, folder: Path) -> float:
        """How long the newest copy in a folder is still new enough. Blocking."""
        copies = backups.list_copies(folder)
        return max(0.0, copies[-1].stat().st_mtime + EVERY_SECONDS - time.time()) if copies else 0.0

    async def back_up(self, folder: Path, *, keep: int) -> Path:
        """Make one, prove it, and let the oldest go of more than so many.

        Raises: BackupFailed; OSError.
        """
        path = folder / backups.name_of(self._database.url, self._now())
        is_proven = await backups.write(self._database, path)
        if not is_proven and not self._is_told:
            self._is_told = True
            log.warning(
                "backups are made, but not put back to prove them: this user of the database may make no "
                "other database (ALTER ROLE … CREATEDB)"
            )
        await asyncio.to_thread(backups.rotate, folder, keep)
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done once a copy was put back."""

    forgotten: int
    """Members who had asked to be forgotten since."""
    refunded: int
    """Jobs that had not been drawn yet."""
    kept_back: int
    """Pictures that were drawn and perhaps posted: /show brings them."""


class Restoring:
    """Makes a database that was put back safe to go on from: nobody comes back, and nothing comes twice."""

    def __init__(
        self, database: Database, files: ImageFiles, digests: Digests, *, now: Clock = utc_now
    ) -> None:
        self._database = database
        self._files = files
        self._digests = digests
        self._now = now

    async def settle(self, *, since: datetime, first_free: int) -> Restored:
        """Apply what was forgotten since then, and end what was under way.

        Jobs get numbers from `first_free`: a button under a job that is lost must not find another one.
        """
        gone = await self._forget(await self._digests.list_noted(since))
        now = self._now()
        refunded = kept_back = 0
        async with self._database.transaction() as session:
            for job in await jobs_table.list_unfinished(session):
                if job.status in UNDRAWN:
                    await jobs_table.update_ended(
                        session, job.id, JobStatus.FAILED, now=now, failure=Failure.RESTORED
                    )
                    await ledger.refund(session, job.id, now=now)
                    refunded += 1
                else:
                    await outbox_table.update_delivered(
                        session, job.id, JobStatus.UNDELIVERABLE, result_message_id=None, now=now
                    )
                    kept_back += 1
            await kept_orders.delete_arrived(session)  # of most of it something was decided since
            await jobs_table.add_gap(session, first_free, now=now)
        return Restored(forgotten=gone, refunded=refunded, kept_back=kept_back)

    async def _forget(self, noted: Mapping[str, datetime]) -> int:
        """Make those members unknown again; how many of them came back."""
        if not noted:
            return 0
        async with self._database.reading() as session:
            digests = {user_id: await self._digests.of(user_id) for user_id in await list_users(session)}
        found = {user_id: digest for user_id, digest in digests.items() if digest in noted}
        for user_id, digest in found.items():
            async with self._database.transaction() as session:
                images = await make_unknown(session, user_id, digest, now=noted[digest])
            await asyncio.to_thread(self._files.delete, images)
        await self._database.scrub()
        return len(found)
