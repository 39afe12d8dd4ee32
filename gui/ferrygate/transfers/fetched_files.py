"""Has fetched files flushed before their end is reported."""

from __future__ import annotations

from functools import partial

from ferrygate.common.errors import FerrygateError
from ferrygate.common.inbox import Callback
from ferrygate.transfers.download import Fetched
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.reports import Reports
from ferrygate.transfers.transfer_settings import TransferSettings


def flush_then_report(
    job: FileJob, fetched: Fetched, reports: Reports, settings: TransferSettings
) -> Callback:
    """Return the callback that reports a file's end, once it is on the disk.

    A file that is still open counts as open until then. Where there is no room for one more, it is
    closed, and opened again to be flushed.
    """
    outcome, file, opened = fetched.outcome, fetched.file, fetched.opened
    if file is None:
        return partial(reports.ended, job, outcome)
    is_counted = opened is not None and settings.open_files.acquire()

    def flushed(error: FerrygateError | None) -> None:
        if is_counted:
            settings.open_files.release()
        if error is None:
            reports.ended(job, outcome)
        else:
            reports.failed(job, error)

    def flush() -> None:
        settings.flusher.flush(file, flushed, opened, may_wait_open=is_counted)
        reports.room()  # its end is reported once it is on the disk

    return flush
