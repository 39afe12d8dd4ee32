"""Hands callbacks between threads: any thread puts them in, one takes and calls them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ferrygate.common.clock import Clock
from ferrygate.common.threads import Threads

Callback = Callable[[], None]


class Inbox:
    """Queues callbacks; waits by the injected clock."""

    def __init__(self, clock: Clock, threads: Threads) -> None:
        self._clock = clock
        self._callbacks: deque[Callback] = deque()
        self._something = threads.event()
        self._closing = threads.lock()
        self._closed = False

    def post(self, callback: Callback) -> bool:
        """Put something in; false once the inbox is closed, and it will not be done."""
        with self._closing:
            if self._closed:
                return False
            self._callbacks.append(callback)
        self._something.set()
        return True

    def take(self, seconds: float) -> Callback | None:
        """Return the next callback; wait for one at most ``seconds``."""
        if not self._callbacks:
            self._clock.wait(self._something, seconds)
        self._something.clear()
        try:
            return self._callbacks.popleft()
        except IndexError:
            return None

    def close(self) -> list[Callback]:
        """Take in nothing more; returns what has not been done."""
        with self._closing:
            self._closed = True
        return list(self._callbacks)
