"""A guild's own rules: what each weight does, where words count, what rooms ask for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import NotAllowed, NotFound, PromptRefused, Unreadable
from bot.domain.next_steps import Draw
from bot.domain.order import Order
from bot.domain.preferences import Preferences
from bot.domain.prompt import parse
from bot.domain.rules import Place, Weight
from bot.services import Services, build_services
from bot.services.orders import imagine
from bot.services.recipes import Recipes
from bot.storage.database import Database
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, reroll, vary
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, actions, change, drawn, finished, now


async def forbid(services: Services, phrase: str, weight: Weight, place: Place = Place.ANYWHERE) -> None:
    """Add a rule to guild 1."""
    await services.rules.add(MODERATOR, phrase, weight, place)


def ordered(services: Services, text: str) -> Order:
    """The order of a typed prompt."""
    (order,) = imagine.orders(text, [parse(text)], {}, Recipes(services.models), Preferences())
    return order


async def test_a_soft_word_asks_and_is_drawn_after_it_was_confirmed(services: Services) -> None:
    await forbid(services, "clown", Weight.SOFT)
    with pytest.raises(PromptRefused, match="careful with `clown`") as asked:
        await services.orders.imagine(now(ADA), "a sad clown")
    (step,) = asked.value.steps
    assert isinstance(step.action, Draw)
    kept_id = step.action.kept_id
    with pytest.raises(NotFound):
        await services.orders.release(now(ADA, user_id=101), kept_id)
    with pytest.raises(NotFound):
        await services.orders.release(now(ADA, guild_id=2), kept_id)
    job = await finished(services, await services.orders.release(now(ADA), kept_id))
    assert job.prompt == "a sad clown"
    with pytest.raises(PromptRefused) as another:
        await services.orders.imagine(now(ADA), "another clown")
    assert another.value.steps[0].action == Draw(kept_id=kept_id + 1)  # never used twice
    await finished(services, await reroll(services, now(ADA), job.id, reply_to=None))
    assert await actions(services) == ["rule_add", "rule_asked", "rule_asked"]


@pytest.mark.parametrize("weight", [Weight.LIGHT, Weight.MEDIUM, Weight.HEAVY])
async def test_other_words_are_refused_whatever_was_confirmed(services: Services, weight: Weight) -> None:
    await forbid(services, "evil clown", weight)
    with pytest.raises(PromptRefused, match="do not allow `evil clown`"):
        await services.jobs.draw(now(ADA), replace(ordered(services, "an ev1l   cl0wn"), is_confirmed=True))
    await drawn(services, ADA, "a clown, not evil")
    assert await actions(services) == ["rule_add", "rule_refused"]
    history = await services.sanctions.history(MODERATOR, ADA.user_id)
    assert history.strikes == (weight is Weight.HEAVY)
    assert [s.points for s in history.sanctions] == {"light": [], "medium": [1], "heavy": [3]}[weight]


async def test_three_medium_words_are_a_strike_and_strikes_climb_the_ladder(
    services: Services, clock: MovableClock
) -> None:
    await change(services, lambda settings: replace(settings, strike_ladder=(15, 60)))
    await forbid(services, "clown", Weight.MEDIUM)
    for _ in range(2):
        with pytest.raises(PromptRefused):
            await services.orders.imagine(now(ADA), "a clown")
    with pytest.raises(PromptRefused, match="may not draw in this server until"):
        await services.orders.imagine(now(ADA), "a clown")
    with pytest.raises(
        NotAllowed, match=r"3 prompts against the rules \(`clown`, `clown`, `clown`\) within 30 days"
    ):
        await services.orders.imagine(now(ADA), "an apple")
    clock.advance(minutes=16)
    await drawn(services, ADA)
    await forbid(services, "clown", Weight.HEAVY)
    with pytest.raises(PromptRefused, match="strike"):
        await services.orders.imagine(now(ADA), "a clown")
    clock.advance(minutes=59)
    with pytest.raises(NotAllowed, match="4 prompts against the rules"):
        await services.orders.imagine(now(ADA), "an apple")
    clock.advance(minutes=2)
    await drawn(services, ADA)
    clock.advance(days=31)
    with pytest.raises(PromptRefused):
        await services.orders.imagine(now(ADA), "a clown")
    clock.advance(minutes=16)
    await drawn(services, ADA)  # the old strikes did not count: the first step again


async def test_a_broken_rule_says_what_it_counts_of_how_many_and_what_comes_next(services: Services) -> None:
    await forbid(services, "clown", Weight.HEAVY)
    await forbid(services, "fool", Weight.MEDIUM)
    told = []
    for prompt in ("a clown", "a fool"):
        with pytest.raises(PromptRefused) as refused:
            await services.orders.imagine(now(ADA), prompt)
        told.append([str(sentence) for sentence in refused.value.sentences[2:]])
    assert told == [
        [
            "This counts as 1 strike for 30 days.",
            "The next strike means 1 hour without drawing here.",
        ],
        [
            (
                "This counts as a third of a strike; with those before that makes 1 strike and a third. Each "
                "counts for 30 days."
            ),
            "The next strike means 1 hour without drawing here.",
        ],
    ]


async def test_one_interaction_is_one_strike_however_often_it_comes(services: Services) -> None:
    await forbid(services, "clown", Weight.HEAVY)
    again = now(ADA)
    for _ in range(3):
        with pytest.raises((PromptRefused, NotAllowed)):
            await services.orders.imagine(again, "a clown")
    assert (await services.sanctions.history(MODERATOR, ADA.user_id)).strikes == 1


async def test_a_button_is_refused_without_a_strike(services: Services) -> None:
    job = await drawn(services, ADA, "a clown")
    await forbid(services, "clown", Weight.HEAVY)
    presser = replace(ADA, user_id=101)
    for press in (vary, pick):
        with pytest.raises(PromptRefused):
            await press(services, now(presser), job.id, 0)
    assert (await services.sanctions.history(MODERATOR, 101)).strikes == 0


async def test_words_count_where_the_rule_says(services: Services) -> None:
    await forbid(services, "clown", Weight.LIGHT, Place.PROMPT)
    await forbid(services, "adult", Weight.LIGHT, Place.NEGATIVE)
    await drawn(services, ADA, "a circus --no clown")
    await drawn(services, ADA, "an adult")
    for prompt in ("a clown", "a circus --no adult", "a circus::2 adult::-1"):
        with pytest.raises(PromptRefused):
            await services.orders.imagine(now(ADA), prompt)


async def test_a_rule_is_changed_removed_and_judged(services: Services) -> None:
    await forbid(services, "Clown ", Weight.HEAVY)
    await forbid(services, "clown", Weight.SOFT)
    (rule,) = (await services.rules.book(MODERATOR)).rules
    assert (rule.phrase, rule.weight) == ("clown", Weight.SOFT)
    found = await services.rules.judge(MODERATOR, "a nude cl0wn --no text")
    assert ([r.phrase for r in found.rules], found.explicit, found.minors) == (["clown"], True, False)
    await services.rules.remove(MODERATOR, "CLOWN")
    with pytest.raises(NotFound):
        await services.rules.remove(MODERATOR, "clown")
    for nothing in ("", "...", "x" * 81):
        with pytest.raises(Unreadable):
            await forbid(services, nothing, Weight.SOFT)
    assert await actions(services) == ["rule_add", "rule_add", "rule_remove"]


async def test_rules_of_one_guild_are_unknown_to_another(services: Services) -> None:
    await forbid(services, "clown", Weight.HEAVY)
    assert (await services.rules.book(OUTSIDER)).rules == ()
    with pytest.raises(NotFound):
        await services.rules.remove(OUTSIDER, "clown")
    await drawn(services, replace(OUTSIDER, is_manager=False), "a clown")
    for forbidden in (
        services.rules.add(ADA, "x y", Weight.SOFT, Place.ANYWHERE),
        services.rules.remove(ADA, "clown"),
        services.rules.book(ADA),
        services.rules.judge(ADA, "a clown"),
        services.rules.require(ADA, 10, ["cat"], 1),
        services.rules.room(ADA, 10, role_ids=()),
    ):
        with pytest.raises(NotAllowed):
            await forbidden


async def test_a_theme_room_wants_its_words(services: Services) -> None:
    await services.rules.require(MODERATOR, 10, ["cat", "full moon", "snow"], 2)
    for prompt in ("an apple", "a cat", "a cat --no snow"):
        with pytest.raises(NotAllowed, match="at least 2 of these words"):
            await services.orders.imagine(now(ADA), prompt)
    await drawn(services, ADA, "a cat under a full moon")
    await drawn(services, replace(ADA, channel_id=11), "an apple")
    thread = replace(ADA, channel_id=12, parent_channel_id=10)
    with pytest.raises(NotAllowed):
        await services.orders.imagine(now(thread), "an apple")
    await services.rules.require(MODERATOR, 10, [], 1)
    await drawn(services, ADA, "an apple")
    assert (await services.rules.book(MODERATOR)).rooms == {}


async def test_a_room_is_for_its_roles_and_models(services: Services) -> None:
    await services.rules.room(MODERATOR, 10, role_ids=(7, 8))
    with pytest.raises(NotAllowed, match="<@&7>, <@&8>"):
        await services.orders.imagine(now(ADA), "an apple")
    await drawn(services, replace(ADA, role_ids=(8,)))
    await services.rules.room(MODERATOR, 10, role_ids=(), models=("other",))
    with pytest.raises(NotAllowed, match="`other`"):
        await services.orders.imagine(now(ADA), "an apple")
    await services.rules.room(MODERATOR, 10, models=("plain",))
    await drawn(services, ADA)


async def test_what_a_room_is_for_holds_for_presses_as_for_commands(services: Services) -> None:
    job = await drawn(services, ADA, "an apple")
    guest = replace(ADA, user_id=101)
    await services.rules.room(MODERATOR, 10, role_ids=(7,))
    for press in (reroll(services, now(guest), job.id), vary(services, now(guest), job.id, 0)):
        with pytest.raises(NotAllowed, match="<@&7>"):
            await press
    await pick(services, now(guest), job.id, 0)  # nothing is drawn: anybody may look closer
    await finished(services, await reroll(services, now(replace(guest, role_ids=(7,))), job.id))
    await services.rules.room(MODERATOR, 10, role_ids=(), models=("other",))
    with pytest.raises(NotAllowed, match="`other`"):
        await reroll(services, now(guest), job.id)
    await services.rules.room(MODERATOR, 10, models=())
    await services.rules.require(MODERATOR, 10, ["pear"], 1)
    with pytest.raises(NotAllowed, match="theme"):
        await vary(services, now(guest), job.id, 1)


async def test_nudity_is_not_drawn_unless_the_deployment_the_guild_and_the_room_allow_it(
    services: Services,
) -> None:
    await change(services, lambda settings: replace(settings, is_nsfw_allowed=True))
    for asker in (ADA, replace(ADA, is_age_restricted=True)):
        for prompt in ("a nude woman", "a woman --no clothes", "n4k3d people"):
            with pytest.raises(PromptRefused):
                await services.orders.imagine(now(asker), prompt)
    await drawn(services, ADA, "a woman --no nude")


@pytest.fixture
async def liberal(
    database: Database, engine: HandEngine, tmp_path: Path, clock: MovableClock
) -> AsyncIterator[Services]:
    """Services of a deployment that allows nsfw."""
    built = build_services(database, engine, data_dir=tmp_path, daily_images=40, allows_nsfw=True, now=clock)
    yield built
    await built.runs.drain()


async def test_an_age_restricted_room_of_a_guild_that_allows_it(liberal: Services) -> None:
    adults = replace(ADA, is_age_restricted=True)
    with pytest.raises(PromptRefused):
        await liberal.orders.imagine(now(adults), "a nude woman")
    await change(liberal, lambda settings: replace(settings, is_nsfw_allowed=True))
    job = await drawn(liberal, adults, "a nude woman")
    with pytest.raises(PromptRefused, match="age-restricted"):
        await liberal.orders.imagine(now(ADA), "a nude woman")
    with pytest.raises(PromptRefused, match="age-restricted"):
        await pick(liberal, now(ADA), job.id, 0, reply_to=None)
    with pytest.raises(PromptRefused, match="never draw minors"):
        await liberal.orders.imagine(now(adults), "a nude child")


async def test_phrases_are_suggested_to_moderators_of_their_own_guild_alone(services: Services) -> None:
    await services.rules.add(MODERATOR, "clown", Weight.SOFT, Place.ANYWHERE)
    assert await services.rules.list_phrases(MODERATOR) == ["clown"]
    assert await services.rules.list_phrases(ADA) == []
    assert await services.rules.list_phrases(OUTSIDER) == []
