"""Whether the database can be opened, who has it, and how old it is."""

import asyncio
import os
from pathlib import Path

from bot.config import Settings, StartupError
from bot.storage.database import (
    Database,
    check_origin,
    current_revision,
    head_revision,
    list_pending,
    open_database,
)
from bot.storage.outage import reason_of
from bot.storage.ownership import DatabaseUnusable, get_owner
from bot.storage.urls import read_url


async def check_database(settings: Settings) -> str:
    """Whether it can be opened, is free, and how old it is; nothing is made by looking.

    Raises: StartupError.
    """
    owner, state = await _look_at_database(settings)
    if owner:
        raise StartupError(f"it is in use by {owner}. Stop that one first, or name another database.")
    return state


async def check_database_in_use(settings: Settings) -> str:
    """The same beside a bot that runs, which has it. Raises: StartupError."""
    owner, state = await _look_at_database(settings)
    return (
        f"in use by {owner}: your bot, which runs already (if that is another, stop it first, or name "
        f"another database in DATABASE_URL)\n      {state}"
    )


async def is_running(settings: Settings) -> bool:
    """Whether somebody has the database, who is our bot then; not, where that cannot be told."""
    try:
        return bool(await get_owner(read_url(settings.database_url)))
    except Exception:  # noqa: BLE001 - what is wrong is told in the database's own line
        return False


async def _look_at_database(settings: Settings) -> tuple[str, str]:
    """Who has it, if anybody, and how old it is. Raises: StartupError."""
    try:
        database = open_database(settings.database_url)
        try:
            owner = await get_owner(database.url)
            if database.is_sqlite and not (file := Path(database.url.database or "")).exists():
                return owner, await asyncio.to_thread(_check_new_file, file)
            revision = await current_revision(database)
            await check_origin(database, revision)
        finally:
            await database.close()
    except DatabaseUnusable as error:
        raise StartupError(str(error)) from error
    except StartupError:
        raise
    except Exception as error:
        raise StartupError(
            f"cannot be opened ({reason_of(error)}). Is its server running? If it is, correct DATABASE_URL."
        ) from error
    return owner, _age(database, revision)


def _age(database: Database, revision: str | None) -> str:
    """Of what revision it is, and what a start makes of it."""
    name = database.url.render_as_string(hide_password=True)
    if revision is None:
        return f"{name} is new; `python -m bot` creates the tables"
    if revision != head_revision():
        copied = "copies the file and " if database.is_sqlite else ""
        to = f"`python -m bot` {copied}brings it to {head_revision()} (CHANGELOG.md says how to go back):"
        return "\n      ".join([f"{name} is at revision {revision}; {to}", *list_pending(revision)])
    return f"{name} is up to date (revision {revision})"


def _check_new_file(file: Path) -> str:
    """Nothing is made by looking: the folder may be, where the bot runs."""
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartupError(f"{file} cannot be made: {folder} cannot be written to. Correct DATABASE_URL.")
    return f"{file} is not there yet; `python -m bot` makes it"
