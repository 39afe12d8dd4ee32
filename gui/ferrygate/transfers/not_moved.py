"""Makes the ends of files that a walk found and that are not to be moved."""

from __future__ import annotations

from ferrygate.common.errors import Problem, WrongTypeError, error_for
from ferrygate.common.message import message
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import TransferState


def outcome_without_moving(job: FileJob) -> FileOutcome | None:
    """Return the end of a job that the walk has ruled out already; ``None`` for a file to move.

    Raises:
        FerrygateError: why it cannot be moved.
    """
    if job.not_moved is None:
        return None
    if isinstance(job.not_moved, Problem):
        raise error_for(job.not_moved)
    return FileOutcome(
        state=TransferState.SKIPPED,
        local=job.local,
        remote=job.remote,
        skip_reason=job.not_moved,
    )


def link_to_folder(name: str | bytes) -> Problem:
    """Make the problem with a link to a folder, where those are to fail."""
    return WrongTypeError(
        message("“{name}” is a link to a folder.", name=name),
        next_step=message("Name the folder itself, or have links skipped or followed."),
    ).problem
