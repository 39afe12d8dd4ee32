"""Commands and events about files and folders on the server."""

from __future__ import annotations

import msgspec

from ferrygate.common.entry import Entry
from ferrygate.common.errors import Problem


class ListFolder(msgspec.Struct, frozen=True):
    """List a folder; the entries come in FolderBlock events, unsorted.

    Each is to be answered by TakeMore: the listing waits where too many were not.
    """

    request: int
    path: bytes


class StatPath(msgspec.Struct, frozen=True):
    """Ask for one path; answered by PathStat, then Done."""

    request: int
    path: bytes


class MakeFolder(msgspec.Struct, frozen=True):
    """Make a folder, and those above it when ``parents``."""

    request: int
    path: bytes
    parents: bool = False


class RenamePath(msgspec.Struct, frozen=True):
    """Rename a file or folder; never onto an existing name.

    Refused for the root, the site's start folder, and those above it.
    """

    request: int
    source: bytes
    target: bytes


class RemovePath(msgspec.Struct, frozen=True):
    """Remove a file, or a folder with all that is in it when ``recursive``.

    Refused for the root, the site's start folder, and those above it.
    """

    request: int
    path: bytes
    recursive: bool = False


class TakeMore(msgspec.Struct, frozen=True):
    """Have another FolderBlock of this request sent, as one was dealt with."""

    target: int


class FolderBlock(msgspec.Struct, frozen=True):
    """Some entries of a folder being listed; ``.`` and ``..`` are left out."""

    request: int
    entries: tuple[Entry, ...]


class ListingIncomplete(msgspec.Struct, frozen=True):
    """Tells that a listing, which is about to be Done, has not all of its folder.

    Nothing may be concluded from a name that is not in it; ``problem`` says why there may be more.
    """

    request: int
    problem: Problem


class PathStat(msgspec.Struct, frozen=True):
    """Holds the server's word on one path; the entry's name is the path's last part."""

    request: int
    entry: Entry


FileOperation = ListFolder | StatPath | MakeFolder | RenamePath | RemovePath
FileCommand = FileOperation | TakeMore
