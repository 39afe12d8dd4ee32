"""Remembers which folders of the sandbox have a marker, on disk, so that a new start knows them.

An object of S3 whose key ends in a slash lets an empty folder be seen. A folder of a disk needs no
such thing, so markers are files in a folder of their own, one for each folder that has one.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_FOLDER = ".markers"  # no user name starts with a dot, so no home folder is called this


class Markers:
    """Keeps the markers of folders.

    Args:
        root: the bucket, in which all of them are.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / _FOLDER
        self._kept = {root}

    def __contains__(self, place: Path) -> bool:
        return place in self._kept or self._marker(place).exists()

    def keep(self, place: Path) -> None:
        """Count a folder as marked until the end of this run, with nothing on disk."""
        self._kept.add(place)

    def add(self, place: Path) -> None:
        """Put a folder's marker; the folder's name is written into it, for people."""
        self._folder.mkdir(exist_ok=True)
        self._marker(place).write_bytes(self._name(place))

    def discard(self, place: Path) -> None:
        """Remove a folder's marker, if there is one."""
        self._marker(place).unlink(missing_ok=True)

    def _marker(self, place: Path) -> Path:
        return self._folder / hashlib.sha256(self._name(place)).hexdigest()

    def _name(self, place: Path) -> bytes:
        return os.fsencode(place.relative_to(self._root))
