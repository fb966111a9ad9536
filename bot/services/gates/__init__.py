"""Who may refuse an order before it is charged. Each gate is a rule of the house, and has a module here."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import UserError
from bot.domain.guild import GuildSettings
from bot.domain.order import Order


class RefusedWithTrace(Exception):
    """Raised by a gate whose refusal leaves something behind, as a strike, or a line in the audit log.

    `write` is called once the order itself is rolled back, in the same transaction; it gives the refusal that
    the person reads.
    """

    def __init__(self, write: Callable[[AsyncSession], Awaitable[UserError]]) -> None:
        super().__init__("an order was refused")
        self.write = write


class Gate(Protocol):
    """A rule of the house that every order passes, in the transaction that submits it."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: UserError or RefusedWithTrace, and nothing is charged.
        """
        ...


async def pass_all(
    gates: Sequence[Gate],
    session: AsyncSession,
    asker: Asker,
    order: Order,
    *,
    guild_id: int,
    settings: GuildSettings,
) -> None:
    """Let an order pass through gates, in their order.

    Raises: UserError or RefusedWithTrace.
    """
    for gate in gates:
        await gate.check(session, asker, order, guild_id=guild_id, settings=settings)
