"""Bounds how many files of a batch are under way over files that had their names.

Their OPEN cuts the file that was there to nothing, and an upload that breaks then has destroyed it.
So few are under way at a time, whatever the channel could hold: a kill, a dead line or a cancel can
cost no more than these. A file that is interrupted keeps its slot, since the earlier one is cut
already. It goes on before all others: those would wait for its slot, and may be as many as can be
under way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ferrygate.common.threads import Threads

MAX_REPLACING = 8  # files that a kill, a dead line or a cancel may cost


class ReplaceSlots:
    """Holds a batch's slots; lanes acquire them on several threads, until a file has ended."""

    def __init__(self, threads: Threads) -> None:
        """Begin with all slots free."""
        self._lock = threads.lock()
        self._holders: set[int] = set()
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()

    def acquire(self, number: int) -> bool:
        """Take a slot for a file of this number, if it has none yet; false where all are taken."""
        with self._lock:
            return self._acquire(number)

    def _acquire(self, number: int) -> bool:
        if number in self._holders or len(self._holders) < MAX_REPLACING:
            self._holders.add(number)
            return True
        return False

    def wait(self, number: int, wake: Callable[[], None]) -> None:
        """Have ``wake`` called, on any thread, once a file of this number has a slot."""
        with self._lock:  # held for both, or the last slot may be released in between
            has_slot = self._acquire(number)
            if not has_slot:
                self._waiting.append((number, wake))
        if has_slot:
            wake()

    def has(self, number: int) -> bool:
        """Tell whether a file of this number has one."""
        with self._lock:
            return number in self._holders

    def release(self, number: int) -> None:
        """Release the slot of a file that has ended, or its place in the queue, if it has one."""
        with self._lock:
            self._waiting = deque(one for one in self._waiting if one[0] != number)
            self._holders.discard(number)
            woken = []
            while self._waiting and len(self._holders) < MAX_REPLACING:
                following, wake = self._waiting.popleft()
                self._holders.add(following)
                woken.append(wake)
        for wake in woken:
            wake()
