"""Gives parts of keys that are too long for a disk other names there.

A key has up to 1,024 bytes, all of which may be one part; file systems take 255 of a name.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_MAX_NAME_BYTES = 255  # bytes of one name on disk
_FOLDER = ".long-names"  # no user name starts with a dot, so no home folder is called this
_PREFIX = ".long-"


class LongNames:
    """Knows the names on disk of long parts, and keeps the parts in a folder of the bucket.

    Args:
        root: the bucket.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / _FOLDER

    def on_disk(self, part: str) -> str:
        """Return the name on disk of one part of a key."""
        content = part.encode()
        if len(content) <= _MAX_NAME_BYTES:
            return part
        return f"{_PREFIX}{hashlib.sha256(content).hexdigest()}"

    def remember(self, key: str) -> None:
        """Write down the long parts of a key, before anything is put under their names on disk."""
        for part in key.split("/"):
            name = self.on_disk(part)
            if name != part:
                self._folder.mkdir(exist_ok=True)
                (self._folder / name).write_bytes(part.encode())

    def original(self, name: bytes) -> bytes:
        """Return the part of a key that a name on disk stands for."""
        if not name.startswith(_PREFIX.encode()):
            return name
        try:
            return (self._folder / os.fsdecode(name)).read_bytes()
        except OSError:  # somebody's own name, which only begins alike
            return name
