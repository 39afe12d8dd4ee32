"""Knows how far an upload came: one file's way onto the server, as this computer has seen it.

A file is written once, in order, over one handle: OPEN, WRITEs, CLOSE. Each request leaves, is
carried out and is answered at three different moments, and the connection may end between any two
of them. So a checkpoint moves on when a request *leaves*, as it may be carried out from then on,
and again when its answer has come, as nothing but the answer proves that it was. An end of the
connection in between means:

* before OPEN left: nothing of ours is there. The upload begins anew, by what the job says of names
  that are taken.
* OPEN left, no answer (OPENING): nothing, an empty file, or the earlier file cut to nothing. The
  server may hold a handle, or come to make one yet.
* OPEN answered (WRITING): the file under the name is ours, and at most as long as what we have
  sent. Plain servers show it at once. Object stores show a part when they notice the end, seconds
  or minutes later, over whatever has the name by then (:mod:`ferrygate.transfers.late_parts`).
* CLOSE left, all bytes acknowledged (CLOSING): whatever shows of it is the whole file. It may be
  there already with only its answer lost.
* CLOSE answered (DELIVERED): it is there. Nothing takes that back but a part of an earlier handle
  that was seen in its place.

In between, STAT decides when the connection is back: an answer that was lost is asked for by no
other request, and times of two computers cannot be compared. A size can: a file that is longer
than all we have sent is another's and is left alone; one of the size of a CLOSE without answer is
the file; anything shorter is our part, and is written over. Where the server tells nothing, OPEN
must have been answered for the name to count as ours. STAT cannot tell a part of ours from another
one's file that came later and is no longer than it: nothing is removed, therefore, where anything
stood before OPEN, where the server would not say, or where OPEN was not answered on a server that
shows files from their OPEN on.

What is known only grows while a name is kept, however often the line is lost: the most bytes sent,
that OPEN was answered once, that a file was cut to nothing. It is forgotten as one where the name
is given up to another's file, since none of it holds for the next name. Only the methods assign
fields, each being one step, and :data:`MOVES` says which phase may follow which. A step in the
wrong order raises an AssertionError, since what follows may remove a file.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.entry import Entry
from ferrygate.transfers.late_parts import OldHandle
from ferrygate.transfers.outcome import FileOutcome


class UploadPhase(Enum):
    """Names the last request of an upload that has left, or was answered."""

    NOT_BEGUN = "not-begun"  # or its name was given up
    OPENING = "opening"
    WRITING = "writing"
    CLOSING = "closing"
    DELIVERED = "delivered"


MOVES: dict[UploadPhase, frozenset[UploadPhase]] = {
    UploadPhase.NOT_BEGUN: frozenset({UploadPhase.OPENING}),
    UploadPhase.OPENING: frozenset(
        {
            UploadPhase.OPENING,  # again, over the next connection
            UploadPhase.WRITING,
            UploadPhase.NOT_BEGUN,  # refused, or the name was given up
        }
    ),
    UploadPhase.WRITING: frozenset(
        {
            UploadPhase.CLOSING,
            UploadPhase.OPENING,  # after the connection was lost, as the next two
            UploadPhase.NOT_BEGUN,
        }
    ),
    UploadPhase.CLOSING: frozenset(
        {UploadPhase.DELIVERED, UploadPhase.OPENING, UploadPhase.NOT_BEGUN}
    ),
    UploadPhase.DELIVERED: frozenset({UploadPhase.WRITING}),  # a part was seen in its place
}
_PARTLY_THERE = frozenset({UploadPhase.OPENING, UploadPhase.WRITING, UploadPhase.CLOSING})


class UploadCheckpoint(msgspec.Struct, gc=False):
    """Holds how far an upload came; only its methods change it.

    Attributes:
        phase: how far; what is below is known from a phase on.
        path: where it is being written, or was delivered; ``None`` in NOT_BEGUN.
        before: the entry under the name when the last OPEN left, a part of ours included.
        told: the server said so; not before it was asked.
        overwritten: the file of others that OPEN cuts to nothing.
        removable: nothing is known that forbids to remove a part; a server that would not say what
            was there before does.
        answered: OPEN was answered under this name, so that the file there is ours.
        sent: the most bytes that can have arrived under this name, over whichever handle.
        written: those since the last OPEN.
        version: size and time (nanoseconds) of the local file when it was opened last.
        content: size and SHA-256 of what was sent, once CLOSE left.
        delivered: once CLOSE was answered, what holds even if nothing more can be asked.
        has_handle: an OPEN left whose handle the server may hold, and no end of its connection was
            noted since. After a kill the end is noted when the checkpoint is read.
        earlier_handle: a connection was lost under a handle for this name. The server may hold it
            yet, and show its part, until :mod:`ferrygate.transfers.late_parts` says otherwise.
    """

    phase: UploadPhase = UploadPhase.NOT_BEGUN
    path: bytes | None = None
    before: Entry | None = None
    told: bool = False
    overwritten: Entry | None = None
    removable: bool = True
    answered: bool = False
    sent: int = 0
    written: int = 0
    version: tuple[int, int] = (0, 0)
    content: tuple[int, str] | None = None
    delivered: FileOutcome | None = None
    has_handle: bool = False
    earlier_handle: bool = False

    # ------------------------------------------------------------ what is known

    @property
    def part_path(self) -> bytes | None:
        """Return the name under which there may be a part of ours; ``None`` if there is none."""
        return self.path if self.phase in _PARTLY_THERE else None

    def owns(self, there: Entry) -> bool:
        """Tell whether an entry under the name can be our part, and not a file of others.

        An OPEN whose answer was lost may have left an empty one.
        """
        return self.phase in _PARTLY_THERE and there.size is not None and there.size <= self.sent

    def may_remove(self, *, object_store: bool) -> bool:
        """Tell whether a part that this upload owns may be removed.

        Where files show from their OPEN on, an entry that we own may be the beginning of a file of
        others, unless OPEN was answered.
        """
        nothing_stood = self.removable and self.overwritten is None
        return self.part_path is not None and nothing_stood and (self.answered or object_store)

    # ------------------------------------------------------------ steps, in order

    def name_given_up(self) -> None:
        """Forget the name, as a file of others has it.

        Of the next name nothing is known before the server was asked.
        """
        self._demand_no_handle("give up the name")
        if self.phase is not UploadPhase.NOT_BEGUN:  # or OPEN was refused
            self._move(UploadPhase.NOT_BEGUN)
        self._forget_name()

    def source_opened(self, version: tuple[int, int]) -> None:
        """Take note of the local file's size and time in nanoseconds, before OPEN leaves."""
        self._demand_no_handle("open the local file")
        self.version = version

    def target_seen(self, before: Entry | None, *, told: bool) -> None:
        """Note the entry under the name; not ``told`` if the server would not say.

        In NOT_BEGUN the name is the one that was chosen, and the entry is to be overwritten.
        """
        self._demand(self.phase is not UploadPhase.DELIVERED, "look at the target")
        self.before, self.told = before, told
        if self.phase is UploadPhase.NOT_BEGUN:
            self.overwritten = before
            self.removable = told

    def will_overwrite(self) -> None:
        """Note that OPEN leaves once more, over the file of others that was seen under the name."""
        self._demand(self.phase is UploadPhase.OPENING and self.has_handle, "overwrite")
        self.overwritten = self.before or self.overwritten

    def open_left(self, path: bytes) -> None:
        """Note that OPEN leaves: from here on a part may be there."""
        self._demand_no_handle("open")
        self._demand(self.path in {None, path}, "open another name")
        self._move(UploadPhase.OPENING)
        self.path, self.content = path, None
        self.written, self.has_handle = 0, True

    def open_refused(self) -> None:
        """Note that OPEN was refused: nothing of ours is there but the part of an earlier OPEN."""
        self._demand(self.phase is UploadPhase.OPENING and self.has_handle, "have OPEN refused")
        self.has_handle = False
        if not (self.answered or self.earlier_handle):
            self._move(UploadPhase.NOT_BEGUN)
            self._forget_name()

    def open_answered(self) -> None:
        """Note that OPEN was answered: the file under the name is ours."""
        self._demand(self.has_handle, "have OPEN answered")
        self._demand(self.phase is UploadPhase.OPENING, "have OPEN answered")
        self._move(UploadPhase.WRITING)
        self.answered = True

    def bytes_left(self, written: int) -> None:
        """Note that a WRITE leaves, after which ``written`` bytes may be there."""
        self._demand(self.phase is UploadPhase.WRITING and self.has_handle, "write")
        self.written = written
        self.sent = max(self.sent, written)

    def close_left(self, size: int, sha256: str) -> None:
        """Note that CLOSE left with every byte acknowledged: a file that shows now is whole."""
        self._demand(self.has_handle, "close")
        self._move(UploadPhase.CLOSING)
        self.content = size, sha256

    def close_answered(self, outcome: FileOutcome) -> None:
        """Note that CLOSE was answered, or that the whole file was seen after a lost connection."""
        self._demand(outcome.remote == self.path, "deliver another name")
        self._move(UploadPhase.DELIVERED)
        self.has_handle = False
        self.delivered = outcome

    def confirmed(self, outcome: FileOutcome) -> None:
        """Note what the server has said of the delivered file by now."""
        self._demand(self.phase is UploadPhase.DELIVERED, "confirm")
        self.delivered = outcome

    # ------------------------------------------------------------ what comes in between

    def connection_lost(self, until: float) -> OldHandle | None:
        """Note the connection's end; return the handle that it leaves to the server, if any.

        ``until`` is the steady clock's seconds at which the server has surely given it up.
        """
        if not self.has_handle:
            return None
        self.has_handle, self.earlier_handle = False, True
        return OldHandle(
            sent=self.written,
            until=until,
            before=self.before,
            told=self.told,
            version=self.version,
            whole=self.phase is UploadPhase.CLOSING,
        )

    def part_came_over(self) -> None:
        """Note that a part has replaced the delivered file, which is to be sent again there."""
        self._demand(self.phase is UploadPhase.DELIVERED, "see a part in its place")
        self._move(UploadPhase.WRITING)
        self.delivered = self.content = None

    def may_be_whole(self) -> None:
        """Remove no part from here on, as the file under the name may be the delivered one."""
        self._demand(self.phase is UploadPhase.DELIVERED, "doubt the file")
        self.removable = False

    # ------------------------------------------------------------

    def _forget_name(self) -> None:
        self.path = self.before = self.overwritten = self.content = None
        self.told, self.removable = False, True
        self.answered = self.earlier_handle = False
        self.sent = self.written = 0

    def _move(self, phase: UploadPhase) -> None:
        self._demand(phase in MOVES[self.phase], f"go on to {phase.name}")
        self.phase = phase

    def _demand_no_handle(self, step: str) -> None:
        self._demand(not self.has_handle and self.phase is not UploadPhase.DELIVERED, step)

    def _demand(self, condition: bool, step: str) -> None:  # noqa: FBT001  a condition reads so
        if not condition:
            raise AssertionError(f"an upload cannot {step} while it is {self.phase.name}")
