"""A lock whose waiters take turns."""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """Goes to the thread that has waited longest; not reentrant.

    A thread that lets go of a ``threading.Lock`` and takes it again at once, as one that sends a
    big file does, can keep all others from it for as long as it likes.
    """

    def __init__(self) -> None:
        self._state = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> bool:
        """Wait for the lock; always true."""
        with self._state:
            if not self._held:
                self._held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        return turn.acquire()  # released by the thread that hands the lock over

    def release(self) -> None:
        """Hand the lock to the next in line."""
        with self._state:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()
