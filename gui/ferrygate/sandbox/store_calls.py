"""Runs the calls of a channel: on the event loop where the store is quick, else on a thread.

A store over S3 lets a WRITE wait while a part is sent. On the event loop that would hold up all
other channels, so each channel then has a thread of its own. Within a channel, calls run one after
another: handles of a store take one call at a time, and answers keep their order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")


class ChannelCalls(Protocol):
    """Describes how the calls of one channel are run; used on the event loop."""

    def run(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run a call, and give its result to ``then`` on the event loop."""
        ...

    def end(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run the last call as :meth:`run` does, and give the thread back."""
        ...


class CallsOnLoop:
    """Runs calls at once, which is quicker than the hop to a thread."""

    def run(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run a call, then ``then``."""
        then(call())

    def end(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run the last call, then ``then``."""
        then(call())


class StoreThreads:
    """Gives each channel a thread; used on the event loop."""

    def __init__(self) -> None:
        self._open: set[_CallsOnThread] = set()

    def channel(self, failed: Callable[[], None]) -> ChannelCalls:
        """Return what runs the calls of a new channel.

        Args:
            failed: called on the event loop after a call ended with an error, which then goes to
                the loop's own handler.
        """
        return _CallsOnThread(self._open, failed)

    async def ended(self) -> None:
        """Return when the last call of each channel has ended."""
        await asyncio.gather(*(each.ended.wait() for each in self._open))


class _CallsOnThread:
    def __init__(self, running: set[_CallsOnThread], failed: Callable[[], None]) -> None:
        self.ended = asyncio.Event()
        self._running = running
        self._failed = failed
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="sandbox-channel")

    def run(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        def finish(future: asyncio.Future[T]) -> None:
            try:
                result = future.result()
            except Exception:
                self._failed()
                raise
            then(result)

        self._submit(call, finish)

    def end(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        def finish(future: asyncio.Future[T]) -> None:
            self._executor.shutdown()  # at once, since the thread has done all that it had to
            self._running.discard(self)
            self.ended.set()
            then(future.result())

        self._submit(call, finish)

    def _submit(self, call: Callable[[], T], finish: Callable[[asyncio.Future[T]], None]) -> None:
        self._running.add(self)
        future = asyncio.get_running_loop().run_in_executor(self._executor, call)
        future.add_done_callback(finish)
