"""The lock of one process per database: watched, taken again where it is free, given up where it is not."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage import ownership
from bot.storage.ownership import AdvisoryLock, DatabaseUnusable, FileLock, Ownership, owned

WAIT_SECONDS = 10


@pytest.fixture(autouse=True)
def closely_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "WATCH_SECONDS", 0.02)


async def until(held: Ownership, *, is_held: bool) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while held.is_held is not is_held:
            await asyncio.sleep(0.005)


async def end_connections(url: str) -> None:
    """As a restart of the server, or an idle time-out on the way to it, ends them."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    await engine.dispose()


async def test_a_lock_whose_connection_was_ended_is_taken_again(postgresql_url: str) -> None:
    url = make_url(postgresql_url)
    async with owned(url) as held:
        await end_connections(postgresql_url)
        await until(held, is_held=False)
        await until(held, is_held=True)
        with pytest.raises(DatabaseUnusable, match=r"in use by .*process \d+"):
            await owned(url).__aenter__()


async def test_a_lock_that_another_process_took_meanwhile_is_given_up(postgresql_url: str) -> None:
    url = make_url(postgresql_url)
    first, second = AdvisoryLock(url, "first"), AdvisoryLock(url, "second")
    await first.take()
    await end_connections(postgresql_url)
    await second.take()
    held = Ownership(first)
    watching = asyncio.create_task(held.watch())
    assert "in use by darkroom second" in await asyncio.wait_for(held.lost(), WAIT_SECONDS)
    assert not held.is_held
    await watching
    await first.release()
    await second.release()


async def test_the_holder_of_another_database_on_the_server_is_not_named(postgresql_url: str) -> None:
    url = make_url(postgresql_url)
    elsewhere = AdvisoryLock(url.set(database="postgres"), "elsewhere")
    here, late = AdvisoryLock(url, "here"), AdvisoryLock(url, "late")
    await elsewhere.take()
    await here.take()
    with pytest.raises(DatabaseUnusable, match="in use by darkroom here"):
        await late.take()
    for lock in (late, here, elsewhere):
        await lock.release()


async def test_a_lock_file_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/d.db")
    async with owned(url) as held:
        (tmp_path / "d.db.lock").unlink()
        async with asyncio.timeout(WAIT_SECONDS):
            while not (tmp_path / "d.db.lock").exists() or not held.is_held:
                await asyncio.sleep(0.005)
        with pytest.raises(DatabaseUnusable, match=r"in use by .*process \d+"):
            await owned(url).__aenter__()


async def test_a_lock_file_that_another_process_put_there_is_given_up(tmp_path: Path) -> None:
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/d.db")
    other = FileLock(url, "another host, process 1")
    async with owned(url) as held:
        (tmp_path / "d.db.lock").unlink()
        await other.take()
        assert "another host, process 1" in await asyncio.wait_for(held.lost(), WAIT_SECONDS)
    await other.release()
