"""A member's own settings: read, changed, apart in each guild, applied to what they draw, forgotten."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.asker import Asker
from bot.domain.errors import NotFound, PromptRefused, QuotaExceeded, Unconfirmed
from bot.domain.job import Speed
from bot.domain.kinds import JobKind
from bot.domain.preferences import Preferences, VariationMode
from bot.domain.quota import Unit
from bot.domain.rules import Place, Weight
from bot.domain.suffix import SuffixMisfit
from bot.services import Services
from bot.services.orders import Press
from bot.services.quotas import Gift
from engine import api
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import ADA, MODERATOR, drawn, finished
from tests.bot.services.community import now as again
from tests.bot.services.test_kept import kept_id_of

CHOSEN = Preferences(speed=Speed.RELAX, variation=VariationMode.SUBTLE, suffix="--ar 3:2", is_remix=True)


async def prefer(services: Services, **chosen: Any) -> None:
    """Ada's own settings, and nothing else."""
    await services.preferences.change(again(ADA), lambda _: Preferences(**chosen))


async def test_each_guild_has_preferences_of_its_own_and_a_direct_message_those_of_the_last(
    services: Services, ada: Asker
) -> None:
    elsewhere = replace(ada, guild_id=2)
    await services.preferences.change(elsewhere, lambda mine: replace(mine, is_remix=True))
    await services.preferences.change(ada, lambda _: CHOSEN)
    assert await services.preferences.get(ada) == CHOSEN
    assert await services.preferences.get(replace(ada, guild_id=None)) == CHOSEN
    assert await services.preferences.get(elsewhere) == Preferences(is_remix=True)
    assert await services.preferences.get(replace(ada, user_id=7)) == Preferences()


async def test_preferences_are_forgotten_with_their_member(services: Services, ada: Asker) -> None:
    await drawn(services, ada)
    await services.preferences.change(ada, lambda _: CHOSEN)
    await services.forgetting.forget(ada)
    assert await services.preferences.get(ada) == Preferences()


def test_preferences_of_another_version_are_read_as_far_as_they_are_known() -> None:
    assert Preferences.from_json(CHOSEN.to_json()) == CHOSEN
    assert Preferences().to_json() == {}
    newer = {"speed": "warp", "variation": "wild", "suffix": "--tile", "colour": "red"}
    assert Preferences.from_json(newer) == Preferences(suffix="--tile")


async def test_what_a_prompt_does_not_say_comes_from_the_settings_of_its_member(
    services: Services, ada: Asker, engine: HandEngine
) -> None:
    await prefer(services, suffix="in oil --ar 3:2", speed=Speed.RELAX)
    job = await drawn(services, ada, "a fox --seed 7")
    assert (job.prompt, job.recipe.typed) == ("a fox in oil --ar 3:2 --seed 7", "a fox --seed 7")
    assert (job.speed, engine.requests[-1].speed) == (Speed.RELAX, api.Speed.RELAX)
    assert (await drawn(services, ada, "a fox --ar 1:1 --fast")).speed is Speed.FAST
    bobs = await drawn(services, replace(ada, user_id=101), "a fox")
    assert (bobs.prompt, bobs.recipe.typed) == ("a fox", "")


async def test_one_press_draws_all_that_was_typed_without_the_suffix(services: Services, ada: Asker) -> None:
    await prefer(services, suffix="in oil --ar 3:2", speed=Speed.RELAX)
    job = await drawn(services, ada, "a {red, blue} fox")
    plain = await services.orders.without_suffix(again(ada), job.id)
    batch = [plain, *await services.jobs.list_siblings(plain)]
    assert [one.prompt for one in batch] == ["a red fox", "a blue fox"]
    assert {one.speed for one in batch} == {Speed.RELAX}
    with pytest.raises(NotFound):
        await services.orders.without_suffix(again(replace(ada, user_id=101)), job.id)
    for one in batch:
        await finished(services, one)


async def test_what_is_made_of_a_picture_does_not_get_the_suffix_again_and_is_as_urgent_as_its_presser_wants(
    services: Services, ada: Asker
) -> None:
    await prefer(services, suffix="in oil")
    grid = await drawn(services, ada, "a fox")
    await prefer(services, suffix="in ink", speed=Speed.RELAX)
    child = await services.orders.press(again(ada), Press(kind=JobKind.REROLL, job_id=grid.id))
    assert (child.prompt, child.recipe.typed, child.speed) == ("a fox in oil", "", Speed.RELAX)
    await finished(services, child)


