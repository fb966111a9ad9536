"""Allowances and grants: what a member has left, and what the moderators of a guild decide about it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import available_timezones

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.errors import NotFound, Unreadable
from bot.domain.guild import GuildSettings
from bot.domain.quota import Allowance, Balance, Mismatch, RoleAllowance, Unit
from bot.domain.quota_words import rate
from bot.domain.sentences import say
from bot.services.allowances import Allowances, charged_guild
from bot.services.clock import Clock, utc_now
from bot.services.guilds import locked_guild, moderated_guild
from bot.storage import audit, guilds, ledger, quotas
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that a guild decided about allowances."""

    settings: GuildSettings
    everybody: Allowance
    """What counts for members about whom nothing else was decided."""
    members: tuple[tuple[int, Allowance], ...]
    idle_roles: frozenset[int] = frozenset()
    """Roles whose allowance changes nothing, because everybody has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What to change of a guild's limits; None leaves a value as it is, and 0 lifts a limit."""

    max_running_jobs: int | None = None
    max_waiting_jobs: int | None = None
    is_relax_free: bool | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A grant to be given."""

    amount: int
    unit: Unit
    days: int
    reason: str


class Quotas:
    """Use cases of members and moderators. Usage itself is moved by jobs alone: reserve, settle, refund."""

    def __init__(self, database: Database, allowances: Allowances, *, now: Clock = utc_now) -> None:
        self._database = database
        self._allowances = allowances
        self._now = now

    async def balance(self, asker: Asker) -> Balance:
        """Where the asker stands; in a direct message, in the guild that is charged there.

        Raises: NotAllowed in a direct message of somebody who never used the bot in a guild.
        """
        async with self._database.reading() as session:
            guild_id = await charged_guild(session, asker)
            return await self._balance(session, guild_id, asker.user_id, asker.role_ids)

    async def balance_of(self, asker: Asker, user_id: int, role_ids: Collection[int]) -> Balance:
        """Where another member stands; for moderators.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            return await self._balance(session, guild_id, user_id, role_ids)

    def everybody(self, settings: GuildSettings) -> Allowance:
        """What counts for members about whom nothing was decided, trials apart."""
        return self._allowances.of_guild(replace(settings, trial=None))

    async def house(self, asker: Asker) -> House:
        """What the asker's guild decided; for moderators.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            return await self._house(session, guild_id, settings)

    async def set_guild(self, asker: Asker, allowance: Allowance | None) -> House:
        """What every member may draw; None: as the deployment has it.

        Raises: NotAllowed.
        """
        return await self._change(
            asker, Deed.QUOTA_SET, lambda settings: replace(settings, allowance=allowance), allowance
        )

    async def set_trial(self, asker: Asker, trial: Allowance | None) -> House:
        """What members without an allowance of their own, or by a role, get once; None: there is no trial.

        Raises: NotAllowed.
        """
        return await self._change(
            asker, Deed.QUOTA_TRIAL, lambda settings: replace(settings, trial=trial), trial
        )

    async def set_role(self, asker: Asker, role_id: int, allowance: Allowance | None) -> House:
        """What members of a role may draw; None: the role changes nothing.

        Raises: NotAllowed.
        """

        def change(settings: GuildSettings) -> GuildSettings:
            others = tuple(row for row in settings.role_allowances if row.role_id != role_id)
            mine = () if allowance is None else (RoleAllowance(role_id=role_id, allowance=allowance),)
            return replace(settings, role_allowances=others + mine)

        return await self._change(asker, Deed.QUOTA_ROLE, change, allowance, role=str(role_id))

    async def set_limits(self, asker: Asker, limits: Limits) -> House:
        """How many jobs of a member run and wait, whether relax is free, when days begin.

        Raises: NotAllowed, Unreadable for a time zone that does not exist.
        """
        if limits.time_zone is not None and limits.time_zone not in available_timezones():
            raise Unreadable(
                say("I know no time zone `{zone}`. Write it as `Europe/Berlin`.", zone=limits.time_zone)
            )

        def change(settings: GuildSettings) -> GuildSettings:
            return replace(
                settings,
                max_running_jobs=_limit(limits.max_running_jobs, settings.max_running_jobs),
                max_waiting_jobs=_limit(limits.max_waiting_jobs, settings.max_waiting_jobs),
                is_relax_free=settings.is_relax_free
                if limits.is_relax_free is None
                else limits.is_relax_free,
                time_zone=limits.time_zone or settings.time_zone,
            )

        details = {
            "running": limits.max_running_jobs,
            "waiting": limits.max_waiting_jobs,
            "relax_is_free": limits.is_relax_free,
            "time_zone": limits.time_zone,
        }
        given = {name: value for name, value in details.items() if value is not None}
        return await self._change(asker, Deed.QUOTA_LIMITS, change, None, **given)

    async def set_member(
        self, asker: Asker, user_id: int, role_ids: Collection[int], allowance: Allowance | None, reason: str
    ) -> Balance:
        """Give a member an allowance of their own; None takes it back.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            await quotas.update_member_allowance(
                session, guild_id=guild_id, user_id=user_id, allowance=allowance
            )
            await self._note(session, asker, guild_id, Deed.QUOTA_MEMBER, user_id, reason, allowance)
            return await self._balance(session, guild_id, user_id, role_ids)

    async def grant(
        self,
        asker: Asker,
        user_id: int,
        role_ids: Collection[int],
        gift: Gift,
    ) -> Balance:
        """Give a member something on top, once, for so many days.

        Raises: NotAllowed.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            await quotas.add_grant(
                session,
                guild_id=guild_id,
                user_id=user_id,
                amount=gift.amount,
                unit=gift.unit,
                reason=gift.reason,
                actor_id=asker.user_id,
                expires_at=now + timedelta(days=gift.days),
                now=now,
            )
            details = {"amount": gift.amount, "unit": gift.unit, "days": gift.days}
            await self._note(
                session, asker, guild_id, Deed.QUOTA_GRANT, user_id, gift.reason, None, **details
            )
            return await self._balance(session, guild_id, user_id, role_ids)

    async def revoke(self, asker: Asker, user_id: int, role_ids: Collection[int], reason: str) -> Balance:
        """Take back what is left of a member's grants. Jobs that run on them go on.

        Raises: NotAllowed, NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            ended = await quotas.update_grants_ended(session, guild_id=guild_id, user_id=user_id, now=now)
            if not ended:
                raise NotFound(say("This member has no grants here."))
            await self._note(session, asker, guild_id, Deed.QUOTA_REVOKE, user_id, reason, None, grants=ended)
            return await self._balance(session, guild_id, user_id, role_ids)

    async def reset(self, asker: Asker, user_id: int, role_ids: Collection[int], reason: str) -> Balance:
        """Count a member's usage from now on anew, trial included. The ledger keeps what was.

        Raises: NotAllowed.
        """
        async with self._database.transaction() as session:
            guild_id, _ = await moderated_guild(session, asker)
            await quotas.update_member_reset(session, guild_id=guild_id, user_id=user_id, now=self._now())
            await self._note(session, asker, guild_id, Deed.QUOTA_RESET, user_id, reason)
            return await self._balance(session, guild_id, user_id, role_ids)

    async def mismatches(self) -> list[Mismatch]:
        """Accounts that their ledger does not prove. Always empty, or something is badly wrong."""
        async with self._database.reading() as session:
            return await ledger.list_mismatches(session)

    async def _change(
        self,
        asker: Asker,
        action: Deed,
        change: Callable[[GuildSettings], GuildSettings],
        allowance: Allowance | None,
        **details: object,
    ) -> House:
        async with self._database.transaction() as session:
            guild_id, settings = await locked_guild(session, asker, now=self._now())
            changed = change(settings)
            await guilds.update_settings(session, guild_id, changed, now=self._now())
            await self._note(session, asker, guild_id, action, None, "", allowance, **details)
            return await self._house(session, guild_id, changed)

    async def _house(self, session: AsyncSession, guild_id: int, settings: GuildSettings) -> House:
        return House(
            settings=settings,
            everybody=self._allowances.of_guild(settings),
            members=tuple(await quotas.list_member_allowances(session, guild_id=guild_id)),
            idle_roles=self._allowances.idle_roles(settings),
        )

    async def _balance(
        self, session: AsyncSession, guild_id: int, user_id: int, role_ids: Collection[int]
    ) -> Balance:
        return await self._allowances.balance(
            session,
            guild_id=guild_id,
            user_id=user_id,
            role_ids=role_ids,
            settings=await guilds.get_settings(session, guild_id),
            now=self._now(),
        )

    async def _note(
        self,
        session: AsyncSession,
        asker: Asker,
        guild_id: int,
        action: Deed,
        target_id: int | None,
        reason: str,
        allowance: Allowance | None = None,
        **details: object,
    ) -> None:
        if allowance is not None:
            details["allowance"] = str(rate(allowance))
        await audit.note(
            session,
            guild_id,
            asker.user_id,
            action,
            target_id=target_id,
            reason=reason,
            now=self._now(),
            **details,
        )


def _limit(given: int | None, present: int | None) -> int | None:
    return present if given is None else given or None
