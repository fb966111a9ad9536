"""Copies of the database: proven, rotated, put back; nobody forgotten comes back, and nothing comes twice."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commandline.backup import backup, restore
from bot.config import Settings, StartupError
from bot.domain.job import Failure, JobStatus
from bot.services import Services, build_services
from bot.storage import backups
from bot.storage.backups import BackupFailed
from bot.storage.database import Database, owned_database
from tests.bot.hand_engine import HandEngine
from tests.bot.outages import full_disk
from tests.bot.services.community import ADA, drawn, now, spent

CARA = replace(ADA, user_id=123456789012345678)
SECRET = "a very private zebra"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"database_url": database_url, "data_dir": tmp_path, "backup_dir": tmp_path / "copies"}
    )


def services_on(database: Database, engine: HandEngine, folder: Path) -> Services:
    """The services of a process."""
    return build_services(database, engine, data_dir=folder, daily_images=40)


async def copied(settings: Settings) -> Path:
    """A copy made now."""
    assert await backup(settings, None, None) == 0
    return backups.list_copies(settings.backup_folder)[-1]


async def test_a_restore_loses_nothing_posts_nothing_twice_and_brings_back_nobody(
    settings: Settings, engine: HandEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with owned_database(settings.database_url) as database:
        before = services_on(database, engine, tmp_path)
        await drawn(before, CARA, SECRET)
        owed = await drawn(before, ADA, "a red apple")
        engine.hold()
        waiting = await before.orders.imagine(now(ADA), "a green pear")
        path = await copied(settings)
        assert "and proven" in capsys.readouterr().out
        assert path.stat().st_mode & 0o777 == 0o600
        await before.forgetting.forget(now(CARA))
        later = await before.orders.imagine(now(ADA), "lost with the database")
        await before.runs.drain()

    assert await restore(settings, path, None) == 0
    told = capsys.readouterr().out
    assert "refunded: 1" in told
    assert "posted: 1" in told
    assert "forgotten again: 1" in told

    async with owned_database(settings.database_url) as again:
        after = services_on(again, HandEngine(), tmp_path)
        assert await after.runs.recover() == []
        ended = await after.runs.reload(waiting)
        assert (ended.status, ended.failure) == (JobStatus.FAILED, Failure.RESTORED)
        assert (await after.runs.reload(owed)).status is JobStatus.UNDELIVERABLE
        assert await spent(after, ADA) == (4, 0)
        assert await after.health.count_mismatches() == 0
        new = await drawn(after, ADA, "a new one")
        assert new.id > later.id  # a button under the lost one finds nothing
    for file in tmp_path.glob("darkroom.db*"):
        if ".replaced-" not in file.name:
            assert SECRET.encode() not in file.read_bytes()


async def test_only_a_copy_can_be_put_back_and_only_while_nobody_owns_the_database(
    settings: Settings, tmp_path: Path
) -> None:
    path = await copied(settings)
    broken = tmp_path / "broken"
    broken.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    with pytest.raises(StartupError, match="There is no file"):
        await restore(settings, tmp_path / "nothing", None)
    with pytest.raises(StartupError, match=r"damaged|no dump|pg_restore failed"):
        await restore(settings, broken, None)
    async with owned_database(settings.database_url):
        with pytest.raises(StartupError, match="is in use by"):
            await restore(settings, path, None)


async def test_the_newest_copies_are_kept(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"darkroom-202603{day:02}T000000Z.db").touch()
    (tmp_path / "darkroom.db").touch()
    backups.rotate(tmp_path, 2)
    assert [path.name for path in backups.list_copies(tmp_path)] == [
        "darkroom-20260304T000000Z.db",
        "darkroom-20260305T000000Z.db",
    ]
    assert (tmp_path / "darkroom.db").exists()


async def test_a_copy_whose_ledger_does_not_add_up_is_none(sqlite_url: str, tmp_path: Path) -> None:
    async with owned_database(sqlite_url) as database:
        services = services_on(database, HandEngine(), tmp_path)
        await drawn(services, ADA)
    with sqlite3.connect(database.url.database or "") as connection:
        connection.execute("UPDATE accounts SET spent_images = 3")
    connection.close()
    copy = Database(sqlite_url)
    try:
        with pytest.raises(BackupFailed, match="differ from their ledger"):
            await backups.write(copy, tmp_path / "copies" / backups.name_of(copy.url, datetime.now(UTC)))
    finally:
        await copy.close()
    assert list((tmp_path / "copies").iterdir()) == []


async def test_the_picture_files_come_back_too(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    (data / "images" / "000000").mkdir(parents=True)
    (data / "images" / "000000" / "1-0.png").write_bytes(b"a picture")
    tar = tmp_path / "pictures.tar"
    assert backups.pack_pictures(data, tar) == 1
    assert tar.stat().st_mode & 0o777 == 0o600
    other.mkdir()
    assert backups.unpack_pictures(tar, other) == 1
    assert (other / "images" / "000000" / "1-0.png").read_bytes() == b"a picture"
    (tmp_path / "no.tar").write_bytes(b"no tar")
    with pytest.raises(BackupFailed, match="damaged"):
        backups.unpack_pictures(tmp_path / "no.tar", other)


async def test_a_full_disk_is_a_backup_that_failed(
    settings: Settings, engine: HandEngine, tmp_path: Path
) -> None:
    async with owned_database(settings.database_url) as database:
        services = services_on(database, engine, tmp_path)
        if database.url.get_backend_name() != "sqlite":
            pytest.skip("pg_dump is a process of its own, with limits of its own")
        with full_disk(), pytest.raises(BackupFailed):
            await services.backups.back_up(settings.backup_folder, keep=2)
        await services.backups.back_up(settings.backup_folder, keep=2)
        assert len(backups.list_copies(settings.backup_folder)) == 1
