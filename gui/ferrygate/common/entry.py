"""Describes entries of remote folders, as plain values."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.errors import Problem


class EntryKind(Enum):
    """Names the kind of an entry, from the S_IFMT bits of its permissions.

    ``UNKNOWN`` is what a server left open that sends no permissions, or none with such bits: it may
    be a file or a folder, so nothing is decided by it.
    """

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"
    UNKNOWN = "unknown"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """Describes one name in a remote folder.

    Attributes:
        name: the server's own bytes, without a slash; need not be UTF-8 and is not cleaned.
        kind: file, folder, link, another kind, or unknown.
        size: bytes; ``None`` where the server did not say.
        modified: seconds since the epoch; ``None`` where unknown (AWS sends 0 for folders).
    """

    name: bytes
    kind: EntryKind
    size: int | None = None
    modified: int | None = None


class ListingEnd(msgspec.Struct, frozen=True):
    """Tells how a listing ended: nothing may be concluded from names that are not in it.

    Attributes:
        cut_short: why the server broke it off; ``None`` where it came to its end.
        unusable: how many of its names cannot be names in a folder, and were left out.
        example: one of those names, as the server's bytes.
    """

    cut_short: Problem | None = None
    unusable: int = 0
    example: bytes = b""

    @property
    def is_whole(self) -> bool:
        """Tell whether every name of the folder was listed."""
        return self.cut_short is None and not self.unusable
