"""Makes threads a parameter: how they are started, and what they wait for each other with.

The engine, and all below it but ``ssh`` and ``vault``, start no thread, and make no lock, event or
queue, but by the :class:`Threads` handed to them; ADR 021 has the exceptions. So a simulation can
run all of them on one thread, in an order that it draws, in a time of its own. Waits with a limit
are given seconds of the :class:`ferrygate.common.clock.Clock` that belongs to the same threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Protocol, TypeVar

T = TypeVar("T")


class Event(Protocol):
    """Describes a flag that any thread sets, and others wait for: :class:`threading.Event`."""

    def set(self) -> None:
        """Set the flag, and wake all that wait."""

    def clear(self) -> None:
        """Take the flag back."""

    def is_set(self) -> bool:
        """Tell whether the flag is set."""
        ...

    def wait(self, seconds: float, /) -> bool:
        """Wait at most ``seconds`` until the flag is set; true when it is.

        For clocks: others wait by :meth:`ferrygate.common.clock.Clock.wait`.
        """
        ...


class Lock(Protocol):
    """Describes a lock that one thread holds at a time, not twice: :class:`threading.Lock`."""

    def __enter__(self) -> bool:
        """Wait for the lock, and take it."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Let go of the lock."""


class Mailbox(Protocol[T]):
    """Describes a queue without bounds, which any thread puts things into and takes them from."""

    def put(self, item: T, /) -> None:
        """Put something in; it never waits, so a signal's handler may call it."""

    def take(self) -> T:
        """Take the oldest out; wait for one."""
        ...

    def take_within(self, seconds: float) -> T | None:
        """Take the oldest out; ``None`` if nothing comes within ``seconds``, which may be 0."""
        ...

    def qsize(self) -> int:
        """Count the things in the queue."""
        ...


class RunningThread(Protocol):
    """Describes a thread that was started: :class:`threading.Thread`."""

    def join(self, seconds: float | None, /) -> None:
        """Wait for the thread's end, at most ``seconds``; without a limit if ``None``."""

    def is_alive(self) -> bool:
        """Tell whether the thread has not ended."""
        ...


class Threads(Protocol):
    """Starts threads, and makes what they share."""

    def spawn(self, run: Callable[[], object], name: str) -> RunningThread:
        """Start a thread; the program's end does not wait for it."""
        ...

    def event(self) -> Event:
        """Make an event that is not set."""
        ...

    def lock(self) -> Lock:
        """Make a lock that is free."""
        ...

    def mailbox(self) -> Mailbox[T]:
        """Make an empty mailbox."""
        ...


class _SystemMailbox(SimpleQueue[T]):
    """Python's own queue: :meth:`put` may interrupt itself, as a signal's handler does."""

    def take(self) -> T:
        """Take the oldest out; wait for one."""
        return self.get()

    def take_within(self, seconds: float) -> T | None:
        """Take the oldest out; ``None`` if nothing comes within ``seconds``, which may be 0."""
        try:
            return self.get(timeout=seconds)
        except Empty:
            return None


class SystemThreads:
    """Gives the threads of the operating system, and Python's own locks and events."""

    def spawn(self, run: Callable[[], object], name: str) -> RunningThread:
        """Start a daemon thread.

        Raises:
            RuntimeError: the system starts no more threads.
        """
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def event(self) -> Event:
        """Make an event that is not set."""
        return threading.Event()

    def lock(self) -> Lock:
        """Make a lock that is free."""
        return threading.Lock()

    def mailbox(self) -> Mailbox[T]:
        """Make an empty mailbox."""
        return _SystemMailbox()
