"""What one file's transfer needs to know, and what it ends with."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.transfers.views import ConflictChoice, TransferState

Report = Callable[[TransferState, int], None]
"""Told the state and the bytes moved so far, on the thread that moves them."""


class FileJob(msgspec.Struct, frozen=True, kw_only=True):
    """One file to move.

    Attributes:
        number: its position in the batch.
        local: path on this computer.
        remote: path on the server.
        size: bytes, as far as known before.
        on_conflict: what to do where the target's name is taken.
    """

    number: int
    local: str
    remote: bytes
    size: int | None = None
    on_conflict: ConflictChoice = ConflictChoice.FAIL


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a file's transfer ended, when it did not fail.

    Attributes:
        state: delivered or skipped.
        local: path on this computer; differs from the job's where both were kept.
        remote: path on the server, likewise.
        size: bytes moved.
        sha256: lower-case hex of those bytes.
        confirmed: the other side names the same size.
        note: one phrase about that, for people.
    """

    state: TransferState
    local: str
    remote: bytes
    size: int = 0
    sha256: str = ""
    confirmed: bool = False
    note: str = ""
