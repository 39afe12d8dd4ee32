"""A lock whose waiters take turns."""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """Goes to the thread that has waited longest; a thread that holds it may take it again.

    A thread that lets go of a ``threading.Lock`` and takes it again at once, as one that sends a
    big file does, can keep all others from it for as long as it likes.
    """

    def __init__(self) -> None:
        self._state = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._holder: int | None = None
        self._holds = 0  # how often its holder has taken it

    def acquire(self) -> bool:
        """Wait for the lock; always true."""
        own = threading.get_ident()
        if self._holder == own:  # no other thread sets it to this one's number, or lets go of it
            self._holds += 1
            return True
        with self._state:
            if self._holder is None:
                self._hand_to(own)
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append((own, turn))
        return turn.acquire()  # released by the thread that hands the lock over

    def release(self) -> None:
        """Let go as often as it was taken: the last time hands the lock to the next in line."""
        self._holds -= 1
        if self._holds:
            return
        with self._state:
            if self._waiting:
                waiter, turn = self._waiting.popleft()
                self._hand_to(waiter)
                turn.release()
            else:
                self._holder = None

    def _hand_to(self, thread: int) -> None:
        self._holder, self._holds = thread, 1

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()
