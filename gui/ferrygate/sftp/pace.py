"""Finds out that a server answers, and so slowly that nothing gets ahead.

Silence has a deadline of its own, which each byte begins anew: a server that takes most of it for
every answer, or sends an answer byte by byte, would be followed for hours. So the time for which
answers are due is added up. Whenever it comes to three minutes, there must have been an answer for
each 50 seconds, or 96 KiB must have moved either way. A large transfer over a slow line has the
bytes; a folder far away the answers, and so have files that wait in an archive, or are searched for
viruses one after the other, half a minute each.
"""

from __future__ import annotations

SPAN_SECONDS = 180.0  # of waiting, after each of which the pace is judged
SECONDS_PER_ANSWER = 50.0  # seconds for an answer, on the average; a single one may take 60
MIN_BYTES = 3 << 15  # a packet of 32 KiB a minute, below which a line is given up as well
_MAX_WAIT_SECONDS = 60.0  # that one wait counts: the process may have stood still


class Pace:
    """Counts what one channel waits for, and what comes; times are of the steady clock."""

    def __init__(self) -> None:
        """Begin with nothing due."""
        self._since = 0.0
        self.waited = 0.0
        self.answers = 0
        self._bytes = 0

    def due(self, now: float) -> None:
        """Wait for an answer from now on; the time since the last one was no wait."""
        self._since = now

    def moved(self, size: int) -> None:
        """Count bytes, either way."""
        self._bytes += size

    def answered(self, now: float) -> None:
        """Count an answer."""
        self._count(now)
        self.answers += 1

    def is_too_slow(self, now: float) -> bool:
        """Tell, while something is due, whether next to nothing came in three minutes of waiting.

        After three minutes in which enough came, the count begins anew.
        """
        self._count(now)
        if self.waited < SPAN_SECONDS:
            return False
        if self.answers * SECONDS_PER_ANSWER < self.waited and self._bytes < MIN_BYTES:
            return True
        self.waited, self.answers, self._bytes = 0.0, 0, 0
        return False

    def _count(self, now: float) -> None:
        self.waited += min(now - self._since, _MAX_WAIT_SECONDS)
        self._since = now
