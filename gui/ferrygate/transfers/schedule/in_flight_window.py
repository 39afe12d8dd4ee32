"""Bounds the bytes in flight on one channel: as many as the line holds, and a short queue.

In flight are the bytes that were sent or asked for and are not acknowledged yet. A line holds its
rate times its round-trip time (the bandwidth-delay product): 6 MB at 1 Gbit/s and 50 ms. With less
in flight it runs dry: 2 MiB, as OpenSSH's sftp has, went over that line at 36 MB/s, and up to 16
MiB at 111 MB/s. More than the line holds goes no faster: the rest queues, and the answer to a
person's click, which travels over the same connection, waits behind it.

Measured are, with each reply, the bytes that it acknowledges and the age of its request. Once a
span (50 ms, or the span's quickest answer, if that is longer) a window takes its rate from them,
and reports to the session's :class:`~ferrygate.transfers.schedule.line_estimator.LineEstimator`,
which knows the other channels, and defines *round trip*, *fair rate*, *queue*, *probe* and *reached
share*. What it answers sets the bound:

    bound = rate * round trip + fair rate * queue

* *Start*: as in TCP's slow start each acknowledged byte lets one more go, so that the bound doubles
  with every round trip; but not if its answer was later than the quickest of the span by a queue
  (HyStart++, RFC 9406, ends slow start by delay as well). The mode ends with a span that shows a
  queue, or less than 1.25 times the rate before (BBR leaves Startup after three such rounds), and
  begins again with a span that is so much faster, and shows no queue.
* *Steady*: the rate rises at once. It falls by a tenth a span at most, since a pause of our own
  threads looks like a slower line. The bound grows by 32 KiB after a span in which a request had
  to wait, and answers showed no queue. TCP Vegas steers the same way: between a queue too short to
  fill the line and one that is of no use. LEDBAT (RFC 6817) keeps a fixed delay, as done here.
* *Probe*: all windows of the session but those that start let their queue drain, at the rate just
  measured. If the round trip turns out more than 30 ms longer than before, the route has changed.
  Then the rate from before the probe counts: the one within was held down by too small a bound.
* *A person clicks*: for a second the bound is what the line holds and 5 ms, times the reached
  share. A span with some of that time in it shows this bound and not the line. So it leaves the
  rate as it was, and an empty queue in it does not let the bound grow. A window that starts goes on
  starting: clicks without end would keep its transfer slow.

A channel has at most 16 MiB in flight, and all of a session 48 MiB, to bound the memory; a request
too large for that goes alone. A request holds the bytes of 5 ms, so that answers come often enough
to be measured, and none blocks a slow line; at least 32 KiB, at most what the server takes.

BBR also paces packets, and raises its rate in turns to look for more. Both are left to TCP below: a
window decides how many bytes TCP is given, not when TCP sends them. What cannot be known is in the
estimator's docstring. ``tests/support/simulated_line.py`` drives windows over lines of any rate,
delay and lateness.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from ferrygate.common.clock import Clock
from ferrygate.sftp.tasks import AutoResetEvent
from ferrygate.transfers.schedule.line_estimator import (
    MAX_QUEUE_SECONDS,
    MIN_CHANNEL_BYTES,
    LineEstimate,
    LineEstimator,
    span_seconds,
)

_LOG = logging.getLogger(__name__)

_MIN_REQUEST_BYTES = 1 << 15  # every server takes so many; also the step by which a bound grows
_REQUEST_SECONDS = 0.005  # that the bytes of one request take, and the queue while a person clicks
_INITIAL_REQUESTS = 8  # in flight, while no rate is known
_START_GROWTH = 1.25  # times the rate before: the line may have more to give (BBR's Startup)
_MAX_DECAY = 0.9  # times the rate before, at least: a pause of our threads is no slower line
_PROBE_GAIN = 0.97  # times what the line holds: less goes in than out, and the queue drains
_UNKNOWN_SECONDS = float("inf")


class InFlightWindow:
    """Counts the bytes in flight on a channel, over all its files; for its owner's thread alone.

    Requests that find no room wait in order, so that every file of a channel moves on.

    Attributes:
        max_bytes: the bound; while a person clicks a lower one holds.
        in_flight: bytes that were sent or asked for, and are not acknowledged.
    """

    def __init__(
        self, line_estimator: LineEstimator, clock: Clock, new_event: Callable[[], AutoResetEvent]
    ) -> None:
        """Begin with nothing in flight; ``new_event`` makes events for the channel's coroutines."""
        self.max_bytes = line_estimator.initial_bytes
        self.in_flight = 0
        self._interactive_max_bytes = self.max_bytes  # while a person clicks
        self._line_estimator = line_estimator
        self._number = line_estimator.join()
        self._clock = clock
        self._new_event = new_event
        self._waiting: deque[tuple[AutoResetEvent, int]] = deque()
        self._is_starting, self._is_probing = True, False
        self._round_trip = _UNKNOWN_SECONDS  # of the line, when a span ended last
        self._rate = self._rate_before_probe = 0.0  # bytes a second
        self._queue_seconds = MAX_QUEUE_SECONDS
        self._span_began = clock.monotonic()
        self._acknowledged = 0  # bytes, in this span
        self._quickest = _UNKNOWN_SECONDS  # answer of this span
        self._was_full = False  # a request found no room in this span
        self._logged_bytes = 0  # the bound that the log has last

    def request_size(self, max_bytes: int) -> int:
        """Return the bytes to ask for in one request, ``max_bytes`` at the most."""
        size = int(self._rate * _REQUEST_SECONDS) or self.max_bytes // _INITIAL_REQUESTS
        return min(max_bytes, max(_MIN_REQUEST_BYTES, size))

    def has_room(self, count: int) -> bool:
        """Tell whether ``count`` bytes could be put in flight now; if none are, they can.

        A "no" is remembered: it lets the bound grow at the end of the span.
        """
        return not self._waiting and self._fits(count)

    async def acquire(self, count: int) -> None:
        """Put ``count`` bytes in flight once there is room."""
        if self.has_room(count):
            self.in_flight += count
            return
        place = self._new_event(), count
        self._waiting.append(place)
        is_granted = False
        try:
            await place[0].wait()
            is_granted = True
        finally:
            if not is_granted:  # the coroutine was stopped while it waited
                self._leave(place)

    def _leave(self, place: tuple[AutoResetEvent, int]) -> None:
        if place in self._waiting:
            self._waiting.remove(place)
            self.release(0)  # the next may need less
        else:
            self.release(place[1])

    def acquire_now(self, count: int) -> None:
        """Put ``count`` bytes in flight at once: the rest of a request that had its room."""
        self.in_flight += count

    def now(self) -> float:
        """Return the time at which a request is made, as :meth:`acknowledge` takes it."""
        return self._clock.monotonic()

    def acknowledge(self, count: int, asked_at: float) -> None:
        """Release the ``count`` bytes of a request that was answered, and learn from its age."""
        now = self._clock.monotonic()
        self._quickest = min(self._quickest, now - asked_at)
        self._acknowledged += count
        if self._is_starting and now - asked_at < self._quickest + self._queue_seconds:
            self.max_bytes = min(self._line_estimator.max_bytes, self.max_bytes + count)
        span = now - self._span_began
        if span >= span_seconds(self._quickest):
            self._end_span(self._acknowledged / span, now)
            self._span_began, self._acknowledged, self._quickest = now, 0, _UNKNOWN_SECONDS
            self._was_full = False
        self.release(count)

    def release(self, count: int) -> None:
        """Take ``count`` bytes out of flight, and let the requests go on that have room then."""
        self.in_flight -= count
        while self._waiting and self._fits(self._waiting[0][1]):
            changed, wanted = self._waiting.popleft()
            self.in_flight += wanted
            changed.set()

    def _fits(self, count: int) -> bool:
        bound = self.max_bytes
        if not self._is_starting and self._is_interactive():
            bound = min(bound, self._interactive_max_bytes)
        fits = self.in_flight == 0 or self.in_flight + count <= bound
        self._was_full = self._was_full or not fits
        return fits

    def _is_interactive(self) -> bool:
        return self._clock.monotonic() < self._line_estimator.interactive_until

    def _end_span(self, measured: float, now: float) -> None:
        """Take in a span's rate, in bytes a second: set the mode and the bound by it."""
        rate = max(measured, _MAX_DECAY * self._rate)
        was_interactive = self._span_began < self._line_estimator.interactive_until
        is_held_back = was_interactive and not self._is_starting
        if is_held_back:  # the span shows our own bound, not the line
            rate = self._rate
        line = self._line_estimator.report(
            self._number, self._acknowledged, rate, self._quickest, now
        )
        last_round_trip, self._round_trip = self._round_trip, line.round_trip
        self._queue_seconds = line.queue_seconds
        if line.is_probing and not self._is_starting:
            if not self._is_probing:
                self._rate_before_probe, self._rate = rate, rate if is_held_back else measured
                self._set_bound(_PROBE_GAIN * measured * line.round_trip, line)
            self._is_probing = True
            return
        was_probing, self._is_probing = self._is_probing, False
        has_no_queue = self._quickest < line.round_trip + line.queue_seconds / 2
        is_faster = measured > _START_GROWTH * self._rate
        self._is_starting = has_no_queue and not is_held_back and is_faster
        # A longer route need not be a slower one.
        is_longer = was_probing and line.round_trip > last_round_trip + MAX_QUEUE_SECONDS
        self._rate = self._rate_before_probe if is_longer else rate
        wanted = self._rate * line.round_trip
        wanted += (line.fair_rate or self._rate) * line.queue_seconds
        if self._is_starting:
            wanted = max(wanted, self.max_bytes)
        elif has_no_queue and self._was_full and not is_held_back:
            # By a whole request: if less were added, one more might never fit.
            wanted = max(wanted, self.max_bytes + _MIN_REQUEST_BYTES)
        self._set_bound(wanted, line)

    def _set_bound(self, wanted: float, line: LineEstimate) -> None:
        bound = min(self._line_estimator.max_bytes, int(wanted))
        self.max_bytes = max(MIN_CHANNEL_BYTES, bound)
        if not self._logged_bytes / 2 < self.max_bytes < self._logged_bytes * 2:
            self._logged_bytes = self.max_bytes
            _LOG.debug(
                "window of channel %d: %d bytes at %.0f bytes/s, round trip %.0f ms",
                self._number,
                self.max_bytes,
                self._rate,
                1000 * line.round_trip,
            )
        held = self._rate * line.reached_share * (line.round_trip + _REQUEST_SECONDS)
        self._interactive_max_bytes = max(MIN_CHANNEL_BYTES, int(held))
