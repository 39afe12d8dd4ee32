"""Bytes in flight against a model, whatever many files take and give back."""

from __future__ import annotations

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ferrygate.sftp.tasks import Bell
from ferrygate.transfers.window import Share, Window
from support.fake_clock import ManualClock
from support.task_runner import TaskRunner

COUNTS = st.one_of(st.integers(1, 40), st.integers(1, 400))
BOUNDS = st.integers(1, 300)


class WindowMachine(RuleBasedStateMachine):
    """The model: what flies, and who waits in which order."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = TaskRunner()
        self.window = Window(Share(1 << 20), ManualClock(), lambda: Bell(self.runner.wake))
        self.window.most = 100
        self.flying: list[int] = []
        self.waiting: deque[tuple[int, int]] = deque()
        self.served: list[int] = []
        self.asked = 0

    def fits(self, count: int) -> bool:
        return not self.flying or sum(self.flying) + count <= self.window.most

    def serve(self) -> None:
        while self.waiting and self.fits(self.waiting[0][1]):
            self.flying.append(self.waiting.popleft()[1])

    @rule(count=COUNTS)
    def take(self, count: int) -> None:
        self.asked += 1
        number = self.asked

        async def work() -> None:
            await self.window.take(count)
            self.served.append(number)

        self.waiting.append((number, count))
        if len(self.waiting) == 1:
            self.serve()
        _task = self.runner.begin(work())

    @rule(count=COUNTS)
    def look(self, count: int) -> None:
        assert self.window.has_room(count) is (not self.waiting and self.fits(count))

    @rule(count=COUNTS)
    def take_now(self, count: int) -> None:
        """Somebody who may not wait."""
        self.window.take_now(count)
        self.flying.append(count)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), most=st.none() | BOUNDS)
    def land(self, data: st.DataObject, most: int | None) -> None:
        """As a window does it: perhaps another bound, then the bytes of one answer."""
        index = data.draw(st.integers(0, len(self.flying) - 1))
        if most is not None:
            self.window.most = most
        self.land_one(index)

    def land_one(self, index: int = -1) -> None:
        count = self.flying.pop(index)
        self.serve()
        self.window.give_back(count)
        self.runner.go()

    @precondition(lambda self: self.waiting)
    @rule()
    def land_all(self) -> None:
        """Nobody starves: once all that flew has landed, who waited first has had a turn."""
        first = self.waiting[0][0]
        while self.flying and self.waiting and self.waiting[0][0] == first:
            self.land_one()
        assert first in self.served

    @invariant()
    def nothing_is_counted_twice_or_lost(self) -> None:
        assert self.window.flying == sum(self.flying)

    @invariant()
    def who_waits_is_served_in_order(self) -> None:
        assert self.served == sorted(self.served)
        assert len(self.served) == self.asked - len(self.waiting)

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        if self.waiting:
            assert self.flying

    def teardown(self) -> None:
        while self.flying:
            self.land_one()
        assert self.window.flying == 0
        assert not self.waiting


TestWindowMachine = WindowMachine.TestCase
TestWindowMachine.settings = settings(max_examples=60, stateful_step_count=40)
