"""Pictures that members brought along: still there, and welcome where something is made of them."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.guild import GuildSettings
from bot.domain.order import Order
from bot.domain.recipe import UploadRef
from bot.domain.uploads import check_may_bring, gone
from bot.services.clock import Clock, utc_now
from bot.services.uploads import check_room_takes_pictures
from bot.storage import jobs, uploads


class UploadGate:
    """Lets orders pass whose pictures are there, in their guild; what is used is kept for longer."""

    def __init__(self, *, now: Clock = utc_now) -> None:
        self._now = now

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        """Let the order pass.

        Raises: NotAllowed, Gone.
        """
        used = list({ref.upload_id for ref in await _uploads(session, order)})
        if not used:
            return
        if order.parent is None:  # who goes on from a picture that is there brings nothing along
            check_may_bring(asker, settings)
        if order.kind.traits.obeys_room:
            await check_room_takes_pictures(session, asker, guild_id=guild_id)
        if len(await uploads.list_some(session, used, guild_id=guild_id)) < len(used):
            raise gone()
        await uploads.update_used(session, used, now=self._now())


async def _uploads(session: AsyncSession, order: Order) -> tuple[UploadRef, ...]:
    """What an order is made from of what was brought along; or the picture itself that it goes on from."""
    parent = None if order.parent is None else await jobs.get(session, order.parent.job_id)
    brought = None if parent is None else parent.recipe.brought
    return order.recipe.uploads if brought is None else (*order.recipe.uploads, brought)
