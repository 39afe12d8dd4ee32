"""The list that a folder's entries go to, as presenters see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ferrygate.common.entry import Entry


class EntrySink(Protocol):
    """The list that shows a folder's entries."""

    def begin(self, folder: bytes, /) -> None:
        """Forget all rows: those of another folder come."""
        ...

    def add(self, entries: Iterable[Entry]) -> None:
        """More entries of the folder."""
        ...

    def end(self) -> None:
        """Note that the last entry was added."""
        ...

    def begin_again(self) -> None:
        """Begin to take in the same folder, read again; what is there is shown meanwhile."""
        ...

    def add_again(self, entries: Iterable[Entry]) -> None:
        """Take more entries of what is read again."""
        ...

    def replace(self) -> None:
        """Show what was read again, which is whole now."""
        ...

    def choose(self, name: bytes) -> None:
        """Select the entry of this name, now or as soon as it is there."""
        ...

    def put(self, entries: Iterable[Entry]) -> None:
        """Entries that have come into the folder since; each takes the place of its name's."""
        ...
