"""Simulates a line of a rate and delay, which the windows of channels keep busy."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from random import Random

from ferrygate.sftp.tasks import AutoResetEvent
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from support.fake_clock import ManualClock

MAX_REQUEST_BYTES = 261_120  # bytes of a request, as OpenSSH takes them


def window_of(line_estimator: LineEstimator, clock: ManualClock) -> InFlightWindow:
    """Make a window whose waiters are never woken."""
    return InFlightWindow(line_estimator, clock, lambda: AutoResetEvent(lambda _future: None))


def p95(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(seconds)[len(seconds) * 95 // 100]


class SimulatedLine:
    """Sends bytes one after the other at the line's rate; answers them a delay later.

    Attributes:
        rate: bytes a second.
        delay: seconds from a request to its answer, where nothing is before it.
        late: seconds after which a channel looks at its answers, on the average: our own threads
            do not always run when they could.
        queued: how long bytes would have had to wait for others, every 10 ms, in seconds.
    """

    def __init__(self, rate: float, delay: float, late: float = 0.0) -> None:
        self.rate = rate
        self.delay = delay
        self.late = late
        self.clock = ManualClock(1000.0)
        self.queued: list[float] = []
        self._random = Random(1)  # noqa: S311  the same in every run
        self._free_at = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in so many seconds."""
        heapq.heappush(self._events, (self.clock.time + seconds, next(self._numbers), act))

    def carry(self, size: int, answered: Callable[[], None]) -> None:
        """Carry so many bytes, and their answer."""
        now = self.clock.time
        self._free_at = max(self._free_at, now) + size / self.rate
        self.after(self._free_at - now + self.delay, answered)

    def lateness(self) -> float:
        """Draw how many seconds late the next look is; ``late`` on average."""
        return self._random.expovariate(1 / self.late) if self.late else 0.0

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.queued = []
        for number in range(int(seconds * 100)):
            self.after(number / 100, self._look)
        end = self.clock.time + seconds
        while self._events and self._events[0][0] <= end:
            self.clock.time, _number, act = heapq.heappop(self._events)
            act()
        self.clock.time = end

    def forget(self) -> None:
        """Drop all that is still to happen, so that no more bytes arrive."""
        self._events.clear()

    def _look(self) -> None:
        self.queued.append(max(0.0, self._free_at - self.clock.time))


class SimulatedChannel:
    """Has more to move than there is time for.

    Attributes:
        moved: bytes that were answered.
        max_in_flight: the most bytes that were in flight at any time.
    """

    def __init__(
        self, line: SimulatedLine, line_estimator: LineEstimator, largest: int = MAX_REQUEST_BYTES
    ) -> None:
        self.window = window_of(line_estimator, line.clock)
        self.moved = self.max_in_flight = 0
        self._line = line
        self._largest = largest
        self._answers: list[tuple[int, float]] = []
        self.move()

    def go_on(self, seconds: float) -> float:
        """Let time pass; returns the bytes a second that were acknowledged."""
        before, self.max_in_flight = self.moved, self.window.in_flight
        self._line.go_on(seconds)
        return (self.moved - before) / seconds

    def move(self) -> None:
        """Put in flight what may be."""
        while self.window.has_room(size := self.window.request_size(self._largest)):
            self.window.acquire_now(size)
            self._ask(size, self.window.now())
        self.max_in_flight = max(self.max_in_flight, self.window.in_flight)

    def _ask(self, size: int, asked_at: float) -> None:
        def answered() -> None:
            self._answers.append((size, asked_at))
            if len(self._answers) == 1:
                self._line.after(self._line.lateness(), self._look)

        self._line.carry(size, answered)

    def _look(self) -> None:
        answers, self._answers = self._answers, []
        for size, asked_at in answers:
            self.window.acknowledge(size, asked_at)
            self.moved += size
        self.move()
