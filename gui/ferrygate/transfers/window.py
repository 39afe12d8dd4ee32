"""How many bytes to have in flight on one channel."""

from __future__ import annotations

from ferrygate.common.clock import Clock
from ferrygate.sftp.tasks import Flow

_LEAST = 1 << 20  # bytes
_FIRST = 1 << 22
_MOST = 1 << 24
_ROOM = 1.5  # times what the line holds, so that it never runs dry
_GROWING = 1.1  # times the rate before: the line has more to give yet
_SPAN = 0.05  # seconds over which the rate is taken, at least


class Share:
    """What one channel may have in flight at the most, so that all together stay bounded.

    Set on the engine's thread, read on the lanes'.
    """

    def __init__(self, all_channels: int) -> None:
        """``all_channels`` is the bytes that all of them may have in flight."""
        self._all = all_channels
        self.most = _MOST

    def among(self, channels: int) -> None:
        """Part it among so many channels."""
        self.most = max(_LEAST, min(_MOST, self._all // max(1, channels)))


class Window:
    """Follows what the line holds: its rate times the shortest time an answer took.

    More in flight would not go faster, but keep everybody else's requests waiting.
    """

    def __init__(self, flow: Flow, share: Share, clock: Clock) -> None:
        self._flow = flow
        self._share = share
        self._clock = clock
        self._shortest = float("inf")
        self._since = clock.monotonic()
        self._landed = 0
        self._rate = 0.0
        flow.most = min(_FIRST, share.most)

    def now(self) -> float:
        """The time of a request, for :meth:`landed`."""
        return self._clock.monotonic()

    def landed(self, count: int, asked_at: float) -> None:
        """A request asked then was answered, and so many bytes with it."""
        now = self._clock.monotonic()
        self._shortest = min(self._shortest, now - asked_at)
        self._landed += count
        span = now - self._since
        if span >= max(_SPAN, self._shortest):
            self._follow(self._landed / span)
            self._since, self._landed = now, 0
        self._flow.give(count)

    def _follow(self, rate: float) -> None:
        growing = rate > _GROWING * self._rate
        self._rate = rate
        wanted = int(_ROOM * rate * self._shortest)
        if growing:
            wanted = max(self._flow.most, 2 * wanted)
        self._flow.most = max(_LEAST, min(self._share.most, wanted))
