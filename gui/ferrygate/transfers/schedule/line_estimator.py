"""Estimates the line that all channels of a session share: its delay, its rate, who may click.

Measured is what :mod:`ferrygate.transfers.schedule.in_flight_window` reports of each channel, once
a span (50 ms, or the quickest answer where that is longer): the bytes acknowledged in it, the rate
that the channel reckons with, and its quickest answer, from request to reply.

*The shortest answer* is the line's round-trip time without a queue, and the server's own work. It
is the least of all channels': one that begins late sees nothing but answers that have queued behind
the others' bytes, and would take that queue for distance. It holds for ten seconds and is measured
anew, since a line's way may change. A new measurement behind our own bytes would be worth nothing.
So all channels empty the queue together, by keeping 3 % less in flight than the line holds, for
three spans: a probe, as BBR's ProbeRTT (draft-ietf-ccwg-bbr, where the filter is ten seconds long
as well). BBR goes down to half of what the line holds. Answers that are later than any queue of
ours explains bring the probe forward, but not within a second of the beginning: TCP's own slow
start makes answers late then. Held back there, a file of 64 MiB took 2.4 s instead of 1.75 s over
50 ms.

*The fair rate* is what all channels brought together over two spans, divided by their number. Every
channel may queue as many bytes as go at that rate in ``queue_seconds``, whatever its own rate. So
one that began late, and is slow, gains on the others until all have as much.

*The queue* is 30 ms long, which is what a pause of our own threads takes: less, and the line runs
dry in it. At most 1.5 MiB may queue: on a line as fast as the loopback 30 ms are 12 MB, which have
left the processor's caches when they are read, and a GiB took a quarter longer to fetch.

*The reached share* scales down rates that single channels have reached one after the other, but not
at the same time: taken together they would be more than the line has.

*While a person clicks*, and for a second after, channels keep next to no queue. Bytes that they
leave unsent then say nothing about the line, so the reached share stays as it was.

Not known: whether the line, the server's disk or our own processor bounds the rate (any of them is
filled alike); what others send over the same line (their queue counts as distance until a probe
finds it shorter); losses, which TCP repairs unseen. Where nothing was reported for some time,
nothing is concluded from it.
"""

from __future__ import annotations

import threading
from itertools import count

import msgspec

MIN_CHANNEL_BYTES = 1 << 15  # one request, which every server takes: less would stand still
_MAX_CHANNEL_BYTES = 1 << 24  # half of the receive window that we grant the server
_INITIAL_BYTES = 1 << 20  # of all channels; less would slow down the first second of a fast line
MAX_QUEUE_SECONDS = 0.03  # that bytes may queue: what a pause of our own threads takes
_MAX_QUEUED_BYTES = 3 << 19  # of all channels; more leave the processor's caches
_MIN_SPAN_SECONDS = 0.05  # over which a rate is taken: a shorter one holds too few answers
_INTERACTIVE_SECONDS = 1.0  # after a click: that one needs as much, or the next comes
_UNEXPLAINED_SECONDS = 0.09  # beyond the shortest answer, three times what may queue
_PROBE_SPANS = 3  # in the first the queue empties, in the next answers come without it
_PROBE_INTERVAL_SECONDS = 10.0  # as BBR's filter of the round-trip time
_MIN_PROBE_SECONDS = 1.0  # between two probes, while TCP itself begins and answers come late
_UNKNOWN_SECONDS = float("inf")


def span_seconds(quickest: float) -> float:
    """Return the seconds over which a channel takes its rate, by its quickest answer."""
    return max(_MIN_SPAN_SECONDS, quickest)


class LineEstimate(msgspec.Struct, frozen=True):
    """Describes a line, as far as is known.

    Attributes:
        round_trip: seconds of the shortest answer in the last while.
        fair_rate: each busy channel's part of the rate, in bytes a second; 0 while unknown.
        queue_seconds: how long bytes may queue.
        reached_share: the part of the rates that channels reckon with which they had together.
        is_probing: the channels are to empty the queue, so that the shortest answer can be seen.
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

    def __init__(self, all_channels: int) -> None:
        """Begin with an unknown line; ``all_channels`` is how many bytes may be in flight."""
        self._all_bytes = all_channels
        self._numbers = count()
        self.interactive_until = float("-inf")
        self._lock = threading.Lock()  # guards all below, but for the shares
        self._round_trip = self._round_trip_before = _UNKNOWN_SECONDS
        self._probed_at, self._probing_until = _UNKNOWN_SECONDS, 0.0
        self._acknowledged: dict[int, int] = {}  # bytes of each channel in this period
        self._reckoned_rates: dict[int, float] = {}  # of each channel that reported in it
        self._period_began = _UNKNOWN_SECONDS
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
            acknowledged: bytes that were, in this span.
            rate: bytes a second that the channel reckons with.
            quickest: seconds of its quickest answer in this span.
            now: steady-clock seconds.
        """
        period = 2 * span_seconds(quickest)  # all channels have reported once within two spans
        with self._lock:
            self._forget_pause(period, now)
            self._update_round_trip(quickest, now)
            self._acknowledged[channel] = self._acknowledged.get(channel, 0) + acknowledged
            self._reckoned_rates[channel] = rate
            self._end_period(period, now)
            return LineEstimate(
                round_trip=min(self._round_trip, self._round_trip_before),
                fair_rate=self._fair_rate,
                queue_seconds=self._queue_seconds,
                reached_share=self._reached_share,
                is_probing=now < self._probing_until,
            )

    def _update_round_trip(self, quickest: float, now: float) -> None:
        probe_seconds = _PROBE_SPANS * span_seconds(quickest)
        if now < self._probing_until:
            self._probing_until = max(self._probing_until, self._probed_at + probe_seconds)
        else:
            self._round_trip_before = _UNKNOWN_SECONDS
            self._probed_at = min(self._probed_at, now)
            is_late = quickest > self._round_trip + _UNEXPLAINED_SECONDS
            interval = _MIN_PROBE_SECONDS if is_late else _PROBE_INTERVAL_SECONDS
            if now - self._probed_at >= interval:
                self._round_trip_before, self._round_trip = self._round_trip, _UNKNOWN_SECONDS
                self._probed_at, self._probing_until = now, now + probe_seconds
        self._round_trip = min(self._round_trip, quickest)

    def _forget_pause(self, period: float, now: float) -> None:
        """Begin anew after a time in which nothing was moved, which says nothing of the line."""
        if now - self._period_began > 2 * period:
            self._acknowledged, self._reckoned_rates, self._reached_share = {}, {}, 1.0
            self._period_began = self._probed_at = now
        self._period_began = min(self._period_began, now)

    def _end_period(self, period: float, now: float) -> None:
        if now - self._period_began < period:
            return
        rate = sum(self._acknowledged.values()) / (now - self._period_began)
        self._fair_rate = rate / len(self._acknowledged)
        self._queue_seconds = min(MAX_QUEUE_SECONDS, _MAX_QUEUED_BYTES / (rate or 1.0))
        if now >= self.interactive_until:
            reckoned = sum(self._reckoned_rates.values())
            self._reached_share = min(1.0, rate / (reckoned or 1.0))
        self._acknowledged, self._reckoned_rates, self._period_began = {}, {}, now
