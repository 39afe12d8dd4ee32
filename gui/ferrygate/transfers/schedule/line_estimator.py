"""Estimates the line that all channels of a session share: its delay, and its rate.

Once a span (50 ms, or a channel's quickest answer in it, if that is longer) each channel's window
(:mod:`ferrygate.transfers.schedule.in_flight_window`) reports the bytes acknowledged in the span,
the rate that it works with, and the quickest answer, from request to reply. It gets a
:class:`LineEstimate` back:

*The round trip* is the shortest answer of all channels: the line's delay without a queue, and the
server's own work. One channel's answers would not do: a channel that begins late sees only answers
that have queued behind the others' bytes, and would take their queue for delay. The value is
measured anew after ten seconds, since the route may change, by a probe.

*A probe* makes the measurement worth something: behind a queue of our own it would not be. So for
three spans every channel keeps 3 % less in flight than the line holds, and the queue drains (BBR's
ProbeRTT, draft-ietf-ccwg-bbr, halves what is in flight, every ten seconds as well). An answer later
than any queue of ours explains brings the probe forward: by 90 ms later than the same channel's
shortest since the last probe began, since a server may always need longer for what one channel
asks. No probe begins within one second of the last one, of the first report, or of a pause: TCP's
own slow start makes answers late too. With probes in that second, a file of 64 MiB took 2.4 s
instead of 1.75 s on a line of 50 ms.

*The fair rate* is the bytes of all channels over a period, divided by its time and by the number of
channels that reported. A period is two spans of the channel whose spans are longest, so that all
have reported. Every channel may queue as many bytes as go at that rate in ``queue_seconds``,
whatever its own rate. So a slow one that began late gains on the others until all have as much.

*The queue* is 30 ms long: our own threads pause for so long, and the line must not run dry. At most
1.5 MiB may queue: on a line as fast as the loopback 30 ms are 12 MB, too many for the processor's
caches, and a GiB took a quarter longer to fetch.

*The reached share* is the rate of all channels together, divided by the sum of the rates that they
work with. Each has reached its rate at some time, but not all at once, so that sum may be more than
the line has. Windows multiply their bound by it while a person clicks.

*While a person clicks*, and for a second after, channels keep almost no queue. They send less then
than the line could take, so a period with some of that time in it leaves the reached share as it
was.

*A pause* is a time of two periods without a report. The bytes of the report that ends it are not
counted, as they came before; the reached share is unknown again.

Not known: whether the line, the server's disk or our own processor bounds the rate (each is kept as
busy); what others send over the same line (their queue counts as delay until a probe finds it
shorter); losses, which TCP repairs unseen. Rates are approximate: a span may lie in two periods,
and its bytes count in the later one.
"""

from __future__ import annotations

from itertools import count

import msgspec

from ferrygate.common.threads import Threads

MIN_CHANNEL_BYTES = 1 << 15  # one request, which every server takes: less would stand still
_MAX_CHANNEL_BYTES = 1 << 24  # half of the receive window that we grant the server
_INITIAL_BYTES = 1 << 20  # of all channels; less would slow down the first second of a fast line
MAX_QUEUE_SECONDS = 0.03  # that bytes may queue: our own threads pause for so long
_MAX_QUEUED_BYTES = 3 << 19  # of all channels; more leave the processor's caches
_MIN_SPAN_SECONDS = 0.05  # over which a rate is taken: a shorter one holds too few answers
_INTERACTIVE_SECONDS = 1.0  # after a click: that one needs as much, or the next comes
_UNEXPLAINED_SECONDS = 0.09  # beyond the shortest answer: three times what may queue
_PROBE_SPANS = 3  # a channel hears of it, its queue drains, and answers come without one
_PROBE_INTERVAL_SECONDS = 10.0  # as BBR's filter of the round-trip time
_MIN_PROBE_INTERVAL_SECONDS = 1.0  # if answers are late, as when TCP itself begins
_MAX_AWAITED_SECONDS = 0.5  # the longest span that others wait for: one channel may stand still
_UNKNOWN_SECONDS = float("inf")


def span_seconds(quickest: float) -> float:
    """Return the seconds over which a channel takes its rate, by its quickest answer."""
    return max(_MIN_SPAN_SECONDS, quickest)


class LineEstimate(msgspec.Struct, frozen=True):
    """Describes a line, as far as is known.

    Attributes:
        round_trip: the shortest answer since the last probe, in seconds.
        fair_rate: the rate of all channels by their number, in bytes a second; 0 while unknown.
        queue_seconds: how long bytes may queue.
        reached_share: the rate of all channels together by the sum of their rates; at most 1.
        is_probing: the channels are to let the queue drain, so that the round trip can be seen.
    """

    round_trip: float
    fair_rate: float
    queue_seconds: float
    reached_share: float
    is_probing: bool


