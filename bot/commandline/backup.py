"""Copies of everything, made at any time, and put back while the bot is stopped."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.app import make_data_dir
from bot.config import Settings, StartupError
from bot.services import KEY_FILE
from bot.services.backups import Restored, Restoring
from bot.services.forgetting import Digests
from bot.storage import backups
from bot.storage import jobs as jobs_table
from bot.storage.backups import BackupFailed
from bot.storage.database import Database, migrate, open_database
from bot.storage.images import ImageFiles
from bot.storage.outage import reason_of
from bot.storage.ownership import DatabaseUnusable, owned

MARGIN = 100_000
"""How many job numbers are passed over where the database that is replaced cannot say which it gave."""


async def backup(settings: Settings, out: Path | None, pictures: Path | None) -> int:
    """Copy the database, also while the bot runs; with `pictures`, their files too.

    Raises: StartupError.
    """
    try:
        database = open_database(settings.database_url)
        try:
            path = out or settings.backup_folder / backups.name_of(database.url, datetime.now(UTC))
            is_proven = await backups.write(database, path)
        finally:
            await database.close()
        proof = "and proven" if is_proven else "not proven: this user of the database may make no other one"
        sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {proof}\n")
        if pictures is not None:
            count = await asyncio.to_thread(backups.pack_pictures, settings.data_dir, pictures)
            sys.stdout.write(f"{pictures}: {count} files of pictures\n")
    except (BackupFailed, DatabaseUnusable) as error:
        raise StartupError(str(error)) from error
    except (OSError, SQLAlchemyError) as error:
        raise StartupError(f"The backup cannot be made: {reason_of(error)}") from error
    return 0


async def restore(settings: Settings, path: Path, pictures: Path | None) -> int:
    """Put a copy back in the place of the database, while no bot runs on that.

    Raises: StartupError.
    """
    make_data_dir(settings.data_dir)
    try:
        url = open_database(settings.database_url).url
        created_at = await backups.get_created_at(url, path)
        async with owned(url):
            first_free = await _first_free(url)
            await backups.put_back(url, path)
            done = await _settle(settings, url, since=created_at, first_free=first_free)
        if pictures is not None:
            count = await asyncio.to_thread(backups.unpack_pictures, pictures, settings.data_dir)
            sys.stdout.write(f"{count} files of pictures are back\n")
    except (BackupFailed, DatabaseUnusable) as error:
        raise StartupError(str(error)) from error
    except (OSError, SQLAlchemyError) as error:
        raise StartupError(f"The copy cannot be put back: {reason_of(error)}") from error
    sys.stdout.write(_told(created_at, done))
    for replaced in _list_replaced(url):
        sys.stdout.write(f"What was there before is {replaced}. Delete it once all is well.\n")
    return 0


async def _settle(settings: Settings, url: URL, *, since: datetime, first_free: int | None) -> Restored:
    database = Database(url)
    try:
        await migrate(database)
        if first_free is None:
            async with database.reading() as session:
                first_free = await jobs_table.get_highest(session) + MARGIN
        files = ImageFiles(settings.data_dir / "images")
        restoring = Restoring(database, files, Digests(settings.data_dir / KEY_FILE))
        return await restoring.settle(since=since, first_free=first_free)
    finally:
        await database.close()


async def _first_free(url: URL) -> int | None:
    """The number that the next job would have had; None where the database cannot say."""
    database = Database(url)
    try:
        async with database.reading() as session:
            return await jobs_table.get_highest(session) + 1
    except SQLAlchemyError:
        return None
    finally:
        await database.close()


def _list_replaced(url: URL) -> list[Path]:
    """The files that were put aside."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    file = Path(url.database)
    return sorted(path for path in file.parent.glob(f"{file.name}.replaced-*Z"))


def _told(created_at: datetime, done: Restored) -> str:
    lines = [
        f"The database is as it was at {created_at:%Y-%m-%d %H:%M} UTC.",
        f"Jobs that were not drawn yet, refunded: {done.refunded}. Each has a button to draw it again.",
        f"Pictures that were drawn and perhaps posted: {done.kept_back}. None is posted again; /show does.",
        f"Members who asked to be forgotten since, forgotten again: {done.forgotten}.",
    ]
    return "\n".join(lines) + "\n"
