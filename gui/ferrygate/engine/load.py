"""Bounds the files under way on a server that hangs up when they are many.

Some servers end the connection after so many requests, and all that was under way begins anew: with
hundreds of files in flight none ever comes to its end. So each end of a connection halves the
number of files that may be under way, over all lanes, down to one. It is doubled again once a
connection has brought eight times as many files to their end, so that a line that was cut now and
then does not stay slow. What was learned holds for the site until the program ends.
"""

from __future__ import annotations

import threading

import msgspec

from ferrygate.sftp.open_handles import OpenHandles

_WALK = 64  # requests that a walk has in flight
_PROVEN = 8  # times as many files delivered as may be under way, before more are tried


class Load:
    """Counts the files under way; any thread may use it."""

    def __init__(self) -> None:
        """Begin without a limit."""
        self._lock = threading.Lock()
        self._most: int | None = None
        self._under_way = 0
        self._delivered = 0  # on this connection, or since the limit was changed
        self._is_told = False  # of this connection's end
        self._is_reduced = False  # by that

    @property
    def most(self) -> int | None:
        """Return how many files may be under way; ``None`` while the server has shown no limit."""
        return self._most

    def take(self, *, first: bool) -> bool:
        """Count one file more, if that is allowed; the ``first`` one of a lane always is."""
        with self._lock:
            if not first and self._most is not None and self._under_way >= self._most:
                return False
            self._under_way += 1
            return True

    def give_back(self, *, delivered: bool = False) -> None:
        """A file is not under way any more."""
        with self._lock:
            self._under_way -= 1
            self._delivered += delivered
            if self._most is not None and self._delivered >= _PROVEN * self._most:
                self._most *= 2
                self._delivered = 0

    def lost(self, *, walking: bool) -> None:
        """The connection, or a lane's channel, has ended; told before its files are given back.

        Several lanes may say so of one connection: the first counts. ``walking`` says that a walk
        was under way as well, which has many requests in flight.
        """
        with self._lock:
            if self._is_told:
                return
            self._is_told = True
            self._delivered = 0
            before = max(self._under_way, _WALK if walking else 0)
            if self._most is not None:
                before = min(before, self._most)
            if before:
                self._is_reduced = before > 1
                self._most = max(1, before // 2)

    def renew(self) -> bool:
        """Work goes on, over another connection or channel; true if with fewer files at a time."""
        with self._lock:
            reduced, self._is_reduced = self._is_reduced, False
            self._is_told = False
            self._delivered = 0
            return reduced


class ServerLimits(msgspec.Struct, frozen=True):
    """Limits that a server has shown, kept for as long as the program runs.

    Attributes:
        handles: how many may be open at a time.
        load: how many files may be under way at a time.
    """

    handles: OpenHandles = msgspec.field(default_factory=OpenHandles)
    load: Load = msgspec.field(default_factory=Load)
