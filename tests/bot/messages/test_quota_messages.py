"""What /quota and /usage say, word for word; their files, byte by byte where it matters."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from syrupy.assertion import SnapshotAssertion

from bot.domain.charges import FREE, Charge
from bot.domain.guild import GuildSettings
from bot.domain.kinds import JobKind
from bot.domain.quota import Allowance, Balance, Grant, Period, RoleAllowance, Source, Unit
from bot.domain.quota_words import duration, refusal
from bot.domain.usage import DIRECT_MESSAGES, By, Digest, PromptUsage, Row, Usage, UsageReport
from bot.imaging.chart import Bar, Chart, draw
from bot.messages import quotas, usage
from bot.messages.payload import MAX_CONTENT
from bot.services.quotas import House

END = datetime(2026, 3, 9, tzinfo=UTC)
GRANT = Grant(
    id=1,
    guild_id=1,
    user_id=3,
    amount=20,
    unit=Unit.IMAGES,
    reason="for *this* fox, @everyone",
    actor_id=9,
    created_at=END,
    expires_at=END,
    used=3,
)
BALANCE = Balance(
    allowance=Allowance(amount=100),
    spent=Charge(images=37, gpu_ms=64_000),
    reserved=Charge(images=4, gpu_ms=3_000),
    resets_at=END,
)
TRIAL = Balance(
    allowance=Allowance(amount=600, unit=Unit.GPU_SECONDS, period=Period.ONCE),
    spent=Charge(images=37, gpu_ms=540_000),
    reserved=Charge(images=4, gpu_ms=30_000),
    resets_at=None,
    grants=(GRANT,),
)

USED_UP = replace(
    TRIAL,
    allowance=Allowance(amount=8, period=Period.ONCE),
    spent=Charge(images=8, gpu_ms=1_000),
    reserved=FREE,
    grants=(replace(GRANT, amount=200, used=0),),
)


def report(rows: tuple[Row, ...], by: By = By.MEMBER) -> UsageReport:
    """A report of a week."""
    return UsageReport(
        by=by,
        start=END - timedelta(days=7),
        end=END,
        rows=rows,
        kinds=(
            (JobKind.IMAGINE, Usage(jobs=30, images=120, gpu_ms=7_300_000)),
            (JobKind.VARY, Usage(jobs=1, images=4, gpu_ms=800)),
        ),
        prompts=(PromptUsage(prompt="a **red** fox @everyone", usage=Usage(jobs=9, images=36, gpu_ms=9000)),),
    )


MEMBERS = (
    Row(key=10**17, name="ada", usage=Usage(jobs=30, images=120, gpu_ms=7_300_000)),
    Row(key=-5, name="", usage=Usage(jobs=1, images=4, gpu_ms=800)),
)
DIRECT = Row(key=DIRECT_MESSAGES, name="", usage=Usage(jobs=1, images=4, gpu_ms=800))
DAYS = tuple(
    Row(key=date(2026, 3, 2) + timedelta(days=n), name="", usage=Usage(jobs=n, images=4 * n, gpu_ms=900 * n))
    for n in range(7)
)


@pytest.mark.parametrize(
    ("used", "full"),
    [(0, 12), (50, 6), (75, 3), (99, 1), (100, 0)],
    ids=["all", "half", "quarter", "last", "none"],
)
def test_the_bar_is_as_full_as_what_is_left(used: int, full: int) -> None:
    shown = quotas.balance(
        replace(BALANCE, spent=Charge(images=used, gpu_ms=0), reserved=FREE), "en-US"
    ).content.splitlines()
    assert shown[0] == f"**{100 - used} of 100 pictures left today**"
    assert shown[1] == "▰" * full + "▱" * (12 - full)


def test_balances_and_rules(snapshot: SnapshotAssertion) -> None:
    settings = GuildSettings(
        allowance=Allowance(amount=40),
        role_allowances=(
            RoleAllowance(role_id=31, allowance=Allowance(amount=1, period=Period.WEEK)),
            RoleAllowance(
                role_id=32, allowance=Allowance(amount=7200, unit=Unit.GPU_SECONDS, period=Period.MONTH)
            ),
        ),
        is_relax_free=True,
        max_running_jobs=3,
        max_waiting_jobs=1,
        time_zone="Europe/Berlin",
    )
    trial = Allowance(amount=25, period=Period.ONCE)
    assert {
        "own": quotas.balance(BALANCE, "en-US"),
        "a trial and a grant, read by a moderator": quotas.balance(TRIAL, "en-US", member=3),
        "in a direct message": quotas.balance(BALANCE, "en-US", server="The *Harbour*"),
        "by a role": quotas.balance(replace(BALANCE, source=Source.ROLE), "en-US"),
        "a trial used up and a grant": quotas.balance(USED_UP, "en-US"),
        "nothing by itself": quotas.balance(replace(BALANCE, allowance=Allowance(amount=0)), "en-US"),
        "nothing by itself but a grant": quotas.balance(
            replace(BALANCE, allowance=Allowance(amount=0), grants=(GRANT,)), "en-US"
        ),
        "many grants": quotas.balance(replace(BALANCE, grants=(GRANT,) * 5), "en-US"),
        "refused": [str(said) for said in refusal(BALANCE, Charge(images=60, gpu_ms=1))],
        "refused for good": [str(said) for said in refusal(BALANCE, Charge(images=101, gpu_ms=1))],
        "refused in a trial": [str(said) for said in refusal(TRIAL, Charge(images=4, gpu_ms=31_000))],
        "rules": quotas.house(
            House(
                settings=settings,
                everybody=Allowance(amount=40),
                members=((3, Allowance(amount=0)),),
                idle_roles=frozenset({31}),
            ),
            "en-US",
        ),
        "rules with a trial": quotas.house(
            House(settings=GuildSettings(trial=trial), everybody=trial, members=()), "en-US"
        ),
        "an allowance set during a trial": quotas.house(
            House(
                settings=GuildSettings(trial=trial, allowance=Allowance(amount=1000)),
                everybody=trial,
                members=(),
            ),
            "en-US",
        ),
        "no rules": quotas.house(
            House(settings=GuildSettings(), everybody=Allowance(amount=100), members=()), "en-US"
        ),
    } == snapshot


def test_reports(snapshot: SnapshotAssertion) -> None:
    assert {
        "by member": usage.report(report(MEMBERS), "en-US"),
        "by channel": usage.report(report((MEMBERS[0], DIRECT), By.CHANNEL), "en-US"),
        "by day": usage.report(report(DAYS, By.DAY), "en-US"),
        "nobody": usage.report(report(()), "en-US"),
        "digest": usage.digest(report(MEMBERS), "en-US"),
        "leaderboard": usage.leaderboard(list(MEMBERS), "en-US", days=1),
        "digest to a channel": usage.digest_set(Digest(guild_id=1, channel_id=5, due_at=END), "en-US"),
        "no digest": usage.digest_set(None, "en-US"),
    } == snapshot


@given(prompts=st.lists(st.text(max_size=4000), max_size=5), members=st.integers(0, 200))
@hypothesis_settings(max_examples=50)
def test_no_report_is_too_long_or_mentions_everyone(prompts: list[str], members: int) -> None:
    rows = tuple(
        Row(key=10**18 + n, name="", usage=Usage(jobs=9, images=10**6, gpu_ms=10**9)) for n in range(members)
    )
    used = tuple(PromptUsage(prompt=f"@everyone {prompt}", usage=Usage()) for prompt in prompts)
    full = UsageReport(
        by=By.MEMBER, start=END, end=END + timedelta(days=90), rows=rows, kinds=(), prompts=used
    )
    content = usage.report(full, "en-US").content
    assert len(content) <= MAX_CONTENT
    assert "@everyone" not in content


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_the_table_is_a_formula(name: str) -> None:
    row = Row(key=1, name=name, usage=Usage(jobs=1, images=4, gpu_ms=1500))
    data = usage.table(report((row,)), {}, "en-US").decode("utf-8-sig")
    ((member, shown, *numbers),) = list(csv.reader(io.StringIO(data)))[1:]
    assert shown[0] not in "=+-@\t"
    assert (member, numbers) == ("1", ["1", "4", "1.500"])


def test_where_discord_shows_no_mentions_names_stand_for_ids() -> None:
    rows = (
        Row(key=10**17, name="", usage=Usage(jobs=1, images=4, gpu_ms=1500)),
        DIRECT,
    )
    data = usage.table(report(rows, By.CHANNEL), {10**17: "#general"}, "en-US").decode("utf-8-sig")
    assert [row[:2] for row in csv.reader(io.StringIO(data))] == [
        ["channel", "name"],
        [str(10**17), "#general"],
        ["", "direct messages"],
    ]
    data = usage.table(report(MEMBERS), {}, "en-US").decode("utf-8-sig")
    assert [row[1] for row in csv.reader(io.StringIO(data))] == ["name", "ada", "a forgotten member"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("by", By)
def test_a_chart_is_drawn_of_whatever_people_are_called(by: By) -> None:
    names = [
        "$x$ \\frac{",
        "山田太郎",
        "🦊" * 40,
        "",
        "a very long name that does not end",
        "\u202eoverride",
        "{}%s",
    ]
    rows = (
        DAYS
        if by is By.DAY
        else tuple(
            Row(key=n + 1, name=names[n % len(names)], usage=Usage(jobs=1, images=4, gpu_ms=n))
            for n in range(20)
        )
    )
    chart, table = usage.files(report(rows, by), "en-US", channels={1: "#general"}, token="abc")
    image = Image.open(io.BytesIO(chart.data))
    assert (image.format, image.width) == ("PNG", 990)
    assert image.height < 1000
    assert chart.description.startswith("GPU time by ")
    assert chart.description.count(";") == 4
    assert "table" in table.description
    assert (chart.name, table.name) == ("usage_7_days_abc.png", "usage_7_days_abc.csv")


def test_longer_bars_are_longer_and_nothing_is_drawn_of_nothing() -> None:
    bars = tuple(Bar(label=str(n), seconds=seconds, note="") for n, seconds in enumerate((90.0, 30.0, 0.0)))
    image = Image.open(io.BytesIO(draw(Chart(title="t", bars=bars, is_timeline=False)))).convert("RGB")
    blue = [
        sum(image.getpixel((x, y)) == (88, 101, 242) for x in range(image.width)) for y in range(image.height)
    ]
    lengths = sorted(set(blue) - {0})
    assert max(lengths) > 500
    assert any(abs(length - max(lengths) / 3) <= 2 for length in lengths)
    assert [file.name for file in usage.files(report(()), "en-US", channels={})] == ["usage_7_days.csv"]


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0.0 s"),
        (9_940, "9.9 s"),
        (59_400, "59 s"),
        (60_000, "1 min"),
        (200_000, "3 min 20 s"),
        (7_200_000, "2 h"),
        (7_500_000, "2 h 5 min"),
    ],
)
def test_durations_read_as_people_say_them(milliseconds: int, words: str) -> None:
    assert str(duration(milliseconds)) == words
