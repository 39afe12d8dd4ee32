"""Counts the files of one batch by their states."""

from __future__ import annotations

from ferrygate.transfers.views import FileView, TransferState


class FileCounts:
    """Keeps numbers alone: of a file that was delivered or skipped a batch has nothing else.

    Attributes:
        found: files so far, in whatever state.
        ended: those that have ended, in whatever way.
        left_out: those skipped for what they are, such as links to folders.
        size_differs: those skipped for a file of another size.
        confirmed: delivered files whose size the other side names as well.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.found = self.ended = 0
        self.left_out = self.size_differs = self.confirmed = 0
        self._by_state = dict.fromkeys(TransferState, 0)

    def __getitem__(self, state: TransferState) -> int:
        """Count the files in a state."""
        return self._by_state[state]

    def find(self, state: TransferState) -> None:
        """Count a file that was found."""
        self.found += 1
        self._by_state[state] += 1

    def move(self, before: TransferState, after: TransferState) -> None:
        """Count a file in another state than before."""
        self._by_state[before] -= 1
        self._by_state[after] += 1
        self.ended += after.has_ended - before.has_ended

    def remark(self, ended: FileView) -> None:
        """Count what there is to say of a file that was delivered or skipped."""
        self.left_out += ended.is_left_out
        self.size_differs += ended.size_differs
        self.confirmed += ended.confirmed
