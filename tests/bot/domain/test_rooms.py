"""Newbie rooms: enough of them, not too many, never one too few while people draw."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rooms import BUSY_JOBS, MAX_ROOMS, Room, least_busy, plan_rooms

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=1)


def room(number: int, jobs: int = 0, *, is_open: bool = True, last: datetime | None = OLD) -> Room:
    """A room with so many recent jobs."""
    return Room(
        channel_id=100 + number,
        number=number,
        is_open=is_open,
        guide_message_id=None,
        recent_jobs=jobs,
        last_job_at=NOW if jobs else last,
    )


def test_people_are_pointed_to_the_least_busy_open_room() -> None:
    rooms = [room(1, 5), room(2, 3), room(3, 3), room(4, 0, is_open=False)]
    assert least_busy(rooms) == rooms[1]
    assert least_busy([room(1, is_open=False)]) is None


def test_the_first_rooms_are_made_with_the_lowest_free_numbers() -> None:
    assert plan_rooms([], least=3, most=5, now=NOW).create == (1, 2, 3)
    assert plan_rooms([room(2)], least=3, most=5, now=NOW).create == (1, 3)


def test_one_more_is_opened_when_all_are_busy_up_to_the_limit() -> None:
    busy = [room(1, BUSY_JOBS), room(2, BUSY_JOBS)]
    assert plan_rooms(busy, least=2, most=3, now=NOW).create == (3,)
    assert not plan_rooms(busy, least=2, most=2, now=NOW).is_needed
    assert not plan_rooms([*busy[:1], room(2, 1)], least=2, most=3, now=NOW).is_needed


def test_a_closed_room_is_opened_again_before_a_new_one_is_made() -> None:
    rooms = [room(1, BUSY_JOBS), room(2, is_open=False)]
    plan = plan_rooms(rooms, least=1, most=3, now=NOW)
    assert (plan.reopen, plan.create) == ((rooms[1],), ())


def test_the_last_empty_rooms_are_closed_and_unused_ones_deleted() -> None:
    rooms = [room(1, 1), room(2), room(3, last=None)]
    plan = plan_rooms(rooms, least=1, most=3, now=NOW)
    assert (plan.close, plan.delete) == ((rooms[1],), (rooms[2],))


def test_an_empty_room_stays_while_all_others_are_busy() -> None:
    rooms = [room(1, BUSY_JOBS), room(2, last=None)]
    assert not plan_rooms(rooms, least=1, most=3, now=NOW).is_needed


@given(
    rooms=st.lists(
        st.builds(
            room,
            st.integers(1, 30),
            st.integers(0, 20),
            is_open=st.booleans(),
            last=st.sampled_from([None, OLD, NOW]),
        ),
        unique_by=lambda room: room.number,
        max_size=20,
    ),
    least=st.integers(0, 10),
    most=st.integers(0, 30),
)
def test_carrying_out_a_plan_leads_to_rest(rooms: list[Room], least: int, most: int) -> None:
    """Within limits, without doubles, and soon nothing is left to do."""
    for _ in range(MAX_ROOMS + 2):
        plan = plan_rooms(rooms, least=least, most=most, now=NOW)
        if not plan.is_needed:
            break
        gone = {*plan.delete, *plan.close, *plan.reopen}
        rooms = [kept for kept in rooms if kept not in gone]
        rooms += [room(r.number, r.recent_jobs, last=r.last_job_at) for r in plan.reopen]
        rooms += [room(r.number, r.recent_jobs, is_open=False, last=r.last_job_at) for r in plan.close]
        rooms += [room(number, last=None) for number in plan.create]
    else:
        raise AssertionError("never at rest")
    numbers = [kept.number for kept in rooms]
    assert len(set(numbers)) == len(numbers)
    opened = sum(kept.is_open for kept in rooms)
    assert least <= opened <= max(least, most)
