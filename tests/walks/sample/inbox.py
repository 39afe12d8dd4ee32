"""A queue from one thread to another, as a tracer's sample."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class Inbox:
    """Has callables called on a thread of its own; none ends it."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work_off, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def post(self, call: Callable[[], Any]) -> None:
        self._calls.put(call)

    def close(self) -> None:
        self._calls.put(None)
        self._thread.join()

    def _work_off(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


class Shelf:
    """Keeps things, which are taken in order."""

    def __init__(self) -> None:
        self._things: SimpleQueue[object] = SimpleQueue()

    def put(self, thing: object) -> None:
        self._things.put(thing)

    def take(self) -> object | None:
        return None if self._things.empty() else self._things.get()
