"""Details of a picture: to who may see it, with everything that decided it."""

from dataclasses import replace

import pytest

from bot.domain.errors import NotFound
from bot.services import Services
from tests.bot.hand_engine import MODEL, HandEngine
from tests.bot.presses import pick, vary
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, delivered, finished, now

BOB = replace(ADA, user_id=101)


async def test_details_are_for_everybody_who_sees_the_message(services: Services) -> None:
    grid = await delivered(services, ADA, 5000, "a red apple --seed 7")
    for asker in (ADA, BOB, MODERATOR):
        found = await services.shown.details(now(asker), 5000)
        assert (found.job.id, found.job.recipe.seeds) == (grid.id, (7, 8, 9, 10))
        assert found.is_own == (asker is ADA)
    for stranger in (OUTSIDER, replace(BOB, guild_id=None), replace(ADA, guild_id=2)):
        with pytest.raises(NotFound, match="none of my pictures"):
            await services.shown.details(now(stranger), 5000)


async def test_by_its_number_only_ones_own_is_told(services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    assert (await services.shown.details_listed(now(ADA), grid.id)).is_own
    assert (await services.shown.details_listed(now(replace(ADA, guild_id=None)), grid.id)).is_own
    for stranger in (BOB, MODERATOR, OUTSIDER, replace(ADA, guild_id=2)):
        with pytest.raises(NotFound):
            await services.shown.details_listed(now(stranger), grid.id)


async def test_details_tell_a_tiles_own_seed_and_what_it_was_made_from(services: Services) -> None:
    grid = await delivered(services, ADA, 5000, "a red apple --seed 7")
    tile = await pick(services, now(BOB), grid.id, 2)
    await services.outbox.delivered(tile, 5001)
    found = await services.shown.details(now(ADA), 5001)
    assert found.parent is not None
    assert (found.job.recipe.seeds, found.parent.id, found.is_own) == ((9,), grid.id, False)


async def test_details_of_a_child_outlive_its_parent(services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    child = await finished(services, await vary(services, now(BOB), grid.id, 0))
    await services.outbox.delivered(child, 5001)
    await services.taking_back.delete(now(ADA), grid.id)
    found = await services.shown.details(now(BOB), 5001)
    assert found.parent is None
    assert not (await services.pictures.make_print(found.job)).is_model_changed


async def test_a_model_that_changed_is_told(services: Services, engine: HandEngine) -> None:
    await delivered(services, ADA, 5000)
    assert not (await services.shown.details(now(ADA), 5000)).is_model_changed
    engine.model = replace(MODEL, hash="another")
    assert (await services.shown.details(now(ADA), 5000)).is_model_changed


async def test_details_of_a_forgotten_member_are_gone(services: Services) -> None:
    await delivered(services, ADA, 5000)
    await services.forgetting.forget(now(ADA))
    with pytest.raises(NotFound, match="deleted already"):
        await services.shown.details(now(BOB), 5000)


async def test_a_tile_that_was_picked_here_is_found_for_its_member_and_channel_only(
    services: Services,
) -> None:
    grid = await delivered(services, ADA, 5000)
    assert await services.shown.picked(now(ADA), grid.id, 1) is None
    tile = await pick(services, now(ADA), grid.id, 1)
    await services.outbox.delivered(tile, 5001)
    found = await services.shown.picked(now(ADA), grid.id, 1)
    assert found is not None
    assert found.result_message_id == 5001
    for other in (BOB, replace(ADA, channel_id=11), OUTSIDER):
        assert await services.shown.picked(now(other), grid.id, 1) is None
    assert await services.shown.picked(now(ADA), grid.id, 2) is None
