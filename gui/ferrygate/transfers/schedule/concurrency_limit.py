"""Bounds the files under way on a server that hangs up when there are many of them.

Some servers end the connection after so many requests. All that was under way begins anew then, and
with hundreds of files in flight none would ever come to its end. So each end of a connection halves
the number of files that may be under way over all lanes, down to one, and the number doubles again
once a connection has brought eight times as many files to their end: a line that was cut now and
then does not stay slow. No server announces such a limit, so there is nothing to ask (ADR 018).
The limit is a site's, and holds until the program ends.
"""

from __future__ import annotations

import logging

import msgspec

from ferrygate.common.threads import Threads
from ferrygate.sftp.open_handles import OpenHandles

_LOG = logging.getLogger(__name__)

_WALK_REQUESTS = 64  # that a walk of folders has in flight
_DELIVERIES = 8  # times the limit: so many files delivered show that the server bears it


class ConcurrencyLimit:
    """Counts the files under way, and bounds them; any thread may use it."""

    def __init__(self, threads: Threads) -> None:
        """Begin without a limit."""
        self._lock = threads.lock()
        self._max_files: int | None = None
        self._under_way = 0
        self._delivered = 0  # on this connection, or since the limit was changed
        self._is_loss_noted = False  # of this connection
        self._is_reduced = False  # by that loss

    @property
    def max_files(self) -> int | None:
        """Return how many files may be under way; ``None`` while the server has shown no limit."""
        return self._max_files

    def acquire(self, *, first: bool) -> bool:
        """Count a file as under way, if the limit allows; a lane's ``first`` one always may be."""
        with self._lock:
            limit = self._max_files
            if not first and limit is not None and self._under_way >= limit:
                return False
            self._under_way += 1
            return True

    def release(self, *, delivered: bool = False) -> None:
        """Count a file as ended, and raise the limit if enough were ``delivered``."""
        with self._lock:
            self._under_way -= 1
            self._delivered += delivered
            if self._max_files is not None and self._delivered >= _DELIVERIES * self._max_files:
                self._max_files *= 2
                _LOG.debug("%d files under way at the most, as many came through", self._max_files)
                self._delivered = 0

    def note_loss(self, *, walking: bool) -> None:
        """Halve the limit, as the connection or a lane's channel has ended.

        To be called before the files that were under way are released. Several lanes may note the
        end of one connection: the first counts. ``walking`` says that a walk was under way as
        well, which has many requests in flight.
        """
        with self._lock:
            if self._is_loss_noted:
                return
            self._is_loss_noted = True
            self._delivered = 0
            before = max(self._under_way, _WALK_REQUESTS if walking else 0)
            if self._max_files is not None:
                before = min(before, self._max_files)
            if before:
                self._is_reduced = before > 1
                self._max_files = max(1, before // 2)
                _LOG.debug("%d files under way at the most, as one was cut off", self._max_files)

    def renew(self) -> bool:
        """Begin with another connection or channel; return true if with fewer files at a time."""
        with self._lock:
            reduced, self._is_reduced = self._is_reduced, False
            self._is_loss_noted = False
            self._delivered = 0
            return reduced


class ServerLimits(msgspec.Struct, frozen=True):
    """Holds limits that a server has shown, for as long as the program runs.

    Attributes:
        handles: how many may be open at a time.
        concurrency: how many files may be under way at a time.
    """

    handles: OpenHandles
    concurrency: ConcurrencyLimit
