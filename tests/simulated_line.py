"""A line of a certain rate and delay in simulated time, which a window keeps busy."""

from __future__ import annotations

import heapq

from fake_clock import ManualClock
from ferrygate.sftp.tasks import Flow
from ferrygate.transfers.window import Share, Window


class SimulatedLine:
    """Blocks are answered one after the other, each a delay after it left.

    Attributes:
        rate: bytes a second.
        delay: seconds from a request to its answer, where nothing is before it.
        most: the most bytes that were in flight at any time since it was looked at.
    """

    def __init__(self, rate: float, delay: float, share: Share, block: int = 32_768) -> None:
        self.rate = rate
        self.delay = delay
        self.most = 0
        self.clock = ManualClock(1000.0)
        self.flow = Flow(0, lambda _future: None)
        self.window = Window(self.flow, share, self.clock)
        self._block = block
        self._free_at = 0.0
        self._landing: list[tuple[float, float]] = []  # when, and when it was asked for

    def go_on(self, seconds: float) -> float:
        """Keep the window full for so long; returns the bytes a second that landed."""
        end, landed = self.clock.time + seconds, 0
        self.most = 0
        while True:
            while self.flow.try_take(self._block):
                now = self.window.now()
                self._free_at = max(self._free_at, now) + self._block / self.rate
                heapq.heappush(self._landing, (self._free_at + self.delay, now))
            self.most = max(self.most, self.flow.flying)
            if self._landing[0][0] > end:
                break
            self.clock.time, asked_at = heapq.heappop(self._landing)
            self.window.landed(self._block, asked_at)
            landed += self._block
        self.clock.time = end
        return landed / seconds
