"""Records what is known of one file of a batch."""

from __future__ import annotations

import msgspec

from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import FileView


class FileRecord(msgspec.Struct):
    """One file of a batch.

    Attributes:
        job: what there is to do, and how far an upload of it came before.
        view: how it stands.
        tries: how often its connection was lost under it, since there is this one.
    """

    job: FileJob
    view: FileView
    tries: int = 0

    @property
    def may_be_retried(self) -> bool:
        """Tell whether the file has ended and could be tried again.

        What the walk has ruled out could not: it would end the same way.
        """
        return self.view.state.may_be_retried and self.job.not_moved is None
