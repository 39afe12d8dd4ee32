"""Reaches the folders that downloads go into, without following links below the chosen one.

The folder that a person chose may be a link, or lie behind links. All below it was named by a
server, and a link that is there, or comes there meanwhile, must not lead a file elsewhere. So each
folder is opened in the one above it (:class:`ferrygate.common.disk.OpenFolder`).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ferrygate.common.disk import Disk, OpenFolder, identity_of, is_link
from ferrygate.common.errors import LocalFileError
from ferrygate.common.message import message

_NO_FOLDER = {errno.ENOTDIR, errno.ELOOP}  # of a link or a file in its place


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

    @property
    def with_ancestors(self) -> tuple[LocalFolder, ...]:
        """Return this folder and those above it, the chosen one last."""
        counts = range(len(self.below), -1, -1)
        return tuple(LocalFolder(self.chosen, self.below[:count]) for count in counts)

    @contextmanager
    def opened(self, disk: Disk, *, make: bool = False) -> Iterator[OpenFolder]:
        """Open the folder; with ``make``, make it and those above it where they are missing.

        Raises:
            LocalFileError: a link or a file is in the way.
            OSError: what the system says, as everything that is done in it.
        """
        (folder,) = self.way(disk, make=make)
        try:
            yield folder
        finally:
            folder.close()

    def way(self, disk: Disk, *, make: bool = False, whole: bool = False) -> list[OpenFolder]:
        """Open the folders from the chosen one down to this one, which is the last; else as above.

        Without ``whole`` all but the last are closed again.
        """
        way = [_open_chosen(disk, self.chosen, make=make)]
        try:
            for name in self.below:
                if make:
                    way[-1].make_folder(name)
                way.append(_descend(way[-1], name))
                if not whole:
                    way.pop(0).close()
        except BaseException:
            for folder in way:
                folder.close()
            raise
        return way

    def is_reached_by(self, disk: Disk, way: list[OpenFolder]) -> bool:
        """Tell whether a whole way that was opened is still the one that its names lead.

        False where paths have to do.
        """
        if len(way) <= len(self.below):
            return False
        try:
            if identity_of(disk.status(self.chosen or ".")) != way[0].identity:
                return False
            for above, name, folder in zip(way, self.below, way[1:], strict=False):
                status = above.status(name)
                if status is None or identity_of(status) != folder.identity:
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


def _open_chosen(disk: Disk, path: str, *, make: bool) -> OpenFolder:
    if make:
        if _is_file(disk, path):
            raise LocalFileError(
                message("“{name}” is a file, not a folder.", name=Path(path).name),
                next_step=message("Name a folder to put the files into."),
            )
        disk.make_folders(path)
    return disk.open_folder(path)


def _is_file(disk: Disk, path: str) -> bool:
    try:
        return stat.S_ISREG(disk.status(path).st_mode)
    except (OSError, ValueError):  # what else is wrong is told when the folder is opened
        return False


def _descend(folder: OpenFolder, name: str) -> OpenFolder:
    try:
        return folder.descend(name)
    except OSError as error:
        there = folder.status(name)
        if error.errno not in _NO_FOLDER or there is None:
            raise
        raise _no_folder(name, is_link=is_link(there)) from error


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
