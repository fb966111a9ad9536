"""What the database looks at for what is asked with every order."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import jobs as jobs_table
from bot.storage.database import owned_database

QUERIES: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
    "count_unfinished": lambda session: jobs_table.count_unfinished(session, guild_id=1, user_id=100),
    "list_waiting": lambda session: jobs_table.list_waiting(session, guild_id=1, user_id=100),
    "list_unfinished": jobs_table.list_unfinished,
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_what_waits_is_found_without_a_look_at_all_that_was_ever_drawn(
    tmp_path: Path, query: Callable[[AsyncSession], Awaitable[object]]
) -> None:
    asked: list[tuple[str, Any]] = []
    url = f"sqlite+aiosqlite:///{tmp_path}/plans.db"
    async with owned_database(url) as database, database.reading() as session:
        connection = await session.connection()

        @event.listens_for(connection.sync_connection, "before_cursor_execute")
        def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
            asked.append((statement, parameters))

        await query(session)
        ((statement, parameters),) = asked
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        looked = [row.detail for row in rows if "jobs" in row.detail]
    assert looked
    assert all("ix_jobs_unfinished" in line for line in looked)
