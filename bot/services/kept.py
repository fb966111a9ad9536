"""Orders that were refused and that a press can mend: kept whole for a while, forgotten with their member."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotFound, UserError
from bot.domain.kept import Keep, KeptOrder, Waits
from bot.domain.next_steps import Accept, Action, AskModerators, Draw, NextStep
from bot.domain.order import Order
from bot.domain.sentences import say
from bot.services.allowances import guild_of
from bot.services.clock import Clock, utc_now
from bot.storage import kept_orders
from bot.storage.database import Database

LABELS = {
    Waits.TERMS: say("Accept and draw"),
    Waits.WORDS: say("Draw it"),
    Waits.NOTICE: say("Draw it now"),
    Waits.MANY: say("Draw them all"),
    Waits.AREA: say("Draw it"),
    Waits.FIX: say("Fix and run"),
    Waits.WITHOUT: say("Draw without them"),
    Waits.QUEUE: say("Try again"),
    Waits.ALLOWANCE: say("Try again"),
    Waits.APPEAL: say("Ask the moderators"),
    Waits.ARRIVED: say("Try again"),
}
"""What the press says."""


class KeptOrders:
    """The table of them."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def add(
        self,
        session: AsyncSession,
        asker: Asker,
        order: Order,
        refusal: UserError,
        keep: Keep,
        *,
        guild_id: int,
    ) -> None:
        """Keep an order, and give its refusal the button that mends it. What was kept before is kept on."""
        now = self._now()
        kept_id = await kept_orders.add(
            session,
            guild_id=guild_id,
            user_id=asker.user_id,
            source=asker.source,
            why=keep.why,
            order=replace(order, objections=keep.objections),
            expires_at=keep.expires_at(now),
            now=now,
        )
        if keep.why is Waits.NOTICE:
            return  # its button comes when that was read
        actions: Mapping[Waits, Action] = {
            Waits.TERMS: Accept(kept_id=kept_id, version=keep.argument),
            Waits.APPEAL: AskModerators(kept_id=kept_id),
        }
        action = actions.get(keep.why, Draw(kept_id=kept_id))
        refusal.steps += (NextStep(action=action, label=LABELS[keep.why]),)

    async def keep(self, asker: Asker, order: Order, refusal: UserError, keep: Keep) -> None:
        """The same in a transaction of its own, for what is refused before it is submitted."""
        async with self._database.transaction() as session:
            guild_id = await guild_of(session, asker)
            if guild_id is not None:
                await self.add(session, asker, order, refusal, keep, guild_id=guild_id)

    async def get(self, asker: Asker, key: int | str) -> KeptOrder:
        """What is kept of the asker's under this number (or, by older buttons, this source).

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            kept = await kept_orders.get(session, key)
        is_theirs = kept is not None and kept.user_id == asker.user_id
        if kept is None or not is_theirs or asker.guild_id not in {None, kept.guild_id}:
            raise NotFound(say("This is drawn already, or was kept too long. Go on with /imagine."))
        if kept.expires_at <= self._now():
            raise NotFound(say("This was kept too long. Draw it anew with /imagine."))
        return kept

    async def waiting(self, asker: Asker, why: Waits) -> NextStep | None:
        """The button that draws what was kept last of the asker's for this reason, if anything was."""
        async with self._database.reading() as session:
            kept = await kept_orders.get_newest(session, user_id=asker.user_id, why=why, now=self._now())
        if kept is None or asker.guild_id not in {None, kept.guild_id}:
            return None
        return NextStep(action=Draw(kept_id=kept.id), label=LABELS[why])

    async def delete(self, kept: KeptOrder) -> None:
        """It has become a job."""
        async with self._database.transaction() as session:
            await kept_orders.delete_one(session, kept.id)

    async def sweep(self) -> int:
        """Forget what was kept too long; how many orders it were."""
        async with self._database.transaction() as session:
            return await kept_orders.delete_expired(session, now=self._now())
