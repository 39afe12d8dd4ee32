"""Records all that is known of one file of a batch."""

from __future__ import annotations

import msgspec

from ferrygate.transfers.conflicts import Decision
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import ConflictChoice, FileView, SkipReason


class FileRecord(msgspec.Struct, gc=False):
    """Holds one file of a batch.

    Attributes:
        job: what there is to do, and how far an upload of it came before.
        view: its state, as it is told.
        decision: what is done with the file though its name is taken, as a person has answered.
        tries: how often its connection was lost under it, since there is this one.
    """

    job: FileJob
    view: FileView
    decision: Decision | None = None
    tries: int = 0

    def decided_job(self, for_all: ConflictChoice | None) -> FileJob:
        """Return the job as a person has decided about it, or about all files of its batch."""
        decision = self.decision or for_all
        if isinstance(decision, SkipReason):
            return msgspec.structs.replace(self.job, not_moved=decision)
        if decision is not None:
            return msgspec.structs.replace(self.job, on_conflict=decision)
        return self.job

    @property
    def may_be_retried(self) -> bool:
        """Tell whether the file has ended and could be tried again.

        What the walk has ruled out could not: it would end the same way.
        """
        return self.view.state.may_be_retried and self.job.not_moved is None