async def test_v_under_a_grid_draws_what_the_member_wants_of_it(services: Services, ada: Asker) -> None:
    await prefer(services, variation=VariationMode.SUBTLE)
    grid = await drawn(services, ada, "a fox")
    press = Press(kind=JobKind.VARY, job_id=grid.id)
    assert (await services.orders.press(again(ada), press)).kind is JobKind.VARY_SUBTLE
    bob = replace(ada, user_id=101)
    assert (await services.orders.press(again(bob), press)).kind is JobKind.VARY
    tile = await services.orders.press(again(ada), Press(kind=JobKind.PICK, job_id=grid.id))
    under = Press(kind=JobKind.VARY, job_id=tile.id)  # its button says Strong
    strong = await services.orders.press(again(ada), under)
    assert strong.kind is JobKind.VARY
    await finished(services, strong)


async def test_so_many_jobs_are_drawn_without_a_question_as_the_member_wants(
    services: Services, ada: Asker
) -> None:
    many = "a {red, green, blue, black, white} fox"
    with pytest.raises(Unconfirmed):
        await services.orders.imagine(again(ada), many)
    await prefer(services, ask_above=10)
    assert (await services.orders.imagine(again(ada), many)).batch_size == 5
    await prefer(services, ask_above=1)
    with pytest.raises(Unconfirmed):
        await services.orders.imagine(again(ada), "a {red, green} fox")


@pytest.mark.parametrize("daily_images", [10])
async def test_nobody_is_asked_about_more_than_their_allowance_covers(services: Services, ada: Asker) -> None:
    await drawn(services, ada, "a fox")
    many = "a {red, green, blue, black, white} fox"
    with pytest.raises(QuotaExceeded, match="6 of 10 pictures left") as refused:
        await services.orders.imagine(again(ada), many)
    assert "This needs 20 pictures" in str(refused.value)
    gift = Gift(amount=40, unit=Unit.IMAGES, reason="", days=1)
    await services.quotas.grant(again(MODERATOR), ada.user_id, (), gift)
    with pytest.raises(Unconfirmed):
        await services.orders.imagine(again(ada), many)


async def test_rules_judge_the_suffix_too(services: Services, ada: Asker) -> None:
    await services.rules.add(again(MODERATOR), "oil", Weight.LIGHT, Place.PROMPT)
    await prefer(services, suffix="in oil")
    with pytest.raises(PromptRefused):
        await services.orders.imagine(again(ada), "a fox")


async def test_a_prompt_that_its_suffix_does_not_fit_is_one_press_from_being_drawn(
    services: Services, ada: Asker
) -> None:
    await prefer(services, suffix="in oil " * 20)
    with pytest.raises(SuffixMisfit) as refused:
        await services.orders.imagine(again(ada), "fox " * 990)
    assert [str(step.label) for step in refused.value.steps] == ["Draw without them"]
    job = await services.orders.release(again(ada), kept_id_of(refused.value))
    assert job.prompt == ("fox " * 990).strip()
    await finished(services, job)


async def test_a_prompt_is_drawn_again_with_a_new_seed_and_the_same_suffix(
    services: Services, ada: Asker
) -> None:
    await prefer(services, suffix="in oil")
    first = await drawn(services, ada, "a fox --seed 7")
    await prefer(services, suffix="in ink")
    second = await services.orders.again(again(ada), first.id)
    assert (second.prompt, second.kind) == ("a fox in oil", JobKind.IMAGINE)
    assert second.recipe.seed != 7
    for other in (again(ada, guild_id=2), again(ada, user_id=101)):
        with pytest.raises(NotFound):
            await services.orders.again(other, first.id)
    await finished(services, second)


async def test_own_prompts_are_offered_newest_first_each_once(services: Services, ada: Asker) -> None:
    for prompt in ("a fox", "a pear", "a red Fox --ar 3:2"):
        await drawn(services, ada, prompt)
    latest = await drawn(services, ada, "a fox")
    await drawn(services, replace(ada, user_id=101), "a stranger's fox")
    await services.orders.press(again(ada), Press(kind=JobKind.PICK, job_id=latest.id))
    offered = await services.gallery.list_prompts(ada, "")
    assert [job.prompt for job in offered] == ["a fox", "a red Fox --ar 3:2", "a pear"]
    found = await services.gallery.list_prompts(ada, "FOX")
    assert (len(found), found[0].id) == (2, latest.id)
    assert await services.gallery.list_prompts(replace(ada, guild_id=2), "") == []
