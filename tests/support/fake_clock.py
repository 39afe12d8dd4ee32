"""A clock for tests in which no time passes by itself."""

from __future__ import annotations

import threading

from ferrygate.common.clock import SystemClock


class ManualClock:
    """A clock that stands still until told; whoever waits on it moves it."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.time = now
        self.slept = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def suspended(self) -> float:
        return self.slept

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.time += seconds
        return event.is_set()


class WallClock(SystemClock):
    """A clock whose date stands still until told, for threads whose waits have to take time."""

    def __init__(self, now: float = 1_795_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time


class FastClock(SystemClock):
    """The machine's date, and a steady time that runs faster, so that long waits are short."""

    def __init__(self, speed: float) -> None:
        self._speed = speed

    def monotonic(self) -> float:
        return super().monotonic() * self._speed

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return super().wait(event, seconds / self._speed)
