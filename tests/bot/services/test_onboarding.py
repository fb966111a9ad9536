"""How newcomers are met: asked once, never losing what they typed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.asker import Asker
from bot.domain.audit import AuditFilter
from bot.domain.errors import NotAllowed, NotFound, QuotaExceeded
from bot.domain.guild import GuildSettings
from bot.domain.kept import MAX_KEPT
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Accept
from bot.domain.onboarding import DISCORD_EPOCH, TermsNotAccepted
from bot.services import Services
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, vary
from tests.bot.services.community import drawn, finished
from tests.bot.services.community import now as again

Change = Callable[[GuildSettings], GuildSettings]


async def configured(services: Services, ada: Asker, **values: Any) -> GuildSettings:
    """Change settings of Ada's guild."""
    manager = again(ada, user_id=1, is_manager=True)
    return await services.guilds.configure(
        manager,
        lambda settings: replace(settings, **values),
        names=[],
    )


async def asked(services: Services, asker: Asker, prompt: str = "a red apple") -> tuple[int, int]:
    """(pending id, version) of the terms that a prompt was answered with."""
    with pytest.raises(TermsNotAccepted) as refusal:
        await services.orders.imagine(again(asker), prompt)
    (step,) = refusal.value.steps
    assert isinstance(step.action, Accept)
    return step.action.kept_id, step.action.version


