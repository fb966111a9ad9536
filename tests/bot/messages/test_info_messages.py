"""What /info and /status say, in each of their states."""

from dataclasses import replace
from datetime import UTC, datetime

from syrupy.assertion import SnapshotAssertion

from bot.domain.charges import Charge
from bot.domain.hosting import Hosting, HostState
from bot.domain.job import JobStatus, Speed
from bot.domain.preferences import Preferences
from bot.domain.quota import Allowance, Balance
from bot.domain.usage import Usage
from bot.messages import info as messages
from bot.messages.payload import MAX_CONTENT, Menu
from bot.services.info import MemberInfo, Status
from bot.services.runs import JobUpdate
from tests.bot.builders import job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = MemberInfo(
    balance=Balance(
        allowance=Allowance(amount=40),
        spent=Charge(images=8, gpu_ms=4000),
        reserved=Charge(images=4, gpu_ms=2000),
        resets_at=NOW,
    ),
    used={},
    preferences=Preferences(),
    host=HostState(hosting=Hosting(guild_id=1)),
    jobs=(),
)
BUSY = replace(
    NEW,
    used={
        Speed.FAST: Usage(jobs=20, images=80, gpu_ms=60_000),
        Speed.RELAX: Usage(jobs=5, images=19, gpu_ms=9000),
    },
    preferences=Preferences(speed=Speed.RELAX),
    jobs=(
        JobUpdate(job=job(status=JobStatus.RUNNING, message_id=77), progress=0.31),
        JobUpdate(job=job(id=813, prompt="an *apple*"), position=3, eta_seconds=21.0),
        JobUpdate(job=job(id=814, prompt="a pear", is_direct_message=True, message_id=78), own_jobs_before=2),
        JobUpdate(job=job(id=815, prompt="a plum")),
    ),
)
HOSTED = HostState(
    hosting=Hosting(guild_id=1, cap=200, is_paused=True, words="The *card* is away until Monday."),
    num_used=120,
    resets_at=NOW,
    notice="A new model comes tonight.",
)
QUIET = Status(
    models=("sketch", "ink"),
    num_running=0,
    num_waiting=0,
    wait_seconds=None,
    started_at=NOW,
    host=HostState(hosting=Hosting(guild_id=1)),
)


def test_where_a_member_stands(snapshot: SnapshotAssertion) -> None:
    assert messages.info(NEW, "en-US") == snapshot(name="nothing waits")
    assert messages.info(BUSY, "en-US") == snapshot(name="jobs wait")
    assert messages.info(NEW, "en-US", server="Darkroom") == snapshot(name="in a direct message")
    hosted = replace(NEW, host=HOSTED)
    assert messages.info(hosted, "en-US") == snapshot(name="what the owners of the bot decided")


def test_many_jobs_fit_into_the_message_and_the_menu() -> None:
    many = replace(BUSY, jobs=tuple(JobUpdate(job=job(id=n, prompt="fox " * 40)) for n in range(60)))
    shown = messages.info(many, "en-US")
    (menu,) = shown.rows[0]
    assert len(shown.content) <= MAX_CONTENT
    assert isinstance(menu, Menu)
    assert len(menu.choices) == 25


def test_how_the_bot_is(snapshot: SnapshotAssertion) -> None:
    assert messages.status(QUIET, "1.0", "en-US").content == snapshot(name="quiet")
    busy = replace(QUIET, num_running=3, num_waiting=1, wait_seconds=130.0)
    assert messages.status(busy, "1.0", "en-US").content == snapshot(name="busy")
    hosted = replace(QUIET, host=HOSTED)
    assert messages.status(hosted, "1.0", "en-US").content == snapshot(name="what its owners decided")
    starting = replace(QUIET, models=(), num_waiting=2)
    assert messages.status(starting, "1.0", "en-US").content == snapshot(name="starting")
