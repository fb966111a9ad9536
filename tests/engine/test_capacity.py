"""Where the knee is, what a pass costs, and what memory taught."""

import pytest

from engine.capacity import REMEMBERED_SECONDS, Capacity, measure_curve
from engine.errors import OutOfMemory

AREA = 64 * 64


def test_the_knee_is_where_more_rows_stop_paying() -> None:
    overhead_then_linear = {1: 1.0, 2: 1.0, 4: 1.0, 8: 1.02, 16: 2.0}
    assert Capacity(overhead_then_linear, AREA).knee == 8


def test_a_saturated_device_has_its_knee_at_one_row() -> None:
    assert Capacity({1: 1.0, 2: 2.0, 4: 4.0}, AREA).knee == 1


def test_the_owner_may_know_better() -> None:
    assert Capacity({1: 1.0, 8: 1.0}, AREA, max_rows=4).knee == 4
    assert Capacity({1: 1.0, 8: 8.0}, AREA, max_rows=16).knee == 16


def test_larger_pictures_saturate_with_fewer_rows() -> None:
    capacity = Capacity({1: 1.0, 8: 1.0}, AREA)
    assert [capacity.cap(AREA // 2), capacity.cap(AREA), capacity.cap(4 * AREA)] == [16, 8, 2]
    assert capacity.cap(1000 * AREA) == 1


def test_what_ran_out_of_memory_is_not_tried_again_at_this_size_or_a_larger_one() -> None:
    capacity = Capacity({1: 1.0, 8: 1.0}, AREA)
    capacity.rows.learn(AREA, 6)
    assert [capacity.cap(AREA // 2), capacity.cap(AREA), capacity.rows.get(2 * AREA)] == [16, 6, 6]
    capacity.rows.learn(AREA, 7)
    assert capacity.rows.get(AREA) == 6


def test_memory_that_was_short_once_is_tried_again_later() -> None:
    now = 0.0
    capacity = Capacity({1: 1.0, 8: 1.0}, AREA, clock=lambda: now)
    capacity.rows.learn(AREA, 2)
    assert (capacity.cap(AREA), capacity.rows.get(4 * AREA)) == (2, 2)
    now = REMEMBERED_SECONDS
    assert (capacity.cap(AREA), capacity.rows.get(4 * AREA)) == (8, 2**31)


@pytest.mark.parametrize(("rows", "seconds"), [(1, 1.0), (3, 3.0), (4, 4.0), (8, 8.0)])
def test_costs_lie_on_the_curve_and_go_on_beyond_it(rows: int, seconds: float) -> None:
    capacity = Capacity({1: 1.0, 2: 2.0, 4: 4.0}, AREA)
    assert capacity.seconds(rows, AREA) == pytest.approx(seconds)
    assert capacity.seconds(rows, 2 * AREA) == pytest.approx(2 * seconds)


def test_measuring_stops_where_rows_no_longer_pay() -> None:
    curve = measure_curve(lambda rows: 0.001 * max(rows, 4))
    assert max(curve) == 32


def test_one_disturbance_does_not_spoil_the_curve() -> None:
    disturbed = iter([16])

    def seconds_of(rows: int) -> float:
        clean = 0.01 + 0.0001 * rows
        return 3 * clean if rows == 16 and next(disturbed, None) else clean

    assert Capacity(measure_curve(seconds_of), AREA).knee == 64


def test_measuring_stops_where_memory_does() -> None:
    def seconds_of(rows: int) -> float:
        if rows > 2:
            raise OutOfMemory("full")
        return 0.01

    assert list(measure_curve(seconds_of)) == [1, 2]


def test_a_model_of_which_not_one_row_fits_is_an_error() -> None:
    def seconds_of(rows: int) -> float:
        raise OutOfMemory(f"{rows} rows")

    with pytest.raises(OutOfMemory):
        measure_curve(seconds_of)


def test_measuring_a_slow_device_stops_early() -> None:
    assert list(measure_curve(lambda rows: 10.0 * rows)) == [1]
