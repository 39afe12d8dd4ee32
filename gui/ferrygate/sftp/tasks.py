"""Coroutines on one thread: what they await."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Future(Generic[T]):
    """A result that one coroutine may await.

    ``then`` is called with the result as it comes, before the waiting coroutine is woken, and is
    dropped: it may lead back to the future, in a cycle that Python's collector finds only now and
    then. ``on_abandoned`` is called as well if the coroutine was stopped meanwhile. ``asked``
    is the type of the request that it answers.
    """

    __slots__ = ("_error", "_result", "asked", "done", "on_abandoned", "then", "waiter")

    def __init__(self) -> None:
        self.done = False
        self.asked = 0
        self.waiter: Task[Any] | None = None
        self.then: Callable[[T], None] | None = None
        self.on_abandoned: Callable[[T], None] | None = None
        self._result: T | None = None
        self._error: BaseException | None = None

    def __await__(self) -> Generator[Future[T], None, T]:
        while not self.done:  # a task thrown out of one wait may be woken for it later
            yield self
        return self.result()

    def result(self) -> T:
        """Return the result, or raise the error; only once ``done``."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # set together with ``done``

    def resolve(self, result: T) -> None:
        """Set the result."""
        self._result = result
        self.done = True
        then, self.then = self.then, None
        if then is not None:
            then(result)

    def fail(self, error: BaseException) -> None:
        """Set the error to raise in the waiter."""
        self._error = error
        self.done = True
        self.then = None


class Task(Future[T]):
    """A running coroutine, and the future of its result."""

    __slots__ = ("coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        super().__init__()
        self.coroutine = coroutine


class AutoResetEvent:
    """An event that one coroutine waits for, and that is unset again once the wait is over.

    A :meth:`set` that comes before the wait is not lost; several count as one.
    """

    def __init__(self, wake: Callable[[Future[None]], None]) -> None:
        """Begin unset; ``wake`` makes the coroutine that awaits a resolved future ready."""
        self._wake = wake
        self._next: Future[None] = Future()

    def set(self) -> None:
        """Wake the waiting coroutine, or the next one that waits."""
        if not self._next.done:
            self._next.resolve(None)
            self._wake(self._next)

    async def wait(self) -> None:
        """Wait for :meth:`set`, and unset the event."""
        await self._next
        self._next = Future()
