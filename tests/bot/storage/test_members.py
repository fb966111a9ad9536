"""What is kept of members."""

from datetime import UTC, datetime

import pytest

from bot.storage import members
from bot.storage.database import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("name", "kept"), [("\0Ada\0", "Ada"), ("🦊" * 5000, "🦊" * 100), ("\0", None)])
async def test_a_name_that_no_real_client_has_is_kept_as_far_as_it_can_be(
    database: Database, name: str, kept: str | None
) -> None:
    async with database.transaction() as session:
        await members.update_last_used(session, guild_id=1, user_id=2, name=name, now=NOW)
        assert (await members.list_names(session, 1, [2])).get(2) == kept
