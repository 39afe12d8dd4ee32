"""Learns from refusals how many handles a server allows at a time.

Servers limit the open files of a connection, or of an account, and say no more than FAILURE or
PERMISSION_DENIED when there are too many. So a refused OPEN or OPENDIR is no verdict as long as
other handles are open, and more than were ever granted together: it is asked again once no other is
open. If that is granted, the handles were too many, and from then on there are no more than were
open when it was refused. If it is refused alone as well, that is the answer. A limit that has held
for a while is tried one higher, since something else may have been the reason; each time that
fails, the next trial comes later.
"""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.common.threads import Threads

_GRANTS_BEFORE_TRIAL = 64  # handles granted at the limit before one more is tried
_TRIAL_BACKOFF = 8  # times as many, each time that was in vain


class OpenHandles:
    """Counts the handles open over all channels of a session; any thread may use it.

    A handle counts from its OPEN until its CLOSE was answered.
    """

    def __init__(self, threads: Threads) -> None:
        """Begin without a limit."""
        self._lock = threads.lock()
        self._max_open: int | None = None
        self._asked = 0  # OPENs in flight
        self._open = 0
        self._proven = 0  # most handles that were open together
        self._alone = 0  # OPENs that wait to be sent alone, or are
        self._granted_at_limit = 0
        self._trial = _GRANTS_BEFORE_TRIAL
        self._waiting: list[Callable[[], None]] = []

    @property
    def max_open(self) -> int | None:
        """Return how many may be open; ``None`` while the server has shown no limit."""
        return self._max_open

    def take(self, wake: Callable[[], None]) -> bool:
        """Count an OPEN that is about to leave; if it may not yet, ``wake`` is called once it may.

        ``wake`` may come too early, so that one asks again.
        """
        with self._lock:
            used = self._asked + self._open
            if not self._alone and (self._max_open is None or used < self._max_open):
                self._asked += 1
                return True
            self._waiting.append(wake)
            return False

    def hold_others_back(self) -> None:
        """Hold back all other OPENs until :meth:`let_others_go_on`: one waits to be sent alone."""
        with self._lock:
            self._alone += 1

    def take_if_alone(self) -> bool:
        """Count an OPEN that is about to leave alone, if no other handle is open or asked for."""
        with self._lock:
            if self._asked + self._open:
                return False
            self._asked += 1
            return True

    def take_anyway(self) -> None:
        """Count an OPEN that is about to leave, whatever else is open."""
        with self._lock:
            self._asked += 1

    def let_others_go_on(self) -> None:
        """Let other OPENs go on: the one alone was answered, or given up."""
        with self._lock:
            self._alone -= 1
        self._wake()

    def granted(self) -> None:
        """Note that an OPEN was answered with a handle."""
        with self._lock:
            self._asked -= 1
            self._open += 1
            self._proven = max(self._proven, self._open)
            if self._max_open is not None and self._open >= self._max_open:
                self._granted_at_limit += 1
                if self._granted_at_limit >= self._trial:
                    self._granted_at_limit = 0
                    self._max_open += 1

    def refused(self) -> int:
        """Note that an OPEN was refused or not sent; returns the others open if they were too many.

        0 where that cannot be the reason.
        """
        with self._lock:
            self._asked -= 1
            others = self._open
            too_many = others + 1 > self._proven or self._max_open is not None
        self._wake()
        return others if too_many else 0

    def limit(self, others: int) -> None:
        """Learn the limit: an OPEN that was refused beside ``others`` handles was granted alone."""
        with self._lock:
            if self._max_open is not None:
                self._trial *= _TRIAL_BACKOFF
                others = min(others, self._max_open)
            self._max_open = max(1, others)
            self._proven = min(self._proven, self._max_open)
            self._granted_at_limit = 0

    def closed(self, count: int = 1) -> None:
        """Note that so many handles are closed, or ended with their channel."""
        with self._lock:
            self._open -= count
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()
