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

_MAX_FILES = 384  # in a queue and under way: half as many again as a channel has in flight
_MAX_BYTES = {  # in a queue and under way
    # Two large files on one lane would share the server's window, which bounds each lane.
    Direction.UPLOAD: 1 << 23,
    # One lane fills the line, if its next file is under way before the last one has ended.
    Direction.DOWNLOAD: 1 << 26,
}
_UNKNOWN_BYTES = 1 << 20  # that a file of unknown size counts for


class WorkQueue:
    """Holds the work of one lane: filled and closed by the engine's thread, emptied by the lane's.

    Each number has one writer, so that nothing is locked.

    Attributes:
        closed: no item comes any more.
        changed: wakes the lane; set by the lane while it works.
    """

    def __init__(self, direction: Direction) -> None:
        """Begin empty; how many bytes are enough depends on the direction."""
        self._max_bytes = _MAX_BYTES[direction]
        self.closed = False
        self.changed: Callable[[], None] = _wake_no_lane
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
        """Note that no item comes any more."""
        self.closed = True
        self.changed()

    @property
    def files(self) -> int:
        """Count the items in the queue or under way."""
        return self._given_files - self._done_files

    @property
    def bytes(self) -> int:
        """Count the bytes of those."""
        return self._given_bytes - self._done_bytes

    @property
    def full_of_bytes(self) -> bool:
        """Tell whether large files keep the lane busy."""
        return self.bytes >= self._max_bytes

    @property
    def has_room(self) -> bool:
        """Tell whether the lane may be given another item."""
        return not self.closed and self.files < _MAX_FILES and not self.full_of_bytes

    # ------------------------------------------------------------ for the lane

    def take(self) -> Item | None:
        """Take the next item; ``None`` if there is none for now."""
        return self._items.popleft() if self._items else None

    def put_back(self, item: Item) -> None:
        """Put an item back that was taken, before all others."""
        self._items.appendleft(item)

    def done(self, item: Item) -> None:
        """Note that an item has ended, well or not."""
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
    return _UNKNOWN_BYTES if item.size is None else item.size


def _wake_no_lane() -> None:
    """Do nothing, as no lane works yet."""
