"""Makes time a parameter: wall clock, steady clock and waiting."""

from __future__ import annotations

import time
from typing import Protocol

from ferrygate.common.threads import Event


class Clock(Protocol):
    """Tells the time, and waits."""

    def now(self) -> float:
        """Return seconds since the Unix epoch, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that never jumps; only differences have a meaning."""
        ...

    def suspended(self) -> float:
        """Return the seconds the machine was suspended since its start; 0 if that is unknown."""
        ...

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait for ``event`` at most ``seconds``; true when it was set."""
        ...


class SystemClock:
    """Reads the machine's own clocks."""

    def now(self) -> float:
        """Return seconds since the Unix epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds of ``CLOCK_MONOTONIC``."""
        return time.monotonic()

    def suspended(self) -> float:
        """``CLOCK_BOOTTIME`` runs on in sleep and ``CLOCK_MONOTONIC`` does not (Linux)."""
        boot = getattr(time, "CLOCK_BOOTTIME", None)
        return 0.0 if boot is None else time.clock_gettime(boot) - time.monotonic()

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait on the event itself."""
        return event.wait(max(0.0, seconds))
