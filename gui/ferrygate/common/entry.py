"""What a remote folder holds, as plain values."""

from __future__ import annotations

from enum import Enum

import msgspec


class EntryKind(Enum):
    """The sort of thing a name stands for, from the S_IFMT bits of its permissions."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One name in a remote folder.

    Attributes:
        name: the server's own bytes, without a slash; need not be UTF-8 and is not cleaned.
        kind: file, folder, link or something else.
        size: bytes; ``None`` where the server did not say.
        modified: seconds since the epoch; ``None`` where unknown (AWS sends 0 for folders).
    """

    name: bytes
    kind: EntryKind
    size: int | None = None
    modified: int | None = None
