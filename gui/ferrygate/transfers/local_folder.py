"""Reaches the folders that downloads go into, without following links below the chosen one.

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ferrygate.common.errors import LocalFileError
from ferrygate.common.message import message

_BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
# A folder that may be written into and not read can be opened with O_PATH (Linux).
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_REPARSE_POINT = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT: links and junctions of Windows

_Identity = tuple[int, int]  # device and inode


class OpenFolder:
    """Holds an open folder; names are those of entries in it."""

    def __init__(self, path: str, descriptor: int | None) -> None:
        """Take over a descriptor; ``None`` where paths have to do."""
        self._path = path
        self._descriptor = descriptor
        self._identity: _Identity | None = None  # asked for once

    @property
    def identity(self) -> _Identity | None:
        """Return the numbers by which the system knows it; ``None`` where paths have to do."""
        if self._identity is None and self._descriptor is not None:
            self._identity = _identity(os.fstat(self._descriptor))
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

    def descend(self, name: str) -> OpenFolder:
        """Open a folder in it.

        Raises:
            LocalFileError: a link or a file has the name.
        """
        path = os.path.join(self._path, name)  # noqa: PTH118  text, and often
        if self._descriptor is None:
            status = os.lstat(path)
            if not stat.S_ISDIR(status.st_mode) or _is_reparse_point(status):
                raise _no_folder(name, is_link=_is_reparse_point(status))
            return OpenFolder(path, None)
        try:
            return OpenFolder(path, os.open(name, _FOLDER | _NO_LINK, dir_fd=self._descriptor))
        except OSError as error:
            status_there = self.status(name)
            if error.errno not in {errno.ENOTDIR, errno.ELOOP} or status_there is None:
                raise
            raise _no_folder(name, is_link=stat.S_ISLNK(status_there.st_mode)) from error

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _at(self, name: str) -> str:
        if self._descriptor is None:
            return os.path.join(self._path, name)  # noqa: PTH118  text, and often
        return name


class LocalFolder(msgspec.Struct, frozen=True):
    """Names a folder on this computer.

    Attributes:
        chosen: the path of one that a person chose; links in it are followed.
        below: the way from there, folder by folder; links are not followed.
    """

    chosen: str
    below: tuple[str, ...] = ()

    @classmethod
    def holding(cls, chosen: str, path: str) -> LocalFolder:
        """Return the folder that holds ``path``, at or below the chosen one, else that one."""
        folder = os.path.dirname(path)  # noqa: PTH120  text, and often
        if not chosen or folder == chosen:
            return cls(folder)
        top = chosen.rstrip(os.sep) + os.sep
        if folder.startswith(top) and os.sep not in folder[len(top) :]:  # as a path, but faster
            return cls(chosen, (folder[len(top) :],))
        return cls(chosen, Path(folder).relative_to(chosen).parts)

    @property
    def path(self) -> Path:
        """Return the path, for messages."""
        return Path(self.chosen, *self.below)

    @contextmanager
    def opened(self, *, make: bool = False) -> Iterator[OpenFolder]:
        """Open the folder; with ``make``, make it and those above it where they are missing.

        Raises:
            LocalFileError: a link or a file is in the way.
            OSError: what the system says, as everything that is done in it.
        """
        (folder,) = self.way(make=make)
        try:
            yield folder
        finally:
            folder.close()

    def way(self, *, make: bool = False, whole: bool = False) -> list[OpenFolder]:
        """Open the folders from the chosen one down to this one, which is the last; else as above.

        Without ``whole`` all but the last are closed again.
        """
        way = [_open_chosen(self.chosen, make=make)]
        try:
            for name in self.below:
                if make:
                    way[-1].make_folder(name)
                way.append(way[-1].descend(name))
                if not whole:
                    way.pop(0).close()
        except BaseException:
            for folder in way:
                folder.close()
            raise
        return way

    def is_reached_by(self, way: list[OpenFolder]) -> bool:
        """Tell whether a whole way that was opened is still the one that its names lead.

        False where paths have to do.
        """
        if len(way) <= len(self.below):
            return False
        try:
            if _identity(os.stat(self.chosen or ".")) != way[0].identity:  # noqa: PTH116  text
                return False
            for above, name, folder in zip(way, self.below, way[1:], strict=False):
                status = above.status(name)
                if status is None or _identity(status) != folder.identity:
                    return False
        except OSError:
            return False
        return True


class LocalFile(msgspec.Struct, frozen=True):
    """Names a file in such a folder."""

    folder: LocalFolder
    name: str

    @property
    def path(self) -> Path:
        """Return the path, for messages."""
        return self.folder.path / self.name


def _open_chosen(path: str, *, make: bool) -> OpenFolder:
    if make:
        if os.path.isfile(path):  # noqa: PTH113  text
            raise LocalFileError(
                message("“{name}” is a file, not a folder.", name=Path(path).name),
                next_step=message("Name a folder to put the files into."),
            )
        os.makedirs(path, exist_ok=True)  # noqa: PTH103  text
    if not _BY_DESCRIPTOR:
        return OpenFolder(path, None)
    return OpenFolder(path, os.open(path or ".", _FOLDER))


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _is_reparse_point(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & _REPARSE_POINT)


def _no_folder(name: str, *, is_link: bool) -> LocalFileError:
    if is_link:
        return LocalFileError(
            message("“{name}” on this computer is a link, and links are not followed.", name=name),
            next_step=message("Take the link away, or choose the folder that it leads to."),
        )
    return LocalFileError(
        message("“{name}” is a file, not a folder.", name=name),
        next_step=message("Move that file away, or choose another folder."),
    )
