"""Which allowance counts for a member, and whether it covers a job: the day's account first, then grants."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.charges import Charge
from bot.domain.errors import NotAllowed, QuotaExceeded
from bot.domain.guild import GuildSettings, allowance_of, idle_roles
from bot.domain.job import Job, Speed
from bot.domain.kept import Keep, Waits
from bot.domain.quota import Allowance, Balance, Counted, Period, in_unit, period_end, period_start
from bot.domain.quota_words import refusal
from bot.domain.sentences import say
from bot.services.models import Models
from bot.storage import ledger, members, quotas
from bot.storage.quotas import MemberQuota


class Allowances:
    """Used inside the transactions of other services; opens none itself."""

    def __init__(self, models: Models, *, daily_images: int) -> None:
        self._models = models
        self._deployment = Allowance(amount=daily_images)

    async def open_account(
        self, session: AsyncSession, *, guild_id: int, user_id: int, settings: GuildSettings, now: datetime
    ) -> int:
        """The id of the account that counts a member's day."""
        member = await quotas.get_member(session, guild_id=guild_id, user_id=user_id)
        start = _since(Period.DAY, member, settings, now)
        return await ledger.get_account(session, guild_id=guild_id, user_id=user_id, start=start)

    async def reserve(
        self,
        session: AsyncSession,
        account_id: int,
        job: Job,
        *,
        role_ids: Collection[int],
        settings: GuildSettings,
        now: datetime,
    ) -> None:
        """Hold a job's estimate: in the member's period, or whole in the grant that expires first.

        Raises: QuotaExceeded, and nothing is held.
        """
        if costs_nothing(job.speed, settings):
            return
        member = await quotas.get_member(session, guild_id=job.guild_id, user_id=job.user_id)
        allowance = self._counted(member, role_ids, settings).allowance
        since = _since(allowance.period, member, settings, now)
        if await ledger.reserve(
            session, account_id, job.id, job.charge, allowance=allowance, since=since, now=now
        ):
            return
        grants = await quotas.list_grants(session, guild_id=job.guild_id, user_id=job.user_id, now=now)
        for grant_account_id, grant in grants:
            if await ledger.reserve_granted(
                session, grant_account_id, job.id, job.charge, grant=grant, now=now
            ):
                return
        raise await self.refusal(
            session,
            job.charge,
            guild_id=job.guild_id,
            user_id=job.user_id,
            role_ids=role_ids,
            settings=settings,
            now=now,
        )

    async def refusal(
        self,
        session: AsyncSession,
        charge: Charge,
        *,
        guild_id: int,
        user_id: int,
        role_ids: Collection[int],
        settings: GuildSettings,
        now: datetime,
    ) -> QuotaExceeded:
        """What a member is told whose allowance does not cover a charge."""
        balance = await self.balance(
            session, guild_id=guild_id, user_id=user_id, role_ids=role_ids, settings=settings, now=now
        )
        return _exceeded(balance, charge)

    async def balance(
        self,
        session: AsyncSession,
        *,
        guild_id: int,
        user_id: int,
        role_ids: Collection[int],
        settings: GuildSettings,
        now: datetime,
    ) -> Balance:
        """Where a member stands."""
        member = await quotas.get_member(session, guild_id=guild_id, user_id=user_id)
        counted = self._counted(member, role_ids, settings)
        allowance = counted.allowance
        spent, reserved = await ledger.get_used(
            session,
            guild_id=guild_id,
            user_id=user_id,
            since=_since(allowance.period, member, settings, now),
        )
        grants = await quotas.list_grants(session, guild_id=guild_id, user_id=user_id, now=now)
        return Balance(
            allowance=allowance,
            spent=spent,
            reserved=reserved,
            resets_at=period_end(now, allowance.period, settings.zone),
            grants=tuple(grant for _, grant in grants if grant.left),
            source=counted.source,
            guild_id=guild_id,
        )

    def of_guild(self, settings: GuildSettings) -> Allowance:
        """What counts for members about whom nothing else was decided."""
        return self._counted(MemberQuota(), (), settings).allowance

    def idle_roles(self, settings: GuildSettings) -> frozenset[int]:
        """The roles whose allowance changes nothing, because everybody has more."""
        everybody = self.of_guild(settings)
        return idle_roles(settings, everybody=everybody, image_seconds=self._models.image_seconds())

    def _counted(self, member: MemberQuota, role_ids: Collection[int], settings: GuildSettings) -> Counted:
        return allowance_of(
            settings,
            own=member.allowance,
            role_ids=role_ids,
            deployment=self._deployment,
            image_seconds=self._models.image_seconds(),
        )


def costs_nothing(speed: Speed, settings: GuildSettings) -> bool:
    """Whether drawing at that speed is free in a guild."""
    return settings.is_relax_free and speed is Speed.RELAX


def foreseen(balance: Balance, charge: Charge) -> QuotaExceeded | None:
    """What a member is told whose allowance surely does not cover a charge that several jobs will make.

    Where grants are left it is not foreseen: what each job takes of them is seen when it is reserved.
    """
    is_covered = in_unit(balance.allowance.unit, charge) <= balance.left
    return None if balance.grants or is_covered else _exceeded(balance, charge)


def _exceeded(balance: Balance, charge: Charge) -> QuotaExceeded:
    until = balance.resets_at if balance.will_cover(charge) else None
    return QuotaExceeded(*refusal(balance, charge), keep=Keep(why=Waits.ALLOWANCE, until=until))


async def guild_of(session: AsyncSession, asker: Asker) -> int | None:
    """The guild that an asker means: where they are, or in a direct message the one they last used."""
    return asker.guild_id or await members.get_last_guild(session, asker.user_id)


async def charged_guild(session: AsyncSession, asker: Asker) -> int:
    """The guild that is charged: the asker's; in a direct message, where they last used the bot.

    Raises: NotAllowed where there is none.
    """
    guild_id = await guild_of(session, asker)
    if guild_id is None:
        raise NotAllowed(say("Use me in a server once first: pictures drawn in direct messages count there."))
    return guild_id


def _since(period: Period, member: MemberQuota, settings: GuildSettings, now: datetime) -> datetime:
    """From when on a member's days count: the period's beginning, or the reset after it."""
    start = period_start(now, period, settings.zone)
    return start if member.reset_at is None else max(start, member.reset_at)
