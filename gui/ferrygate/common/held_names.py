"""Bounds the names of a folder that are in memory together, as a server decides their number."""

from __future__ import annotations

from collections.abc import Iterable

from ferrygate.common.entry import Entry
from ferrygate.common.errors import RemoteFailureError
from ferrygate.common.message import message
from ferrygate.common.remote_path import basename

MAX_NAMES_BYTES = 64 << 20
"""Bytes of all entries of one folder: over two million names of fifteen bytes."""

_BESIDE_NAME_BYTES = 16  # of an entry: its kind, size and time, or a server would send names of one


class HeldNames:
    """Counts what is kept of one listing. What is passed on and forgotten need not be counted."""

    def __init__(self, folder: bytes, max_bytes: int = MAX_NAMES_BYTES) -> None:
        self._folder = folder
        self._left = max_bytes

    def add(self, entries: Iterable[Entry]) -> None:
        """Count a block of entries.

        Raises:
            RemoteFailureError: they are too many to be kept.
        """
        self._left -= sum(len(entry.name) + _BESIDE_NAME_BYTES for entry in entries)
        if self._left < 0:
            raise RemoteFailureError(
                message(
                    "“{name}” holds too many names to take them all at once.",
                    name=basename(self._folder),
                ),
                next_step=message("Ask your contact to spread its files over several folders."),
                detail="more names than fit into memory",
            )
