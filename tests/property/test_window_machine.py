"""Bytes in flight against a model, whatever many files take and give back."""

from __future__ import annotations

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.tasks import AutoResetEvent
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from support.fake_clock import ManualClock
from support.task_runner import TaskRunner

COUNTS = st.one_of(st.integers(1, 40), st.integers(1, 400))
BOUNDS = st.integers(1, 300)


class WindowMachine(RuleBasedStateMachine):
    """The model: what flies, and who waits in which order."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = TaskRunner()
        self.window = InFlightWindow(
            LineEstimator(1 << 20, SystemThreads()),
            ManualClock(),
            lambda: AutoResetEvent(self.runner.wake),
        )
        self.window.max_bytes = 100
        self.in_flight: list[int] = []
        self.waiting: deque[tuple[int, int]] = deque()
        self.served: list[int] = []
        self.asked = 0

    def fits(self, count: int) -> bool:
        return not self.in_flight or sum(self.in_flight) + count <= self.window.max_bytes

    def serve(self) -> None:
        while self.waiting and self.fits(self.waiting[0][1]):
            self.in_flight.append(self.waiting.popleft()[1])

    @rule(count=COUNTS)
    def acquire(self, count: int) -> None:
        self.asked += 1
        number = self.asked

        async def work() -> None:
            await self.window.acquire(count)
            self.served.append(number)

        self.waiting.append((number, count))
        if len(self.waiting) == 1:
            self.serve()
        _task = self.runner.begin(work())

    @rule(count=COUNTS)
    def look(self, count: int) -> None:
        assert self.window.has_room(count) is (not self.waiting and self.fits(count))

    @rule(count=COUNTS)
    def acquire_now(self, count: int) -> None:
        """Somebody who may not wait."""
        self.window.acquire_now(count)
        self.in_flight.append(count)

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data(), most=st.none() | BOUNDS)
    def land(self, data: st.DataObject, most: int | None) -> None:
        """As a window does it: perhaps another bound, then the bytes of one answer."""
        index = data.draw(st.integers(0, len(self.in_flight) - 1))
        if most is not None:
            self.window.max_bytes = most
        self.land_one(index)

    def land_one(self, index: int = -1) -> None:
        count = self.in_flight.pop(index)
        self.serve()
        self.window.release(count)
        self.runner.go()

    @precondition(lambda self: self.waiting)
    @rule()
    def land_all(self) -> None:
        """No request starves: once all before it are acknowledged, the first that waits goes."""
        first = self.waiting[0][0]
        while self.in_flight and self.waiting and self.waiting[0][0] == first:
            self.land_one()
        assert first in self.served

    @invariant()
    def nothing_is_counted_twice_or_lost(self) -> None:
        assert self.window.in_flight == sum(self.in_flight)

    @invariant()
    def who_waits_is_served_in_order(self) -> None:
        assert self.served == sorted(self.served)
        assert len(self.served) == self.asked - len(self.waiting)

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        if self.waiting:
            assert self.in_flight

    def teardown(self) -> None:
        while self.in_flight:
            self.land_one()
        assert self.window.in_flight == 0
        assert not self.waiting


TestWindowMachine = WindowMachine.TestCase
TestWindowMachine.settings = settings(max_examples=60, stateful_step_count=40)
