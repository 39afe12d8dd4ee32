"""Queues what one lane is to do next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import Direction

Walk = Callable[[RemoteFiles], Coroutine[Any, Any, None]]
Item = FileJob | Walk

_MOST_FILES = 384  # in a queue and under way; more than a channel has in flight
_MOST_BYTES = {  # likewise
    Direction.UPLOAD: 1 << 23,  # a large file has a lane to itself: the server's window bounds both
    Direction.DOWNLOAD: 1 << 26,  # one lane fills the line, if its next file is under way in time
}
_UNKNOWN = 1 << 20  # bytes that a file of unknown size counts for


class WorkQueue:
    """Filled and closed by the engine's thread, emptied by a lane's.

    Each number has one writer, so that nothing is locked. ``changed`` is what the lane has to be
    told by; it sets it while it works.
    """

    def __init__(self, direction: Direction) -> None:
        self._most_bytes = _MOST_BYTES[direction]
        self.closed = False
        self.changed: Callable[[], None] = _nobody
        self._items: deque[Item] = deque()
        self._given_files = self._given_bytes = 0
        self._done_files = self._done_bytes = 0

    # ------------------------------------------------------------ for the engine

    def put(self, item: Item) -> None:
        """Add something to do."""
        self._given_files += 1
        self._given_bytes += _weight(item)
        self._items.append(item)
        self.changed()

    def close(self) -> None:
        """Nothing more is coming."""
        self.closed = True
        self.changed()

    @property
    def files(self) -> int:
        """Count the items in the queue or under way."""
        return self._given_files - self._done_files

    @property
    def bytes(self) -> int:
        """The bytes of those."""
        return self._given_bytes - self._done_bytes

    @property
    def full_of_bytes(self) -> bool:
        """Tell whether large files keep the lane busy."""
        return self.bytes >= self._most_bytes

    @property
    def has_room(self) -> bool:
        """Tell whether the lane could do with more."""
        return not self.closed and self.files < _MOST_FILES and not self.full_of_bytes

    # ------------------------------------------------------------ for the lane

    def take(self) -> Item | None:
        """The next item, or none for now."""
        return self._items.popleft() if self._items else None

    def give_back(self, item: Item) -> None:
        """An item that was taken is to be taken again, before all others."""
        self._items.appendleft(item)

    def done(self, item: Item) -> None:
        """An item has ended, in whatever way."""
        self._done_files += 1
        self._done_bytes += _weight(item)

    def take_all(self) -> list[Item]:
        """Take all that was not begun, when the lane gives up."""
        items = list(self._items)
        self._items.clear()
        return items


def _weight(item: Item) -> int:
    if not isinstance(item, FileJob):
        return 0
    return _UNKNOWN if item.size is None else item.size


def _nobody() -> None:
    """There is no lane to tell yet."""
