"""Describes transfers as they are shown: plain values, shared with the engine's messages."""

from __future__ import annotations

from enum import Enum
from typing import NewType

import msgspec

from ferrygate.common.errors import Problem

BatchId = NewType("BatchId", str)
"""Names one batch for ever: random, so that it means the same after the engine has ended."""


class Direction(Enum):
    """Names the way that a batch goes."""

    UPLOAD = "upload"
    DOWNLOAD = "download"


class TransferState(Enum):
    """Names the states of one file of a batch (:data:`MOVES` is the table)."""

    WAITING = "waiting"
    SENDING = "sending"
    RECEIVING = "receiving"
    CHECKING = "checking"
    DELIVERED = "delivered"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"
    NEEDS_ATTENTION = "needs-attention"
    CANCELLED = "cancelled"

    __hash__ = object.__hash__  # of Enum's it is Python's, and asked for dozens of times a file

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more happens to the file, unless a person has it tried again."""
        return self in _ENDED

    @property
    def may_be_retried(self) -> bool:
        """Tell whether the file has ended, and could be tried again."""
        return self in _RETRIED


_RETRIED = frozenset({TransferState.NEEDS_ATTENTION, TransferState.CANCELLED})
_ENDED = _RETRIED | {TransferState.DELIVERED, TransferState.SKIPPED}
_UNDER_WAY = frozenset(
    {
        TransferState.WAITING,  # a conflict was met: asked for, then tried again
        TransferState.CHECKING,
        TransferState.DELIVERED,  # a small file, whose check is not told
        TransferState.INTERRUPTED,
        TransferState.SKIPPED,
        TransferState.NEEDS_ATTENTION,
        TransferState.CANCELLED,
    }
)
MOVES: dict[TransferState, frozenset[TransferState]] = {
    TransferState.WAITING: frozenset(
        {
            TransferState.SENDING,
            TransferState.RECEIVING,
            TransferState.INTERRUPTED,  # there was no channel to begin it on
            TransferState.SKIPPED,  # the walk has left it out
            TransferState.NEEDS_ATTENTION,  # signed out meanwhile
            TransferState.CANCELLED,
        }
    ),
    TransferState.SENDING: _UNDER_WAY,
    TransferState.RECEIVING: _UNDER_WAY,
    TransferState.CHECKING: frozenset(
        {
            TransferState.WAITING,  # the name was taken while the file was fetched
            TransferState.SENDING,  # a part that came late was put over it
            TransferState.DELIVERED,
            TransferState.INTERRUPTED,
            TransferState.NEEDS_ATTENTION,
            TransferState.CANCELLED,
        }
    ),
    TransferState.INTERRUPTED: frozenset(  # goes on by itself once the connection is back
        {
            TransferState.SENDING,
            TransferState.RECEIVING,
            TransferState.NEEDS_ATTENTION,
            TransferState.CANCELLED,
        }
    ),
    TransferState.DELIVERED: frozenset(),
    TransferState.SKIPPED: frozenset(),
    TransferState.NEEDS_ATTENTION: frozenset({TransferState.WAITING}),  # a person tries again
    TransferState.CANCELLED: frozenset({TransferState.WAITING}),  # likewise
}


class LateCheck(Enum):
    """Says how the late check went of a file that was sent again and is asked about once more.

    An object store may put the part of a connection that was lost over it
    (:mod:`ferrygate.transfers.late_parts`).
    """

    NOT_NEEDED = "not-needed"
    DUE = "due"
    DONE = "done"
    NOT_DONE = "not-done"


class ConflictChoice(Enum):
    """Names the choices for a file whose name is taken.

    ``CHANGED`` replaces a file that seems to be another one by size and time, and skips the rest
    (:mod:`ferrygate.transfers.conflict`).
    """

    ASK = "ask"
    FAIL = "fail"
    REPLACE = "replace"
    KEEP_BOTH = "keep-both"
    SKIP = "skip"
    CHANGED = "changed"


class ConflictScope(Enum):
    """Names the files that a choice about taken names holds for."""

    THIS_ONE = "this-one"  # the first of those that wait
    MET = "met"  # those that wait
    ALL = "all"  # and those of the batch that are still to come


class LinkChoice(Enum):
    """Names the choices for a link to a folder that a walk meets."""

    SKIP = "skip"
    FOLLOW = "follow"
    FAIL = "fail"


class SkipReason(Enum):
    """Says why a file was skipped, although nothing is wrong with it."""

    NAME_TAKEN = "name-taken"
    UNCHANGED = "unchanged"  # what has its name seems to be the same
    OTHER_SIZE_THERE = "other-size-there"  # what has its name may be a part, or another file
    LINK_TO_FOLDER = "link-to-folder"
    LOOP = "loop"  # a link back to a folder that it lies in
    SPECIAL = "special"  # a device, a socket or a pipe


_NO_FILES = frozenset({SkipReason.LINK_TO_FOLDER, SkipReason.LOOP, SkipReason.SPECIAL})


class Confirmation(Enum):
    """Says whether the other side names the size of a delivered file, or why not."""

    NOT_DELIVERED = "not-delivered"
    CONFIRMED = "confirmed"
    NO_ANSWER = "no-answer"  # the connection ended before
    REFUSED = "refused"  # the server would not say
    MOVED_ON = "moved-on"  # the server has it under that name no more
    NO_SIZES = "no-sizes"  # the server tells none
    OTHER_SIZE_TOLD = "other-size-told"  # of a file that was fetched to its end
    REPLACED_SINCE = "replaced-since"  # another of our files was sent to its name
    NOT_ASKED_AGAIN = "not-asked-again"  # although the line was lost, and a part may have come


class LeftBehind(Enum):
    """Names the remains on the server of a file that was not delivered."""

    NOTHING = "nothing"
    PART = "part"  # there may be one
    OVERWRITTEN = "overwritten"  # a part may stand where another file was
    LATE_PART = "late-part"  # it was delivered; a part of it may have come over it since
    UNKNOWN = "unknown"  # its end was not waited for


class FileView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Describes one file of a batch.

    Attributes:
        number: position in the batch, from 0; the file's name towards the engine.
        local: path on this computer.
        remote: path on the server.
        state: how far it is.
        size: bytes to move; ``None`` until known.
        moved: bytes moved so far.
        confirmation: after delivery, whether the other side named the same size.
        not_told: why the server would not name it, where it said so.
        left_behind: what a file that was not delivered has left on the server.
        sha256: lower-case hex of the bytes moved; empty until delivered.
        problem: why it needs attention.
        skip_reason: why it was skipped.
        late_check: whether it is asked about again, as the line was lost while it was sent.
        asked_again_at: seconds since the epoch, while that is due.
    """

    number: int
    local: str
    remote: bytes
    state: TransferState
    size: int | None = None
    moved: int = 0
    confirmation: Confirmation = Confirmation.NOT_DELIVERED
    not_told: Problem | None = None
    left_behind: LeftBehind = LeftBehind.NOTHING
    sha256: str = ""
    problem: Problem | None = None
    skip_reason: SkipReason | None = None
    late_check: LateCheck = LateCheck.NOT_NEEDED
    asked_again_at: float | None = None

    @property
    def confirmed(self) -> bool:
        """Tell whether the other side names the size that was moved."""
        return self.confirmation is Confirmation.CONFIRMED

    @property
    def size_differs(self) -> bool:
        """Tell whether it was skipped for a file of another size."""
        return self.skip_reason is SkipReason.OTHER_SIZE_THERE

    @property
    def is_left_out(self) -> bool:
        """Tell whether it was skipped as no file: a link to a folder, a device, a pipe."""
        return self.skip_reason in _NO_FILES

    @property
    def ended_well(self) -> bool:
        """Tell whether it was delivered, or skipped as asked and not for a file of another size."""
        good = (TransferState.DELIVERED, TransferState.SKIPPED)
        return self.state in good and not self.size_differs


