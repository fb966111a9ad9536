"""Which slash commands Discord has already: sending them anew is limited to 200 a day."""

import hashlib
import json
from typing import Any

from bot.services.clock import Clock, utc_now
from bot.storage import commands
from bot.storage.database import Database


class Commands:
    """Remembers what was sent to Discord."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def are_known(self, application_id: int, payload: list[dict[str, Any]]) -> bool:
        """Whether Discord has exactly these commands."""
        async with self._database.reading() as session:
            return await commands.get_digest(session, application_id) == _digest(payload)

    async def remember(self, application_id: int, payload: list[dict[str, Any]]) -> None:
        """Discord has these commands now."""
        async with self._database.transaction() as session:
            await commands.update_digest(session, application_id, _digest(payload), now=self._now())


def _digest(payload: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
