"""Provides clocks for tests, in which time passes on demand."""

from __future__ import annotations

from ferrygate.common.clock import SystemClock
from ferrygate.common.threads import Event


class ManualClock:
    """Keeps its time until set; a wait moves it."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.time = now
        self.slept = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def suspended(self) -> float:
        return self.slept

    def wait(self, event: Event, seconds: float) -> bool:
        self.time += seconds
        return event.is_set()


class WallClock(SystemClock):
    """Keeps its date until set; waits take real time, for threads that need it."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time


class FastClock(SystemClock):
    """Gives the machine's date, and a monotonic time that runs faster, to shorten waits."""

    def __init__(self, speed: float) -> None:
        self._speed = speed

    def monotonic(self) -> float:
        return super().monotonic() * self._speed

    def wait(self, event: Event, seconds: float) -> bool:
        return super().wait(event, seconds / self._speed)