class BatchView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Describes one upload or download as asked for, with all its files.

    Attributes:
        batch: names it.
        direction: upload or download.
        name: of the first file or folder asked for, for people.
        sources: how many were asked for.
        target: the folder it goes to, for people.
        remote_folder: the folder that an upload goes to; empty for a download.
        files_total: files known so far; grows while folders are still being walked.
        files_finished: files that have ended, in whatever way.
        files_delivered: files delivered.
        files_skipped: files skipped, those that are left out included.
        files_left_out: files skipped for what they are, such as links to folders.
        files_size_differs: files skipped for a file of another size.
        files_confirmed: delivered files whose size the other side names as well.
        files_cancelled: files that were taken back.
        files_asked: files whose name is taken, and which wait for a person's answer.
        files_interrupted: files whose connection was lost; they go on by themselves.
        files_late: files that are delivered, but are asked about again, or sent again, once no part
            of a lost connection can come any more.
        late_until: when the last of them is, in seconds since the epoch.
        bytes_total: bytes known so far.
        bytes_moved: bytes moved so far.
        bytes_per_second: over the last seconds; 0 where nothing moves.
        walking: folders are still being read, totals still grow.
        stopping: it was taken back; what is under way comes to its end.
        finished: nothing more will happen, unless it is tried again.
        finished_at: seconds since the epoch, once finished.
        problem: why not all of its files were found, where the walk failed or was taken back.
        can_retry: finished, with something in it that could be tried again and is kept for that.
    """

    batch: BatchId
    direction: Direction
    name: str
    sources: int
    target: str
    remote_folder: bytes = b""
    files_total: int = 0
    files_finished: int = 0
    files_delivered: int = 0
    files_skipped: int = 0
    files_left_out: int = 0
    files_size_differs: int = 0
    files_confirmed: int = 0
    files_cancelled: int = 0
    files_asked: int = 0
    files_interrupted: int = 0
    files_late: int = 0
    late_until: float | None = None
    bytes_total: int = 0
    bytes_moved: int = 0
    bytes_per_second: float = 0.0
    walking: bool = False
    stopping: bool = False
    finished: bool = False
    finished_at: float | None = None
    problem: Problem | None = None
    can_retry: bool = False

    @property
    def only_waits(self) -> bool:
        """Tell whether nothing happens before a person has answered, or a late part can come."""
        waiting = self.files_asked + self.files_late
        return 0 < waiting == self.files_total - self.files_finished and not self.walking
