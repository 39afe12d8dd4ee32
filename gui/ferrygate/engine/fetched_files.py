"""Has fetched files flushed before their end is reported."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from ferrygate.common.errors import FerrygateError
from ferrygate.common.inbox import Callback
from ferrygate.engine.transfer_settings import TransferSettings
from ferrygate.transfers.download import Fetched
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import Outcome


class Reports(Protocol):
    """The part of :class:`ferrygate.engine.bundle.Reports` that fetched files need."""

    def ended(self, job: FileJob, outcome: Outcome) -> None:
        """A file was fetched or skipped."""

    def failed(self, job: FileJob, error: BaseException) -> None:
        """A file was not fetched."""

    def room(self) -> None:
        """The lane could do with more, and has no end to report."""


def reporting(
    job: FileJob, fetched: Fetched, reports: Reports, settings: TransferSettings
) -> Callback:
    """Return what reports a file's end, once it is on the disk.

    A file that is still open counts as that until then. It is opened again to be flushed where
    there is no room for one more.
    """
    outcome, file, opened = fetched.outcome, fetched.file, fetched.opened
    if file is None:
        return partial(reports.ended, job, outcome)
    is_counted = opened is not None and settings.open_files.take()

    def flushed(error: FerrygateError | None) -> None:
        if is_counted:
            settings.open_files.give_back()
        if error is None:
            reports.ended(job, outcome)
        else:
            reports.failed(job, error)

    def flush() -> None:
        settings.disk.flush(file, flushed, opened, may_wait_open=is_counted)
        reports.room()  # its end is reported once it is on the disk

    return flush
