"""Fixtures: databases of both kinds, services on them, and an engine that is worked by hand."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.asker import Asker
from bot.services import Services, build_services
from bot.storage.database import Database, owned_database
from tests.bot.hand_engine import HandEngine

LOCAL_POSTGRESQL = "postgresql+asyncpg://postgres@127.0.0.1:5432/test"
SERVER = make_url(os.environ.get("TEST_POSTGRES_URL", LOCAL_POSTGRESQL))


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


def _name() -> str:
    return f"darkroom_test_{uuid4().hex[:12]}"


async def _on_server(statement: str) -> None:
    """Run a statement on the PostgreSQL server itself."""
    engine = create_async_engine(SERVER, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


def _url(name: str) -> str:
    return SERVER.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
async def postgresql_template() -> AsyncIterator[str]:
    """A migrated database on the PostgreSQL server at hand, to be copied: faster than migrating each."""
    name = _name()
    try:
        await _on_server(f"CREATE DATABASE {name}")
    except (OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
        pytest.skip(f"no PostgreSQL at {SERVER.render_as_string()}: {error}")
    async with owned_database(_url(name)):
        pass
    yield name
    await _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def postgresql_url(postgresql_template: str) -> AsyncIterator[str]:
    """A migrated database of its own on the PostgreSQL server at hand."""
    name = _name()
    await _on_server(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    yield _url(name)
    await _on_server(f"DROP DATABASE {name} WITH (FORCE)")


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
