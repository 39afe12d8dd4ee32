"""Limits how fast bytes go, over all channels together."""

from __future__ import annotations

import threading

from ferrygate.common.clock import Clock

_AHEAD = 0.1  # seconds that may be made up for after a pause
_PIECE = 0.25  # a request holds at most what may go in so many seconds
_SMALLEST = 1024


class RateLimiter:
    """A limit that everybody who moves bytes asks first; from any thread."""

    def __init__(self, clock: Clock, bytes_per_second: int | None) -> None:
        """Begin; no limit where there is no number."""
        self._clock = clock
        self._lock = threading.Lock()
        self._spent_until = clock.monotonic()
        self._rate = bytes_per_second
        self.limits_set = 0  # how often the limit was changed

    def limit(self, bytes_per_second: int | None) -> None:
        """Another limit from now on, or none."""
        with self._lock:
            self.limits_set += 1
            self._rate = bytes_per_second
            self._spent_until = self._clock.monotonic()

    def piece(self, most: int) -> int:
        """Return the bytes to move at a time, ``most`` at the most."""
        rate = self._rate
        return most if rate is None else max(_SMALLEST, min(most, int(rate * _PIECE)))

    def spend(self, count: int) -> float:
        """Account for ``count`` bytes; returns the seconds to wait before they may go."""
        with self._lock:
            if self._rate is None:
                return 0.0
            now = self._clock.monotonic()
            start = max(self._spent_until, now - _AHEAD)
            self._spent_until = start + count / self._rate
            return max(0.0, start - now)
