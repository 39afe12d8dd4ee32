"""Keeps the parts that an object store may show late, and until when each may come.

An object store shows a file on CLOSE. Where a connection ends before that, the store keeps what
arrived, under the final name, as soon as it has noticed the end (AWS Transfer Family user guide,
PARTIAL_CLOSE). A server that is told of the end shows the part within seconds; one whose client
has only fallen silent waits out its patience, 300 s on AWS, and then puts the part over whatever
has the name by that time: the file that was sent again over the next connection, told as
delivered, and confirmed.

So every handle for which OPEN was sent and no CLOSE was answered is written down here when its
connection ends, and counts as open until one of these:

* its part was seen: a file of at most the bytes sent, other than the entry when OPEN left.
  Where several handles may have put it there, it proves nothing about any one of them.
* the server's longest patience is over, counted from the moment we gave the connection up: the
  server has heard nothing of us since.

Times are of the steady clock, and what the server tells is compared with what it told before, so
that neither clock has to be right. What is delivered under a name with an open handle is asked
about again after that, see :mod:`ferrygate.transfers.late_check`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.entry import Entry
from ferrygate.common.threads import Threads

LOOK_SECONDS = 5.0  # after a connection is back, in which servers that noticed the cut show it
_KEPT_SECONDS = 3600.0  # after its end, for a handle whose name was not asked about since


class OldHandle(msgspec.Struct, frozen=True, gc=False):
    """Holds a handle for writing whose connection ended before its CLOSE was answered.

    Attributes:
        sent: the most bytes that can have arrived over it.
        until: steady-clock seconds at which the server has surely given it up.
        before: the entry under the name when OPEN left; ``None`` if there was none.
        told: the server said so; a drop box may refuse to.
        version: size and time of the local file that was sent; ``None`` where that is not known.
        whole: every byte was acknowledged, so that a file which shows is the whole one.
    """

    sent: int
    until: float
    before: Entry | None = None
    told: bool = True
    version: tuple[int, int] | None = None
    whole: bool = False

    def fits(self, there: Entry) -> bool:
        """Tell whether an entry can be the part that arrived over this handle, by its size."""
        return there.size is not None and there.size <= self.sent

    def has_put(self, there: Entry) -> bool:
        """Tell whether an entry has come since OPEN left, and fits."""
        if not self.told or not self.fits(there):
            return False
        before = self.before
        return before is None or (before.size, before.modified) != (there.size, there.modified)


class LateParts:
    """Keeps the old handles of an account, by remote path; used by several threads.

    Attributes:
        seconds: how long a server may keep a silent client's handles open.
        look_until: steady-clock seconds until which parts of a connection that was lost are
            waited for; set when there is another.
    """

    def __init__(self, now: Callable[[], float], seconds: float, threads: Threads) -> None:
        """Begin with none; ``now`` tells the steady clock's seconds."""
        self.seconds = seconds
        self.look_until = 0.0
        self.now = now
        self._lock = threads.lock()
        self._handles: dict[bytes, list[OldHandle]] = {}
        self._newest: dict[bytes, str] = {}  # SHA-256 of the file closed last, for each name

    def connected(self) -> None:
        """Note that there is a connection again."""
        self.look_until = self.now() + min(LOOK_SECONDS, self.seconds)

    def lost(self, path: bytes, handle: OldHandle) -> None:
        """Keep a handle, unless the server has given it up already."""
        now = self.now()
        if handle.until <= now:
            return
        with self._lock:
            for other in list(self._handles):
                if all(old.until + _KEPT_SECONDS < now for old in self._handles[other]):
                    del self._handles[other]
            self._handles.setdefault(path, []).append(handle)

    def until(self, path: bytes, version: tuple[int, int] | None = None) -> float | None:
        """Return when the last open handle of a name is surely given up; ``None`` if there is none.

        A handle whose whole content is that of ``version`` does no harm and does not count. The
        time may be over, as long as the name was not asked about since.
        """
        with self._lock:
            ends = [old.until for old in self._handles.get(path, ()) if not _harmless(old, version)]
        return max(ends, default=None)

    def see(self, path: bytes, there: Entry, *, ours: int | None = None) -> bool:
        """Note the entry under a name; return true if an old handle can have put it there.

        ``ours`` is the size of the file that we have delivered there since: an entry of another
        size is a part, and came now. Without it the same part may be seen many times.
        """
        with self._lock:
            handles = self._handles.get(path, [])
            if ours is None:
                makers = [old for old in handles if old.has_put(there)]
            else:
                makers = [old for old in handles if old.fits(there) and there.size != ours]
            doubtful = [old for old in handles if not old.told and old.fits(there)]
            if makers and (ours is not None or len(makers) + len(doubtful) == 1):
                others = [old for old in handles if old not in makers]
                self._handles[path] = others + _all_but_one(makers)
            return bool(makers)

    def may_hide(self, path: bytes, size: int, version: tuple[int, int]) -> bool:
        """Tell whether a part may have come that looks like the file, being as large but older."""
        with self._lock:
            handles = self._handles.get(path, ())
            return any(old.sent >= size and old.version != version for old in handles)

    def deliver(self, path: bytes, sha256: str) -> None:
        """Note that a file of this content was closed there, after all others sent to the name.

        The content is remembered only while a part may come over it.
        """
        with self._lock:
            if path in self._handles or path in self._newest:
                self._newest[path] = sha256

    def has_newer(self, path: bytes, sha256: str) -> bool:
        """Tell whether another file was delivered under the name after that of this content."""
        with self._lock:
            return self._newest.get(path, sha256) != sha256

    def settle(self, path: bytes) -> None:
        """Forget the handles that the server has given up by now, as our file has the name.

        For the others the entry proves nothing any more: it may be that file.
        """
        now = self.now()
        with self._lock:
            handles = [old for old in self._handles.pop(path, ()) if old.until > now]
            if handles:
                self._handles[path] = [msgspec.structs.replace(old, told=False) for old in handles]


def _all_but_one(makers: list[OldHandle]) -> list[OldHandle]:
    """Drop one handle, and count the others as the worst: which one is closed is unknown."""
    worst = OldHandle(
        sent=max(old.sent for old in makers), until=max(old.until for old in makers), told=False
    )
    return [worst] * (len(makers) - 1)


def _harmless(old: OldHandle, version: tuple[int, int] | None) -> bool:
    return old.whole and old.version == version
