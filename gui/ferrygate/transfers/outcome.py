"""Describes how one file's transfer ended, when it did not fail."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.errors import Problem
from ferrygate.transfers.views import Confirmation, LateCheck, SkipReason, TransferState

Report = Callable[[TransferState, int], None]
"""Told the state and the bytes moved so far, on the thread that moves them."""


class FileOutcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Tells how a file's transfer ended, when it did not fail.

    Attributes:
        state: delivered or skipped.
        local: path on this computer; differs from the job's where both were kept.
        remote: path on the server, likewise.
        size: bytes moved.
        sha256: lower-case hex of those bytes.
        confirmation: whether the other side names the same size.
        not_told: why the server would not name it, where it said so.
        skip_reason: why it was skipped.
        late_check: whether it was asked about again, as the line was lost while it was sent.
    """

    state: TransferState
    local: str
    remote: bytes
    size: int = 0
    sha256: str = ""
    confirmation: Confirmation = Confirmation.NOT_DELIVERED
    not_told: Problem | None = None
    skip_reason: SkipReason | None = None
    late_check: LateCheck = LateCheck.NOT_NEEDED

    @property
    def confirmed(self) -> bool:
        """Tell whether the other side names the size that was moved."""
        return self.confirmation is Confirmation.CONFIRMED
