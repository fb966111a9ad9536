"""What all tests share: one way to look for examples, and databases on the PostgreSQL server at hand."""

import os
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.database import owned_database

# A change is judged by the same examples every time; `--hypothesis-profile=default` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

LOCAL_POSTGRESQL = "postgresql+asyncpg://postgres@127.0.0.1:5432/test"
SERVER = make_url(os.environ.get("TEST_POSTGRES_URL", LOCAL_POSTGRESQL))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="run the bot processes on PostgreSQL alone")
    parser.addoption("--steps", type=int, help="how many steps tests/bot/services/test_lives.py makes")


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
