"""Fixtures: databases of both kinds, services on them, and an engine that is worked by hand."""

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.asker import Asker
from bot.services import Services, build_services
from bot.storage.database import Database, owned_database
from tests.bot.hand_engine import HandEngine


class MovableClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "darkroom.db"
    async with owned_database(f"sqlite+aiosqlite:///{path}"):
        pass
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated database file of its own."""
    shutil.copy(sqlite_template, tmp_path / "darkroom.db")
    return f"sqlite+aiosqlite:///{tmp_path}/darkroom.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new, migrated database of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database."""
    async with owned_database(database_url) as opened:
        yield opened


@pytest.fixture
def engine() -> HandEngine:
    return HandEngine()


@pytest.fixture
def daily_images() -> int:
    return 40


@pytest.fixture
async def services(
    database: Database, engine: HandEngine, tmp_path: Path, clock: MovableClock, daily_images: int
) -> AsyncIterator[Services]:
    """All services on one database; afterwards every balance must be proved by the ledger."""
    built = build_services(database, engine, data_dir=tmp_path, daily_images=daily_images, now=clock)
    yield built
    engine.release()
    await built.runs.drain()
    assert await built.quotas.mismatches() == []


@pytest.fixture
def sources() -> Iterator[str]:
    """Interaction ids."""
    return (str(number) for number in range(1000, 10_000_000))


@pytest.fixture
def ada(sources: Iterator[str]) -> Asker:
    return Asker(source=next(sources), guild_id=1, channel_id=10, user_id=100)
