"""Who may refuse a job before it is charged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.charges import FREE, Charge
from bot.domain.errors import UserError
from bot.domain.guild import GuildSettings
from bot.domain.job import JobStatus
from bot.domain.kinds import JobKind
from bot.domain.recipe import ImageRef, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job about to be submitted."""

    kind: JobKind
    text: str
    """As the member typed it; for a press, the parent's prompt."""
    prompt: str
    recipe: Recipe
    charge: Charge
    parent: ImageRef | None = None
    reply_to: int | None = None
    status: JobStatus = JobStatus.QUEUED
    is_confirmed: bool = False
    """Whether the asker was asked about its words, and means them."""

    @property
    def is_free(self) -> bool:
        """Whether nothing is drawn for it."""
        return self.charge == FREE


class RefusedWithTrace(Exception):
    """Raised by a gate whose refusal leaves something behind, as a strike, or a prompt kept for later.

    `write` is called once the order's own transaction is rolled back, with another one that is committed; it
    gives the refusal that the person reads.
    """

    def __init__(self, write: Callable[[AsyncSession], Awaitable[UserError]]) -> None:
        super().__init__("an order was refused")
        self.write = write


class Gate(Protocol):
    """A rule of the house that every job passes, in the transaction that submits it."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: UserError or RefusedWithTrace, and nothing is charged.
        """
        ...
