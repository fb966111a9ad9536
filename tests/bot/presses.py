"""Presses under pictures, as the buttons make them."""

from bot.domain.asker import Asker
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.services import Services
from bot.services.orders import Press


async def reroll(services: Services, asker: Asker, job_id: int, *, reply_to: int | None = None) -> Job:
    """🔄."""
    return await services.orders.press(asker, Press(kind=JobKind.REROLL, job_id=job_id, reply_to=reply_to))


async def vary(
    services: Services, asker: Asker, job_id: int, index: int, *, reply_to: int | None = None
) -> Job:
    """V1–V4."""
    press = Press(kind=JobKind.VARY, job_id=job_id, index=index, reply_to=reply_to)
    return await services.orders.press(asker, press)


async def pick(
    services: Services, asker: Asker, job_id: int, index: int, *, reply_to: int | None = None
) -> Job:
    """U1–U4."""
    press = Press(kind=JobKind.PICK, job_id=job_id, index=index, reply_to=reply_to)
    return await services.orders.press(asker, press)
