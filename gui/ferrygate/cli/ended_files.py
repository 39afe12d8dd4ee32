"""Sums up the files of a transfer that have ended, so that none of them has to be kept."""

from __future__ import annotations

from collections import Counter

from ferrygate.common.remedies import PERMANENT
from ferrygate.transfers.views import FileView, LateCheck, LeftBehind, TransferState


class EndedFiles:
    """Sums over files that change no more.

    Attributes:
        by_state: how many ended how.
        bytes_delivered: of all that were delivered.
        left_out: links to folders, devices and the like; they count as skipped too.
        size_differs: those skipped for a file of another size.
        renamed: fetched files that have another name here than on the server.
        are_complete: every one was delivered, or skipped as asked.
        has_unchecked: one was delivered, and not asked about again although a part may have come.
        has_parts: one may have left a part of it on the server, and sending it again may help.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.by_state: Counter[TransferState] = Counter()
        self.bytes_delivered = self.left_out = self.size_differs = self.renamed = 0
        self.are_complete = True
        self.has_unchecked = self.has_parts = False

    def __len__(self) -> int:
        """Count them."""
        return self.by_state.total()

    @property
    def delivered(self) -> int:
        """Count those that were delivered."""
        return self.by_state[TransferState.DELIVERED]

    def add(self, file: FileView, *, is_renamed: bool) -> None:
        """Take in a file that has ended."""
        self.by_state[file.state] += 1
        if file.state is TransferState.DELIVERED:
            self.bytes_delivered += file.size or 0
        self.left_out += file.is_left_out
        self.size_differs += file.size_differs
        self.renamed += is_renamed
        self.are_complete &= file.ended_well
        self.has_unchecked |= file.late_check is LateCheck.NOT_DONE
        self.has_parts |= (
            file.left_behind is not LeftBehind.NOTHING
            and not file.ended_well
            and (file.problem is None or file.problem.kind not in PERMANENT)
        )
