"""Says what transfers report of the files of a batch: all that a view or a journal needs to know.

Transfers know nothing of events, windows or a database; they call a :class:`Reports`. In the order
of a file's life:

* *planned*: a walk has found the file. A walk announces it to its planner's caller, see
  :data:`ferrygate.transfers.found_files.Announce`; its :class:`FileJob` has the number that names
  the file from then on.
* *begun*, and every other state: :meth:`Reports.entered`. Bytes in between: :meth:`Reports.moved`.
* *checkpoint*: how far an upload came comes along with :class:`UploadFailure` and
  :meth:`Reports.later`; a job that holds it goes on from there. A download has no watermark yet,
  and begins again from its start.
* *ended*, once for each time that the file was handed to a lane, unless the lane hands it back
  unbegun: :meth:`Reports.ended`, :meth:`Reports.failed`, :meth:`Reports.upload_failed` or
  :meth:`Reports.later`. A fetched file's end is reported after it was flushed to the disk.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import LeftBehind, TransferState


class UploadFailure(msgspec.Struct, frozen=True):
    """Tells why an upload was not delivered, its remains on the server, and how far it came."""

    cause: BaseException
    left_behind: LeftBehind
    checkpoint: UploadCheckpoint


class Reports(Protocol):
    """Takes the reports of one batch; called on lanes' threads and the flusher's.

    The end of a file or walk says that its lane has room for another item as well.
    """

    def entered(self, job: FileJob, state: TransferState, moved: int) -> None:
        """Note that a file entered another state, with ``moved`` bytes of it moved so far."""

    def moved(self, job: FileJob, moved: int) -> None:
        """Note the bytes of a file moved so far, in the state it is in; called every few bytes."""

    def walked(self, error: BaseException | None) -> None:
        """Note that a walk has ended; ``error`` is why it could not go on."""

    def ended(self, job: FileJob, outcome: FileOutcome) -> None:
        """Note that a file was delivered or skipped."""

    def failed(self, job: FileJob, error: BaseException) -> None:
        """Note that a file was not fetched."""

    def upload_failed(self, job: FileJob, failure: UploadFailure) -> None:
        """Note that a file was not sent."""

    def later(
        self, job: FileJob, checkpoint: UploadCheckpoint, until: float, error: BaseException | None
    ) -> None:
        """Note that a file is to be handed out again at ``until``, on the steady clock.

        A delivered file is asked about then; another one is sent then. ``error`` is what ended the
        channel meanwhile.
        """

    def room(self) -> None:
        """Note that the lane has room for another item, though it has no end to report."""
