"""The ledger against a plain model of it: ten thousand steps, and not a picture too many or too few."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.charges import Charge
from bot.domain.errors import QuotaExceeded
from bot.domain.guild import GuildSettings, allowance_of
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.quota import Allowance, Period, RoleAllowance, Unit, in_ledger, in_unit, period_start
from bot.services.allowances import Allowances
from bot.services.models import Models
from bot.storage import jobs as jobs_table
from bot.storage import ledger, quotas
from bot.storage.database import Database, owned_database
from bot.storage.models import AccountRow
from tests.bot.builders import job as built_job
from tests.bot.hand_engine import MODEL, HandEngine

MEMBERS = (1, 2)
ROLES = (10, 20)
IMAGE_SECONDS = MODEL.estimate_seconds(
    width=MODEL.native_size, height=MODEL.native_size, steps=MODEL.default_steps, num_images=1
)

amounts = st.integers(0, 30)
allowances = st.builds(
    Allowance, amount=amounts, unit=st.sampled_from(Unit), period=st.sampled_from([*Period][:3])
)
trials = st.builds(Allowance, amount=amounts, unit=st.sampled_from(Unit), period=st.just(Period.ONCE))
charges = st.builds(Charge, images=st.integers(1, 8), gpu_ms=st.integers(1, 9000))
members = st.sampled_from(MEMBERS)


@dataclass
class Charged:
    """The model of one job."""

    job: Job
    start: datetime
    """Of the day it counts in."""
    grant_id: int | None
    held: Charge | None
    """None once it is settled or refunded."""
    spent: Charge = field(default=Charge(images=0, gpu_ms=0))


class Books:
    """A database, and the loop that it lives in, for all examples of one run."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.database: Database = self.run(self._stack.enter_async_context(owned_database(url)))
        self.guild_ids = count(1)
        self.steps = 0

    def run(self, deed: Any) -> Any:
        """Wait for a coroutine."""
        return self.loop.run_until_complete(deed)

    def close(self) -> None:
        """Close everything."""
        self.run(self._stack.aclose())
        self.loop.close()


