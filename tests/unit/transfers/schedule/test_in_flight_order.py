"""Files of a channel put bytes in flight in the order in which they came."""

from __future__ import annotations

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.tasks import AutoResetEvent
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from support.fake_clock import ManualClock
from support.task_runner import TaskRunner


class Takers:
    """Coroutines that put bytes in flight, by name, in the order in which they could."""

    def __init__(self, most: int) -> None:
        self.runner = TaskRunner()
        self.window = InFlightWindow(
            LineEstimator(1 << 20, SystemThreads()),
            ManualClock(),
            lambda: AutoResetEvent(self.runner.wake),
        )
        self.window.max_bytes = most
        self.served: list[str] = []

    def acquire(self, name: str, count: int) -> None:
        async def work() -> None:
            await self.window.acquire(count)
            self.served.append(name)

        _task = self.runner.begin(work())

    def release(self, count: int) -> None:
        self.window.release(count)
        self.runner.go()


@pytest.fixture
def takers() -> Takers:
    return Takers(100)


def test_bytes_go_while_there_is_room(takers: Takers) -> None:
    for name in "abc":
        takers.acquire(name, 40)
    assert takers.served == ["a", "b"]
    assert takers.window.in_flight == 80
    takers.release(40)
    assert takers.served == ["a", "b", "c"]
    assert takers.window.has_room(20)
    assert not takers.window.has_room(21)


def test_the_first_goes_however_large_it_is(takers: Takers) -> None:
    assert takers.window.has_room(1000)
    takers.acquire("large", 1000)
    assert takers.served == ["large"]
    assert not takers.window.has_room(1)
    takers.acquire("next", 500)
    takers.release(1000)
    assert takers.served == ["large", "next"]


def test_who_waits_is_served_in_order_and_small_ones_do_not_slip_past(takers: Takers) -> None:
    takers.acquire("a", 100)
    takers.acquire("b", 80)
    takers.acquire("c", 10)
    takers.acquire("d", 20)
    takers.release(50)
    assert takers.served == ["a"]  # c would have fitted, but b is first
    assert not takers.window.has_room(1)
    takers.release(50)
    assert takers.served == ["a", "b", "c"]
    takers.release(80)
    assert takers.served == ["a", "b", "c", "d"]
    assert takers.window.in_flight == 30


def test_one_landing_may_let_several_go(takers: Takers) -> None:
    takers.acquire("a", 100)
    for name in "bcdef":
        takers.acquire(name, 30)
    takers.release(100)
    assert takers.served == ["a", "b", "c", "d"]


def test_who_was_served_but_had_no_turn_yet_has_its_bytes_in_flight(takers: Takers) -> None:
    takers.acquire("a", 100)
    takers.acquire("b", 60)
    takers.window.release(100)  # b has not been stepped
    assert takers.served == ["a"]
    assert takers.window.in_flight == 60
    assert not takers.window.has_room(50)
    takers.runner.go()
    assert takers.served == ["a", "b"]


def test_what_may_not_wait_goes_over_the_bound_and_others_wait_for_it(takers: Takers) -> None:
    takers.acquire("a", 60)
    takers.window.acquire_now(80)
    takers.acquire("b", 10)
    takers.release(40)
    assert takers.served == ["a"]
    takers.release(40)
    assert takers.served == ["a", "b"]
    assert takers.window.in_flight == 70


def test_a_bound_that_shrinks_holds_for_those_who_come_then(takers: Takers) -> None:
    takers.acquire("a", 50)
    takers.acquire("b", 50)
    takers.window.max_bytes = 60
    takers.acquire("c", 30)
    takers.release(50)
    assert takers.served == ["a", "b"]
    takers.release(50)
    assert takers.served == ["a", "b", "c"]


def test_a_bound_that_grows_is_used_with_the_next_landing(takers: Takers) -> None:
    takers.acquire("a", 100)
    takers.acquire("b", 100)
    takers.acquire("c", 100)
    takers.window.max_bytes = 400
    takers.release(1)
    assert takers.served == ["a", "b", "c"]
