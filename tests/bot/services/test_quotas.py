"""Allowances, trials, grants and limits: who may draw how much, and who may decide it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.domain.asker import Asker
from bot.domain.audit import AuditFilter
from bot.domain.errors import NotAllowed, NotFound, QuotaExceeded, TooManyJobs, Unreadable
from bot.domain.guild import GuildSettings
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.quota import Allowance, Period, Unit
from bot.domain.quota_words import left
from bot.services import Services
from bot.services.allowances import Allowances
from bot.services.models import Models
from bot.services.quotas import Gift, Limits
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from tests.bot.builders import job as built_job
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine

BOB, PAINTER, PATRON = 200, 31, 32


def again(asker: Asker, **changes: object) -> Asker:
    """The same person with a new interaction."""
    return replace(asker, source=uuid4().hex, **changes)  # type: ignore[arg-type]


@pytest.fixture
def moderator(ada: Asker) -> Asker:
    return again(ada, user_id=1, is_manager=True)


@pytest.fixture
def bob(ada: Asker) -> Asker:
    return again(ada, user_id=BOB)


async def draw(services: Services, asker: Asker) -> Job:
    """A rendered job of four pictures."""
    job = await services.orders.imagine(again(asker), "a red apple")
    if run := services.runs.get(job.id):
        async for _ in run.updates():
            pass
    return await services.runs.reload(job)


async def draw_until_refused(services: Services, asker: Asker) -> tuple[int, str]:
    """How many jobs were drawn, and why the next was not."""
    for number in range(30):
        try:
            await draw(services, asker)
        except QuotaExceeded as refused:
            return number, str(refused)
    raise AssertionError("nothing ends")


def gift(amount: int, *, unit: Unit = Unit.IMAGES, days: int = 30, reason: str = "a contest") -> Gift:
    """A grant."""
    return Gift(amount=amount, unit=unit, days=days, reason=reason)


async def test_the_guilds_allowance_takes_the_place_of_the_deployments(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=8))
    drawn, why = await draw_until_refused(services, bob)
    assert drawn == 2
    assert why.startswith("**0 of 8 pictures left today**. This needs 4 pictures.")
    house = await services.quotas.set_guild(moderator, None)
    assert house.everybody == Allowance(amount=40)
    assert (await services.quotas.balance(bob)).left == 32


async def test_the_best_of_a_members_roles_counts_and_a_lost_role_counts_no_more(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=4))
    await services.quotas.set_role(moderator, PAINTER, Allowance(amount=12))
    await services.quotas.set_role(moderator, PATRON, Allowance(amount=56, period=Period.WEEK))  # 8 a day
    both = again(bob, role_ids=(PAINTER, PATRON))
    assert (await services.quotas.balance(both)).allowance.amount == 12
    assert (await draw_until_refused(services, both))[0] == 3
    assert (await services.quotas.balance(bob)).left == 0  # of the guild's 4: what was drawn stays drawn
    patron = again(bob, role_ids=(PATRON,))
    assert (await services.quotas.balance(patron)).left == 44
    await services.quotas.set_role(moderator, PATRON, None)
    assert (await services.quotas.balance(patron)).allowance == Allowance(amount=4)


async def test_a_role_with_less_than_everybody_has_changes_nothing_and_its_moderator_is_told(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    house = await services.quotas.set_role(moderator, PAINTER, Allowance(amount=50, period=Period.WEEK))
    assert house.idle_roles == {PAINTER}  # the deployment gives 40 a day
    assert (await services.quotas.balance(again(bob, role_ids=(PAINTER,)))).left == 40
    assert (await draw_until_refused(services, again(bob, role_ids=(PAINTER,))))[0] == 10
    house = await services.quotas.set_role(moderator, PAINTER, Allowance(amount=44))
    assert house.idle_roles == set()
    assert (await draw_until_refused(services, again(bob, role_ids=(PAINTER,))))[0] == 1


async def test_who_waits_for_an_allowance_that_never_covers_it_is_told_so(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=2))
    with pytest.raises(QuotaExceeded, match="Waiting does not help") as refused:
        await draw(services, bob)
    assert "full again" not in str(refused.value)
    assert refused.value.keep is not None
    assert refused.value.keep.until is None  # no day is worth waiting for


async def test_a_trial_that_is_used_up_hides_no_grant(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await services.quotas.set_trial(moderator, Allowance(amount=8, period=Period.ONCE))
    await draw_until_refused(services, bob)
    granted = await services.quotas.grant(moderator, BOB, (), gift(200))
    until = int(granted.grants[0].expires_at.timestamp())
    said = f"**200 pictures left** (trial used up; 200 granted until <t:{until}:D>)"
    assert str(left(granted)) == said
    assert str(left(await services.quotas.balance(bob))) == said


async def test_in_a_direct_message_of_somebody_new_there_is_no_balance_to_tell(
    services: Services, bob: Asker
) -> None:
    with pytest.raises(NotAllowed, match="Use me in a server once first"):
        await services.quotas.balance(again(bob, guild_id=None))


async def test_a_members_own_allowance_goes_before_roles_even_when_it_is_lower(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await services.quotas.set_role(moderator, PAINTER, Allowance(amount=100))
    painter = again(bob, role_ids=(PAINTER,))
    balance = await services.quotas.set_member(moderator, BOB, (PAINTER,), Allowance(amount=4), "too keen")
    assert balance.allowance.amount == 4
    assert (await draw_until_refused(services, painter))[0] == 1
    balance = await services.quotas.set_member(moderator, BOB, (PAINTER,), None, "better now")
    assert balance.left == 96


async def test_an_allowance_below_what_is_spent_leaves_nothing_and_never_less(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await draw(services, bob)
    await draw(services, bob)
    await services.quotas.set_guild(moderator, Allowance(amount=4))
    assert (await services.quotas.balance(bob)).left == 0
    assert (await draw_until_refused(services, bob))[0] == 0


async def test_gpu_seconds_are_held_as_estimated_and_settled_as_used(
    services: Services, moderator: Asker, bob: Asker, engine: HandEngine
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=1, unit=Unit.GPU_SECONDS))
    engine.hold()
    job = await services.orders.imagine(again(bob), "a red apple")
    estimate = job.charge.gpu_ms
    assert 0 < estimate < 1000
    assert (await services.quotas.balance(bob)).left == 1000 - estimate
    engine.release()
    while (await services.runs.reload(job)).status is not JobStatus.RENDERED:
        await asyncio.sleep(0)
    drawn, why = await draw_until_refused(services, bob)
    assert drawn == 3  # four jobs of 240 ms fit into a second
    assert why.startswith("**0.0 s of 1.0 s of GPU time left today**. This needs 0.2 s of GPU time.")


async def test_weeks_and_months_begin_at_midnight_of_the_guilds_own_zone(
    services: Services, moderator: Asker, bob: Asker, clock: MovableClock
) -> None:
    await services.quotas.set_limits(moderator, Limits(time_zone="America/New_York"))
    await services.quotas.set_guild(moderator, Allowance(amount=8, period=Period.WEEK))
    clock.now = datetime(2026, 3, 2, 4, 59, tzinfo=UTC)  # Sunday night in New York
    assert (await draw_until_refused(services, bob))[0] == 2
    assert (await services.quotas.balance(bob)).resets_at == datetime(2026, 3, 2, 5, tzinfo=UTC)
    clock.advance(minutes=1)
    drawn, why = await draw_until_refused(services, bob)
    assert drawn == 2
    assert "left this week" in why
    # Monday, in standard time; the next one is in summer time, and a week of 167 hours away.
    assert (await services.quotas.balance(bob)).resets_at == datetime(2026, 3, 9, 4, tzinfo=UTC)
    await services.quotas.set_guild(moderator, Allowance(amount=20, period=Period.MONTH))
    assert (await services.quotas.balance(bob)).left == 20 - 8 - 8


async def test_a_trial_is_given_once_and_a_role_or_a_grant_follows_it(
    services: Services, moderator: Asker, bob: Asker, clock: MovableClock
) -> None:
    await services.quotas.set_trial(moderator, Allowance(amount=8, period=Period.ONCE))
    drawn, why = await draw_until_refused(services, bob)
    assert drawn == 2
    assert "0 of 8 pictures left of the trial" in why
    assert "Ask a moderator" in why
    clock.advance(days=400)
    assert (await draw_until_refused(services, bob))[0] == 0
    await services.quotas.grant(moderator, BOB, (), gift(20, reason="welcome"))
    assert (await draw_until_refused(services, bob))[0] == 5
    house = await services.quotas.set_role(moderator, PAINTER, Allowance(amount=8))
    assert house.idle_roles == set()
    clock.advance(days=1)
    assert (await draw_until_refused(services, again(bob, role_ids=(PAINTER,))))[0] == 2
    assert (
        await services.quotas.balance(again(bob, guild_id=2))
    ).left == 40  # another guild, another account


async def test_grants_come_after_the_allowance_the_first_to_expire_first(
    services: Services, moderator: Asker, bob: Asker, clock: MovableClock
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=4))
    await services.quotas.grant(moderator, BOB, (), gift(8, days=9, reason="later"))
    await services.quotas.grant(moderator, BOB, (), gift(6, days=2, reason="soon"))
    await draw(services, bob)
    assert [(g.reason, g.left) for g in (await services.quotas.balance(bob)).grants] == [
        ("soon", 6),
        ("later", 8),
    ]
    await draw(services, bob)
    assert [(g.reason, g.left) for g in (await services.quotas.balance(bob)).grants] == [
        ("soon", 2),
        ("later", 8),
    ]
    await draw(services, bob)  # does not fit into what is left of the first
    assert [(g.reason, g.left) for g in (await services.quotas.balance(bob)).grants] == [
        ("soon", 2),
        ("later", 4),
    ]
    clock.advance(days=10)
    assert (await services.quotas.balance(bob)).grants == ()
    drawn, why = await draw_until_refused(services, bob)
    assert drawn == 1
    assert "grant" not in why


async def test_a_grant_too_small_for_the_job_is_named_in_the_refusal(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=0))
    await services.quotas.grant(moderator, BOB, (), gift(3))
    drawn, why = await draw_until_refused(services, bob)
    assert drawn == 0
    assert why.startswith("**3 pictures left** (3 granted until <t:")
    assert "This needs 4 pictures at once: neither the allowance nor one grant alone has so much." in why


async def test_a_refund_goes_back_to_where_it_came_from(
    services: Services, moderator: Asker, bob: Asker, engine: HandEngine
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=0))
    await services.quotas.grant(moderator, BOB, (), gift(4))
    engine.hold()
    job = await services.orders.imagine(again(bob), "an apple")
    assert (await services.quotas.balance(bob)).grants == ()
    await services.jobs.cancel(again(bob), job.id)
    (grant,) = (await services.quotas.balance(bob)).grants
    assert grant.left == 4


async def test_a_reset_counts_anew_and_the_ledger_keeps_what_was(
    services: Services, moderator: Asker, bob: Asker, clock: MovableClock
) -> None:
    await services.quotas.set_trial(moderator, Allowance(amount=8, period=Period.ONCE))
    await draw_until_refused(services, bob)
    clock.advance(minutes=5)
    balance = await services.quotas.reset(moderator, BOB, (), "a bug ate them")
    assert balance.left == 8
    clock.advance(minutes=5)
    assert (await draw_until_refused(services, bob))[0] == 2
    report = await services.usage.leaderboard(moderator, days=1, limit=5)
    assert [(row.key, row.usage.images) for row in report] == [(BOB, 16)]


async def test_a_reset_while_a_job_runs_does_not_give_its_pictures_twice(
    services: Services, moderator: Asker, bob: Asker, engine: HandEngine, clock: MovableClock
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=4))
    engine.hold()
    job = await services.orders.imagine(again(bob), "an apple")
    clock.advance(minutes=1)
    await services.quotas.reset(moderator, BOB, (), "")
    await services.jobs.cancel(again(bob), job.id)
    engine.release()
    assert (await draw_until_refused(services, bob))[0] == 1


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.ONCE])
async def test_a_hundred_at_once_get_exactly_what_the_period_still_holds(
    services: Services, moderator: Asker, bob: Asker, clock: MovableClock, period: Period
) -> None:
    clock.now = datetime(2026, 3, 3, 12, tzinfo=UTC)  # Tuesday
    await draw(services, bob)
    clock.advance(days=1)
    own = Allowance(amount=24, period=period)
    await services.quotas.set_member(moderator, BOB, (), own, "")
    await services.quotas.grant(moderator, BOB, (), gift(8))
    results = await asyncio.gather(
        *(services.orders.imagine(again(bob), "an apple") for _ in range(100)), return_exceptions=True
    )
    granted = [result for result in results if isinstance(result, Job)]
    refused = [result for result in results if isinstance(result, QuotaExceeded)]
    assert (len(granted), len(refused)) == ({Period.DAY: 8}.get(period, 7), 100 - len(granted))


async def test_free_relax_jobs_hold_nothing(
    database: Database, engine: HandEngine, services: Services, bob: Asker, clock: MovableClock
) -> None:
    allowances = Allowances(Models(engine), daily_images=0)
    settings = GuildSettings(is_relax_free=True)
    draft = built_job(guild_id=1, user_id=BOB, speed=Speed.RELAX, source=uuid4().hex)
    async with database.transaction() as session:
        account = await allowances.open_account(
            session, guild_id=1, user_id=BOB, settings=settings, now=clock.now
        )
        job_id = await jobs_table.add(session, draft, account_id=account)
        relaxed = replace(draft, id=job_id or 0)
        await allowances.reserve(session, account, relaxed, role_ids=(), settings=settings, now=clock.now)
        for job, rules in ((relaxed, GuildSettings()), (replace(relaxed, speed=Speed.FAST), settings)):
            with pytest.raises(QuotaExceeded):
                await allowances.reserve(session, account, job, role_ids=(), settings=rules, now=clock.now)
    assert (await services.quotas.balance(bob)).reserved.images == 0


async def test_one_member_draws_as_many_at_a_time_as_the_guild_lets_them(
    services: Services, moderator: Asker, bob: Asker, engine: HandEngine
) -> None:
    await services.quotas.set_limits(moderator, Limits(max_running_jobs=2, max_waiting_jobs=3))
    engine.hold()
    mine = [await services.orders.imagine(again(bob), "an apple") for _ in range(5)]
    with pytest.raises(TooManyJobs, match="3 jobs of yours are waiting already"):
        await services.orders.imagine(again(bob), "an apple")
    others = await services.orders.imagine(again(bob, user_id=201), "a pear")
    await _running(services, [*mine[:2], others])
    assert [(await services.runs.reload(job)).status for job in mine[2:]] == [JobStatus.QUEUED] * 3
    await services.jobs.cancel(again(bob), mine[2].id)  # one that waits makes room for another that waits
    await services.orders.imagine(again(bob), "an apple")
    await services.jobs.cancel(again(bob), mine[0].id)  # one that runs makes room for the next in line
    await _running(services, [mine[1], mine[3]])
    assert (await services.runs.reload(mine[4])).status is JobStatus.QUEUED


async def test_a_hundred_at_once_wait_no_more_than_the_guild_lets_them(
    services: Services, moderator: Asker, bob: Asker, engine: HandEngine
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=10_000))
    await services.quotas.set_limits(moderator, Limits(max_running_jobs=2, max_waiting_jobs=3))
    engine.hold()
    results = await asyncio.gather(
        *(services.orders.imagine(again(bob), "an apple") for _ in range(100)), return_exceptions=True
    )
    assert sum(isinstance(result, Job) for result in results) == 5
    assert sum(isinstance(result, TooManyJobs) for result in results) == 95


async def _running(services: Services, jobs: list[Job]) -> None:
    async with asyncio.timeout(10):
        for job in jobs:
            while (await services.runs.reload(job)).status is not JobStatus.RUNNING:
                await asyncio.sleep(0.005)


async def test_a_limit_of_nought_is_none(services: Services, moderator: Asker) -> None:
    await services.quotas.set_limits(moderator, Limits(max_running_jobs=2, is_relax_free=True))
    house = await services.quotas.set_limits(moderator, Limits(max_running_jobs=0))
    assert (house.settings.max_running_jobs, house.settings.is_relax_free) == (None, True)


@pytest.mark.parametrize("zone", ["Middle/Earth", "../../etc/passwd", ""])
async def test_a_zone_that_does_not_exist_is_refused(services: Services, moderator: Asker, zone: str) -> None:
    with pytest.raises(Unreadable, match="Europe/Berlin"):
        await services.quotas.set_limits(moderator, Limits(time_zone=zone))


DEEDS: dict[str, Callable[[Services, Asker], Awaitable[object]]] = {
    "show": lambda s, a: s.quotas.balance_of(a, BOB, ()),
    "rules": lambda s, a: s.quotas.house(a),
    "set": lambda s, a: s.quotas.set_guild(a, Allowance(amount=1)),
    "role": lambda s, a: s.quotas.set_role(a, PAINTER, Allowance(amount=1)),
    "member": lambda s, a: s.quotas.set_member(a, BOB, (), Allowance(amount=1), ""),
    "grant": lambda s, a: s.quotas.grant(a, BOB, (), gift(1)),
    "trial": lambda s, a: s.quotas.set_trial(a, Allowance(amount=1, period=Period.ONCE)),
    "limits": lambda s, a: s.quotas.set_limits(a, Limits(max_running_jobs=1)),
    "reset": lambda s, a: s.quotas.reset(a, BOB, (), ""),
    "leaderboard": lambda s, a: s.usage.leaderboard(a, days=1, limit=1),
    "digest": lambda s, a: s.usage.set_digest(a, 5),
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_only_moderators_decide_and_only_in_their_own_guild(
    services: Services, moderator: Asker, bob: Asker, deed: str
) -> None:
    await draw(services, bob)
    before = await services.quotas.balance(bob), await services.quotas.house(moderator)
    for stranger in (bob, again(moderator, guild_id=None), again(bob, role_ids=(PAINTER,))):
        with pytest.raises(NotAllowed):
            await DEEDS[deed](services, stranger)
    await DEEDS[deed](services, again(moderator, guild_id=2))
    assert before == (await services.quotas.balance(bob), await services.quotas.house(moderator))
    assert (await services.audit.page(moderator, AuditFilter(), 0)).entries == ()


async def test_every_decision_is_in_the_audit_log_with_its_reason(
    services: Services, moderator: Asker
) -> None:
    for deed in DEEDS.values():
        await deed(services, again(moderator))
    entries = (await services.audit.page(moderator, AuditFilter(), 0)).entries
    assert {entry.action for entry in entries} == {
        "quota_set",
        "quota_role",
        "quota_member",
        "quota_grant",
        "quota_trial",
        "quota_limits",
        "quota_reset",
        "usage_digest",
    }
    (grant,) = [entry for entry in entries if entry.action == "quota_grant"]
    assert (grant.actor_id, grant.target_id, grant.reason) == (1, BOB, "a contest")
    assert grant.details == {"amount": 1, "unit": "images", "days": 30}


async def test_a_direct_message_counts_on_the_guild_but_knows_no_roles(
    services: Services, moderator: Asker, bob: Asker
) -> None:
    await services.quotas.set_role(moderator, PAINTER, Allowance(amount=80))
    await draw(services, again(bob, role_ids=(PAINTER,)))
    balance = await services.quotas.balance(again(bob, guild_id=None))
    assert (balance.allowance.amount, balance.left, balance.guild_id) == (40, 36, 1)


async def test_an_expired_grant_is_not_shown_and_not_used(
    services: Services, moderator: Asker, bob: Asker, clock: MovableClock
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=0))
    await services.quotas.grant(moderator, BOB, (), gift(40, days=1))
    clock.advance(days=1)
    assert (await services.quotas.balance(bob)).grants == ()
    assert (await draw_until_refused(services, bob))[0] == 0


async def test_a_grant_is_taken_back_and_what_is_drawn_on_it_goes_on(
    services: Services, moderator: Asker, bob: Asker, engine: HandEngine
) -> None:
    await services.quotas.set_guild(moderator, Allowance(amount=0))
    with pytest.raises(NotFound, match="no grants"):
        await services.quotas.revoke(moderator, BOB, (), "a slip")
    await services.quotas.grant(moderator, BOB, (), gift(2000))
    engine.hold()
    job = await services.orders.imagine(again(bob), "an apple")
    balance = await services.quotas.revoke(moderator, BOB, (), "200, not 2000")
    assert balance.grants == ()
    with pytest.raises(QuotaExceeded):
        await services.orders.imagine(again(bob), "a pear")
    engine.release()
    if run := services.runs.get(job.id):
        async for _ in run.updates():
            pass
    assert (await services.runs.reload(job)).status is JobStatus.RENDERED
    await services.quotas.grant(moderator, BOB, (), gift(8))
    assert [grant.amount for grant in (await services.quotas.balance(bob)).grants] == [8]
    (newest, revoked, _, _) = (await services.audit.page(moderator, AuditFilter(), 0)).entries
    assert (newest.action, revoked.action, revoked.reason) == ("quota_grant", "quota_revoke", "200, not 2000")
