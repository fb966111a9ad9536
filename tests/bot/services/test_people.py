"""Blocks, warnings, notices, appeals: told, acknowledged, decided."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import AuditFilter
from bot.domain.errors import NotAllowed, NotFound, TooLate, Unreadable
from bot.domain.job import JobStatus
from bot.domain.kept import Waits
from bot.domain.next_steps import Acknowledge, Appeal, Draw
from bot.domain.people import SPANS, AppealStatus, SanctionKind, to_span
from bot.services import Services
from bot.services.sanctions import MAX_HISTORY
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, actions, change, drawn, finished, now

ME = ADA.user_id


async def test_a_block_says_why_and_until_when_cancels_the_queue_and_ends_by_itself(
    services: Services, engine: HandEngine, clock: MovableClock
) -> None:
    engine.hold()
    await services.orders.imagine(now(ADA), "an apple")
    await services.sanctions.block(MODERATOR, ME, span="1h", reason="spam")
    assert (await services.queue.show(MODERATOR)).jobs == ()
    assert (await services.quotas.balance(ADA)).reserved.images == 0
    engine.release()
    with pytest.raises(NotAllowed) as told:
        await services.orders.imagine(now(ADA), "an apple")
    until = int(clock.now.timestamp()) + 3600
    assert [str(s) for s in told.value.sentences] == [
        f"You may not draw in this server until <t:{until}:f> (<t:{until}:R>): spam"
    ]
    assert [step.action for step in told.value.steps] == [Appeal(sanction_id=1)]
    await drawn(services, replace(ADA, guild_id=2))
    clock.advance(minutes=61)
    await drawn(services, ADA)
    assert await actions(services) == ["block", "cancel"]


async def test_a_block_is_lifted(services: Services) -> None:
    await services.sanctions.block(MODERATOR, ME, span=None, reason="spam")
    with pytest.raises(NotAllowed, match="until the moderators lift it"):
        await services.orders.imagine(now(ADA), "an apple")
    await services.sanctions.unblock(MODERATOR, ME, reason="sorry")
    await drawn(services, ADA)
    with pytest.raises(NotFound):
        await services.sanctions.unblock(MODERATOR, ME, reason="again")


async def test_a_notice_is_acknowledged_before_the_next_job(services: Services) -> None:
    given = await services.sanctions.notice(MODERATOR, ME, text="Please use <#5> for *cats*.")
    with pytest.raises(NotAllowed):
        await services.orders.imagine(now(ADA), "an apple")
    with pytest.raises(NotAllowed, match="a message for you: Please use") as told:
        await services.orders.imagine(now(ADA), "an apple")
    assert [step.action for step in told.value.steps] == [Acknowledge(sanction_id=given.id)]
    for stranger in (replace(ADA, user_id=101), replace(ADA, guild_id=2), OUTSIDER):
        with pytest.raises(NotFound):
            await services.sanctions.acknowledge(now(stranger), given.id)
    await services.sanctions.acknowledge(now(ADA), given.id)
    await drawn(services, ADA)


async def test_warnings_are_strikes_that_lead_to_blocks(services: Services) -> None:
    assert await services.sanctions.set_ladder(MODERATOR, "0 1h 1d") == (0, 60, 1440)
    first = await services.sanctions.warn(MODERATOR, ME, reason="first")
    assert (first.points, first.days, first.block) == (3, 30, None)
    block = (await services.sanctions.warn(MODERATOR, ME, reason="second")).block
    assert block is not None
    assert (block.kind, block.actor_id, block.reason) == (SanctionKind.BLOCK, 0, "")
    history = await services.sanctions.history(MODERATOR, ME)
    assert history.strikes == 2
    assert [s.kind for s in history.sanctions] == ["block", "warning", "warning"]
    assert await actions(services) == ["ladder", "warning", "warning", "block"]


async def test_an_appeal_is_made_once_and_decided_once(services: Services) -> None:
    await change(services, lambda settings: replace(settings, moderators_channel_id=77))
    await services.sanctions.warn(MODERATOR, ME, reason="rude")
    given = await services.sanctions.block(MODERATOR, ME, span="1d", reason="spam")
    for stranger in (replace(ADA, user_id=101), replace(ADA, guild_id=2)):
        with pytest.raises(NotFound):
            await services.appeals.appeal(now(stranger), given.id, "let me in")
    made = await services.appeals.appeal(now(ADA), given.id, "It was my brother.")
    assert (made.channel_id, made.appeal.text, made.appeal.sanction.reason) == (
        77,
        "It was my brother.",
        "spam",
    )
    with pytest.raises(TooLate, match="already"):
        await services.appeals.appeal(now(ADA), given.id, "again")
    with pytest.raises(NotAllowed, match="You have appealed") as told:
        await services.orders.imagine(now(ADA), "an apple")
    assert told.value.steps == ()
    assert [a.id for a in await services.appeals.list_open(MODERATOR, limit=5)] == [made.appeal.id]
    for asker, refusal in ((ADA, NotAllowed), (OUTSIDER, NotFound)):
        with pytest.raises(refusal):
            await services.appeals.decide(asker, made.appeal.id, AppealStatus.ACCEPTED)
    await services.appeals.check(MODERATOR, made.appeal.id)
    verdict = await services.appeals.decide(MODERATOR, made.appeal.id, AppealStatus.ACCEPTED)
    with pytest.raises(TooLate, match="decided"):
        await services.appeals.check(MODERATOR, made.appeal.id)
    with pytest.raises(TooLate, match="decided"):
        await services.appeals.decide(MODERATOR, made.appeal.id, AppealStatus.REJECTED)
    history = await services.sanctions.history(MODERATOR, ME)
    assert history.strikes == 0
    await services.sanctions.acknowledge(now(ADA), 1)
    await services.sanctions.acknowledge(now(ADA), verdict.decision.id)
    await drawn(services, ADA)
    assert await actions(services) == ["warning", "block", "appeal_accepted"]


async def test_a_rejected_appeal_leaves_the_block_and_is_told_with_the_words_of_the_moderators(
    services: Services, clock: MovableClock
) -> None:
    given = await services.sanctions.block(MODERATOR, ME, span="1d", reason="spam")
    made = await services.appeals.appeal(now(ADA), given.id, "please")
    verdict = await services.appeals.decide(
        MODERATOR, made.appeal.id, AppealStatus.REJECTED, reason="Three people saw it."
    )
    with pytest.raises(NotAllowed, match="until") as told:
        await services.orders.imagine(now(ADA), "an apple")
    assert [str(sentence) for sentence in told.value.sentences[1:]] == [
        "The moderators have read your appeal, and keep the block.",
        "The moderators write: Three people saw it.",
    ]
    clock.advance(days=2)
    with pytest.raises(NotAllowed, match="Your appeal is rejected") as told:
        await services.orders.imagine(now(ADA), "an apple")
    assert [step.action for step in told.value.steps] == [Acknowledge(sanction_id=verdict.decision.id)]
    await services.sanctions.acknowledge(now(ADA), verdict.decision.id)
    await drawn(services, ADA)
    (entry, *_) = (await services.audit.page(MODERATOR, AuditFilter(), 0)).entries
    assert (entry.action, entry.reason) == ("appeal_rejected", "Three people saw it.")


async def test_who_appealed_learns_that_it_was_accepted_before_the_next_picture(services: Services) -> None:
    given = await services.sanctions.block(MODERATOR, ME, span=None, reason="spam")
    made = await services.appeals.appeal(now(ADA), given.id, "please")
    verdict = await services.appeals.decide(
        MODERATOR, made.appeal.id, AppealStatus.ACCEPTED, reason="We were wrong."
    )
    with pytest.raises(NotAllowed) as told:
        await services.orders.imagine(now(ADA), "an apple")
    assert [str(sentence) for sentence in told.value.sentences] == [
        "Your appeal is accepted: the block is lifted, and your strikes are forgotten.",
        "The moderators write: We were wrong.",
        "Press the button when you have read it. What you asked for is kept; one more press draws it.",
    ]
    assert await services.sanctions.acknowledge(now(ADA), verdict.decision.id) is None
    await drawn(services, ADA)


async def test_a_decision_is_kept_with_its_notice_or_not_at_all(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = await services.sanctions.block(MODERATOR, ME, span=None, reason="spam")
    made = await services.appeals.appeal(now(ADA), given.id, "please")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr("bot.storage.audit.note", broken)  # the last statement of the transaction
        with pytest.raises(RuntimeError):
            await services.appeals.decide(MODERATOR, made.appeal.id, AppealStatus.ACCEPTED)
    assert [a.id for a in await services.appeals.list_open(MODERATOR, limit=5)] == [made.appeal.id]
    with pytest.raises(NotAllowed, match="You have appealed"):
        await services.orders.imagine(now(ADA), "an apple")


async def test_a_letter_in_private_is_acknowledged_there_whichever_server_was_used_last(
    services: Services,
) -> None:
    given = await services.sanctions.block(MODERATOR, ME, span="1d", reason="spam")
    made = await services.appeals.appeal(now(ADA), given.id, "please")
    verdict = await services.appeals.decide(MODERATOR, made.appeal.id, AppealStatus.REJECTED)
    await drawn(services, replace(ADA, guild_id=2))
    with pytest.raises(NotFound):
        await services.sanctions.acknowledge(now(ADA, guild_id=None, user_id=101), verdict.decision.id)
    block = await services.sanctions.acknowledge(now(ADA, guild_id=None), verdict.decision.id)
    assert block is not None
    assert block.id == given.id


async def test_a_block_by_strikes_says_which_warnings_how_many_and_until_when(
    services: Services, clock: MovableClock
) -> None:
    await services.sanctions.warn(MODERATOR, ME, reason="too old to count")
    clock.advance(days=31)
    await services.sanctions.warn(MODERATOR, ME, reason="rude")
    clock.advance(days=1)
    await services.sanctions.warn(MODERATOR, ME, reason="*very* rude")
    until = int(clock.now.timestamp()) + 3600
    with pytest.raises(NotAllowed) as told:
        await services.orders.imagine(now(ADA), "an apple")
    assert str(told.value) == (
        f"You may not draw in this server until <t:{until}:f> (<t:{until}:R>): "
        "2 warnings (“rude”, “\\*very\\* rude”) within 30 days"
    )
    (step,) = told.value.steps
    assert isinstance(step.action, Appeal)
    made = await services.appeals.appeal(now(ADA), step.action.sanction_id, "I am sorry")
    assert [cause.reason for cause in made.appeal.causes] == ["rude", "*very* rude"]
    (waiting,) = await services.appeals.list_open(MODERATOR, limit=5)
    assert waiting.causes == made.appeal.causes


async def test_what_waited_for_a_notice_to_be_read_is_drawn_by_one_more_press(services: Services) -> None:
    await services.sanctions.warn(MODERATOR, ME, reason="rude")
    with pytest.raises(NotAllowed) as told:
        await services.orders.imagine(now(ADA), "an apple --seed 7")
    (read,) = told.value.steps
    assert isinstance(read.action, Acknowledge)
    await services.sanctions.acknowledge(now(ADA), read.action.sanction_id)
    step = await services.kept.waiting(now(ADA), Waits.NOTICE)
    assert step is not None
    assert isinstance(step.action, Draw)
    job = await finished(services, await services.orders.release(now(ADA), step.action.kept_id))
    assert (job.status, job.recipe.seed) == (JobStatus.RENDERED, 7)
    assert await services.kept.waiting(now(ADA), Waits.NOTICE) is None


async def test_a_warning_says_of_how_many_for_how_long_and_what_comes_next(services: Services) -> None:
    await services.sanctions.warn(MODERATOR, ME, reason="rude")
    with pytest.raises(NotAllowed) as told:
        await services.orders.imagine(now(ADA), "an apple")
    assert [str(sentence) for sentence in told.value.sentences] == [
        "The moderators of this server warn you: rude",
        "This counts as 1 strike for 30 days.",
        "The next strike means 1 hour without drawing here.",
        "Press the button when you have read it. What you asked for is kept; one more press draws it.",
    ]


@pytest.mark.parametrize("span", ["soon", "-1h", "0m", "1x", "99999w", "1h later", "5 dogs", "1 moon"])
async def test_a_time_that_cannot_be_read_blocks_nobody(services: Services, span: str) -> None:
    with pytest.raises(Unreadable, match="Write how long"):
        await services.sanctions.block(MODERATOR, ME, span=span, reason="")
    await drawn(services, ADA)


async def test_only_moderators_and_never_on_themselves(services: Services) -> None:
    for refused in (
        services.sanctions.block(ADA, 101, span=None, reason=""),
        services.sanctions.warn(ADA, 101, reason=""),
        services.sanctions.notice(ADA, 101, text=""),
        services.sanctions.unblock(ADA, 101, reason=""),
        services.sanctions.history(ADA, 101),
        services.sanctions.set_ladder(ADA, "0"),
        services.appeals.list_open(ADA, limit=5),
        services.sanctions.block(MODERATOR, MODERATOR.user_id, span=None, reason=""),
    ):
        with pytest.raises(NotAllowed):
            await refused


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("15m", 15), ("1 h", 60), ("1d 12h", 2160), ("2 weeks", 20_160), ("1 month", 43_200), ("2mo", 86_400)],
)
async def test_a_block_lasts_as_long_as_was_typed(services: Services, typed: str, minutes: int) -> None:
    given = await services.sanctions.block(MODERATOR, ME, span=typed, reason="spam")
    assert given.until == given.created_at + timedelta(minutes=minutes)
    (entry,) = (await services.audit.page(MODERATOR, AuditFilter(), 0)).entries
    assert entry.details == {"minutes": minutes}


@pytest.mark.parametrize("span", SPANS)
def test_every_suggested_span_can_be_read(span: str) -> None:
    assert to_span(span)


async def test_a_block_ends_by_itself(services: Services, clock: MovableClock) -> None:
    await services.sanctions.block(MODERATOR, ME, span="1h", reason="spam")
    clock.advance(minutes=59)
    with pytest.raises(NotAllowed, match="spam"):
        await services.orders.imagine(now(ADA), "an apple")
    clock.advance(minutes=1)
    await drawn(services, ADA)
    with pytest.raises(NotFound, match="not blocked"):
        await services.sanctions.unblock(MODERATOR, ME, reason="over")


async def test_a_moderator_who_is_blocked_cannot_let_themselves_in_again(services: Services) -> None:
    await change(services, lambda settings: replace(settings, moderator_role_ids=(7,)))
    deputy = replace(ADA, user_id=902, role_ids=(7,))
    given = await services.sanctions.block(MODERATOR, deputy.user_id, span=None, reason="resting")
    made = await services.appeals.appeal(now(deputy), given.id, "I am fine")
    with pytest.raises(NotAllowed, match="yourself"):
        await services.sanctions.unblock(deputy, deputy.user_id, reason="I say so")
    with pytest.raises(NotAllowed, match="yourself"):
        await services.appeals.decide(deputy, made.appeal.id, AppealStatus.ACCEPTED)
    assert [a.id for a in await services.appeals.list_open(MODERATOR, limit=5)] == [made.appeal.id]
    verdict = await services.appeals.decide(MODERATOR, made.appeal.id, AppealStatus.ACCEPTED)
    await services.sanctions.acknowledge(now(deputy), verdict.decision.id)
    await drawn(services, deputy)


async def test_whoever_manages_the_server_can_lift_their_own_block(services: Services) -> None:
    await services.sanctions.block(
        replace(MODERATOR, user_id=903), MODERATOR.user_id, span=None, reason="oops"
    )
    assert await services.sanctions.unblock(MODERATOR, MODERATOR.user_id, reason="oops") == MODERATOR.user_id
    await drawn(services, MODERATOR)


async def test_a_long_record_says_that_there_is_more(services: Services) -> None:
    for number in range(MAX_HISTORY):
        await services.sanctions.notice(MODERATOR, ME, text=f"text {number}")
    assert not (await services.sanctions.history(MODERATOR, ME)).has_more
    await services.sanctions.notice(MODERATOR, ME, text="one more")
    found = await services.sanctions.history(MODERATOR, ME)
    assert found.has_more
    assert [s.reason for s in found.sanctions] == [
        "one more",
        *(f"text {number}" for number in reversed(range(1, MAX_HISTORY))),
    ]


async def test_nobody_judges_themselves_or_a_forgotten_member(services: Services) -> None:
    for asker, user_id, refusal in (
        (MODERATOR, MODERATOR.user_id, NotAllowed),
        (ADA, 101, NotAllowed),
        (MODERATOR, -5, NotFound),
    ):
        with pytest.raises(refusal):
            await services.sanctions.block(asker, user_id, span="1h", reason="x")
