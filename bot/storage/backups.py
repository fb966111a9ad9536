"""Copies of the database: made while it is in use, proven before they count, and put back."""

import asyncio
import contextlib
import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage import ledger
from bot.storage.database import Database, copy_file
from bot.storage.files import replacing
from bot.storage.outage import reason_of

SUFFIXES = {"sqlite": ".db", "postgresql": ".dump"}
STAMP = "%Y%m%dT%H%M%SZ"
PICTURES = ("images", "uploads")
"""The folders in DATA_DIR that a copy of the pictures holds."""
_CREATED = re.compile(r"Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")


class BackupFailed(Exception):
    """A copy could not be made, is not whole, or cannot be put back; the text says why and what to do."""


async def write(database: Database, path: Path) -> bool:
    """Copy a database to a file, for nobody else's eyes, and prove it; it is there whole or not at all.

    False where it could not be put back somewhere else to prove its ledger: its table of contents is whole.

    Raises: BackupFailed; OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if database.is_sqlite:
            await asyncio.to_thread(_copy, Path(database.url.database or ""), temporary)
            is_proven = await _is_proven_file(database.url.set(database=str(temporary)))
        else:
            await _postgresql("pg_dump", database.url, "--format=custom", f"--file={temporary}")
            is_proven = await _is_proven_dump(database.url, temporary)
        temporary.chmod(0o600)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        for left in path.parent.glob(f"{temporary.name}*"):
            left.unlink(missing_ok=True)
    return is_proven


async def put_back(url: URL, path: Path) -> datetime:
    """Put a copy in the place of a database that nobody has open; when the copy was made.

    A SQLite file that was there is kept beside it.

    Raises: BackupFailed; OSError.
    """
    created_at = await get_created_at(url, path)
    if url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_swap, Path(url.database or ""), path)
    else:
        await _postgresql(
            "pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(path)
        )
    return created_at


async def get_created_at(url: URL, path: Path) -> datetime:
    """When a copy was made. Raises: BackupFailed, where it is none of such a database; OSError."""
    if not await asyncio.to_thread(path.is_file):
        raise BackupFailed(f"There is no file {path}.")
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_created_at, path)
    contents = await _run(["pg_restore", "--list", str(path)], {"TZ": "UTC"})
    match = _CREATED.search(contents)
    if match is None:
        raise BackupFailed(f"{path} is no dump of PostgreSQL's that I can read.")
    return datetime.fromisoformat(match[1]).replace(tzinfo=UTC)


def name_of(url: URL, now: datetime) -> str:
    """The name of a copy."""
    return f"darkroom-{now.astimezone(UTC).strftime(STAMP)}{SUFFIXES[url.get_backend_name()]}"


def list_copies(folder: Path) -> list[Path]:
    """The copies in a folder, the oldest first."""
    return sorted(path for suffix in SUFFIXES.values() for path in folder.glob(f"darkroom-*Z{suffix}"))


def rotate(folder: Path, keep: int) -> None:
    """Delete all copies but the newest."""
    for old in list_copies(folder)[:-keep]:
        old.unlink(missing_ok=True)


def pack_pictures(data_dir: Path, path: Path) -> int:
    """Put the picture files into a tar file; how many they are. Blocking. Raises: OSError."""
    count = 0
    with replacing(path) as temporary, tarfile.open(temporary, "w") as archive:
        for name in PICTURES:
            for file in sorted((data_dir / name).glob("*/[!.]*")):
                archive.add(file, arcname=str(file.relative_to(data_dir)))
                count += 1
    return count


def unpack_pictures(path: Path, data_dir: Path) -> int:
    """Put the files of `pack_pictures` back; how many they are. Blocking.

    Raises: BackupFailed, where it holds anything else; OSError.
    """
    try:
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            if any(Path(one.name).parts[:1] not in [(name,) for name in PICTURES] for one in members):
                raise BackupFailed(f"{path} is no copy of Darkroom's pictures.")
            archive.extractall(data_dir, members=members, filter="data")
    except tarfile.TarError as error:
        raise BackupFailed(f"{path} is damaged, or no tar file ({error}).") from error
    return len(members)


def _copy(source: Path, target: Path) -> None:
    """Raises: BackupFailed. The copy carries when it was made."""
    try:
        copy_file(source, target)
        with contextlib.closing(sqlite3.connect(target)) as copy:
            copy.execute(f"PRAGMA user_version = {int(datetime.now(UTC).timestamp())}")
    except sqlite3.Error as error:
        raise BackupFailed(f"The database cannot be copied ({error}).") from error


def _created_at(path: Path) -> datetime:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            (problems,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            (stamp,) = copy.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupFailed(f"{path} is damaged, or no SQLite file ({error}).") from error
    if problems != "ok":
        raise BackupFailed(f"{path} is damaged ({problems}). Take an older copy.")
    return datetime.fromtimestamp(stamp or path.stat().st_mtime, UTC)


def _swap(database: Path, copy: Path) -> None:
    """The copy in place of the database, which is kept beside it with its log."""
    stamp = datetime.now(UTC).strftime(STAMP)
    for suffix in ("", "-wal", "-shm"):
        old = Path(f"{database}{suffix}")
        if old.exists():
            old.replace(f"{database}.replaced-{stamp}{suffix}")
    with replacing(database) as temporary:
        shutil.copyfile(copy, temporary)


async def _is_proven_file(url: URL) -> bool:
    await asyncio.to_thread(_created_at, Path(url.database or ""))
    await _prove_ledger(url)
    return True


async def _is_proven_dump(url: URL, path: Path) -> bool:
    """Whether it was put back into a database of its own, and its ledger proven there."""
    await get_created_at(url, path)
    try:
        async with _scratch(url) as scratch:
            await _postgresql("pg_restore", scratch, "--no-owner", "--exit-on-error", str(path))
            await _prove_ledger(scratch)
    except SQLAlchemyError:  # this user may not make databases
        return False
    return True


async def _prove_ledger(url: URL) -> None:
    """Raises: BackupFailed."""
    copy = Database(url)
    try:
        async with copy.reading() as session:
            mismatches = await ledger.list_mismatches(session)
    except SQLAlchemyError as error:
        raise BackupFailed(f"The copy cannot be read ({reason_of(error)}).") from error
    finally:
        await copy.close()
    if mismatches:
        raise BackupFailed(f"In the copy {len(mismatches)} accounts differ from their ledger.")


@asynccontextmanager
async def _scratch(url: URL) -> AsyncIterator[URL]:
    """An empty PostgreSQL database. Raises: SQLAlchemyError, where this user may not make one."""
    name = f"darkroom_proof_{uuid4().hex[:12]}"
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
            try:
                yield url.set(database=name)
            finally:
                await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        await engine.dispose()


async def _postgresql(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database. Raises: BackupFailed."""
    environment = {"PGHOST": url.host, "PGPORT": url.port and str(url.port), "PGUSER": url.username}
    environment |= {"PGPASSWORD": url.password, "PGSSLMODE": _option(url, "ssl")}
    given = {name: value for name, value in environment.items() if value}
    await _run([program, "--no-password", f"--dbname={url.database}", *arguments], given)


def _option(url: URL, name: str) -> str | None:
    value = url.query.get(name)
    return value if isinstance(value, str) or value is None else value[-1]


async def _run(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a program prints. Raises: BackupFailed, with its last words."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=os.environ | dict(environment),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise BackupFailed(
            f"PostgreSQL's program {command[0]} is not installed here. Install the client of your server's "
            "version (Debian: postgresql-client)."
        ) from None
    try:
        out, errors = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["it does not say why"]
        raise BackupFailed(f"{command[0]} failed: {last[0]}")
    return out.decode(errors="replace")
