"""Futures that resolve at a time, for the coroutines of one channel."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from ferrygate.sftp.tasks import Future


class Timers:
    """Keeps futures by the time at which they resolve; times are of the steady clock."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Future[None]]] = []
        self._count = 0  # so that equal times resolve in the order of setting

    def at(self, when: float) -> Future[None]:
        """Make a future that is resolved once it is ``when``."""
        future: Future[None] = Future()
        self._count += 1
        heapq.heappush(self._heap, (when, self._count, future))
        return future

    @property
    def next(self) -> float | None:
        """Return when the next future resolves; none if there is none."""
        return self._heap[0][0] if self._heap else None

    def resolved(self, now: float) -> Iterator[Future[None]]:
        """Resolve the futures whose time has come, and return them one by one."""
        while self._heap and self._heap[0][0] <= now:
            future = heapq.heappop(self._heap)[2]
            future.resolve(None)
            yield future

    def clear(self) -> None:
        """Forget all futures."""
        self._heap.clear()
