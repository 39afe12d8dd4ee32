"""Coroutines on one thread: what they await, and how much they may have in flight."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Future(Generic[T]):
    """A result that one coroutine may await.

    ``then`` is called with the result as it comes, before anybody is woken.
    """

    __slots__ = ("_error", "_result", "done", "on_abandoned", "then", "waiter")

    def __init__(self) -> None:
        self.done = False
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
        """The result, or the error raised; only once ``done``."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # set together with ``done``

    def resolve(self, result: T) -> None:
        """Set the result."""
        self._result = result
        self.done = True
        if self.then is not None:
            self.then(result)

    def fail(self, error: BaseException) -> None:
        """Set the error to raise in the waiter."""
        self._error = error
        self.done = True


class Task(Future[T]):
    """A running coroutine, and the future of its result."""

    __slots__ = ("coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        super().__init__()
        self.coroutine = coroutine


class Bell:
    """One coroutine waits for it; a ring that comes before the wait is not lost."""

    def __init__(self, wake: Callable[[Future[None]], None]) -> None:
        """Begin; ``wake`` has whoever awaits a resolved future go on."""
        self._wake = wake
        self._next: Future[None] = Future()

    def ring(self) -> None:
        """Let the waiting coroutine go on."""
        if not self._next.done:
            self._next.resolve(None)
            self._wake(self._next)

    async def wait(self) -> None:
        """Wait for a ring."""
        await self._next
        self._next = Future()


class Flow:
    """How many bytes may be in flight on a channel, over all its files.

    Who has to wait is served in order, so that every file of a channel moves on.
    """

    def __init__(self, most: int, wake: Callable[[Future[None]], None]) -> None:
        """Begin with nothing in flight; ``wake`` as for :class:`Bell`."""
        self.most = most
        self.flying = 0
        self._wake = wake
        self._waiting: deque[tuple[Future[None], int]] = deque()

    def try_take(self, count: int) -> bool:
        """Put ``count`` bytes in flight if there is room; there always is for the first."""
        if not self.has_room(count):
            return False
        self.flying += count
        return True

    async def take(self, count: int) -> None:
        """Put ``count`` bytes in flight once there is room."""
        if not self.try_take(count):
            turn: Future[None] = Future()
            self._waiting.append((turn, count))
            await turn

    def give(self, count: int) -> None:
        """``count`` bytes have landed."""
        self.flying -= count
        while self._waiting and self._fits(self._waiting[0][1]):
            turn, wanted = self._waiting.popleft()
            self.flying += wanted
            turn.resolve(None)
            self._wake(turn)

    def has_room(self, count: int) -> bool:
        """Whether ``count`` bytes could be put in flight now."""
        return not self._waiting and self._fits(count)

    def _fits(self, count: int) -> bool:
        return self.flying == 0 or self.flying + count <= self.most
