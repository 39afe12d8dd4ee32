"""Words for what a walk found and does not move."""

from __future__ import annotations

from ferrygate.common.errors import Problem, WrongTypeError, error_for
from ferrygate.common.i18n import _
from ferrygate.transfers.outcome import FileJob, Outcome
from ferrygate.transfers.views import LeftOut, TransferState


def settled(job: FileJob) -> Outcome | None:
    """The end of a job that the walk has settled already; none for a file to move.

    Raises:
        FerrygateError: why it cannot be moved.
    """
    if job.not_moved is None:
        return None
    if isinstance(job.not_moved, Problem):
        raise error_for(job.not_moved)
    return Outcome(
        state=TransferState.SKIPPED,
        local=job.local,
        remote=job.remote,
        left_out=job.not_moved,
        note=_phrase(job.not_moved),
    )


def _phrase(why: LeftOut) -> str:
    match why:
        case LeftOut.LINK_TO_FOLDER:
            return _("left out: a link to a folder")
        case LeftOut.LOOP:
            return _("left out: a link back to a folder that it lies in")
        case LeftOut.SPECIAL:
            return _("left out: neither a file nor a folder")


def link_to_folder(name: str) -> Problem:
    """The problem with a link to a folder, where those are to fail."""
    return WrongTypeError(
        _("“{name}” is a link to a folder.").format(name=name),
        next_step=_("Name the folder itself, or have links skipped or followed."),
    ).problem