async def test_terms_are_asked_once_and_the_prompt_runs_by_itself(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    manager = again(ada, user_id=1, is_manager=True)
    await services.guilds.set(manager, {"terms": "Be kind.\nNo spam."})
    pending_id, version = await asked(services, ada, "a red apple --seed 5 --ar 3:2")
    assert engine.requests == []
    assert (await services.quotas.balance(ada)).spent.images == 0
    job = await finished(services, await services.onboarding.accept(again(ada), pending_id, version))
    assert (job.prompt, job.recipe.seed, job.user_id) == ("a red apple --ar 3:2 --seed 5", 5, ada.user_id)
    await drawn(services, ada)
    with pytest.raises(NotFound, match="drawn already"):
        await services.onboarding.accept(again(ada), pending_id, version)


async def test_new_terms_are_asked_anew(services: Services, ada: Asker) -> None:
    manager = again(ada, user_id=1, is_manager=True)
    await services.guilds.set(manager, {"terms": "Be kind."})
    first, version = await asked(services, ada)
    await services.guilds.set(manager, {"terms": "Be very kind."})
    with pytest.raises(TermsNotAccepted, match="Be very kind") as changed:  # while they were read
        await services.onboarding.accept(again(ada), first, version)
    assert changed.value.steps[0].action == Accept(kept_id=first, version=version + 1)
    await services.onboarding.accept(again(ada), first, version + 1)
    await services.guilds.set(manager, {"terms": "none"})
    await drawn(services, again(ada, user_id=77))


async def test_the_first_picture_is_only_spoken_of_before_it_and_the_prompt_where_there_is_one(
    services: Services, ada: Asker
) -> None:
    grid = await drawn(services, again(ada, user_id=5))
    await configured(services, ada, terms="Be kind.", terms_version=1)
    with pytest.raises(TermsNotAccepted, match=r"before your first picture(.|\n)*Your prompt is kept"):
        await services.orders.imagine(again(ada), "a red apple")
    with pytest.raises(TermsNotAccepted, match=r"One thing first(.|\n)*What you pressed is drawn"):
        await vary(services, again(ada), grid.id, 2, reply_to=55)
    await configured(services, ada, terms="", terms_version=1)
    await services.onboarding.greet_first_use(await drawn(services, ada))
    await configured(services, ada, terms="Be very kind.", terms_version=2)
    with pytest.raises(TermsNotAccepted, match=r"One thing first(.|\n)*Your prompt is kept"):
        await services.orders.imagine(again(ada), "a red apple")


async def test_a_press_that_waits_for_consent_runs_as_that_press(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    await configured(services, ada, terms="Be kind.", terms_version=1)
    bob = again(ada, user_id=200)
    with pytest.raises(TermsNotAccepted) as refusal:
        await vary(services, bob, grid.id, 2, reply_to=55)
    (step,) = refusal.value.steps
    assert isinstance(step.action, Accept)
    pending_id = step.action.kept_id
    job = await finished(services, await services.onboarding.accept(again(bob), pending_id, 1))
    assert (job.kind, job.reply_to, job.user_id) == (JobKind.VARY, 55, 200)
    assert job.parent is not None
    assert job.parent.index == 2
    assert len(engine.requests) == 2


async def test_picking_a_tile_needs_no_terms(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    await configured(services, ada, terms="Be kind.", terms_version=1)
    await pick(services, again(ada), grid.id, 0, reply_to=None)


async def test_nobody_accepts_for_another_or_from_another_guild(services: Services, ada: Asker) -> None:
    await configured(services, ada, terms="Be kind.", terms_version=1)
    pending_id, version = await asked(services, ada)
    for stranger in (again(ada, user_id=5), again(ada, guild_id=2)):
        with pytest.raises(NotFound):
            await services.onboarding.accept(stranger, pending_id, version)
    with pytest.raises(NotFound):
        await services.onboarding.accept(ada, 10**17, version)
    await services.onboarding.accept(again(ada), pending_id, version)


async def test_pressing_accept_many_times_makes_one_job(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await configured(services, ada, terms="Be kind.", terms_version=1)
    pending_id, version = await asked(services, ada)
    results = await asyncio.gather(
        *(services.onboarding.accept(again(ada), pending_id, version) for _ in range(20)),
        return_exceptions=True,
    )
    jobs = [result for result in results if not isinstance(result, BaseException)]
    assert len({job.id for job in jobs}) == 1
    await finished(services, jobs[0])
    assert len(engine.requests) == 1


async def test_one_after_the_other_everybody_gets_their_own_prompt(services: Services, ada: Asker) -> None:
    await configured(services, ada, terms="Be kind.", terms_version=1)
    for user_id in (100, 200, 300):
        member = again(ada, user_id=user_id)
        pending_id, version = await asked(services, member, f"apple number {user_id}")
        job = await services.onboarding.accept(again(member), pending_id, version)
        assert (job.user_id, job.prompt) == (user_id, f"apple number {user_id}")


async def test_too_many_kept_prompts_are_forgotten(services: Services, ada: Asker) -> None:
    await configured(services, ada, terms="Be kind.", terms_version=1)
    kept = [(await asked(services, ada, f"apple number {number}"))[0] for number in range(MAX_KEPT + 1)]
    with pytest.raises(NotFound):
        await services.onboarding.accept(again(ada), kept[0], 1)
    job = await services.onboarding.accept(again(ada), kept[1], 1)
    assert job.prompt == "apple number 1"


@pytest.mark.parametrize("daily_images", [0])
async def test_a_prompt_that_the_allowance_does_not_cover_stays_kept(services: Services, ada: Asker) -> None:
    await configured(services, ada, terms="Be kind.", terms_version=1)
    pending_id, version = await asked(services, ada)
    for _ in range(2):
        with pytest.raises(QuotaExceeded):
            await services.onboarding.accept(again(ada), pending_id, version)


async def test_accounts_that_are_too_new_wait(services: Services, ada: Asker, clock: MovableClock) -> None:
    await configured(services, ada, min_account_days=7)
    made_at = clock.now - timedelta(days=6)
    fresh = again(ada, user_id=int((made_at - DISCORD_EPOCH).total_seconds() * 1000) << 22)
    with pytest.raises(NotAllowed, match="too new"):
        await services.orders.imagine(fresh, "an apple")
    clock.advance(days=1, seconds=1)
    await drawn(services, fresh)


async def test_joining_again_neither_shortens_the_wait_nor_fills_the_allowance(
    services: Services, ada: Asker, clock: MovableClock
) -> None:
    await configured(services, ada, min_member_minutes=10)
    joined = again(ada, joined_at=clock.now)
    with pytest.raises(NotAllowed, match="just now"):
        await services.orders.imagine(joined, "an apple")
    clock.advance(minutes=10)
    assert await services.onboarding.greet_first_use(await drawn(services, joined))
    rejoined = again(ada, joined_at=clock.now)
    with pytest.raises(NotAllowed):
        await services.orders.imagine(rejoined, "an apple")
    assert (await services.quotas.balance(rejoined)).spent.images == 4
    clock.advance(minutes=10)
    assert not await services.onboarding.greet_first_use(await drawn(services, rejoined))


async def test_start_tells_the_room_and_whether_terms_wait(services: Services, ada: Asker) -> None:
    begun = await services.onboarding.start(ada)
    assert (begun.room_id, begun.has_terms) == (None, False)
    await services.rooms.room_made(1, channel_id=31, number=1)
    await configured(services, ada, terms="Be kind.", terms_version=1)
    begun = await services.onboarding.start(ada)
    assert (begun.room_id, begun.has_terms) == (31, True)


async def test_examples_are_drawn_for_who_presses(services: Services, ada: Asker) -> None:
    job = await finished(services, await services.onboarding.try_example(ada, 0))
    assert job.prompt == "a red fox in the snow"


async def test_only_manage_server_changes_settings_and_every_change_is_audited(
    services: Services, ada: Asker
) -> None:
    moderator = again(ada, role_ids=(9,))
    await configured(services, ada, moderator_role_ids=(9,))
    for asker in (ada, moderator, again(ada, guild_id=None)):
        with pytest.raises(NotAllowed):
            await services.guilds.set(asker, {"newbie-rooms": "3"})
    manager = again(ada, is_manager=True)
    await services.guilds.set(manager, {"newbie-rooms": "3"})
    entry = (await services.audit.page(manager, AuditFilter(), 0)).entries[0]
    assert (entry.actor_id, entry.action, entry.details) == (100, "settings", {"newbie-rooms": "3"})
    assert (await services.guilds.get(1)).newbie_rooms == 3
    assert (await services.guilds.get(2)).newbie_rooms == 0


async def test_five_hundred_throw_away_accounts_get_nothing(
    services: Services, engine: HandEngine, ada: Asker, clock: MovableClock
) -> None:
    await configured(services, ada, min_account_days=3)
    made_at = int((clock.now - timedelta(hours=1) - DISCORD_EPOCH).total_seconds() * 1000) << 22
    results = await asyncio.gather(
        *(services.orders.imagine(again(ada, user_id=made_at + n), "an apple") for n in range(500)),
        return_exceptions=True,
    )
    assert all(isinstance(result, NotAllowed) for result in results)
    assert engine.requests == []
