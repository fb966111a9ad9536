"""Reports: made by anyone on any result, decided by moderators, the reporter kept private."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.audit import AuditFilter
from bot.domain.errors import Decided, NotAllowed, NotFound, TooLate, Unreadable
from bot.domain.job import JobStatus
from bot.domain.people import AppealStatus
from bot.domain.usage import By
from bot.services import Services
from bot.services.reports import MAX_REPORTS_A_DAY
from tests.bot.presses import pick, vary
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, actions, change, delivered, finished, now

BOB = replace(ADA, user_id=4815162342108)


async def test_a_report_reaches_the_moderators_without_its_reporter(services: Services) -> None:
    await change(services, lambda settings: replace(settings, moderators_channel_id=77))
    job = await delivered(services, ADA, 5000)
    made = await services.reports.report(now(BOB), 5000, "not nice")
    assert (made.job.id, made.channel_id, made.report.reason) == (job.id, 77, "not nice")
    assert str(BOB.user_id) not in str(made)
    with pytest.raises(TooLate, match="already"):
        await services.reports.report(now(BOB), 5000, "really")
    for elsewhere in (replace(BOB, guild_id=2), BOB):
        with pytest.raises(NotFound):
            await services.reports.report(now(elsewhere), 5000 if elsewhere.guild_id == 2 else 5001, "")
    assert [r.report.id for r in await services.reports.list_open(MODERATOR, limit=5)] == [made.report.id]
    assert await services.reports.list_open(OUTSIDER, limit=5) == []
    await services.reports.close(MODERATOR, made.report.id, AppealStatus.REJECTED)
    assert await services.reports.list_open(MODERATOR, limit=5) == []
    page = await services.audit.page(MODERATOR, AuditFilter(), 0)
    assert [(e.action, e.actor_id, e.target_id) for e in page.entries] == [("report_rejected", 900, 100)]


async def test_a_deleted_result_is_gone_and_stays_charged(services: Services, tmp_path: Path) -> None:
    grid = await delivered(services, ADA, 5000)
    picked = await pick(services, now(ADA), grid.id, 1, reply_to=5000)
    await services.outbox.delivered(picked, 5001)
    made = await services.reports.report(now(BOB), 5001, "")
    for asker, refusal in ((ADA, NotAllowed), (OUTSIDER, NotFound)):
        with pytest.raises(refusal):
            await services.reports.delete_result(asker, made.report.id)
    await services.reports.delete_result(MODERATOR, made.report.id)
    assert {post.message_id for post in await services.removals.list_posts()} == {5000, 5001}
    assert list((tmp_path / "images").glob("*/*.*")) == []
    for job in (grid, picked):
        assert (await services.runs.reload(job)).status is JobStatus.DELETED
        with pytest.raises(NotFound):
            await services.gallery.show(ADA, job.id)
        with pytest.raises(NotFound):
            await services.pictures.make_print(job)
        with pytest.raises(NotFound):
            await vary(services, now(ADA), job.id, 0, reply_to=None)
    assert (await services.quotas.balance(ADA)).spent.images == 4
    used = await services.usage.report(MODERATOR, by=By.MEMBER, days=1)
    assert used.total.images == 4
    assert await actions(services) == ["report_accepted", "delete_result"]


async def test_a_picture_whose_member_was_warned_for_it_can_still_be_deleted_once(services: Services) -> None:
    job = await delivered(services, ADA, 5000)
    made = await services.reports.report(now(BOB), 5000, "")
    await services.reports.warn(MODERATOR, made.report.id, reason="read the rules")
    await services.reports.delete_result(MODERATOR, made.report.id)
    assert (await services.runs.reload(job)).status is JobStatus.DELETED
    with pytest.raises(Decided):
        await services.reports.delete_result(MODERATOR, made.report.id)
    assert sorted(await actions(services)) == ["delete_result", "report_accepted", "warning"]


async def test_a_picture_whose_report_was_dismissed_is_not_deleted_by_an_old_button(
    services: Services,
) -> None:
    job = await delivered(services, ADA, 5000)
    made = await services.reports.report(now(BOB), 5000, "")
    await services.reports.close(MODERATOR, made.report.id, AppealStatus.REJECTED)
    with pytest.raises(Decided):
        await services.reports.delete_result(MODERATOR, made.report.id)
    assert (await services.runs.reload(job)).status is JobStatus.DELIVERED


async def test_one_decision_closes_every_report_on_a_picture(services: Services) -> None:
    await delivered(services, ADA, 5000)
    first = await services.reports.report(now(BOB), 5000, "")
    second = await services.reports.report(now(BOB, user_id=102), 5000, "")
    await services.reports.close(MODERATOR, first.report.id, AppealStatus.ACCEPTED)
    with pytest.raises(TooLate, match="decided"):
        await services.reports.close(MODERATOR, second.report.id, AppealStatus.REJECTED)


async def test_nobody_floods_the_moderators(services: Services) -> None:
    job = await delivered(services, ADA, 5000)
    for number in range(MAX_REPORTS_A_DAY):
        picked = await pick(services, now(ADA), job.id, 0, reply_to=None)
        await services.outbox.delivered(picked, 6000 + number)
        await services.reports.report(now(BOB), 6000 + number, "")
    with pytest.raises(NotAllowed, match="a lot today"):
        await services.reports.report(now(BOB), 5000, "")


async def test_a_progress_message_can_be_reported_too(services: Services) -> None:
    job = await services.orders.imagine(now(ADA), "an apple")
    await services.outbox.progress_message(job, 7000)
    assert (await services.reports.report(now(BOB), 7000, "")).job.id == job.id
    await finished(services, job)


async def test_a_picture_that_is_shown_again_is_reported_and_deleted_with_the_first(
    services: Services,
) -> None:
    job = await delivered(services, ADA, 5000)
    await services.gallery.shown_again(job, channel_id=11, message_id=8000)
    await services.reports.check(BOB, 8000)
    with pytest.raises(NotFound):
        await services.reports.check(OUTSIDER, 8000)
    made = await services.reports.report(now(BOB), 8000, "")
    assert made.job.id == job.id
    await services.reports.delete_result(MODERATOR, made.report.id)
    posts = await services.removals.list_posts()
    assert {(post.channel_id, post.message_id) for post in posts} == {(10, 5000), (11, 8000)}


async def test_a_message_that_is_none_of_ours_is_refused_before_anything_is_asked(services: Services) -> None:
    await delivered(services, ADA, 5000)
    await services.reports.check(BOB, 5000)
    with pytest.raises(NotFound, match="none of my pictures"):
        await services.reports.check(BOB, 5001)
    with pytest.raises(NotAllowed):
        await services.reports.check(replace(BOB, guild_id=None), 5000)


async def test_a_report_is_decided_and_its_member_punished_together_or_not_at_all(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await delivered(services, ADA, 5000)
    made = await services.reports.report(now(BOB), 5000, "")

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError("the process died here")

    with monkeypatch.context() as death:
        death.setattr("bot.storage.people.add", dies)
        with pytest.raises(ConnectionError):
            await services.reports.block(MODERATOR, made.report.id, span="1h", reason="spam")
    assert [found.report.id for found in await services.reports.list_open(MODERATOR, limit=5)] == [
        made.report.id
    ]
    with pytest.raises(Unreadable):
        await services.reports.block(MODERATOR, made.report.id, span="soon", reason="spam")
    assert len(await services.reports.list_open(MODERATOR, limit=5)) == 1
    await services.reports.block(MODERATOR, made.report.id, span="1h", reason="spam")
    assert await services.reports.list_open(MODERATOR, limit=5) == []
    assert [one.reason for one in (await services.sanctions.history(MODERATOR, ADA.user_id)).sanctions] == [
        "spam"
    ]
    with pytest.raises(TooLate):
        await services.reports.warn(MODERATOR, made.report.id, reason="again")
