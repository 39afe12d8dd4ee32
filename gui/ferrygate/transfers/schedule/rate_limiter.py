"""Limits how fast bytes go, over all channels together."""

from __future__ import annotations

from ferrygate.common.clock import Clock
from ferrygate.common.threads import Threads

_CATCH_UP_SECONDS = 0.1  # that may be made up for after a pause; more would be a burst
_REQUEST_SECONDS = 0.25  # a request holds at most what may go in so long, so that bytes go evenly
_MIN_REQUEST_BYTES = 1024  # less would be mostly headers


class RateLimiter:
    """Holds a limit that bytes wait for before they are sent or asked for; any thread may use it.

    Attributes:
        limits_set: how often the limit was changed, so that those who wait notice.
    """

    def __init__(self, clock: Clock, threads: Threads, bytes_per_second: int | None) -> None:
        """Begin with a limit; ``None`` is no limit."""
        self._clock = clock
        self._lock = threads.lock()
        self._spent_until = clock.monotonic()
        self._rate = bytes_per_second
        self.limits_set = 0

    def limit(self, bytes_per_second: int | None) -> None:
        """Set another limit from now on; ``None`` is no limit."""
        with self._lock:
            self.limits_set += 1
            self._rate = bytes_per_second
            self._spent_until = self._clock.monotonic()

    def request_size(self, max_bytes: int) -> int:
        """Return the bytes to move with one request, ``max_bytes`` at the most."""
        rate = self._rate
        if rate is None:
            return max_bytes
        return max(_MIN_REQUEST_BYTES, min(max_bytes, int(rate * _REQUEST_SECONDS)))

    def spend(self, count: int) -> float:
        """Account for ``count`` bytes; return the seconds to wait before they may go."""
        with self._lock:
            if self._rate is None:
                return 0.0
            now = self._clock.monotonic()
            start = max(self._spent_until, now - _CATCH_UP_SECONDS)
            self._spent_until = start + count / self._rate
            return max(0.0, start - now)
