"""Measures how long a server is silent while it owes a reply, and how fast it answers."""

from __future__ import annotations

from ferrygate.common.clock import Clock
from ferrygate.sftp.pace import Pace
from ferrygate.sftp.server_silence import ServerSlowError, too_slow

REPLY_SECONDS = 60.0
"""Seconds without a byte after which a server that owes a reply counts as gone, by default."""


class ReplyClock:
    """Measures on the steady clock; owned by the channel's thread."""

    def __init__(self, clock: Clock, deadline: float) -> None:
        """Begin to measure.

        Args:
            clock: the time.
            deadline: seconds without a byte, while a reply is due, until the server counts as gone.
        """
        self._deadline = deadline
        self._clock = clock
        self._heard = clock.monotonic()
        self._pace = Pace()

    def begin(self) -> None:
        """Begin to measure: a reply is due from now on, and none was before."""
        self._heard = self._clock.monotonic()
        self._pace.due(self._heard)

    def received(self, count: int) -> None:
        """Note that bytes have come."""
        self._heard = self._clock.monotonic()
        self._pace.moved(count)

    def sent(self, count: int) -> None:
        """Note that the stream has taken bytes."""
        self._pace.moved(count)

    def answered(self) -> None:
        """Note that a reply was whole with the bytes that came last."""
        self._pace.answered(self._heard)

    @property
    def silence(self) -> float:
        """Count the seconds since the last byte came."""
        return self._clock.monotonic() - self._heard

    @property
    def seconds_left(self) -> float:
        """Count the seconds until a server that owes a reply counts as gone."""
        return self._deadline - self.silence

    @property
    def is_over(self) -> bool:
        """Tell whether a server that owes a reply counts as gone."""
        return self.silence >= self._deadline

    def slowness(self) -> ServerSlowError | None:
        """Return the error for a server that answers too slowly; none for one that is in time."""
        if not self._pace.is_too_slow(self._clock.monotonic()):
            return None
        return too_slow(self._pace.waited, self._pace.answers)
