"""What tests of moderation share: people, and what they do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from bot.domain.asker import Asker
from bot.domain.audit import AuditFilter
from bot.domain.guild import GuildSettings
from bot.domain.job import Job
from bot.services import Services
from bot.services.clock import utc_now
from bot.storage import guilds
from bot.storage.database import Database
from bot.storage.models import AuditRow

ADA = Asker(source="", guild_id=1, channel_id=10, user_id=100)
MODERATOR = replace(ADA, user_id=900, is_manager=True)
OUTSIDER = replace(MODERATOR, user_id=901, guild_id=2, channel_id=20)
"""Moderates another guild."""


def now(asker: Asker, **changes: Any) -> Asker:
    """The same person with a new interaction."""
    return replace(asker, source=uuid4().hex, **changes)


async def finished(services: Services, job: Job) -> Job:
    """The job, once its run is over."""
    if run := services.runs.get(job.id):
        async for _ in run.updates():
            pass
    return await services.runs.reload(job)


async def drawn(services: Services, asker: Asker, prompt: str = "a red apple") -> Job:
    """A rendered job."""
    return await finished(services, await services.orders.imagine(now(asker), prompt))


async def spent(services: Services, asker: Asker) -> tuple[int, int]:
    """(spent, reserved) pictures of the day."""
    balance = await services.quotas.balance(asker)
    return balance.spent.images, balance.reserved.images


async def delivered(services: Services, asker: Asker, message_id: int, prompt: str = "a red apple") -> Job:
    """A job whose result stands in a channel."""
    job = await drawn(services, asker, prompt)
    await services.outbox.delivered(job, message_id)
    return await services.runs.reload(job)


async def change(services: Services, update: Callable[[GuildSettings], GuildSettings]) -> None:
    """Change the settings of guild 1."""
    async with services.guilds._database.transaction() as session:
        changed = update(await guilds.get_settings(session, 1))
        await guilds.update_settings(session, 1, changed, now=utc_now())


async def actions(services: Services, asker: Asker = MODERATOR) -> list[str]:
    """What the audit log of the asker's guild has, oldest first."""
    page = await services.audit.page(asker, AuditFilter(), 0)
    return [entry.action for entry in reversed(page.entries)]


async def audited_guilds(database: Database) -> set[int]:
    """The guilds whose log has any row."""
    async with database.reading() as session:
        return set(await session.scalars(select(AuditRow.guild_id)))
