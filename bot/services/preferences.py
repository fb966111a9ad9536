"""What a member wants in every prompt: read and changed by them alone, in the guild where they ask."""

from collections.abc import Callable

from bot.domain.asker import Asker
from bot.domain.preferences import Preferences
from bot.services.allowances import charged_guild, guild_of
from bot.services.clock import Clock, utc_now
from bot.storage import members
from bot.storage import preferences as preferences_table
from bot.storage.database import Database


class MemberPreferences:
    """A member's own settings."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def get(self, asker: Asker) -> Preferences:
        """The asker's own; in a direct message those of the guild that is charged for it."""
        async with self._database.reading() as session:
            guild_id = await guild_of(session, asker)
            if guild_id is None:
                return Preferences()
            return await preferences_table.get(session, guild_id=guild_id, user_id=asker.user_id)

    async def change(self, asker: Asker, change: Callable[[Preferences], Preferences]) -> Preferences:
        """Change the asker's own, and give what they are now.

        Raises: NotAllowed in a direct message of somebody who never used the bot in a guild; what `change`
        raises, and nothing is changed.
        """
        async with self._database.transaction() as session:
            guild_id = await charged_guild(session, asker)
            # The row of a member is a lock: two presses at once change one after the other.
            await members.update_last_used(
                session, guild_id=guild_id, user_id=asker.user_id, name=asker.name, now=self._now()
            )
            key = {"guild_id": guild_id, "user_id": asker.user_id}
            changed = change(await preferences_table.get(session, **key))
            await preferences_table.update(session, changed, **key)
            return changed
