"""Carries out file operations one after the other, on a lane of their own, across reconnects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled, ConnectionLostError
from ferrygate.common.inbox import Callback
from ferrygate.common.threads import Threads
from ferrygate.engine.browsing.block_credit import BlockCredit
from ferrygate.sftp.server_silence import ServerSilentError
from ferrygate.transfers.schedule.lane import Lane, Work, cause_of

T = TypeVar("T")

_TRIES = 3  # how often a request that may be repeated is begun before it fails


class _Request(msgspec.Struct):
    work: Work[Any]
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    repeatable: Callable[[], bool]
    cancel: CancelToken
    credit: BlockCredit
    tries: int = 0
    taken_back: bool = False  # by a person


class Browser:
    """Runs the requests of one session's browsing lane. Owned by the engine's thread.

    While the connection is away requests wait. One that was under way when it went is begun again
    where that changes nothing, and fails where it might.
    """

    def __init__(
        self,
        lane: Lane,
        post: Callable[[Callback], None],
        doubt: Callback,
        clicked: Callback,
        threads: Threads,
    ) -> None:
        """Begin.

        Args:
            lane: its own.
            post: has something done on the engine's thread.
            doubt: called when a request says that the connection was lost.
            clicked: called when somebody begins to wait for a request.
            threads: makes the cancel tokens.
        """
        self._lane = lane
        self._post = post
        self._doubt = doubt
        self._clicked = clicked
        self._threads = threads
        self._connected = True
        self._end: BaseException | None = None  # why the session ended
        self._requests: dict[int, _Request] = {}
        self._held: list[int] = []

    def do(
        self,
        request: int,
        work: Work[T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        *,
        repeatable: Callable[[], bool],
        credit: BlockCredit,
    ) -> None:
        """Do ``work``; ``done`` or ``failed`` is called on the engine's thread.

        ``repeatable`` tells whether it may be begun again after the connection was lost under it;
        ``credit`` is told what is taken of what the work sends.
        """
        self._clicked()
        cancel = CancelToken(self._threads)
        self._requests[request] = _Request(work, done, failed, repeatable, cancel, credit)
        self._begin(request)

    def take_more(self, request: int) -> None:
        """Send on, as a block of a listing was taken by its reader."""
        waiting = self._requests.get(request)
        if waiting is not None:
            waiting.credit.taken()

    def cancel(self, request: int) -> None:
        """Cancel a request, where there is one of that number."""
        waiting = self._requests.get(request)
        if waiting is None:
            return
        waiting.taken_back = True
        waiting.cancel.cancel()
        if request in self._held:
            self._held.remove(request)
            self._failed(request, Cancelled())

    def hold(self) -> None:
        """Begin nothing until :meth:`resume`."""
        self._connected = False

    def interrupt(self) -> None:
        """Begin nothing, and let go of the channel: the connection was lost."""
        self.hold()
        self._lane.drop_later()

    def resume(self, *, fresh: bool) -> None:
        """Go on, over a fresh connection or the one there was."""
        self._connected = True
        if fresh:
            for waiting in self._requests.values():
                waiting.tries = 0
        held, self._held = self._held, []
        for request in held:
            self._begin(request)

    def stop(self, error: BaseException) -> None:
        """Fail what waits and what runs with this error, and end the lane after that."""
        self._end = error
        held, self._held = self._held, []
        for request in held:
            self._failed(request, error)
        for waiting in self._requests.values():
            waiting.cancel.cancel()
        self._lane.stop()

    def _begin(self, request: int) -> None:
        if not self._connected:
            self._held.append(request)
            return
        waiting = self._requests[request]
        waiting.tries += 1
        self._lane.submit(
            lambda lane: lane.run(waiting.work, waiting.cancel),
            lambda result: self._post(lambda: self._done(request, result)),
            lambda error: self._post(lambda: self._ended(request, error)),
        )

    def _done(self, request: int, result: Any) -> None:
        self._requests.pop(request).done(result)

    def _ended(self, request: int, error: BaseException) -> None:
        waiting = self._requests[request]
        lost = isinstance(error, ConnectionLostError) and not waiting.cancel.cancelled
        if lost:
            self._doubt()
        silent = isinstance(error, ServerSilentError)  # it would be again, for as long
        if lost and not silent and waiting.repeatable() and waiting.tries < _TRIES:
            self._begin(request)
        else:
            self._failed(request, error)

    def _failed(self, request: int, error: BaseException) -> None:
        waiting = self._requests.pop(request)
        cause = cause_of(error, taken_back=waiting.taken_back)
        if isinstance(cause, Cancelled) and self._end is not None and not waiting.taken_back:
            cause = self._end  # nobody took it back: it ended with its session
        waiting.failed(cause)