class LineEstimator:
    """Estimates one session's line, and shares out the bytes in flight among its channels.

    :meth:`share_among` and :meth:`note_click` are for the engine's thread, :meth:`join` and
    :meth:`report` for those of lanes.

    Attributes:
        max_bytes: that one channel may have in flight.
        initial_bytes: that a channel begins with.
        interactive_until: steady-clock seconds until which a person may wait for an answer.
    """

    def __init__(self, all_bytes: int, threads: Threads) -> None:
        """Begin with an unknown line; all channels have ``all_bytes`` in flight at most."""
        self._all_bytes = all_bytes
        self._numbers = count()
        self.interactive_until = float("-inf")
        self._lock = threads.lock()  # guards all below but max_bytes and initial_bytes
        self._round_trip = self._round_trip_before = _UNKNOWN_SECONDS
        self._shortest: dict[int, float] = {}  # answer of each channel since the last probe began
        self._began_at = self._probed_at = _UNKNOWN_SECONDS  # by the first report, or after a pause
        self._probing_until, self._reported_at = 0.0, float("-inf")
        self._acknowledged: dict[int, int] = {}  # bytes of each channel in this period
        self._rates: dict[int, float] = {}  # of each channel that reported in it
        self._period_began = _UNKNOWN_SECONDS
        self._longest_span = self._longest_span_before = 0.0  # in this period, and in the last
        self._fair_rate, self._queue_seconds, self._reached_share = 0.0, MAX_QUEUE_SECONDS, 1.0
        self.share_among(1)

    def share_among(self, channels: int) -> None:
        """Divide the bytes in flight among so many channels."""
        parts = max(1, channels)
        most = min(_MAX_CHANNEL_BYTES, self._all_bytes // parts)
        self.max_bytes = max(MIN_CHANNEL_BYTES, most)
        self.initial_bytes = max(MIN_CHANNEL_BYTES, min(self.max_bytes, _INITIAL_BYTES // parts))

    def note_click(self, now: float) -> None:
        """Have channels keep next to no queue for a second: a person waits for an answer."""
        self.interactive_until = now + _INTERACTIVE_SECONDS

    def join(self) -> int:
        """Return a number for a channel, under which it reports; no other ever has it."""
        return next(self._numbers)

    def report(
        self, channel: int, acknowledged: int, rate: float, quickest: float, now: float
    ) -> LineEstimate:
        """Take in a channel's last span, and return what is known of the line by now.

        Args:
            channel: its number.
            acknowledged: bytes of the replies of this span.
            rate: that the channel works with, in bytes a second.
            quickest: seconds of its quickest answer in this span.
            now: steady-clock seconds.
        """
        with self._lock:
            period = self._period_seconds(span_seconds(quickest))
            if now - self._reported_at > 2 * period:
                self._begin(now)
                acknowledged = 0  # bytes from before
            self._reported_at = now
            self._update_round_trip(channel, quickest, now)
            self._acknowledged[channel] = self._acknowledged.get(channel, 0) + acknowledged
            self._rates[channel] = rate
            if now - self._period_began >= period:
                self._end_period(now)
            return LineEstimate(
                round_trip=min(self._round_trip, self._round_trip_before),
                fair_rate=self._fair_rate,
                queue_seconds=self._queue_seconds,
                reached_share=self._reached_share,
                is_probing=now < self._probing_until,
            )

    def _period_seconds(self, span: float) -> float:
        """Return how long a period is, at a report of this span: two of the longest spans."""
        self._longest_span = max(self._longest_span, min(span, _MAX_AWAITED_SECONDS))
        return 2 * max(span, self._longest_span, self._longest_span_before)

    def _begin(self, now: float) -> None:
        """Begin to count bytes, at first and after a pause."""
        self._acknowledged, self._rates, self._reached_share = {}, {}, 1.0
        self._began_at = self._period_began = now
        self._probed_at = min(self._probed_at, now)

    def _update_round_trip(self, channel: int, quickest: float, now: float) -> None:
        probe_seconds = _PROBE_SPANS * span_seconds(quickest)
        if now < self._probing_until:
            self._probing_until = max(self._probing_until, self._probed_at + probe_seconds)
        else:
            self._round_trip_before = _UNKNOWN_SECONDS
            if self._is_probe_due(channel, quickest, now):
                self._round_trip_before, self._round_trip = self._round_trip, _UNKNOWN_SECONDS
                self._probed_at, self._probing_until = now, now + probe_seconds
                self._shortest = {}
        self._round_trip = min(self._round_trip, quickest)
        self._shortest[channel] = min(self._shortest.get(channel, _UNKNOWN_SECONDS), quickest)

    def _is_probe_due(self, channel: int, quickest: float, now: float) -> bool:
        shortest = self._shortest.get(channel, _UNKNOWN_SECONDS)
        is_late = quickest > shortest + _UNEXPLAINED_SECONDS
        interval = _MIN_PROBE_INTERVAL_SECONDS if is_late else _PROBE_INTERVAL_SECONDS
        begins = now - self._began_at < _MIN_PROBE_INTERVAL_SECONDS
        return now - self._probed_at >= interval and not begins

    def _end_period(self, now: float) -> None:
        rate = sum(self._acknowledged.values()) / (now - self._period_began)
        self._fair_rate = rate / len(self._acknowledged)
        self._queue_seconds = min(MAX_QUEUE_SECONDS, _MAX_QUEUED_BYTES / (rate or 1.0))
        if self._period_began >= self.interactive_until:
            rates = sum(self._rates.values())
            self._reached_share = min(1.0, rate / (rates or 1.0))
        self._acknowledged, self._rates, self._period_began = {}, {}, now
        self._longest_span_before, self._longest_span = self._longest_span, 0.0
