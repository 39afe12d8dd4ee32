"""When another lane is opened, and when no more are."""

from __future__ import annotations

import pytest

from ferrygate.transfers.schedule.lane_scaling import (
    MAX_LANES,
    MAX_UNMEASURED_LANES,
    LaneScaling,
    TransferTotals,
)
from support.fake_clock import ManualClock

MB = 1_000_000


class Growing:
    """Lanes that are added when they are wanted, and what all of them bring in simulated time."""

    def __init__(self) -> None:
        self.clock = ManualClock(1000.0)
        self.totals = TransferTotals()
        self.scaling = LaneScaling(self.clock, self.totals)
        self.lanes = 0

    def wants(self, *, large: bool = False) -> bool:
        """Ask once; a lane that is wanted is there from then on."""
        wanted = self.scaling.wants(self.lanes, large=large)
        self.lanes += wanted
        return wanted

    def work(self, seconds: float, *, bytes_a_second: float = 0, files_a_second: float = 0) -> None:
        self.clock.time += seconds
        self.totals.bytes += int(bytes_a_second * seconds)
        self.totals.files += int(files_a_second * seconds)

    def settle(self) -> int:
        """Work with lanes of which five bring something, until none is wanted; how many then."""
        for _time in range(20):
            self.wants()
            self.work(0.5, bytes_a_second=10 * MB * min(self.lanes, 5))
        return self.lanes


@pytest.fixture
def growing() -> Growing:
    return Growing()


def test_the_first_is_always_wanted(growing: Growing) -> None:
    assert growing.wants()
    assert not growing.wants()


def test_large_files_get_four_at_once(growing: Growing) -> None:
    assert [growing.wants(large=True) for _time in range(6)] == [True] * MAX_UNMEASURED_LANES + [
        False,
        False,
    ]
    assert MAX_UNMEASURED_LANES == 4


def test_a_lane_has_a_moment_to_show_what_it_brings(growing: Growing) -> None:
    growing.wants()
    growing.work(0.29, bytes_a_second=MB)
    assert not growing.wants()
    growing.work(0.02, bytes_a_second=MB)
    assert growing.wants()
    assert not growing.wants()


def test_they_grow_while_each_brings_a_tenth_more(growing: Growing) -> None:
    growing.wants()
    speed = 10.0 * MB
    for lanes in range(2, MAX_LANES + 1):
        growing.work(1, bytes_a_second=speed)
        assert growing.wants()
        assert growing.lanes == lanes
        speed *= 1.11
    growing.work(1, bytes_a_second=100 * speed)
    assert not growing.wants()
    assert growing.lanes == MAX_LANES == 8


def test_one_that_brings_less_than_a_tenth_is_the_last(growing: Growing) -> None:
    growing.wants()
    growing.work(1, bytes_a_second=10 * MB)
    assert growing.wants()
    growing.work(1, bytes_a_second=10.9 * MB)
    assert not growing.wants()
    growing.work(1, bytes_a_second=50 * MB)
    assert not growing.wants()  # it is settled
    assert growing.lanes == 2


def test_files_count_as_bytes_do(growing: Growing) -> None:
    """Small files bring few bytes; more of them a second are a gain all the same."""
    growing.wants()
    growing.work(1, bytes_a_second=MB, files_a_second=100)
    assert growing.wants()
    growing.work(1, bytes_a_second=MB, files_a_second=120)
    assert growing.wants()
    growing.work(1, bytes_a_second=MB, files_a_second=121)
    assert not growing.wants()


def test_it_finds_how_many_help(growing: Growing) -> None:
    assert growing.settle() == 6  # the sixth brought nothing


def test_large_files_get_four_even_where_it_had_settled_on_fewer(growing: Growing) -> None:
    growing.wants()
    growing.work(1, bytes_a_second=MB)
    growing.wants()
    growing.work(1, bytes_a_second=MB)
    assert not growing.wants()
    assert [growing.wants(large=True) for _time in range(3)] == [True, True, False]


def test_a_new_connection_is_tried_anew(growing: Growing) -> None:
    growing.settle()
    growing.lanes = 1
    growing.scaling.renew()
    growing.work(1, bytes_a_second=10 * MB)
    assert growing.wants()
    assert growing.settle() == 6


def test_a_time_without_work_is_not_counted(growing: Growing) -> None:
    growing.wants()
    growing.work(1, bytes_a_second=10 * MB)
    assert growing.wants()
    growing.work(600)
    growing.scaling.begin()
    growing.work(0.5, bytes_a_second=20 * MB)
    assert growing.wants()


def test_never_more_than_the_server_grants(growing: Growing) -> None:
    growing.scaling.refused(2)
    assert [growing.wants(large=True) for _time in range(4)] == [True, True, False, False]
    growing.scaling.renew()
    growing.work(1, bytes_a_second=MB)
    assert not growing.wants(large=True)


def test_one_lane_is_tried_however_often_it_was_refused(growing: Growing) -> None:
    growing.scaling.refused(0)
    assert growing.wants()
    assert not growing.wants(large=True)
