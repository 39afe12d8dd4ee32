"""Bounds the bytes in flight on one channel, and decides who may send next."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.sftp.tasks import Bell

_SMALLEST = 1 << 15  # bytes of a request; every server takes so many
_LEAST = _SMALLEST  # of one channel
_FIRST = 1 << 20  # of all channels that begin at once
_MOST = 1 << 24  # of one channel
_QUEUE = 0.03  # seconds that bytes may queue: what a pause of our own threads takes
_MOST_QUEUED = 3 << 19  # bytes that may, of all channels; more leave the processor's caches
_REQUEST = 0.005  # seconds that the bytes of one request take
_PARTS = 8  # requests to begin with, while no rate is known
_CALM = 1.0  # seconds after a click: that one needs as much, or the next comes
_LATE = 0.09  # seconds beyond the shortest answer that no queue of ours explains
_GROWING = 1.25  # times the rate before: the line has more to give yet
_KEPT = 0.9  # of a rate that was reached: a pause of ours says nothing about the line
_SPAN = 0.05  # seconds over which the rate is taken, at least
_PROBE_SPANS = 3  # spans that a probe of the line, without a queue, takes
_PROBE_SHARE = 0.97  # times what the line holds is in flight meanwhile
_REMEMBERED = 10.0  # seconds from one probe to the next
_SETTLED = 1.0  # seconds in which TCP itself begins, and its answers come late
_NEVER = float("inf")


class Line(msgspec.Struct, frozen=True):
    """Describes a line.

    Attributes:
        shortest: the shortest time an answer took in the last while, in seconds.
        fair_rate: what each busy channel may have of its rate, in bytes a second.
        queue: how long bytes may queue, in seconds.
        proven: how much of the rates that the channels reckon with they had together.
        probing: whether the channels let their queue go, to see how short an answer can be.
    """

    shortest: float
    fair_rate: float
    queue: float
    proven: float
    probing: bool


class Share:
    """Holds what the channels of a session share: how much each has in flight, and the line.

    ``among`` and ``clicked`` are for the engine's thread, ``told`` for the lanes'. The shortest
    answer is one of all channels, or one that begins late would take the others' queue for
    distance. It is forgotten in time, since a line's way may change. So that the next is not
    measured behind our own bytes, all channels let their queue go at the same time then: a probe,
    as BBR has it (draft-ietf-ccwg-bbr, ProbeRTT).
    """

    def __init__(self, all_channels: int) -> None:
        """``all_channels`` is the bytes that all of them may have in flight."""
        self._all = all_channels
        self.calm_until = float("-inf")
        self._lock = threading.Lock()  # guards these
        self._shortest = self._before = _NEVER
        self._probed, self._probing_until = _NEVER, 0.0
        self._landed: dict[int, int] = {}  # bytes of each channel since
        self._reckoned: dict[int, float] = {}
        self._since = _NEVER
        self._fair_rate, self._queue, self._proven = 0.0, _QUEUE, 1.0
        self.among(1)

    def among(self, channels: int) -> None:
        """Part it among so many channels."""
        parts = max(1, channels)
        self.most = max(_LEAST, min(_MOST, self._all // parts))
        self.first = max(_LEAST, min(self.most, _FIRST // parts))

    def clicked(self, now: float) -> None:
        """A person waits for an answer: there shall be next to no queue for a while."""
        self.calm_until = now + _CALM

    def told(self, channel: int, landed: int, rate: float, quickest: float, now: float) -> Line:
        """A channel tells of its last span.

        Args:
            channel: which.
            landed: the bytes that landed in it.
            rate: what the channel reckons with, in bytes a second.
            quickest: its quickest answer, in seconds.
            now: the time.
        """
        with self._lock:
            self._begin_part(seconds := 2 * max(_SPAN, quickest), now)
            self._probe(quickest, now)
            self._landed[channel] = self._landed.get(channel, 0) + landed
            self._reckoned[channel] = rate
            self._end_part(seconds, now)
            probing = now < self._probing_until
            shortest = min(self._shortest, self._before)
            return Line(shortest, self._fair_rate, self._queue, self._proven, probing)

    def _probe(self, quickest: float, now: float) -> None:
        takes = _PROBE_SPANS * max(_SPAN, quickest)
        if now < self._probing_until:
            self._probing_until = max(self._probing_until, self._probed + takes)
        else:
            self._before = _NEVER
            self._probed = min(self._probed, now)
            late = quickest > self._shortest + _LATE
            if now - self._probed >= (_SETTLED if late else _REMEMBERED):
                self._before, self._shortest = self._shortest, _NEVER
                self._probed, self._probing_until = now, now + takes
        self._shortest = min(self._shortest, quickest)

    def _begin_part(self, seconds: float, now: float) -> None:
        if now - self._since > 2 * seconds:  # nothing was moved, which says nothing of the line
            self._landed, self._reckoned, self._proven = {}, {}, 1.0
            self._since = self._probed = now
        self._since = min(self._since, now)

    def _end_part(self, seconds: float, now: float) -> None:
        if now - self._since >= seconds:
            rate = sum(self._landed.values()) / (now - self._since)
            self._fair_rate = rate / len(self._landed)
            self._queue = min(_QUEUE, _MOST_QUEUED / (rate or 1.0))
            if now >= self.calm_until:
                self._proven = min(1.0, rate / (sum(self._reckoned.values()) or 1.0))
            self._landed, self._reckoned, self._since = {}, {}, now


class Window:
    """The bytes in flight on a channel, over all its files; its owner's alone.

    As many as the line holds, which is its rate times its shortest answer, and a little more, so
    that it never runs dry. All the rest would not go faster, but keep everybody else's requests
    waiting: a person's click is answered behind it. Who has to wait is served in order, so that
    every file of a channel moves on.

    Attributes:
        most: how many there may be now; for a moment after a click there may be fewer.
        flying: how many there are.
    """

    def __init__(self, share: Share, clock: Clock, new_bell: Callable[[], Bell]) -> None:
        """Begin with nothing in flight; ``new_bell`` makes bells for the channel's coroutines."""
        self.most = share.first
        self.flying = 0
        self._calm_most = self.most  # after a click
        self._share = share
        self._clock = clock
        self._new_bell = new_bell
        self._waiting: deque[tuple[Bell, int]] = deque()
        self._growing, self._probing, self._shortest = True, False, _NEVER
        self._rate = self._reached = 0.0
        self._queue = _QUEUE
        self._since = clock.monotonic()
        self._landed = 0
        self._quickest = _NEVER
        self._full = False  # somebody found no room in this span

    def piece(self, most: int) -> int:
        """Return the bytes to ask for in one request, ``most`` at the most."""
        size = int(self._rate * _REQUEST) or self.most // _PARTS
        return min(most, max(_SMALLEST, size))

    def has_room(self, count: int) -> bool:
        """Tell whether ``count`` bytes could be put in flight now; the first always can."""
        return not self._waiting and self._fits(count)

    async def take(self, count: int) -> None:
        """Put ``count`` bytes in flight once there is room."""
        if self.has_room(count):
            self.flying += count
            return
        place = self._new_bell(), count
        self._waiting.append(place)
        has_room = False
        try:
            await place[0].wait()
            has_room = True
        finally:
            if not has_room:  # dropped where it waited; the others go on
                self._leave(place)

    def _leave(self, place: tuple[Bell, int]) -> None:
        if place in self._waiting:
            self._waiting.remove(place)
            self.give_back(0)  # the next may need less
        else:
            self.give_back(place[1])

    def take_now(self, count: int) -> None:
        """Put ``count`` bytes in flight whether there is room or not."""
        self.flying += count

    def now(self) -> float:
        """The time of a request, for :meth:`landed`."""
        return self._clock.monotonic()

    def landed(self, count: int, asked_at: float) -> None:
        """A request asked then was answered, and its ``count`` bytes are not in flight any more."""
        now = self._clock.monotonic()
        self._quickest = min(self._quickest, now - asked_at)
        self._landed += count
        if self._growing and now - asked_at < self._quickest + self._queue:
            self.most = min(self._share.most, self.most + count)
        span = now - self._since
        if span >= max(_SPAN, self._quickest):
            self._follow(self._landed / span, now)
            self._since, self._landed, self._quickest = now, 0, _NEVER
            self._full = False
        self.give_back(count)

    def give_back(self, count: int) -> None:
        """``count`` bytes were not sent after all, or nobody knows when they landed."""
        self.flying -= count
        while self._waiting and self._fits(self._waiting[0][1]):
            turn, wanted = self._waiting.popleft()
            self.flying += wanted
            turn.ring()

    def _fits(self, count: int) -> bool:
        most = self.most
        if not self._growing and self._calm():
            most = min(most, self._calm_most)
        fits = self.flying == 0 or self.flying + count <= most
        self._full = self._full or not fits
        return fits

    def _calm(self) -> bool:
        return self._clock.monotonic() < self._share.calm_until

    def _follow(self, rate: float, now: float) -> None:
        held = max(rate, _KEPT * self._rate)
        calm = self._calm() and not self._growing
        if calm:  # then it shows nothing but what we let it be
            held = self._rate
        line = self._share.told(id(self), self._landed, held, self._quickest, now)
        before, self._shortest, self._queue = self._shortest, line.shortest, line.queue
        if line.probing and not self._growing:
            if not self._probing:
                self._reached, self._rate = held, held if calm else rate
                self._hold(_PROBE_SHARE * rate * line.shortest, line)
            self._probing = True
            return
        probed, self._probing = self._probing, False
        more = self._quickest < line.shortest + line.queue / 2
        self._growing = more and not calm and rate > _GROWING * self._rate
        # Where the way has become longer, it need not have become narrower.
        longer = probed and line.shortest > before + _QUEUE
        self._rate = self._reached if longer else held
        wanted = self._rate * line.shortest + (line.fair_rate or self._rate) * line.queue
        if self._growing:
            wanted = max(wanted, self.most)
        elif more and self._full and not calm:  # or it may stay a little below a request
            wanted = max(wanted, self.most + _SMALLEST)
        self._hold(wanted, line)

    def _hold(self, wanted: float, line: Line) -> None:
        self.most = max(_LEAST, min(self._share.most, int(wanted)))
        calm = self._rate * line.proven * (line.shortest + _REQUEST)
        self._calm_most = max(_LEAST, int(calm))
