"""Describes one file's transfer: its task, how far it came, and its end."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.entry import Entry
from ferrygate.common.errors import Problem
from ferrygate.transfers.late_parts import OldHandle
from ferrygate.transfers.views import (
    Confirmation,
    ConflictChoice,
    LateCheck,
    SkipReason,
    TransferState,
)


class Names:
    """The names that a batch's files have been given; asked by several threads.

    Two of its files may be on their way to one name, and on an object store neither sees the other.
    """

    def __init__(self) -> None:
        self._owners: dict[bytes | str, str | bytes] = {}

    def claim(self, name: bytes | str, owner: str | bytes) -> bool:
        """Take a name for a file; false where another file of the batch has it."""
        return self._owners.setdefault(name, owner) == owner  # one step for the interpreter


Report = Callable[[TransferState, int], None]
"""Told the state and the bytes moved so far, on the thread that moves them."""


class Opened(msgspec.Struct, gc=False):
    """Holds how far an upload came; filled in while it runs, for the case that it fails.

    Attributes:
        path: where it is being written; ``None`` before OPEN left, and after CLOSE was answered.
        stood_before: the file that stood there, which OPEN has cut to nothing.
        asked: the server said what stood there; a drop box may refuse to.
        answered: OPEN was answered, so that what stands there then is ours.
        sent: the most bytes that can have arrived, over whichever handle.
        closing: bytes sent and their SHA-256, once CLOSE left.
        delivered: once CLOSE was answered, what holds even if nothing more can be asked.
        before: what stood there when the last OPEN left, our own part included.
        told: the server said so.
        version: size and time (nanoseconds) of the local file, as it was opened last.
        written: the most bytes that can have arrived since the last OPEN.
        is_open: an OPEN left whose handle the server may hold.
    """

    path: bytes | None = None
    stood_before: Entry | None = None
    asked: bool = True
    answered: bool = False
    sent: int = 0
    closing: tuple[int, str] | None = None
    delivered: Outcome | None = None
    before: Entry | None = None
    told: bool = True
    version: tuple[int, int] = (0, 0)
    written: int = 0
    is_open: bool = False

    def lose_handle(self, until: float) -> OldHandle | None:
        """The connection ended: the handle it leaves to the server, if there is one.

        ``until`` is the steady clock's seconds at which the server has surely given it up.
        """
        if not self.is_open:
            return None
        self.is_open = False
        return OldHandle(
            sent=self.written,
            until=until,
            before=self.before,
            told=self.told,
            version=self.version,
            whole=self.closing is not None,
        )

    def owns(self, standing: Entry) -> bool:
        """Tell whether what stands there can be the part we have begun, and no file of anybody's.

        An OPEN whose answer was lost may have left an empty one.
        """
        return standing.size is not None and standing.size <= self.sent


class FileJob(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file to move.

    Attributes:
        number: its position in the batch.
        local: path on this computer.
        remote: path on the server.
        size: bytes, as far as known before.
        modified: seconds since the epoch, as far as known before; of what is fetched.
        root: the folder on this computer that a person chose for what is fetched; below it no link
            is followed. Empty where that is the one which holds the file.
        free: nothing stands under the remote name, so that nobody has to ask.
        on_conflict: what to do where the target's name is taken.
        names: those its batch has given.
        folder_refused: why the server would not make its folder, where it may be there unseen.
        not_moved: why it is not to be moved at all, as the walk has found.
        again: how far an upload came before the connection was lost under it.
    """

    number: int
    local: str
    remote: bytes
    size: int | None = None
    modified: int | None = None
    root: str = ""
    free: bool = False
    on_conflict: ConflictChoice = ConflictChoice.FAIL
    names: Names = msgspec.field(default_factory=Names)
    folder_refused: Problem | None = None
    not_moved: Problem | SkipReason | None = None
    again: Opened | None = None

    @property
    def replaces(self) -> bool:
        """Tell whether the file may overwrite what has its name."""
        return self.on_conflict in {ConflictChoice.REPLACE, ConflictChoice.CHANGED}


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
