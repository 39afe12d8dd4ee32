"""Keeps folders open while files go into them, for one thread.

Opening a folder means opening each one on the way there, and a fetched file needs its folder three
times. Where files are small that is most of what they cost. A kept folder is used again only if its
name, and that of each folder above it up to the chosen one, still leads to the same folder, and
none has become a link. That is asked anew once a moment has passed, and always before a file gets
its name. What comes between comes too late to lead a file elsewhere: files are made, moved and
taken away in the folder that is open.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.disk import Disk, OpenFolder
from ferrygate.transfers.local_folder import LocalFolder

_REUSE_SECONDS = 0.02  # without asking whether the names still lead there
MAX_DESCRIPTORS = 8  # open at a time, for one lane
"""Descriptors of all folders that one lane keeps; a folder that needs more is opened each time."""


class _Way(msgspec.Struct):
    """Holds the folders from the chosen one down to a kept one, all open.

    Attributes:
        folders: the last is the kept one; that alone where they are too many.
        asked_at: when its names were last seen to lead there, on the steady clock.
    """

    folders: list[OpenFolder]
    asked_at: float


class KeptFolders:
    """Keeps the folders that were used last; used and closed by one thread."""

    def __init__(
        self, disk: Disk, now: Callable[[], float], max_descriptors: int = MAX_DESCRIPTORS
    ) -> None:
        """Begin with none.

        Args:
            disk: where they are.
            now: the steady clock, in seconds.
            max_descriptors: bounds the open descriptors.
        """
        self._disk = disk
        self._now = now
        self._max_descriptors = max_descriptors
        self._ways: dict[LocalFolder, _Way] = {}  # the one used last at the end
        self._open = 0

    def open(self, folder: LocalFolder, *, at_once: bool = False) -> OpenFolder:
        """Open a folder, which stays open until another one is asked for, or :meth:`close`.

        With ``at_once`` its path leads there now, and did not only a moment ago.

        Raises:
            LocalFileError: a link or a file is in the way.
            OSError: what the system says.
        """
        way, now = self._ways.pop(folder, None), self._now()
        if way is not None and (at_once or now - way.asked_at > _REUSE_SECONDS):
            way.asked_at = now
            if not folder.is_reached_by(self._disk, way.folders):
                self._let_go(way)
                way = None
        if way is None:
            needed = len(folder.below) + 1
            while self._ways and self._open + needed > self._max_descriptors:
                self._let_go(self._ways.pop(next(iter(self._ways))))
            way = _Way(folder.way(self._disk, whole=needed <= self._max_descriptors), now)
            self._open += len(way.folders)
        self._ways[folder] = way
        return way.folders[-1]

    def close(self) -> None:
        """Close all; the next that is asked for is opened anew."""
        while self._ways:
            self._let_go(self._ways.popitem()[1])

    def _let_go(self, way: _Way) -> None:
        self._open -= len(way.folders)
        for folder in way.folders:
            folder.close()
