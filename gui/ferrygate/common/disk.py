"""This computer's disk, as transfers see it: a parameter, as the time is.

``common/system_disk.py`` has the real one; a simulation has one in memory. Files that are open are
known by descriptors, as the system knows them, so that the real one can hand over the system's own
calls and files. These hold for every disk:

- All that fails raises ``OSError`` with the system's number, but for :meth:`Disk.open_to_read`.
  Sentences for people are made from that above (:mod:`ferrygate.common.local_disk`).
- Bytes that were written outlast a power cut once the file was synced, and its name once the
  folder was, in which it was made, renamed or linked. Nothing else promises it: not the end of a
  write, not :meth:`Disk.close`, and not :meth:`Disk.begin_to_write`.
- A lock belongs to an open file and ends with the last of its descriptors, so at the latest with
  the process.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ferrygate.common.file_lock import LockResult

CANNOT_SYNC_FOLDER = frozenset({errno.EINVAL, errno.EACCES})
"""Errors of a folder's sync that fail nothing in it, since no more can be had.

They are those of a disk that syncs no folders (EINVAL, fsync(2)), and of a folder to be written and
not read (EACCES, open(2)).
"""

_REPARSE_POINT = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT: links and junctions of Windows

Identity = tuple[int, int]
"""Device and inode: the same for every way to a file or folder."""


def identity_of(status: os.stat_result) -> Identity:
    """Return the numbers by which the disk knows what was looked at."""
    return status.st_dev, status.st_ino


def is_link(status: os.stat_result) -> bool:
    """Tell whether it was a link that was looked at, or a junction of Windows."""
    attributes = getattr(status, "st_file_attributes", 0)
    return stat.S_ISLNK(status.st_mode) or bool(attributes & _REPARSE_POINT)


class OpenFile(Protocol):
    """An open file, read or written from its beginning on; a file object of Python's is one."""

    def fileno(self) -> int:
        """Return the descriptor; ``ValueError`` once it is closed."""

    def read(self, size: int, /) -> bytes:
        """Read up to so many bytes; empty at the end."""

    def write(self, data: bytes | memoryview, /) -> int:
        """Write the beginning of ``data``; returns how many bytes."""

    def close(self) -> None:
        """Close the file; a second time, nothing is done."""


class DiskEntry(Protocol):
    """An entry of a folder that was scanned; ``os.DirEntry`` is one."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def path(self) -> str:
        """Return the path of the folder, as it was given, and the name."""

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        """Tell whether it is a folder, or leads to one if links are followed."""

    def stat(self) -> os.stat_result:
        """Look up the file or folder that it is or leads to."""


class OpenFolder(Protocol):
    """An open folder. Names are those of entries in it, whatever its path leads to by now.

    No link is followed, be it in place of a file or of a folder.
    """

    @property
    def identity(self) -> Identity | None:
        """Return the numbers by which the disk knows it; ``None`` where paths have to do."""

    def status(self, name: str) -> os.stat_result | None:
        """Look a name up, a link itself; ``None`` if nothing is there."""

    def open(self, name: str, flags: int) -> int:
        """Open a file, or the folder itself by the name ``.``; returns the descriptor.

        Args:
            name: of the file; a link fails.
            flags: as of ``os.open``; a file that is made may be read and written by all whom the
                process's mask lets.
        """

    def names(self) -> list[str]:
        """Return all names in the folder, in any order."""

    def rename(self, source: str, target: str) -> None:
        """Give a file another name, over whatever has it; ``IsADirectoryError`` for a folder."""

    def link(self, source: str, target: str) -> None:
        """Give a file a second name, never over another file (``FileExistsError``)."""

    def remove(self, name: str) -> None:
        """Take a file or a link away."""

    def set_time(self, name: str, modified: int) -> None:
        """Set when a file was modified, in seconds since the epoch."""

    def make_folder(self, name: str) -> None:
        """Make a folder, where nothing has its name."""

    def descend(self, name: str) -> OpenFolder:
        """Open a folder in it.

        Raises:
            OSError: a link or a file has the name (``ENOTDIR`` or ``ELOOP``), or what else the
                system says.
        """

    def close(self) -> None:
        """Give the descriptor back."""


class Disk(Protocol):
    """Reads, writes and syncs files, for any thread.

    Paths are those that a person chose, or lie below: links in them are followed.
    """

    @property
    def moves_open_files(self) -> bool:
        """Tell whether a file may be renamed and removed while it is open."""

    @property
    def syncs_folders(self) -> bool:
        """Tell whether names are safe only once their folder was synced."""

    @property
    def begins_to_write(self) -> bool:
        """Tell whether :meth:`begin_to_write` does anything."""

    # ------------------------------------------------------------ by path

    def status(self, path: str, /) -> os.stat_result:
        """Look up the file or folder that a path leads to."""

    def scan(self, path: str, /) -> Sequence[DiskEntry]:
        """Return the entries of a folder, in any order."""

    def open_to_read(self, path: Path, /) -> OpenFile:
        """Open a regular file; never waits, as for the other end of a pipe.

        Raises:
            LocalFileError: there is no such file, it cannot be read, or it is something else.
        """

    def make_folders(self, path: str, /) -> None:
        """Make a folder, and those above it, where they are missing; their names are safe then."""

    def open_folder(self, path: str, /) -> OpenFolder:
        """Open a folder; the empty path is the process's own."""

    # ------------------------------------------------------------ by descriptor

    def writer(self, descriptor: int, /) -> OpenFile:
        """Return the file to write over a descriptor, which it owns from now on."""

    def status_of(self, descriptor: int, /) -> os.stat_result:
        """Look up an open file or folder."""

    def lock(self, descriptor: int, /) -> LockResult:
        """Lock an open file until it is closed, without waiting; raises nothing."""

    def sync(self, descriptor: int, /) -> None:
        """Write the file's bytes, or the folder's names, down for good."""

    def begin_to_write(self, descriptor: int, /) -> None:
        """Have the disk begin to write a file's bytes down, without waiting."""

    def duplicate(self, descriptor: int, /) -> int:
        """Return another descriptor of the same open file."""

    def close(self, descriptor: int, /) -> None:
        """Give a descriptor back."""

    # ------------------------------------------------------------ marks and locks

    def set_attribute(self, descriptor: int, name: bytes, value: bytes, /) -> None:
        """Set an attribute of an open file."""

    def write_stream(self, path: str, name: str, data: bytes, /) -> None:
        """Write a second stream of a file, as Windows has them."""

    def take_lock_file(self, path: Path, /) -> int | None:
        """Make and lock a file that only stands for its name; return the descriptor.

        The last folder of the path is made, where it is missing. Folder and file are for this
        account alone. ``None`` where another has the lock. A disk without locks gives the file all
        the same.
        """

    def release_lock_file(self, path: Path, descriptor: int, /) -> None:
        """Remove such a file and release its lock."""
