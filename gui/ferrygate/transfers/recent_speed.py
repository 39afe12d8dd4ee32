"""Works out how fast something moves just now."""

from __future__ import annotations

from collections import deque

from ferrygate.common.clock import Clock

_SPAN_SECONDS = 3.0  # over which the speed is taken: less jumps, more lags


class RecentSpeed:
    """Measures the speed over the last seconds, from sums that are told now and then."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing moved."""
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque([(clock.monotonic(), 0)])

    def at(self, moved: int) -> float:
        """Note the bytes moved until now; return bytes a second."""
        now = self._clock.monotonic()
        samples = self._samples
        samples.append((now, moved))
        while now - samples[0][0] > _SPAN_SECONDS and len(samples) > 2:  # noqa: PLR2004  a span has two ends
            samples.popleft()
        start, before = samples[0]
        span = now - start
        return max(0.0, (moved - before) / span) if span > 0 else 0.0
