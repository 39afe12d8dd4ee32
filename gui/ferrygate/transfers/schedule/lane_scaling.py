"""Decides when one more lane, which is one more channel, is worth having.

Controlled is the number of lanes, 1 to 8. AWS Transfer and OpenSSH grant 10 channels a connection,
of which one is for browsing; every channel costs the processor and the server something, and more
of them did not always help: small files at 50 ms went as fast over one channel with 200 of them in
flight (1,900 a second) as over four with 64 each (1,750), and eight channels for eight downloads
only cost the processor, as one channel's window fills the line. One channel cannot pass the bound
that the server's own window sets for what is sent to it, which is 2 MiB on OpenSSH: over 50 ms it
brought 36 MB/s, and four channels brought 69 to 79.

Measured are :class:`TransferTotals`: the bytes and files that all lanes together have moved, over
at least 0.3 s of work. The rules:

* Work without any lane gets one, and so does a batch that has none yet.
* While each lane sends a large file, up to four are added without measuring.
* Any other lane has to bring a tenth more bytes or files a second than there were before it, or
  it is the last one of this connection.
* A channel that the server refuses is the bound from then on.

Not known: why a lane did not help. Line, disk, processor and server look the same, and all of them
are reasons to stop. Time in which nothing was to be done counts for nothing (:meth:`begin`), as it
would make any lane look useless.
"""

from __future__ import annotations

import logging

import msgspec

from ferrygate.common.clock import Clock

_LOG = logging.getLogger(__name__)

MAX_UNMEASURED_LANES = 4  # that large files to send get at once
MAX_LANES = 8  # of the 10 channels that servers grant, one browses, and one is to spare
_MIN_SPAN_SECONDS = 0.3  # in which a lane has to show its worth: some round trips of a slow line
_MIN_GAIN = 1.1  # times as much as before; less is within what a rate varies by itself


class TransferTotals(msgspec.Struct):
    """Counts all that the lanes of a session have done together; the numbers only grow.

    Attributes:
        bytes: moved.
        files: delivered or skipped.
        found: files that walks have met.
    """

    bytes: int = 0
    files: int = 0
    found: int = 0


class LaneScaling:
    """Adds lanes one by one while each brings a tenth more bytes or files a second."""

    def __init__(self, clock: Clock, totals: TransferTotals) -> None:
        """Begin; ``totals`` are looked at whenever a lane might be added."""
        self._clock = clock
        self._totals = totals
        self._max_lanes = MAX_LANES
        self.renew()

    def refused(self, lanes: int) -> None:
        """Add none from now on beyond ``lanes``: the server grants no more channels."""
        self._max_lanes = max(1, lanes)

    def renew(self) -> None:
        """Forget what was measured over the last connection, as this one may be another line."""
        self._is_settled = False
        self._speed = (0.0, 0.0)  # bytes and files a second, when a lane was added last
        self.begin()

    def begin(self) -> None:
        """Measure from now on: the time without work says nothing about lanes."""
        self._since, self._before = self._clock.monotonic(), msgspec.structs.replace(self._totals)

    def wants(self, lanes: int, *, large: bool = False, first: bool = False) -> bool:
        """Tell whether to open another lane beside ``lanes``, for work that waits.

        ``large`` says that each lane sends a large file, so that one more surely helps; ``first``
        that the batch has no lane yet, and would wait for another batch's.
        """
        if lanes >= self._max_lanes:
            return False
        if lanes == 0 or first or (large and lanes < MAX_UNMEASURED_LANES):
            self.begin()
            return True
        span = self._clock.monotonic() - self._since
        if self._is_settled or span < _MIN_SPAN_SECONDS:
            return False
        speed = (
            (self._totals.bytes - self._before.bytes) / span,
            (self._totals.files - self._before.files) / span,
        )
        if not any(speed):  # nothing has moved yet
            return False
        both = zip(speed, self._speed, strict=True)
        has_helped = any(now > _MIN_GAIN * before for now, before in both)
        self.begin()
        self._speed = speed
        self._is_settled = not has_helped
        _LOG.debug("%d lanes: %d bytes/s, %.1f files/s; helped: %s", lanes, *speed, has_helped)
        return has_helped
