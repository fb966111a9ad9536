"""Reports of who drew what, and the weekly digest that is owed exactly once."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.asker import Asker
from bot.domain.job import JobStatus
from bot.domain.kinds import JobKind
from bot.domain.usage import DIRECT_MESSAGES, By, Usage
from bot.services import Services
from bot.services.quotas import Limits
from bot.storage import members
from bot.storage.database import Database
from engine.errors import GenerationFailed
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, vary
from tests.bot.services.community import drawn, finished
from tests.bot.services.community import now as again


@pytest.fixture
def moderator(ada: Asker) -> Asker:
    return again(ada, user_id=1, is_manager=True)


async def test_a_report_says_who_where_and_for_what(
    services: Services, ada: Asker, moderator: Asker, engine: HandEngine
) -> None:
    grid = await drawn(services, again(ada, name="Ada"), "a red fox")
    await drawn(services, again(ada, user_id=101, channel_id=11), "a red fox")
    await finished(services, await vary(services, again(ada, name="Ada!"), grid.id, 0, reply_to=None))
    await pick(services, again(ada), grid.id, 1, reply_to=None)  # no drawing: it counts nowhere
    engine.fails_with = GenerationFailed("bad kernel")
    assert (await drawn(services, ada)).status is JobStatus.FAILED  # refunded: it counts nowhere
    report = await services.usage.report(moderator, by=By.MEMBER, days=1)
    two, one = Usage(jobs=2, images=8, gpu_ms=500), Usage(jobs=1, images=4, gpu_ms=250)
    assert [(row.key, row.name, row.usage) for row in report.rows] == [(100, "Ada!", two), (101, "", one)]
    assert report.kinds == ((JobKind.IMAGINE, two), (JobKind.VARY, one))
    assert [(used.prompt, used.usage.jobs) for used in report.prompts] == [("a red fox", 3)]
    assert report.total == Usage(jobs=3, images=12, gpu_ms=750)
    by_channel = await services.usage.report(moderator, by=By.CHANNEL, days=1)
    assert [(row.key, row.usage) for row in by_channel.rows] == [(10, two), (11, one)]


async def test_prompts_of_direct_messages_are_nobody_elses_business(
    services: Services, ada: Asker, moderator: Asker
) -> None:
    await drawn(services, ada, "for all")
    await drawn(services, again(ada, guild_id=None, channel_id=99, name=""), "for me alone")
    report = await services.usage.report(moderator, by=By.MEMBER, days=1)
    assert report.total.jobs == 2
    assert [used.prompt for used in report.prompts] == ["for all"]


async def test_direct_messages_are_one_row_whosever_they_are(
    services: Services, ada: Asker, moderator: Asker
) -> None:
    bob = again(ada, user_id=101)
    for asker in (ada, bob):
        await drawn(services, asker)
        await drawn(services, again(asker, guild_id=None, channel_id=900 + asker.user_id, name=""))
    await drawn(services, again(bob, guild_id=None, channel_id=1001, name=""))
    report = await services.usage.report(moderator, by=By.CHANNEL, days=1)
    assert [(row.key, row.usage.jobs) for row in report.rows] == [(DIRECT_MESSAGES, 3), (10, 2)]


async def test_days_are_those_of_the_guild(
    services: Services, ada: Asker, moderator: Asker, clock: MovableClock
) -> None:
    await services.quotas.set_limits(moderator, Limits(time_zone="Asia/Kathmandu"))  # UTC + 5:45
    clock.now = datetime(2026, 3, 1, 18, 14, 59, tzinfo=UTC)
    await drawn(services, ada)
    clock.advance(seconds=1)
    await drawn(services, ada)
    await drawn(services, ada)
    report = await services.usage.report(moderator, by=By.DAY, days=3)
    assert [(row.key, row.usage.jobs) for row in report.rows] == [
        (date(2026, 2, 28), 0),
        (date(2026, 3, 1), 1),
        (date(2026, 3, 2), 2),
    ]
    assert report.total == sum((row.usage for row in report.rows), Usage())
    assert (await services.usage.report(moderator, by=By.MEMBER, days=1)).total.jobs == 2


async def test_another_guild_is_not_in_the_report(services: Services, ada: Asker, moderator: Asker) -> None:
    await drawn(services, again(ada, guild_id=2))
    for by in (By.MEMBER, By.CHANNEL):
        assert (await services.usage.report(moderator, by=by, days=90)).rows == ()
    assert (await services.usage.report(moderator, by=By.DAY, days=9)).total == Usage()
    assert await services.usage.leaderboard(moderator, days=90, limit=10) == []


async def test_a_name_is_the_last_one_the_guild_saw(
    services: Services, database: Database, ada: Asker
) -> None:
    async with database.transaction() as session:
        for name in ("Ada", "Countess", ""):
            await members.update_last_used(
                session, guild_id=1, user_id=100, name=name, now=datetime(2026, 3, 1, tzinfo=UTC)
            )
    await drawn(services, ada)
    (row,) = await services.usage.leaderboard(again(ada, is_manager=True), days=1, limit=1)
    assert row.name == "Countess"


async def test_a_digest_is_owed_when_the_week_is_over_and_only_once(
    services: Services, ada: Asker, moderator: Asker, clock: MovableClock
) -> None:
    await drawn(services, ada)  # on Sunday
    assert await services.usage.set_digest(moderator, 5) == datetime(2026, 3, 2, tzinfo=UTC)
    assert await services.usage.list_due() == []
    clock.now = datetime(2026, 3, 2, tzinfo=UTC)
    await drawn(services, ada)  # on Monday: it belongs into the next
    (digest,) = await services.usage.list_due()
    due = await services.usage.take(digest)
    assert due is not None
    assert (due.is_first, due.report.total.jobs, digest.channel_id) == (True, 1, 5)
    assert len(due.token) <= 25  # the longest nonce
    second = await services.usage.take(digest)  # the answer was lost, or the process died
    assert second is not None
    assert (second.is_first, second.token) == (False, due.token)
    await services.usage.posted(digest)
    assert await services.usage.take(digest) is None
    assert await services.usage.list_due() == []
    clock.advance(days=7)
    (following,) = await services.usage.list_due()
    due = await services.usage.take(following)
    assert due is not None
    assert (due.is_first, due.report.total.jobs) == (True, 1)


async def test_weeks_that_were_missed_are_not_made_up_for(
    services: Services, moderator: Asker, clock: MovableClock
) -> None:
    await services.usage.set_digest(moderator, 5)
    clock.advance(days=30)
    (digest,) = await services.usage.list_due()
    due = await services.usage.take(digest)
    assert due is not None
    assert due.report.end == datetime(2026, 3, 30, tzinfo=UTC)
    await services.usage.posted(digest, is_delivered=False)
    assert await services.usage.list_due() == []


async def test_a_digest_moves_to_another_channel_and_ends(
    services: Services, moderator: Asker, clock: MovableClock
) -> None:
    first = await services.usage.set_digest(moderator, 5)
    clock.advance(days=8)
    assert await services.usage.set_digest(moderator, 6) == first  # what is due stays due
    assert [digest.channel_id for digest in await services.usage.list_due()] == [6]
    assert await services.usage.set_digest(moderator, None) is None
    assert await services.usage.list_due() == []


async def test_a_digest_that_everybody_reads_quotes_only_what_everybody_could_read(
    services: Services, ada: Asker, moderator: Asker, clock: MovableClock
) -> None:
    await services.usage.set_digest(moderator, 5)
    await drawn(services, ada, "in a public room")
    await drawn(services, again(ada, channel_id=66), "in a hidden room")
    await drawn(services, again(ada, is_age_restricted=True), "for adults")
    clock.advance(days=1)
    (digest,) = await services.usage.list_due()
    due = await services.usage.take(digest, prompts_from=[10])
    assert due is not None
    assert [used.prompt for used in due.report.prompts] == ["in a public room"]
    assert due.report.total.jobs == 3  # all of it is counted
    among_moderators = await services.usage.take(digest)
    assert among_moderators is not None
    assert len(among_moderators.report.prompts) == 3
