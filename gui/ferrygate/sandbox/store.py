"""Describes the places that keep files for the SFTP server: a home's paths over a bucket's keys."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Protocol

import msgspec


class Status(IntEnum):
    """Names the status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7)."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    OP_UNSUPPORTED = 8


class StatusError(Exception):
    """Answers a request with this status and text."""

    def __init__(self, status: Status, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Attributes(msgspec.Struct, frozen=True):
    """Describes one name.

    Attributes:
        is_folder: a folder, else a file.
        size: bytes; 0 for a folder.
        modified: seconds since the epoch; 0 for a folder, as AWS Transfer answers.
    """

    is_folder: bool
    size: int = 0
    modified: int = 0


class Reading(Protocol):
    """Reads an open file."""

    def read(self, offset: int, length: int) -> bytes:
        """Read at most ``length`` bytes from ``offset``; none at the end."""
        ...

    def attributes(self) -> Attributes:
        """Return the attributes of the file as it was opened."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


class Writing(Protocol):
    """Receives a file, which is not visible before it is published."""

    def append(self, content: bytes) -> None:
        """Add bytes to the end of the file."""
        ...

    def attributes(self) -> Attributes:
        """Describe the file as far as it has arrived."""
        ...

    def publish(self) -> None:
        """Publish the received bytes under the final name, over the earlier file."""
        ...

    def discard(self) -> None:
        """Forget the received bytes."""
        ...


class Store(Protocol):
    """Serves one person's home folder.

    Paths are absolute, ``/`` being the home itself, without ``.``, ``..`` or doubled slashes. All
    methods raise :class:`StatusError`.
    """

    def stat(self, path: str) -> Attributes:
        """Describe the entry at ``path``."""
        ...

    def list(self, path: str) -> Iterator[tuple[bytes, Attributes]]:
        """Return the names in a folder, in the byte order of S3 keys."""
        ...

    def open_reading(self, path: str) -> Reading:
        """Open a file for reading."""
        ...

    def open_writing(self, path: str, *, create: bool, exclusive: bool) -> Writing:
        """Start an upload; with ``exclusive`` only to a free name."""
        ...

    def make_folder(self, path: str) -> None:
        """Make one folder."""
        ...

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file."""
        ...

    def rename(self, source: str, target: str) -> None:
        """Give a file a free name."""
        ...


class ObjectStore(Protocol):
    """Keeps the objects of one bucket under flat keys, as S3 does.

    A key is what follows the bucket's name, without a leading slash. An empty object whose key
    ends in a slash is a marker: it lets an empty folder be seen. All other rules about folders are
    those of :class:`ferrygate.sandbox.object_tree.ObjectTree`. Methods raise :class:`StatusError`.
    """

    def head(self, key: str) -> Attributes | None:
        """Describe an object, or return None if there is none of this key."""
        ...

    def has_prefix(self, prefix: str) -> bool:
        """Tell whether a key begins with ``prefix``, which ends in a slash."""
        ...

    def is_empty(self, prefix: str) -> bool:
        """Tell whether no key begins with ``prefix`` but that of its marker, if there is one."""
        ...

    def list(self, prefix: str) -> Iterator[tuple[bytes, Attributes]]:
        """Return the names directly below ``prefix``, in byte order, without its own marker."""
        ...

    def open_reading(self, key: str) -> Reading:
        """Open an object for reading."""
        ...

    def open_writing(self, key: str) -> Writing:
        """Start an upload."""
        ...

    def put_marker(self, prefix: str) -> None:
        """Put an empty object under ``prefix``, which ends in a slash."""
        ...

    def delete(self, key: str) -> None:
        """Delete an object, or a marker."""
        ...

    def move(self, source: str, target: str) -> None:
        """Copy an object to another key and delete the first."""
        ...
