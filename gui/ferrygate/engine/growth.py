"""When another channel is worth having."""

from __future__ import annotations

import msgspec

from ferrygate.common.clock import Clock

AT_ONCE = 4  # lanes that large files to send get without more ado
MOST = 8
_SPAN = 0.3  # seconds in which a lane has to show what it brings
_HELPS = 1.1  # times as much as before


class Tally(msgspec.Struct):
    """Counts what all lanes together have done so far, for ever growing."""

    bytes: int = 0
    files: int = 0
    found: int = 0  # files that walks have met


class Growth:
    """Adds lanes one by one while each brings a tenth more bytes or files a second."""

    def __init__(self, clock: Clock, tally: Tally) -> None:
        """Begin; ``tally`` is looked at whenever a lane might be added."""
        self._clock = clock
        self._tally = tally
        self._most = MOST
        self.renew()

    def refused(self, lanes: int) -> None:
        """The server grants no more than ``lanes`` channels."""
        self._most = max(1, lanes)

    def renew(self) -> None:
        """Another connection: what was learned of its speed may not hold."""
        self._settled = False
        self._speed = (0.0, 0.0)
        self.begin()

    def begin(self) -> None:
        """Work begins: the time before it says nothing about what lanes bring."""
        self._since, self._before = self._clock.monotonic(), msgspec.structs.replace(self._tally)

    def wants(self, lanes: int, *, large: bool = False, first: bool = False) -> bool:
        """Tell whether to open another lane beside ``lanes``, for work that waits.

        ``large`` says that each lane sends a large file, so that one more surely helps; ``first``
        that the work has no lane yet, and would wait for somebody else's.
        """
        if lanes >= self._most:
            return False
        if lanes == 0 or first or (large and lanes < AT_ONCE):
            self.begin()
            return True
        span = self._clock.monotonic() - self._since
        if self._settled or span < _SPAN:
            return False
        speed = (
            (self._tally.bytes - self._before.bytes) / span,
            (self._tally.files - self._before.files) / span,
        )
        if not any(speed):  # nothing has moved yet
            return False
        both = zip(speed, self._speed, strict=True)
        helped = any(ours > _HELPS * before for ours, before in both)
        self.begin()
        self._speed = speed
        self._settled = not helped
        return helped
