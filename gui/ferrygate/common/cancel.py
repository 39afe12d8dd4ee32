"""Cancels a request, from any thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ferrygate.common.errors import Cancelled
from ferrygate.common.threads import Threads


class CancelToken:
    """Set once, by the thread that asks; read by the thread that works.

    ``event`` may be waited on, so that no work has to poll while it only waits.
    """

    def __init__(self, threads: Threads) -> None:
        self.event = threads.event()
        self._watchers: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Ask for the end of the work."""
        self.event.set()
        for wake in tuple(self._watchers):
            wake()

    @contextmanager
    def watched(self, wake: Callable[[], None]) -> Iterator[None]:
        """Have ``wake`` called on the canceller's thread, for work that waits for something else.

        It is not called for what was cancelled before: look at :attr:`cancelled` first.
        """
        self._watchers.append(wake)
        try:
            yield
        finally:
            self._watchers.remove(wake)

    @property
    def cancelled(self) -> bool:
        """Tell whether the end was asked for."""
        return self.event.is_set()

    def check(self) -> None:
        """Raise :class:`Cancelled` when the end was asked for."""
        if self.cancelled:
            raise Cancelled
