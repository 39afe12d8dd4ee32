"""Keeps account of one listing of a folder: whether it goes on, and what came of it."""

from __future__ import annotations

from ferrygate.common.entry import Entry
from ferrygate.common.errors import Problem, RemoteFailureError
from ferrygate.common.held_names import MAX_NAMES_BYTES, HeldNames


class FolderListing:
    """Counts the entries of a listing, and notes why it tells not all.

    Attributes:
        request: the command's number; ``None`` once it has ended.
        again: the folder is shown already, and is replaced once the new list is whole.
        entries_read: how many entries have come.
        unseen: why the listing tells not all; ``None`` where it is whole, as far as is known.
    """

    def __init__(
        self,
        folder: bytes,
        request: int | None,
        *,
        again: bool,
        max_bytes: int = MAX_NAMES_BYTES,
    ) -> None:
        """Begin; ``max_bytes`` is what may be kept of the entries."""
        self.request = request
        self.again = again
        self.entries_read = 0
        self.unseen: Problem | None = None
        self._held = HeldNames(folder, max_bytes)

    def note_incomplete(self, problem: Problem) -> None:
        """Note why the listing tells not all."""
        self.unseen = problem

    def end(self) -> None:
        """Note that no more comes."""
        self.request = None

    @property
    def is_under_way(self) -> bool:
        """Tell whether more may come."""
        return self.request is not None

    def count(self, entries: tuple[Entry, ...]) -> bool:
        """Count a block of entries; false where there is no room for it, which is noted."""
        try:
            self._held.add(entries)
        except RemoteFailureError as error:
            self.note_incomplete(error.problem)
            return False
        self.entries_read += len(entries)
        return True
