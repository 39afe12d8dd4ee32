"""Work that waits (for a keychain, a server, a code), done beside the engine's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import FerrygateError
from ferrygate.common.inbox import Callback
from ferrygate.common.threads import Threads
from ferrygate.engine.reply import Later

T = TypeVar("T")


class BackgroundTasks:
    """Starts a daemon thread for each piece of work. Owned by the engine's thread.

    Daemons, since a keychain that asks a question nobody sees may never come back.
    """

    def __init__(self, post: Callable[[Callback], None], threads: Threads) -> None:
        self._post = post
        self._threads = threads
        self._running: dict[int, CancelToken] = {}

    def do(
        self,
        request: int,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Do ``work`` on a thread of its own; ``done`` or ``failed`` follows on the engine's."""
        cancel = CancelToken(self._threads)

        def end(callback: Callback) -> None:
            del self._running[request]
            callback()

        def run() -> None:
            try:
                result = work(cancel)
            except BaseException as error:  # noqa: BLE001  handed over
                failure = error
                self._post(lambda: end(lambda: failed(failure)))
            else:
                self._post(lambda: end(lambda: done(result)))

        self._running[request] = cancel
        self._threads.spawn(run, f"task-{request}")

    def answer(
        self, request: int, work: Callable[[CancelToken], T], then: Callable[[T], Later | None]
    ) -> Later:
        """Do ``work`` on a thread of its own; its request is done once ``then`` has its result.

        The request fails as ``work`` does, or as ``then`` does by a FerrygateError; ``then`` is
        called on the engine's thread. What ``then`` returns is waited for.
        """
        later = Later()

        def take(result: T) -> None:
            try:
                rest = then(result)
            except FerrygateError as error:
                later.fail(error)
                return
            if rest is None:
                later.done()
            else:
                rest.on_end(later.end)

        self.do(request, work, take, later.fail)
        return later

    def cancel(self, request: int) -> bool:
        """Cancel one piece of work; false where there is none of that number."""
        if request not in self._running:
            return False
        self._running[request].cancel()
        return True

    def cancel_all(self) -> None:
        """Cancel everything."""
        for cancel in self._running.values():
            cancel.cancel()
