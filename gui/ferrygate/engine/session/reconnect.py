"""Decides when to try again after a connection was lost."""

from __future__ import annotations

from collections.abc import Callable

_MAX_WAIT_SECONDS = 60.0  # between two tries


class BackOff:
    """Waits that double, each spread by half, so that many clients do not come back at once."""

    def __init__(self, started: float, keep_trying: float, random: Callable[[], float]) -> None:
        """Begin.

        Args:
            started: the time on the steady clock.
            keep_trying: seconds from then until it is given up.
            random: a number from 0 to 1.
        """
        self._end = started + keep_trying
        self._random = random
        self._tries = 0
        self.due = started

    def begin_again(self, now: float) -> bool:
        """Begin again at once, as the last connection carried something before it was lost too.

        False when it is time to give up.
        """
        self._tries = 0
        self.due = now
        return now < self._end

    def fail(self, now: float) -> bool:
        """Count a failed try and set ``due``; return false when it is time to give up.

        The last try is made at the very end, so that no less was waited than was said.
        """
        self._tries += 1
        delay = min(_MAX_WAIT_SECONDS, 2.0 ** (self._tries - 1))
        self.due = min(now + delay * (0.5 + self._random()), self._end)
        return now < self._end
