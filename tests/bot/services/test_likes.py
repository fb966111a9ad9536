"""❤️: who likes which pictures, and when nobody does any more."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.errors import Impossible, NotFound
from bot.domain.kinds import JobKind
from bot.services import Services
from bot.services.orders import Press
from bot.services.orders.reroll import SAME
from bot.storage.database import Database
from bot.storage.models import LikeRow
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick
from tests.bot.services.community import ADA, OUTSIDER, delivered, finished, now, spent

BOB = replace(ADA, user_id=101)


async def liked(database: Database) -> list[tuple[int, int]]:
    """(picture, member), in order."""
    async with database.reading() as session:
        rows = await session.execute(select(LikeRow.job_id, LikeRow.user_id).order_by(LikeRow.user_id))
        return [(job_id, user_id) for job_id, user_id in rows]


async def test_a_like_is_counted_once_for_each_member_and_taken_back_by_a_second_press(
    services: Services, database: Database
) -> None:
    grid = await delivered(services, ADA, 5000)
    assert (await services.likes.toggle(now(ADA), 5000)).count == 1
    assert (await services.likes.update(now(BOB), 5000, is_liked=True)).count == 2
    assert (await services.likes.update(now(BOB), 5000, is_liked=True)).count == 2
    back = await services.likes.toggle(now(ADA), 5000)
    assert (back.is_liked, back.count) == (False, 1)
    assert await liked(database) == [(grid.id, BOB.user_id)]


async def test_likes_go_with_the_picture_and_with_either_member(
    services: Services, database: Database
) -> None:
    grid = await delivered(services, ADA, 5000)
    other = await delivered(services, BOB, 5001)
    kept = await delivered(services, replace(ADA, user_id=102), 5002)
    for asker in (ADA, BOB):
        for message_id in (5000, 5001, 5002):
            await services.likes.toggle(now(asker), message_id)
    await services.taking_back.delete(now(ADA), grid.id)
    assert {job_id for job_id, _ in await liked(database)} == {other.id, kept.id}
    await services.forgetting.forget(now(BOB))
    assert await liked(database) == [(kept.id, ADA.user_id)]


async def test_only_what_can_be_seen_and_is_there_can_be_liked(services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    with pytest.raises(NotFound):
        await services.likes.toggle(now(OUTSIDER), 5000)
    await services.taking_back.delete(now(ADA), grid.id)
    with pytest.raises(NotFound):
        await services.likes.toggle(now(ADA), 5000)


async def test_same_again_draws_the_recipe_with_its_seed_and_is_charged(
    services: Services, engine: HandEngine
) -> None:
    grid = await delivered(services, ADA, 5000, "a red apple --chaos 20")
    first = engine.requests[-1]
    same = Press(kind=JobKind.REROLL, job_id=grid.id, how=SAME)
    again = await finished(services, await services.orders.press(now(BOB), same))
    assert replace(engine.requests[-1], fairness_key=first.fairness_key) == first
    assert (again.recipe, again.reply_to, again.user_id) == (grid.recipe, 5000, BOB.user_id)
    assert await spent(services, BOB) == (4, 0)
    tile = await pick(services, now(ADA), grid.id, 2)
    alone = replace(same, job_id=tile.id)
    one = await finished(services, await services.orders.press(now(BOB), alone))
    assert engine.requests[-1].seeds == (first.seeds[2],)
    assert one.recipe.num_images == 1
    assert await spent(services, BOB) == (5, 0)


async def test_what_was_not_drawn_here_cannot_be_drawn_again(services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    picture = (await services.pictures.make_print(grid)).tiles[0]
    taken = await services.imports.add(now(ADA), [picture], "")
    with pytest.raises(Impossible):
        await services.orders.press(now(ADA), Press(kind=JobKind.REROLL, job_id=taken.id, how=SAME))
