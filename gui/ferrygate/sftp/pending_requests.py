"""Keeps the requests of one channel that have no reply yet, by their numbers."""

from __future__ import annotations

from collections.abc import Collection

from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import BadPacketError, Reply

_NUMBERS = 1 << 32  # a request's number has four bytes (draft-ietf-secsh-filexfer-02 §3)


class PendingRequests:
    """Numbers requests, and finds the one that a reply answers."""

    def __init__(self) -> None:
        self._last = 0  # number
        self._futures: dict[int, Future[Reply]] = {}
        self._posted: set[Future[Reply]] = set()  # sent even if the work is cancelled

    def __bool__(self) -> bool:
        return bool(self._futures)

    @property
    def futures(self) -> Collection[Future[Reply]]:
        """Return the replies that are due, in the order of asking."""
        return self._futures.values()

    def add(self, future: Future[Reply]) -> int:
        """Give a request its number."""
        self._last = (self._last + 1) % _NUMBERS
        self._futures[self._last] = future
        return self._last

    def post(self, future: Future[Reply]) -> None:
        """Note that a request is not to be taken back."""
        self._posted.add(future)

    def take_back(self, number: int) -> Future[Reply] | None:
        """Forget a request that was not sent; nothing where it has to be sent all the same."""
        future = self._futures.get(number)
        if future is None or future in self._posted:
            return None
        del self._futures[number]
        future.then = None  # as in :meth:`clear`
        return future

    def answered(self, number: int) -> Future[Reply]:
        """Find the request of a reply, and forget it.

        Raises:
            BadPacketError: there is none of this number.
        """
        future = self._futures.pop(number, None)
        if future is None:
            raise BadPacketError(f"reply to request {number}, which was not asked")
        self._posted.discard(future)
        return future

    def clear(self) -> None:
        """Forget all requests, and free what they hold at once.

        They may be megabytes in cycles of references, which Python's collector finds only now and
        then.
        """
        for future in self._futures.values():
            future.then = None
        self._futures.clear()
        self._posted.clear()
