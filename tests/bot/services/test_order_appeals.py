"""A refused prompt goes before the moderators, and is drawn when they allow it: exactly what they allowed."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.asker import Asker
from bot.domain.errors import (
    NotAllowed,
    NotFound,
    PromptRefused,
    QuotaExceeded,
    TooLate,
    UserError,
)
from bot.domain.kinds import JobKind
from bot.domain.next_steps import AskModerators
from bot.domain.order import Order
from bot.domain.people import AppealStatus
from bot.domain.quota import Allowance
from bot.domain.rules import Place, Weight
from bot.services import Services
from bot.services.order_appeals import OrderVerdict
from bot.services.orders import Press
from tests.bot.services.community import MODERATOR, OUTSIDER, actions, change, drawn, finished
from tests.bot.services.community import now as again
from tests.bot.services.test_kept import kept_id_of

OTHER = replace(MODERATOR, user_id=902)


async def refused_id(services: Services, asker: Asker, prompt: str) -> int:
    """The number behind **Ask the moderators** below the refusal of a prompt."""
    with pytest.raises(UserError) as refused:
        await services.orders.imagine(again(asker), prompt)
    (step,) = refused.value.steps
    assert isinstance(step.action, AskModerators)
    assert str(step.label) == "Ask the moderators"
    return step.action.kept_id


async def asked(services: Services, asker: Asker, prompt: str) -> int:
    """The number of the appeal of a refused prompt."""
    kept_id = await refused_id(services, asker, prompt)
    return (await services.order_appeals.ask(again(asker), kept_id)).appeal.id


async def allow(services: Services, appeal_id: int, moderator: Asker = MODERATOR) -> OrderVerdict:
    """What a moderator allows."""
    return await services.order_appeals.decide(again(moderator), appeal_id, AppealStatus.ACCEPTED)


async def test_what_the_moderators_allow_is_drawn_as_it_was_asked_for_and_its_strike_is_taken_back(
    services: Services, ada: Asker
) -> None:
    await services.rules.add(again(MODERATOR), "goblin", Weight.HEAVY, Place.PROMPT)
    await services.rules.add(again(MODERATOR), "wart", Weight.LIGHT, Place.PROMPT)
    kept_id = await refused_id(services, ada, "a goblin with a wart --seed 7 --ar 3:2")
    letter = await services.order_appeals.ask(again(ada), kept_id)
    assert letter.appeal.rules == ("phrase:prompt:goblin", "phrase:prompt:wart")
    with pytest.raises(TooLate):
        await services.order_appeals.ask(again(ada), kept_id)
    assert (await services.sanctions.history(MODERATOR, ada.user_id)).strikes == 1
    verdict = await allow(services, letter.appeal.id)
    assert verdict.is_strike_taken_back
    assert (await services.sanctions.history(MODERATOR, ada.user_id)).strikes == 0
    job = await finished(services, await services.order_appeals.draw(verdict))
    assert (job.prompt, job.recipe.seed) == ("a goblin with a wart --ar 3:2 --seed 7", 7)
    assert (job.user_id, job.channel_id, job.status.has_pictures) == (ada.user_id, ada.channel_id, True)
    assert (await actions(services))[-1] == "prompt_allowed"
    for status in AppealStatus.ACCEPTED, AppealStatus.REJECTED:
        with pytest.raises(TooLate):
            await services.order_appeals.decide(again(MODERATOR), letter.appeal.id, status)
    assert await services.order_appeals.list_open(MODERATOR, limit=5) == []


async def test_the_block_that_followed_from_the_strike_is_lifted_with_it(
    services: Services, ada: Asker
) -> None:
    await change(services, lambda settings: replace(settings, strike_ladder=(60,)))
    await services.rules.add(again(MODERATOR), "goblin", Weight.HEAVY, Place.PROMPT)
    appeal_id = await asked(services, ada, "a goblin")
    with pytest.raises(UserError, match="draw"):
        await services.orders.imagine(again(ada), "a pear")
    verdict = await allow(services, appeal_id)
    await finished(services, await services.order_appeals.draw(verdict))
    assert (await drawn(services, ada, "a pear")).status.has_pictures


async def test_what_is_refused_stays_refused_and_its_words_are_not_kept(
    services: Services, ada: Asker
) -> None:
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    appeal_id = await asked(services, ada, "a goblin")
    assert [one.id for one in await services.order_appeals.list_open(MODERATOR, limit=5)] == [appeal_id]
    verdict = await services.order_appeals.decide(again(MODERATOR), appeal_id, AppealStatus.REJECTED)
    assert verdict.pardons == ()
    with pytest.raises(TooLate):
        await allow(services, appeal_id, OTHER)
    assert (await actions(services))[-1] == "prompt_refused"


async def test_a_rule_that_nobody_was_asked_about_still_refuses(services: Services, ada: Asker) -> None:
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    verdict = await allow(services, await asked(services, ada, "a goblin with a wart"))
    await services.rules.add(again(MODERATOR), "wart", Weight.LIGHT, Place.PROMPT)
    with pytest.raises(PromptRefused, match="wart"):
        await services.order_appeals.draw(verdict)


async def test_a_room_and_a_batch_are_allowed_too(services: Services, ada: Asker) -> None:
    await services.rules.require(again(MODERATOR), ada.channel_id, ["cat"], 1)
    verdict = await allow(services, await asked(services, ada, "a {red, blue} fox"))
    assert verdict.appeal.rules == ("room",)
    job = await services.order_appeals.draw(verdict)
    batch = [job, *await services.jobs.list_siblings(job)]
    assert [one.prompt for one in batch] == ["a red fox", "a blue fox"]
    for one in batch:
        await finished(services, one)


async def test_what_a_press_asks_for_is_allowed_too(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada, "a goblin")
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    with pytest.raises(PromptRefused) as refused:
        await services.orders.press(again(ada), Press(kind=JobKind.REROLL, job_id=grid.id))
    (step,) = refused.value.steps
    assert isinstance(step.action, AskModerators)
    letter = await services.order_appeals.ask(again(ada), step.action.kept_id)
    job = await services.order_appeals.draw(await allow(services, letter.appeal.id))
    assert job.kind is JobKind.REROLL
    await finished(services, job)


async def test_the_rule_on_minors_has_no_button_and_is_never_skipped(services: Services, ada: Asker) -> None:
    with pytest.raises(PromptRefused) as refused:
        await services.orders.imagine(again(ada), "a nude child")
    assert refused.value.steps == ()
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    verdict = await allow(services, await asked(services, ada, "a goblin"))
    order = Order.from_json(verdict.appeal.order)
    forged: dict[str, Any] = replace(order, text="a nude child").to_json()
    with pytest.raises(PromptRefused):
        await services.order_appeals.draw(replace(verdict, appeal=replace(verdict.appeal, order=forged)))


async def test_who_spent_their_allowance_meanwhile_goes_on_by_a_press_with_what_was_allowed(
    services: Services, ada: Asker
) -> None:
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    verdict = await allow(services, await asked(services, ada, "a goblin"))
    await services.quotas.set_member(MODERATOR, ada.user_id, (), Allowance(amount=0), "")
    with pytest.raises(QuotaExceeded) as spent:
        await services.order_appeals.draw(verdict)
    assert str(spent.value.steps[0].label) == "Try again"
    await services.quotas.set_member(MODERATOR, ada.user_id, (), None, "")
    job = await services.orders.release(again(ada), kept_id_of(spent.value))
    assert job.prompt == "a goblin"
    await finished(services, job)


async def test_only_moderators_of_the_guild_decide_and_not_about_themselves(
    services: Services, ada: Asker
) -> None:
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    appeal_id = await asked(services, ada, "a goblin")
    for stranger, refusal in ((ada, NotAllowed), (OUTSIDER, NotFound)):
        with pytest.raises(refusal):
            await allow(services, appeal_id, stranger)
    with pytest.raises(NotFound):
        await services.order_appeals.ask(again(OUTSIDER), appeal_id)


async def test_an_appeal_is_forgotten_with_its_member(services: Services, ada: Asker) -> None:
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    appeal_id = await asked(services, ada, "a goblin")
    await services.forgetting.forget(ada)
    with pytest.raises(NotFound, match="asked to be forgotten"):
        await allow(services, appeal_id)


async def test_so_many_wait_for_the_moderators_and_no_more(services: Services, ada: Asker) -> None:
    await services.rules.add(again(MODERATOR), "goblin", Weight.LIGHT, Place.PROMPT)
    for number in range(5):
        await asked(services, ada, f"a goblin {number}")
    with pytest.raises(TooLate, match="5 prompts"):
        await asked(services, ada, "a goblin")
