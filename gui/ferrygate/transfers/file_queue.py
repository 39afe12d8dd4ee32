"""Puts the waiting files of a batch in the order in which they are handed out."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable


class FileQueue:
    """Holds the numbers of files that wait. Interrupted ones go on before others begin."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Begin with none; ``now`` is the steady clock, in seconds."""
        self._now = now
        self._replacing: deque[int] = deque()  # those of these that have a slot go on first
        self._interrupted: deque[int] = deque()
        self._waiting: deque[int] = deque()
        self._late: list[tuple[float, int]] = []  # a heap: when each is handed out again

    def wait(self, number: int) -> None:
        """Put a file behind all others."""
        self._waiting.append(number)

    def wait_first(self, number: int) -> None:
        """Put a file before those that were not begun."""
        self._waiting.appendleft(number)

    def go_on(self, number: int, *, has_slot: bool) -> None:
        """Put an interrupted file behind the other interrupted ones; others wait for a slot."""
        self._interrupted_ones(has_slot=has_slot).append(number)

    def go_on_first(self, number: int, *, has_slot: bool) -> None:
        """Put an interrupted file before the others."""
        self._interrupted_ones(has_slot=has_slot).appendleft(number)

    def _interrupted_ones(self, *, has_slot: bool) -> deque[int]:
        return self._replacing if has_slot else self._interrupted

    def wait_until(self, due: float, number: int) -> None:
        """Have a file wait for late parts until ``due``, on the steady clock."""
        heapq.heappush(self._late, (due, number))

    def __bool__(self) -> bool:
        """Tell whether there is a file to hand out now."""
        return bool(self._replacing or self._interrupted or self._waiting) or self._is_late_due

    def take(self) -> int:
        """Take the next file; there must be one."""
        if self._is_late_due and not (self._replacing or self._interrupted):
            _due, number = heapq.heappop(self._late)
            return number
        return (self._replacing or self._interrupted or self._waiting).popleft()

    def take_all(self) -> list[int]:
        """Take all but those that wait for late parts."""
        taken = [*self._replacing, *self._interrupted, *self._waiting]
        for queue in (self._replacing, self._interrupted, self._waiting):
            queue.clear()
        return taken

    def take_late(self) -> list[int]:
        """Take those that wait for late parts."""
        late, self._late = self._late, []
        return [number for _due, number in late]

    @property
    def not_begun(self) -> int:
        """Count those that wait to be begun; for any thread."""
        return len(self._waiting)

    @property
    def late(self) -> int:
        """Count those that wait for late parts."""
        return len(self._late)

    @property
    def late_until(self) -> float | None:
        """Return when the last of them is due, on the steady clock."""
        return max((due for due, _number in self._late), default=None)

    @property
    def _is_late_due(self) -> bool:
        return bool(self._late) and self._late[0][0] <= self._now()
