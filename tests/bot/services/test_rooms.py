"""Where drawing is allowed, and the rooms that are kept for newcomers."""

import pytest

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed
from bot.domain.rooms import BUSY_JOBS
from bot.services import Services
from tests.bot.conftest import MovableClock
from tests.bot.services.community import drawn
from tests.bot.services.community import now as again
from tests.bot.services.test_onboarding import configured


@pytest.fixture
def daily_images() -> int:
    return 1000


async def test_drawing_is_allowed_everywhere_until_a_guild_says_where(services: Services, ada: Asker) -> None:
    await drawn(services, ada)
    await configured(services, ada, drawing_channel_ids=(20,))
    with pytest.raises(NotAllowed, match="<#20>"):
        await services.orders.imagine(again(ada), "an apple")
    await drawn(services, again(ada, channel_id=20))
    await drawn(services, again(ada, channel_id=99, parent_channel_id=20))
    await drawn(services, again(ada, guild_id=2))


async def test_people_are_pointed_to_the_least_busy_room(services: Services, ada: Asker) -> None:
    await configured(services, ada, drawing_channel_ids=(20,))
    for number in (1, 2):
        await services.rooms.room_made(1, channel_id=30 + number, number=number)
    await drawn(services, again(ada, channel_id=31))
    with pytest.raises(NotAllowed, match="<#32>"):
        await services.orders.imagine(again(ada), "an apple")
    assert (await services.rooms.least_busy(2)) is None


async def test_nobody_draws_in_a_closed_room(services: Services, ada: Asker) -> None:
    await services.rooms.room_made(1, channel_id=31, number=1)
    await services.rooms.room_opened(31, is_open=False)
    with pytest.raises(NotAllowed, match="closed"):
        await services.orders.imagine(again(ada, channel_id=31), "an apple")
    await services.rooms.room_made(1, channel_id=32, number=2)
    with pytest.raises(NotAllowed, match="<#32>"):
        await services.orders.imagine(again(ada, channel_id=31), "an apple")
    await drawn(services, again(ada, channel_id=31, guild_id=2))


async def test_another_room_is_planned_when_all_are_busy_and_closed_when_it_is_empty(
    services: Services, ada: Asker, clock: MovableClock
) -> None:
    await configured(services, ada, newbie_rooms=1, max_newbie_rooms=2)
    assert (await services.rooms.plan(1, [])).create == (1,)
    await services.rooms.room_made(1, channel_id=31, number=1)
    assert not (await services.rooms.plan(1, [31])).is_needed
    for _ in range(BUSY_JOBS):
        await drawn(services, again(ada, channel_id=31))
    assert (await services.rooms.plan(1, [31])).create == (2,)
    await services.rooms.room_made(1, channel_id=32, number=2)
    await drawn(services, again(ada, channel_id=32))
    clock.advance(hours=13)
    # results are still owed to the room: it stays
    assert not (await services.rooms.plan(1, [31, 32])).is_needed
    for job in await services.gallery.list_recent(ada):
        await services.outbox.delivered(job, 1)
    (closing,) = (await services.rooms.plan(1, [31, 32])).close
    assert closing.channel_id == 32


async def test_a_room_whose_channel_is_gone_is_made_again(services: Services, ada: Asker) -> None:
    await configured(services, ada, newbie_rooms=2)
    for number in (1, 2):
        await services.rooms.room_made(1, channel_id=30 + number, number=number)
    assert (await services.rooms.plan(1, [32])).create == (1,)
    assert [room.number for room in await services.rooms.list_of_guild(1)] == [2]
