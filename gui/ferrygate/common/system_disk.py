"""This computer's disk itself: the system's own calls, by the names of :mod:`.disk`.

The folder that a person chose may be a link, or lie behind links. All below it was named by a
server, and a link that is there, or comes there meanwhile, must not lead a file elsewhere. So each
folder is opened in the one above it, by its own name (``openat`` with ``O_NOFOLLOW``), and files
are made, moved and taken away in the folder that is open, whatever its path leads to by now.
Windows knows no such calls: there each folder on the way is looked at instead.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from ferrygate.common.disk import (
    CANNOT_SYNC_FOLDER,
    DiskEntry,
    Identity,
    OpenFile,
    OpenFolder,
    identity_of,
    is_link,
)
from ferrygate.common.file_lock import LockResult, try_lock
from ferrygate.common.local_disk import open_regular_file

_BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
# A folder that may be written into and not read can be opened with O_PATH (Linux).
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_LOCK_FILE = os.O_RDWR | os.O_CREAT | _NO_LINK
_IS_POSIX = os.name == "posix"


class SystemFolder:
    """Holds an open folder; see :class:`ferrygate.common.disk.OpenFolder`."""

    def __init__(self, path: str, descriptor: int | None) -> None:
        """Take over a descriptor; ``None`` where paths have to do."""
        self._path = path
        self._descriptor = descriptor
        self._identity: Identity | None = None  # asked for once

    @property
    def identity(self) -> Identity | None:
        """Return the numbers by which the system knows it; ``None`` where paths have to do."""
        if self._identity is None and self._descriptor is not None:
            self._identity = identity_of(os.fstat(self._descriptor))
        return self._identity

    def status(self, name: str) -> os.stat_result | None:
        """Look a name up, a link itself; ``None`` if nothing is there."""
        try:
            return os.lstat(self._at(name), dir_fd=self._descriptor)
        except FileNotFoundError:
            return None

    def open(self, name: str, flags: int) -> int:
        """Open a file, never a link; returns its descriptor."""
        return os.open(self._at(name), flags | _NO_LINK, 0o666, dir_fd=self._descriptor)

    def names(self) -> list[str]:
        """Return all names in the folder."""
        if self._descriptor is None:
            return os.listdir(self._path)  # noqa: PTH208  names alone
        readable = os.open(".", os.O_RDONLY, dir_fd=self._descriptor)
        try:
            return os.listdir(readable)  # noqa: PTH208  pathlib knows no descriptors
        finally:
            os.close(readable)

    def rename(self, source: str, target: str) -> None:
        """Give a file another name, over whatever has it."""
        os.replace(
            self._at(source),
            self._at(target),
            src_dir_fd=self._descriptor,
            dst_dir_fd=self._descriptor,
        )

    def link(self, source: str, target: str) -> None:
        """Give a file a second name, never over another file (``FileExistsError``)."""
        os.link(
            self._at(source),
            self._at(target),
            src_dir_fd=self._descriptor,
            dst_dir_fd=self._descriptor,
            follow_symlinks=self._descriptor is None,  # Windows cannot be told not to
        )

    def remove(self, name: str) -> None:
        """Take a file or a link away."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def set_time(self, name: str, modified: int) -> None:
        """Set when a file was modified, in seconds since the epoch."""
        os.utime(
            self._at(name),
            (modified, modified),
            dir_fd=self._descriptor,
            follow_symlinks=self._descriptor is None,
        )

    def make_folder(self, name: str) -> None:
        """Make a folder, where nothing has its name."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(name), dir_fd=self._descriptor)

    def descend(self, name: str) -> SystemFolder:
        """Open a folder in it; ``OSError`` where a link or a file has the name."""
        path = os.path.join(self._path, name)  # noqa: PTH118  text, and often
        if self._descriptor is not None:
            return SystemFolder(path, os.open(name, _FOLDER | _NO_LINK, dir_fd=self._descriptor))
        status = os.lstat(path)
        if is_link(status) or not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return SystemFolder(path, None)

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _at(self, name: str) -> str:
        if self._descriptor is None:
            return os.path.join(self._path, name)  # noqa: PTH118  text, and often
        return name


if sys.platform == "linux":
    from os import setxattr as _set_attribute
elif sys.platform == "darwin":

    def _set_attribute(descriptor: int, name: bytes, value: bytes) -> None:
        """Call fsetxattr(2), which Python does not know there."""
        import ctypes  # noqa: PLC0415  takes time, and no command but a fetch needs it

        library = ctypes.CDLL(None, use_errno=True)
        if library.fsetxattr(descriptor, name, value, ctypes.c_size_t(len(value)), 0, 0):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

else:

    def _set_attribute(_descriptor: int, _name: bytes, _value: bytes) -> None:
        """Fail: this system is not known to keep attributes."""
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))


class SystemDisk:
    """Hands over the system's calls; see :class:`ferrygate.common.disk.Disk`.

    Attributes:
        moves_open_files: Windows moves no file that is open, not even our own.
        syncs_folders: Windows writes names down by itself.
        begins_to_write: macOS and Windows have no such call.
    """

    moves_open_files = _IS_POSIX
    syncs_folders = _IS_POSIX
    begins_to_write = hasattr(os, "posix_fadvise")

    status: Callable[[str], os.stat_result] = staticmethod(os.stat)
    open_to_read = staticmethod(open_regular_file)
    status_of = staticmethod(os.fstat)
    lock = staticmethod(try_lock)
    sync: Callable[[int], None] = staticmethod(os.fsync)
    duplicate = staticmethod(os.dup)
    close = staticmethod(os.close)
    set_attribute: Callable[[int, bytes, bytes], None] = staticmethod(_set_attribute)

    def __init__(self, *, by_descriptor: bool = _BY_DESCRIPTOR) -> None:
        """Take whether folders are held open, which Windows cannot."""
        self._by_descriptor = by_descriptor

    def scan(self, path: str) -> list[DiskEntry]:
        """Return the entries of a folder."""
        with os.scandir(path) as entries:
            return list[DiskEntry](entries)

    def make_folders(self, path: str) -> None:
        """Make a folder, and those above it, where they are missing; sync their names.

        One whose name cannot be synced is taken away again: found there, it would count as safe.
        """
        above = os.path.dirname(path.rstrip(os.sep))  # noqa: PTH120  text
        try:
            self._make_folder(path, above)
        except FileNotFoundError:
            if above in {"", path}:
                raise
            self.make_folders(above)
            self._make_folder(path, above)

    def _make_folder(self, path: str, above: str) -> None:
        try:
            os.mkdir(path)  # noqa: PTH102  text
        except OSError:
            if not os.path.isdir(path):  # noqa: PTH112  text
                raise
            return
        try:
            self._sync_names(above or (os.sep if path.startswith(os.sep) else "."))
        except BaseException:
            with contextlib.suppress(OSError):  # others have put something into it
                os.rmdir(path)  # noqa: PTH106  text
            raise

    def _sync_names(self, path: str) -> None:
        if not self.syncs_folders:
            return
        try:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                self.sync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno not in CANNOT_SYNC_FOLDER:
                raise

    def open_folder(self, path: str) -> OpenFolder:
        """Open a folder; the empty path is the process's own."""
        if not self._by_descriptor:
            return SystemFolder(path, None)
        return SystemFolder(path, os.open(path or ".", _FOLDER))

    def writer(self, descriptor: int) -> OpenFile:
        """Return the file to write over a descriptor, without a buffer."""
        return os.fdopen(descriptor, "wb", buffering=0)

    def begin_to_write(self, descriptor: int) -> None:
        """Have Linux begin to write a file's dirty pages, which stay in memory until written."""
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def write_stream(self, path: str, name: str, data: bytes) -> None:
        """Write a second stream of a file; it goes along when the file is moved (Windows)."""
        Path(f"{path}:{name}").write_bytes(data)

    def take_lock_file(self, path: Path) -> int | None:
        """Make and lock a file that only stands for its name; return the descriptor."""
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, _LOCK_FILE, 0o600)
        try:
            if try_lock(descriptor) is not LockResult.HELD and _is_there(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def release_lock_file(self, path: Path, descriptor: int) -> None:
        """Remove such a file and release its lock."""
        with contextlib.suppress(OSError):  # Windows removes no open file: it stays, empty
            path.unlink()
        os.close(descriptor)


def _is_there(path: Path, descriptor: int) -> bool:
    """Tell whether the locked file still has its name, which its last holder may have removed."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return identity_of(status) == identity_of(os.fstat(descriptor))