class LedgerMachine(RuleBasedStateMachine):
    """Members draw, moderators change their minds, time passes; one guild per example."""

    books: Books
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.guild_id = next(self.books.guild_ids)
        self.now = datetime(2026, 3, 27, 20, tzinfo=UTC)  # two days before Berlin's clocks go forward
        self.settings = GuildSettings(time_zone="Europe/Berlin", allowance=Allowance(amount=12))
        self.roles: dict[int, set[int]] = {member: set() for member in MEMBERS}
        self.own: dict[int, Allowance | None] = dict.fromkeys(MEMBERS)
        self.reset_at: dict[int, datetime | None] = dict.fromkeys(MEMBERS)
        self.charged: list[Charged] = []
        self.grants: dict[int, tuple[int, Unit, int, datetime]] = {}
        self.allowances = Allowances(Models(HandEngine()), daily_images=12)
        self.sources = count(1)
        self._unit = self.books.database.transaction()
        self.session: AsyncSession = self.books.run(self._unit.__aenter__())

    def teardown(self) -> None:
        """The ledger proves every balance; then all is taken back, so that the next example is as fast."""
        try:
            assert self.books.run(ledger.list_mismatches(self.session)) == []
            assert self.books.run(lowest_balance(self.session)) >= 0
        finally:
            self.books.run(self.session.rollback())
            self.books.run(self._unit.__aexit__(None, None, None))

    # What moderators do

    @rule(allowance=st.none() | allowances)
    def change_the_guilds_allowance(self, allowance: Allowance | None) -> None:
        self.settings = replace(self.settings, allowance=allowance)

    @rule(trial=st.none() | trials)
    def change_the_trial(self, trial: Allowance | None) -> None:
        self.settings = replace(self.settings, trial=trial)

    @rule(role_id=st.sampled_from(ROLES), allowance=allowances)
    def change_a_role(self, role_id: int, allowance: Allowance) -> None:
        others = tuple(row for row in self.settings.role_allowances if row.role_id != role_id)
        changed = RoleAllowance(role_id=role_id, allowance=allowance)
        self.settings = replace(self.settings, role_allowances=(*others, changed))

    @rule(member=members, role_id=st.sampled_from(ROLES))
    def give_or_take_a_role(self, member: int, role_id: int) -> None:
        self.roles[member] ^= {role_id}

    @rule(member=members, allowance=st.none() | allowances)
    def change_a_member(self, member: int, allowance: Allowance | None) -> None:
        self.own[member] = allowance
        self.books.run(
            quotas.update_member_allowance(
                self.session, guild_id=self.guild_id, user_id=member, allowance=allowance
            )
        )

    @rule(zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"]))
    def move_the_guild(self, zone: str) -> None:
        self.settings = replace(self.settings, time_zone=zone)

    @rule(member=members, amount=st.integers(1, 20), unit=st.sampled_from(Unit), hours=st.integers(1, 60))
    def grant(self, member: int, amount: int, unit: Unit, hours: int) -> None:
        expires_at = self.now + timedelta(hours=hours)
        grant_id = self.books.run(
            quotas.add_grant(
                self.session,
                guild_id=self.guild_id,
                user_id=member,
                amount=amount,
                unit=unit,
                reason="",
                actor_id=9,
                expires_at=expires_at,
                now=self.now,
            )
        )
        self.grants[grant_id] = (member, unit, in_ledger(unit, amount), expires_at)

    @rule(member=members)
    def revoke(self, member: int) -> None:
        ended = self.books.run(
            quotas.update_grants_ended(self.session, guild_id=self.guild_id, user_id=member, now=self.now)
        )
        for grant_id, (owner, unit, limit, expires_at) in self.grants.items():
            if owner == member and expires_at > self.now:
                self.grants[grant_id] = (owner, unit, limit, self.now)
                ended -= 1
        assert ended == 0

    @rule(member=members)
    def reset(self, member: int) -> None:
        self.now += timedelta(milliseconds=1)
        self.reset_at[member] = self.now
        self.books.run(
            quotas.update_member_reset(self.session, guild_id=self.guild_id, user_id=member, now=self.now)
        )

    # What members and the engine do

    @rule(target=held, member=members, charge=charges, speed=st.just(Speed.FAST))
    def reserve(self, member: int, charge: Charge, speed: Speed) -> Any:
        expected = self._payer(member, charge)
        job = self._add_job(member, charge, speed)
        account = self.books.run(self._open(member))
        try:
            self.books.run(
                self.allowances.reserve(
                    self.session,
                    account,
                    job,
                    role_ids=self.roles[member],
                    settings=self.settings,
                    now=self.now,
                )
            )
        except QuotaExceeded:
            assert expected is None
            return multiple()
        assert expected is not None
        charged = Charged(job=job, start=self._day(member), grant_id=expected or None, held=charge)
        self.charged.append(charged)
        return charged

    @rule(charged=consumes(held), images=st.integers(0, 9), gpu_ms=st.integers(0, 12_000))
    def settle(self, charged: Charged, images: int, gpu_ms: int) -> None:
        assert charged.held is not None
        self.books.run(
            ledger.settle(self.session, charged.job.id, images=images, gpu_ms=gpu_ms, now=self.now)
        )
        charged.spent = Charge(
            images=min(images, charged.held.images), gpu_ms=min(gpu_ms, charged.held.gpu_ms)
        )
        charged.held = None

    @rule(charged=consumes(held))
    def refund(self, charged: Charged) -> None:
        self.books.run(ledger.refund(self.session, charged.job.id, now=self.now))
        charged.held = None

    @rule(hours=st.integers(0, 30))
    def let_time_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # What must hold, whatever happened

    @invariant()
    def balances_are_as_the_model_says(self) -> None:
        self.books.steps += 1
        member = MEMBERS[self.books.steps % len(MEMBERS)]
        balance = self.books.run(
            self.allowances.balance(
                self.session,
                guild_id=self.guild_id,
                user_id=member,
                role_ids=self.roles[member],
                settings=self.settings,
                now=self.now,
            )
        )
        allowance = self._allowance(member)
        used = self._used(member, allowance)
        counted = in_unit(allowance.unit, balance.spent) + in_unit(allowance.unit, balance.reserved)
        assert (balance.allowance, counted) == (allowance, used)
        assert balance.left == max(0, allowance.limit - used)
        left = {grant.id: grant.left for grant in balance.grants}
        assert left == {grant_id: rest for grant_id, rest in self._open_grants(member) if rest}

    # The model

    def _allowance(self, member: int) -> Allowance:
        return allowance_of(
            self.settings,
            own=self.own[member],
            role_ids=self.roles[member],
            deployment=Allowance(amount=12),
            image_seconds=IMAGE_SECONDS,
        ).allowance

    def _day(self, member: int, period: Period = Period.DAY) -> datetime:
        start = period_start(self.now, period, ZoneInfo(self.settings.time_zone))
        return max(start, self.reset_at[member] or start)

    def _used(self, member: int, allowance: Allowance) -> int:
        since = self._day(member, allowance.period)
        return sum(
            in_unit(allowance.unit, charged.held or charged.spent)
            for charged in self.charged
            if charged.job.user_id == member and charged.grant_id is None and charged.start >= since
        )

    def _open_grants(self, member: int) -> Iterator[tuple[int, int]]:
        """(id, left) of a member's grants, the first to expire first."""
        for grant_id, (owner, unit, limit, expires_at) in sorted(
            self.grants.items(), key=lambda item: (item[1][3], item[0])
        ):
            if owner == member and expires_at > self.now:
                paid = [charged for charged in self.charged if charged.grant_id == grant_id]
                yield grant_id, limit - sum(in_unit(unit, c.held or c.spent) for c in paid)

    def _payer(self, member: int, charge: Charge) -> int | None:
        """0 for the member's day, the id of a grant, or None when nothing covers it."""
        allowance = self._allowance(member)
        if self._used(member, allowance) + in_unit(allowance.unit, charge) <= allowance.limit:
            return 0
        for grant_id, left in self._open_grants(member):
            if in_unit(self.grants[grant_id][1], charge) <= left:
                return grant_id
        return None

    # Steps of several statements

    def _add_job(self, member: int, charge: Charge, speed: Speed) -> Job:
        job = built_job(
            guild_id=self.guild_id,
            user_id=member,
            charge=charge,
            speed=speed,
            status=JobStatus.RUNNING,
            source=f"{self.guild_id}-{next(self.sources)}",
        )
        job_id = self.books.run(jobs_table.add(self.session, job, account_id=None))
        return replace(job, id=job_id)

    async def _open(self, member: int) -> int:
        return await self.allowances.open_account(
            self.session, guild_id=self.guild_id, user_id=member, settings=self.settings, now=self.now
        )


def run_machine(url: str, *, num_steps: int) -> None:
    """Run the machine on a new database, until it has made as many steps."""
    books = Books(url)
    machine = type("Machine", (LedgerMachine,), {"books": books, "TestCase": None})
    options = settings(
        max_examples=20,
        stateful_step_count=90,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    try:
        while books.steps < num_steps:
            run_state_machine_as_test(machine, settings=options)
    finally:
        books.close()


async def lowest_balance(session: AsyncSession) -> int:
    """The lowest number in any account."""
    columns = ("reserved_images", "spent_images", "reserved_gpu_ms", "spent_gpu_ms")
    query = select(*(func.coalesce(func.min(getattr(AccountRow, name)), 0) for name in columns))
    return min(int(value) for value in (await session.execute(query)).one())


@pytest.mark.timeout(600)
def test_ten_thousand_steps_on_sqlite(tmp_path: Path) -> None:
    run_machine(f"sqlite+aiosqlite:///{tmp_path}/ledger.db", num_steps=10_000)


@pytest.mark.timeout(600)
def test_a_thousand_steps_on_postgresql(postgresql_url: str) -> None:
    run_machine(postgresql_url, num_steps=1000)
