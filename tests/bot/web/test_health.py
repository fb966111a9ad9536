"""What supervisors and Prometheus ask."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config import StartupError
from bot.domain.asker import Asker
from bot.meters import Meters
from bot.services import Services, health
from bot.storage import workload
from bot.storage.database import Database
from bot.storage.models import AccountRow
from bot.web.health import Folders, HealthPages, LoopLag
from bot.web.server import application, serving
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.outages import full_disk

Client = TestClient[Request, Application]


class Gateway:
    """Whether Discord is connected."""

    is_ready = True


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def lag() -> LoopLag:
    return LoopLag()


@pytest.fixture
async def client(services: Services, gateway: Gateway, lag: LoopLag, tmp_path: Path) -> AsyncIterator[Client]:
    folders = Folders(data=tmp_path, backups=tmp_path / "backups")
    pages = HealthPages(services, Meters(), lag, folders=folders, is_connected=lambda: gateway.is_ready)
    async with TestClient(TestServer(application(pages.routes()))) as client:
        yield client


async def test_alive_until_the_event_loop_is_late(client: Client, lag: LoopLag) -> None:
    assert (await client.get("/healthz")).status == 200
    lag.seconds = 6.0
    answer = await client.get("/healthz")
    assert (answer.status, (await answer.json())["alive"]) == (503, False)


async def test_the_lag_of_the_loop_is_measured(lag: LoopLag) -> None:
    async with lag.measured():
        await asyncio.sleep(0.05)
        time.sleep(0.5)  # noqa: ASYNC251 - the very thing that is measured
        await asyncio.sleep(0.05)
        assert lag.seconds > 0.2


async def test_ready_when_everything_is(client: Client, gateway: Gateway) -> None:
    assert await (await client.get("/readyz")).json() == {
        "gateway": True,
        "database": True,
        "lock": True,
        "engine": True,
        "disk": True,
        "backup_age_seconds": None,
    }
    gateway.is_ready = False
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["gateway"]) == (503, False)


async def test_while_nothing_draws_it_is_not_ready(client: Client, engine: HandEngine) -> None:
    engine.is_gone = True
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["engine"]) == (503, False)
    engine.is_gone = False
    assert (await client.get("/readyz")).status == 200


async def test_a_database_that_is_busy_is_not_ready(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has many writers")
    monkeypatch.setattr(health, "WRITE_EVERY_SECONDS", -1.0)
    async with database.transaction() as session:
        await workload.check_writer(session)
        answer = await client.get("/readyz")
    assert (await answer.json())["database"] is False
    assert (await client.get("/readyz")).status == 200


async def test_a_database_whose_disk_is_full_is_not_ready(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("the disk is the server's")
    monkeypatch.setattr(health, "WRITE_EVERY_SECONDS", -1.0)
    with full_disk():
        answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["database"]) == (503, False)
    assert (await client.get("/readyz")).status == 200


async def test_however_often_it_is_asked_it_writes_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0
    check = workload.check_writer

    async def counted(session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        await check(session)

    monkeypatch.setattr(workload, "check_writer", counted)
    answers = await asyncio.gather(*(client.get("/readyz") for _ in range(20)))
    assert ({answer.status for answer in answers}, tries) == ({200}, 1)


async def test_a_database_that_is_not_ours_is_not_ready(client: Client, database: Database) -> None:
    assert database.ownership is not None
    database.ownership.is_held = False
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["lock"]) == (503, False)


async def test_metrics_count_jobs_and_what_is_owed(
    client: Client, services: Services, engine: HandEngine, clock: MovableClock, ada: Asker
) -> None:
    ada = replace(ada, user_id=271828182845904523)  # an id that is in no timestamp by chance
    engine.hold()
    await services.orders.imagine(ada, "a red apple")
    await engine.is_held.wait()
    clock.advance(seconds=90)
    text = await (await client.get("/metrics")).text()
    assert 'darkroom_jobs{state="running"} 1.0' in text
    assert "darkroom_ledger_mismatches 0.0" in text
    assert "darkroom_gateway_ready 1.0" in text
    engine.release()
    while (await services.health.workload()).outbox_pending == 0:
        await asyncio.sleep(0.01)
    clock.advance(seconds=30)
    text = await (await client.get("/metrics")).text()
    assert "darkroom_outbox_pending 1.0" in text
    assert "darkroom_outbox_age_seconds 30.0" in text
    assert str(ada.user_id) not in text


async def test_books_that_do_not_add_up_are_told(database: Database, services: Services) -> None:
    async with database.transaction() as session:
        account = {"guild_id": 1, "user_id": 2, "period_start": services.jobs._now(), "spent_images": 4}
        await session.execute(insert(AccountRow).values(**account))
    assert await services.health.count_mismatches() == 1
    async with database.transaction() as session:
        await session.execute(AccountRow.__table__.delete())  # type: ignore[attr-defined]


async def test_a_taken_port_is_one_readable_line() -> None:
    async with TestServer(application([])) as taken:
        with pytest.raises(StartupError, match="WEB_PORT") as failure:
            await serving(application([]), host="127.0.0.1", port=taken.port or 0).__aenter__()
    assert "\n" not in str(failure.value)


async def test_every_answer_forbids_what_is_foreign(client: Client) -> None:
    for path in ("/healthz", "/nothing-here"):
        headers = (await client.get(path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_a_full_disk_and_an_old_backup_are_told(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "darkroom_backup_age_seconds +Inf" in await (await client.get("/metrics")).text()
    (tmp_path / "backups").mkdir()
    copy = tmp_path / "backups" / "darkroom-20260101T000000Z.db"
    copy.touch()
    os.utime(copy, (time.time() - 7200,) * 2)
    assert (await (await client.get("/readyz")).json())["backup_age_seconds"] >= 7199
    monkeypatch.setattr(Folders, "free_bytes", lambda _: 1_000_000)
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["disk"]) == (503, False)
