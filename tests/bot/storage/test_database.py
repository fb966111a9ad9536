"""The database: migrated, owned by one process, backed up, checked, append-only where it counts."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.storage import database as database_module
from bot.storage.database import (
    KEPT_COPIES,
    Database,
    alembic_config,
    current_revision,
    head_revision,
    owned_database,
)
from bot.storage.models import Table
from bot.storage.ownership import DatabaseUnusable


async def test_migrations_run_up_down_and_up_and_end_where_the_models_are(database: Database) -> None:
    config = alembic_config(database.url)
    await asyncio.to_thread(alembic.command.downgrade, config, "base")
    assert await current_revision(database) is None
    await asyncio.to_thread(alembic.command.upgrade, config, "head")
    assert await current_revision(database) == head_revision()
    async with database.reading() as session:
        connection = await session.connection()
        assert await connection.run_sync(_differences) == []


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Table.metadata))


async def test_closing_waits_for_the_work_that_is_under_way(database_url: str) -> None:
    database = Database(database_url)
    begun, released = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with database.transaction() as session:
            await session.execute(text("UPDATE accounts SET spent_images = 1"))
            begun.set()
            await released.wait()

    working = asyncio.create_task(work())
    await begun.wait()
    closing = asyncio.create_task(database.close())
    await asyncio.wait([closing], timeout=0.1)
    assert not closing.done()
    released.set()
    await working
    await closing


async def test_a_cancelled_unit_of_work_happens_whole_or_not_at_all(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(number: int) -> None:
        async with database.transaction() as session:
            for user_id in (2 * number, 2 * number + 1):
                statement = f"INSERT INTO members (guild_id, user_id, last_used_at) VALUES (1, {user_id}, 0)"
                await session.execute(text(statement))

    for number in range(150):
        task = asyncio.create_task(work(number))
        await asyncio.wait([task], timeout=number / 10_000)  # further and further into the work and its end
        task.cancel()
        await asyncio.wait([task])
    async with database.reading() as session:
        kept = list(await session.scalars(text("SELECT user_id FROM members ORDER BY user_id")))
    assert all(user_id ^ 1 in kept for user_id in kept)
    # asyncpg itself is noisy about a query that was cut off; our pool must not be.
    assert [record for record in caplog.records if record.name.startswith("sqlalchemy")] == []


async def test_a_statement_that_is_cancelled_leaves_no_lock_behind(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_MS", 1)  # so that a lock left behind is met at once
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"
    slow = f"INSERT INTO members (guild_id, user_id, last_used_at) {count} SELECT 1, max(i), 0 FROM n"

    async def work() -> None:
        async with database.transaction() as session:
            begun.set()
            await session.execute(text(f"{slow} RETURNING user_id"))
            pytest.fail("nobody cancelled it")

    async with owned_database(database_url) as database:
        for _ in range(3):
            begun = asyncio.Event()
            task = asyncio.create_task(work())
            await begun.wait()
            await asyncio.wait([task], timeout=0.05)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            async with database.transaction() as session:
                assert list(await session.scalars(text("SELECT user_id FROM members"))) == []
                await session.execute(text("DELETE FROM members"))


async def test_a_second_owner_is_told_who_holds_the_database(database_url: str) -> None:
    async with owned_database(database_url):
        with pytest.raises(DatabaseUnusable, match=r"in use by .*process \d+"):
            await owned_database(database_url).__aenter__()
    async with owned_database(database_url):
        pass  # free again


async def test_the_ledger_is_append_only(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO accounts (guild_id, user_id, period_start) VALUES (1, 1, 0)"))
        await session.execute(
            text(
                "INSERT INTO jobs (source, ordinal, kind, status, guild_id, channel_id, user_id, "
                "is_direct_message, prompt, recipe, speed, reserved_images, reserved_gpu_ms, locale, "
                "created_at) "
                "VALUES ('1', 0, 'imagine', 'queued', 1, 1, 1, false, 'x', '{}', 'fast', 4, 1, 'en', 0)"
            )
        )
        await session.execute(
            text(
                "INSERT INTO ledger (account_id, job_id, entry, images, gpu_ms, created_at) "
                "VALUES (1, 1, 'reserve', 4, 1, 0)"
            )
        )
    for statement in ("UPDATE ledger SET images = 0", "DELETE FROM ledger"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.transaction() as session:
                await session.execute(text(statement))


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    async with owned_database(f"sqlite+aiosqlite:///{tmp_path}/d.db") as database:
        with pytest.raises(DBAPIError, match="readonly"):
            async with database.reading() as session:
                await session.execute(text("DELETE FROM members"))


async def test_an_older_sqlite_file_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/d.db"
    async with owned_database(url) as database:
        await asyncio.to_thread(alembic.command.downgrade, alembic_config(database.url), "0006")
    async with owned_database(url):
        pass
    assert len(list(tmp_path.glob("d.db.0006.*.bak"))) == 1


async def test_copies_are_bounded(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/d.db"
    for day in range(10, 20):
        (tmp_path / f"d.db.0001.202601{day}T000000.bak").touch()
    async with owned_database(url) as database:
        await asyncio.to_thread(alembic.command.downgrade, alembic_config(database.url), "0006")
    async with owned_database(url):
        pass
    kept = sorted(path.name for path in tmp_path.glob("*.bak"))
    assert len(kept) == KEPT_COPIES
    assert any(".0006." in name for name in kept)


async def test_a_newer_database_is_refused_in_a_sentence_and_nothing_is_copied(
    database_url: str, tmp_path: Path
) -> None:
    async with owned_database(database_url) as database, database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for _ in range(3):
        with pytest.raises(DatabaseUnusable, match="newer version of Darkroom"):
            await owned_database(database_url).__aenter__()
    assert list(tmp_path.glob("*.bak")) == []


async def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "d.db")) as other:
        other.execute("CREATE TABLE songs (id INTEGER)")
    with pytest.raises(DatabaseUnusable, match=r"not Darkroom's \(songs\)"):
        await owned_database(f"sqlite+aiosqlite:///{tmp_path}/d.db").__aenter__()


async def test_a_file_locked_by_another_program_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/d.db"
    async with owned_database(url):
        pass
    monkeypatch.setattr("bot.storage.database.BUSY_MS", 50)
    with contextlib.closing(sqlite3.connect(tmp_path / "d.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnusable, match="locked by another program"):
            await owned_database(url).__aenter__()


async def test_an_emptied_file_beside_its_copies_is_remarked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "d.db").touch()
    (tmp_path / "d.db.0006.20260101T000000.bak").touch()
    async with owned_database(f"sqlite+aiosqlite:///{tmp_path}/d.db"):
        pass
    assert "there is a copy of it" in caplog.text


async def test_a_damaged_file_is_refused_at_start_with_the_cure(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/d.db"
    async with owned_database(url) as database, database.transaction() as session:
        for number in range(300):
            await session.execute(
                text(f"INSERT INTO members (guild_id, user_id, last_used_at) VALUES ({number}, {number}, 0)")
            )
    path = tmp_path / "d.db"
    for journal in tmp_path.glob("d.db-*"):
        journal.unlink()
    (tmp_path / "d.db.0006.20260101T000000.bak").touch()
    whole = path.read_bytes()
    scribbled = whole[:8192] + b"\x5a" * (len(whole) - 8192)
    for damaged in (scribbled, b"no database" * 500, whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(DatabaseUnusable, match=r"damaged .*d\.db\.0006\.20260101T000000\.bak"):
            await owned_database(url).__aenter__()


async def test_an_unreachable_server_is_one_readable_line() -> None:
    with pytest.raises(DatabaseUnusable, match="cannot be used") as failure:
        await owned_database("postgresql+asyncpg://nobody@127.0.0.1:9/none").__aenter__()
    assert "\n" not in str(failure.value)
