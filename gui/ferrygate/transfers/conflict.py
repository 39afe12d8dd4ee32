"""Names that are taken already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from ferrygate.common.errors import ConflictError
from ferrygate.common.i18n import _
from ferrygate.transfers.outcome import FileJob, Outcome
from ferrygate.transfers.views import TransferState


def taken(name: str) -> ConflictError:
    """The error for a file that stands there, where nobody said what to do."""
    return ConflictError(
        _("“{name}” is already there, and was left as it is.").format(name=name),
        next_step=_("Choose what to do with files that are already there."),
    )


def skipped(job: FileJob, size_there: int | None, differs_note: str) -> Outcome:
    """The end of a file whose name is taken by one of so many bytes, where that was to be skipped.

    What stands there may be a part, left by an interrupted upload: ``differs_note`` says so.
    """
    differs = job.size is not None and size_there is not None and job.size != size_there
    return Outcome(
        state=TransferState.SKIPPED,
        local=job.local,
        remote=job.remote,
        note=differs_note if differs else "",
    )


def numbered_names(name: bytes) -> Iterator[bytes]:
    """``report (2).csv``, ``report (3).csv`` and so on, for ``report.csv``."""
    stem, dot, extension = name.rpartition(b".")
    if not stem:
        stem, dot, extension = name, b"", b""
    for number in count(2):
        yield b"%s (%d)%s%s" % (stem, number, dot, extension)
