"""/forget me: afterwards no table and no file knows the member; sums, decisions and blocks hold."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL.Image import Image
from sqlalchemy import select

from bot.domain.audit import AuditFilter
from bot.domain.errors import NotAllowed, PromptRefused
from bot.domain.recipe import ImageRef
from bot.domain.rules import Place, Weight
from bot.domain.usage import By
from bot.services import Services
from bot.storage.database import Database
from bot.storage.images import ImageFiles
from bot.storage.models import AccountRow, AuditRow, Table
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, delivered, drawn, now

ME = 123456789012345678
CARA = replace(ADA, user_id=ME)
SECRET = "a very private zebra"


async def traces(database: Database, folder: Path, *wanted: str) -> list[str]:
    """Where in the database, or in the files, any of these words stand."""
    found = []
    async with database.reading() as session:
        for table in Table.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                found += [f"{table.name}: {row}" for word in wanted if word in str(tuple(row))]
    for path in _files(folder):
        found += [str(path) for word in wanted if word.encode() in path.read_bytes() or word in path.name]
    return found


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in (folder / "images").glob("**/*") if path.is_file())


async def lived(services: Services, engine: HandEngine) -> None:
    """A member leaves a trace wherever they can."""
    await services.rules.add(MODERATOR, "zebra", Weight.SOFT, Place.ANYWHERE)
    with pytest.raises(PromptRefused):
        await services.orders.imagine(now(CARA), f"{SECRET} one")
    await services.rules.remove(MODERATOR, "zebra")
    await delivered(services, CARA, 5000, SECRET)
    await drawn(services, replace(CARA, guild_id=2), SECRET)
    await delivered(services, ADA, 5001)
    await services.reports.report(now(CARA), 5001, "I do not like it")
    notice = await services.sanctions.notice(MODERATOR, ME, text="hello")
    await services.sanctions.acknowledge(now(CARA), notice.id)
    block = await services.sanctions.block(MODERATOR, ME, span="1m", reason=f"see <@{ME}>")
    await services.appeals.appeal(now(CARA), block.id, "no")
    await services.sanctions.unblock(MODERATOR, ME, reason="sorry")
    await services.sanctions.block(replace(CARA, is_manager=True), 101, span="1h", reason="I moderate")
    engine.hold()
    await services.orders.imagine(now(CARA), SECRET)


async def test_nothing_is_left_but_sums_and_decisions(
    services: Services, database: Database, engine: HandEngine, tmp_path: Path
) -> None:
    await lived(services, engine)
    assert await traces(database, tmp_path, str(ME))
    assert await traces(database, tmp_path, SECRET)
    done = await services.forgetting.forget(now(CARA))
    engine.release()
    assert (done.cancelled, done.pictures) == (1, 8)
    assert await traces(database, tmp_path, str(ME), SECRET) == []
    assert len(list(_files(tmp_path))) == 8  # Ada's four pictures, with their latents
    async with database.reading() as session:
        pseudonyms = set(await session.scalars(select(AccountRow.user_id).where(AccountRow.user_id < 0)))
        audited = set(await session.scalars(select(AuditRow.target_id).where(AuditRow.target_id < 0)))
        spent = sum(await session.scalars(select(AccountRow.spent_images).where(AccountRow.user_id < 0)))
    assert (len(pseudonyms), pseudonyms, spent) == (1, audited, 8)
    used = await services.usage.report(MODERATOR, by=By.MEMBER, days=1)
    assert {row.key: row.usage.images for row in used.rows} == {ADA.user_id: 4, min(pseudonyms): 4}
    entries = (await services.audit.page(MODERATOR, AuditFilter(user_id=pseudonyms.pop()), 0)).entries
    assert {entry.action for entry in entries} == {"rule_asked", "notice", "block", "unblock"}
    (mine,) = [entry for entry in entries if entry.reason == "I moderate"]
    assert mine.actor_id < 0


async def test_nobody_gets_a_fresh_allowance_or_rid_of_a_block_by_it(
    services: Services, clock: MovableClock
) -> None:
    await drawn(services, CARA)
    await drawn(services, replace(CARA, guild_id=2))
    await services.sanctions.block(OUTSIDER, ME, span="60d", reason="spam")
    await services.forgetting.forget(now(CARA))
    for guild_id in (1, 2):
        with pytest.raises(NotAllowed, match="asked to be forgotten"):
            await services.orders.imagine(now(CARA, guild_id=guild_id), "an apple")
    clock.advance(days=32)
    await drawn(services, CARA)
    with pytest.raises(NotAllowed):
        await services.orders.imagine(now(CARA, guild_id=2), "an apple")
    clock.advance(days=29)
    await drawn(services, replace(CARA, guild_id=2))


async def test_a_block_for_good_stays_for_good(services: Services, clock: MovableClock) -> None:
    await services.sanctions.block(MODERATOR, ME, span=None, reason="spam")
    await services.forgetting.forget(now(CARA))
    clock.advance(days=4000)
    with pytest.raises(NotAllowed, match="this lasts"):
        await services.orders.imagine(now(CARA), "an apple")


async def test_everybody_else_is_left_alone(services: Services, database: Database, tmp_path: Path) -> None:
    job = await drawn(services, ADA, "a common horse")
    await services.forgetting.forget(now(CARA))
    await services.forgetting.forget(now(CARA))
    assert await services.gallery.show(ADA, job.id) == job
    assert len(list(_files(tmp_path))) == 8
    assert await traces(database, tmp_path, "a common horse")


async def test_the_key_lies_outside_of_the_database_and_is_nobody_elses(
    services: Services, tmp_path: Path
) -> None:
    await services.forgetting.forget(now(CARA))
    key = tmp_path / "forgetting.key"
    assert (len(key.read_bytes()), key.stat().st_mode & 0o777) == (32, 0o600)


async def test_nothing_is_left_in_the_files_of_the_database_either(
    services: Services, database: Database, engine: HandEngine, tmp_path: Path
) -> None:
    await lived(services, engine)
    await services.forgetting.forget(now(CARA))
    engine.release()
    files = [path for path in tmp_path.glob("**/*") if path.is_file()]
    if database.is_sqlite:
        assert any(path.suffix == ".db" for path in files)
    for path in files:
        assert SECRET.encode() not in path.read_bytes(), path


async def test_pictures_that_no_row_knows_go_at_the_next_start(services: Services, tmp_path: Path) -> None:
    job = await drawn(services, ADA)
    stray = tmp_path / "images" / "000000" / "999-0.png"
    stray.write_bytes(b"left by a process that died")
    half = tmp_path / "images" / "000000" / ".999-1.png.77.tmp"
    half.write_bytes(b"half of one")
    assert await services.removals.sweep_orphans(before=0) == 0
    assert await services.removals.sweep_orphans(before=stray.stat().st_mtime + 1) == 1
    assert not stray.exists()
    assert not half.exists()
    assert await services.gallery.show(ADA, job.id) == job
    assert len(list(_files(tmp_path))) == 8


async def test_a_job_that_is_cancelled_while_its_pictures_are_written_leaves_none(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = asyncio.Event(), threading.Event()
    loop, add = asyncio.get_running_loop(), ImageFiles.add

    def slowly(files: ImageFiles, image: ImageRef, tile: Image, latents: bytes | None) -> None:
        loop.call_soon_threadsafe(begun.set)
        assert may_go_on.wait(30)
        add(files, image, tile, latents)

    monkeypatch.setattr(ImageFiles, "add", slowly)
    job = await services.orders.imagine(now(ADA), "a red apple")
    run = services.runs.get(job.id)
    assert run is not None
    await begun.wait()
    await services.jobs.cancel(ADA, job.id)
    may_go_on.set()
    async for _ in run.updates():
        pass
    assert list(_files(tmp_path)) == []
