"""Periods begin at local midnight, whatever the clocks do; the best allowance counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.charges import Charge
from bot.domain.guild import GuildSettings, allowance_of, idle_roles
from bot.domain.quota import (
    FIRST_MOMENT,
    Allowance,
    Balance,
    Counted,
    Period,
    RoleAllowance,
    Source,
    Unit,
    best,
    period_end,
    period_start,
)
from bot.domain.usage import Usage, by_day, last_days, last_week

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Havana",  # midnight comes twice
    "Asia/Beirut",  # midnight is left out
    "Pacific/Apia",
]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES).map(ZoneInfo)
periods = st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH])


@given(now=moments, period=periods, zone=zones)
def test_every_moment_is_in_one_period_and_the_next_begins_where_it_ends(
    now: datetime, period: Period, zone: ZoneInfo
) -> None:
    start, end = period_start(now, period, zone), period_end(now, period, zone)
    assert end is not None
    assert start <= now < end
    assert period_start(end, period, zone) == end
    assert period_end(end - timedelta(microseconds=1), period, zone) == end
    assert period_start(end - timedelta(microseconds=1), period, zone) == start
    local = start.astimezone(zone)
    assert local.hour <= 1  # 1 where midnight is left out
    if period is Period.WEEK:
        assert local.weekday() == 0
    if period is Period.MONTH:
        assert local.day == 1


@pytest.mark.parametrize("zone", ["America/Santiago", "Asia/Beirut", "America/Havana", "Atlantic/Azores"])
def test_days_are_whole_in_every_hour_around_a_change_of_clocks(zone: str) -> None:
    now, days = datetime(2026, 3, 1, tzinfo=UTC), list[tuple[datetime, datetime]]()
    while now.year == 2026:
        start, end = (
            period_start(now, Period.DAY, ZoneInfo(zone)),
            period_end(now, Period.DAY, ZoneInfo(zone)),
        )
        assert end is not None
        assert start <= now < end
        assert start.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()
        if days and days[-1][0] != start:
            assert days[-1][1] == start  # nothing between two days, and nothing twice
        days.append((start, end))
        now += timedelta(minutes=30)


@given(now=moments, zone=zones, days=st.integers(1, 90))
def test_a_report_has_a_row_for_each_day_and_loses_nothing(now: datetime, zone: ZoneInfo, days: int) -> None:
    start, end = last_days(now, days, zone)
    slices = [(start + (end - start) * part / 7, Usage(jobs=1, images=4, gpu_ms=10)) for part in range(7)]
    rows = by_day(slices, start=start, end=end, zone=zone)
    assert len(rows) == days
    assert rows[-1].key == now.astimezone(zone).date()
    assert sum(row.usage.jobs for row in rows) == 7
    monday, next_monday = last_week(now, zone)
    assert timedelta(days=6, hours=22) < next_monday - monday < timedelta(days=7, hours=2)
    assert next_monday <= now


def test_a_trial_begins_before_everything_and_never_ends() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert period_start(now, Period.ONCE, UTC) == FIRST_MOMENT
    assert period_end(now, Period.ONCE, UTC) is None


@pytest.mark.parametrize(
    ("allowances", "index"),
    [
        ([Allowance(amount=10), Allowance(amount=11)], 1),
        ([Allowance(amount=10), Allowance(amount=69, period=Period.WEEK)], 0),
        ([Allowance(amount=10), Allowance(amount=301, period=Period.MONTH)], 1),
        ([Allowance(amount=10), Allowance(amount=24, unit=Unit.GPU_SECONDS)], 0),  # 2.5 s a picture
        ([Allowance(amount=10), Allowance(amount=26, unit=Unit.GPU_SECONDS)], 1),
    ],
)
def test_the_best_gives_most_a_day(allowances: list[Allowance], index: int) -> None:
    assert best(allowances, image_seconds=2.5) == allowances[index]


def test_what_counts_for_whom() -> None:
    own, role, guild, trial, deployment = (Allowance(amount=amount) for amount in (1, 6, 4, 7, 5))
    settings = GuildSettings(
        role_allowances=(RoleAllowance(role_id=7, allowance=role),), trial=trial, allowance=guild
    )
    bare = GuildSettings(allowance=guild)

    def counted(settings: GuildSettings, own: Allowance | None, *role_ids: int) -> Counted:
        return allowance_of(settings, own=own, role_ids=role_ids, deployment=deployment, image_seconds=1.0)

    assert counted(settings, own, 7) == Counted(allowance=own, source=Source.OWN)
    assert counted(settings, None, 7) == Counted(allowance=role, source=Source.ROLE)
    assert counted(settings, None, 8) == Counted(allowance=trial, source=Source.TRIAL)
    assert counted(bare, None) == Counted(allowance=guild, source=Source.EVERYBODY)
    assert counted(GuildSettings(), None) == Counted(allowance=deployment, source=Source.EVERYBODY)


@pytest.mark.parametrize(
    ("role", "everybody", "counts"),
    [
        (Allowance(amount=50, period=Period.WEEK), Allowance(amount=1000), Source.EVERYBODY),
        (Allowance(amount=50, period=Period.WEEK), Allowance(amount=7), Source.ROLE),
        (Allowance(amount=10), Allowance(amount=10), Source.ROLE),
        (Allowance(amount=24, unit=Unit.GPU_SECONDS), Allowance(amount=10), Source.EVERYBODY),
    ],
)
def test_a_role_never_makes_its_members_worse_off(
    role: Allowance, everybody: Allowance, counts: Source
) -> None:
    for settings, deployment in (
        (GuildSettings(allowance=everybody), Allowance(amount=1)),
        (GuildSettings(), everybody),
    ):
        given_to = replace(settings, role_allowances=(RoleAllowance(role_id=7, allowance=role),))
        counted = allowance_of(given_to, own=None, role_ids=(7,), deployment=deployment, image_seconds=2.5)
        assert counted.source is counts
        idle = idle_roles(given_to, everybody=everybody, image_seconds=2.5)
        assert idle == ({7} if counts is Source.EVERYBODY else set())


def test_during_a_trial_a_role_counts_however_small() -> None:
    """A trial ends, and an allowance comes again."""
    settings = GuildSettings(
        trial=Allowance(amount=25, period=Period.ONCE),
        allowance=Allowance(amount=1000),
        role_allowances=(RoleAllowance(role_id=7, allowance=Allowance(amount=1, period=Period.MONTH)),),
    )
    counted = allowance_of(
        settings, own=None, role_ids=(7,), deployment=Allowance(amount=100), image_seconds=1.0
    )
    assert counted.source is Source.ROLE
    assert idle_roles(settings, everybody=counted.allowance, image_seconds=1.0) == set()


@given(
    amount=st.integers(0, 100),
    unit=st.sampled_from(Unit),
    spent=st.integers(0, 200_000),
    reserved=st.integers(0, 200_000),
)
def test_what_is_left_is_never_negative(amount: int, unit: Unit, spent: int, reserved: int) -> None:
    balance = Balance(
        allowance=Allowance(amount=amount, unit=unit),
        spent=Charge(images=spent, gpu_ms=spent),
        reserved=Charge(images=reserved, gpu_ms=reserved),
        resets_at=None,
    )
    assert 0 <= balance.left <= balance.allowance.limit


def test_settings_are_what_they_were_after_the_database() -> None:
    settings = GuildSettings(
        allowance=Allowance(amount=5, unit=Unit.GPU_SECONDS, period=Period.MONTH),
        role_allowances=(RoleAllowance(role_id=2**60, allowance=Allowance(amount=1)),),
        trial=Allowance(amount=25, period=Period.ONCE),
        time_zone="Europe/Berlin",
        max_running_jobs=3,
    )
    assert GuildSettings.from_json(settings.to_json()) == settings
