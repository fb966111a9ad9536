"""Which slash commands Discord has already: sending them anew is limited to 200 a day."""

import hashlib
import json
from typing import Any

from bot.services.clock import Clock, utc_now
from bot.storage import commands
from bot.storage.database import Database


class Commands:
    """Remembers what was sent to Discord, for an application everywhere, or for one guild: by its number."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def are_known(self, place: int, payload: list[dict[str, Any]]) -> bool:
        """Whether Discord has exactly these commands."""
        async with self._database.reading() as session:
            return await commands.get_digest(session, place) == _digest(payload)

    async def list_former(self, *places: int) -> list[int]:
        """Where else commands were sent to, once: guilds that should have none of their own any more."""
        async with self._database.reading() as session:
            return [place for place in await commands.list_places(session) if place not in places]

    async def forget(self, place: int) -> None:
        """Discord has no commands there any more."""
        async with self._database.transaction() as session:
            await commands.delete_place(session, place)

    async def remember(self, place: int, payload: list[dict[str, Any]]) -> None:
        """Discord has these commands now."""
        async with self._database.transaction() as session:
            await commands.update_digest(session, place, _digest(payload), now=self._now())


def _digest(payload: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
