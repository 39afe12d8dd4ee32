"""Drives coroutines of a channel without one: nothing but who waits for what."""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine
from typing import Any, TypeVar

from ferrygate.sftp.tasks import Future, Task

T = TypeVar("T")


class TaskRunner:
    """Steps whoever was woken, in order, until nobody is."""

    def __init__(self) -> None:
        self._ready: deque[Task[Any]] = deque()

    def wake(self, future: Future[Any]) -> None:
        """Have whoever awaits a resolved future go on with the next :meth:`go`."""
        if future.waiter is not None:
            self._ready.append(future.waiter)

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Task[T]:
        """Start a coroutine, and run it and all who were woken as far as they come."""
        task = Task(coroutine)
        self._ready.append(task)
        self.go()
        return task

    def go(self) -> None:
        """Run whoever was woken as far as they come."""
        while self._ready:
            task = self._ready.popleft()
            if task.done:
                continue
            try:
                awaited = task.coroutine.send(None)
            except StopIteration as end:
                task.resolve(end.value)
            else:
                awaited.waiter = task
