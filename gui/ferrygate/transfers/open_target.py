"""OPEN of a file to send, with as much care for what stands there as the server knows."""

from __future__ import annotations

from ferrygate.common import remote_path
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    FerrygateError,
    error_for,
)
from ferrygate.sftp.status import TELLS_LITTLE, TELLS_NOTHING
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.conflict import NEEDS_A_FILE, NameTakenError, demand_file
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.outcome import Outcome
from ferrygate.transfers.route import Route
from ferrygate.transfers.target import instead_of, standing
from ferrygate.transfers.views import ConflictChoice


async def open_or_other(
    route: Route, job: FileJob, checkpoint: UploadCheckpoint, target: bytes, reserved: int
) -> tuple[bytes, bytes] | Outcome:
    """OPEN, under another name where the job says to keep both; returns the handle and its path.

    Room for ``reserved`` bytes is waited for before, so that no file is cut that cannot be written.

    Or the end of a file that is to be skipped, as only OPEN has told that its name is taken.

    Raises:
        ConflictError: the name is taken and the job says to fail or to ask.
        FerrygateError: as :func:`_open_target`.
    """
    while True:
        try:
            return await _open_target(route, job, checkpoint, target, reserved), target
        except ConflictError as refusal:
            other = instead_of(target, job)
            if other is None and job.on_conflict is ConflictChoice.ASK:
                raise _unseen(target, job) from refusal
            if other is None:
                raise
            if isinstance(other, Outcome):
                return other
            checkpoint.name_given_up()
            target = other


async def _open_target(
    route: Route, job: FileJob, checkpoint: UploadCheckpoint, target: bytes, reserved: int
) -> bytes:
    """OPEN. From here on a part may be there, unless the server refuses to begin one.

    Where servers know EXCL, a file that came in between is not overwritten.

    Raises:
        ConflictError: something has come there, or the server has hidden it until now.
        FerrygateError: what the server refused; or why it would not make the folder.
    """
    goes_on = checkpoint.part_path is not None
    blindly = not checkpoint.told and (goes_on or job.replaces)
    replace = blindly or checkpoint.before is not None or route.object_store
    if reserved:
        await route.room(reserved)
    checkpoint.open_left(target)
    try:
        handle = await _open(route, job, checkpoint, target, replace=replace, goes_on=goes_on)
    except (Cancelled, ConnectionLostError, GeneratorExit):  # OPEN may be carried out all the same
        route.window.give_back(reserved)
        raise
    except FerrygateError as refusal:
        route.window.give_back(reserved)
        checkpoint.open_refused()
        if job.folder_refused is not None and isinstance(refusal, TELLS_LITTLE):
            raise error_for(job.folder_refused) from refusal
        raise
    checkpoint.open_answered()
    return handle


async def _open(
    route: Route,
    job: FileJob,
    checkpoint: UploadCheckpoint,
    target: bytes,
    *,
    replace: bool,
    goes_on: bool,
) -> bytes:
    files = route.files
    if replace or (files.channel.refuses_exclusive and checkpoint.told):
        return await files.open_for_writing(target, replace=True)
    try:
        return await files.open_for_writing(target, replace=False)
    except ConflictError:
        if not (job.replaces or goes_on):
            raise
        refusal: FerrygateError | None = None
    except TELLS_NOTHING as error:  # EXCL is not known, or refused without a reason
        refusal = error
    if not await _may_go_without(route, job, checkpoint, target, goes_on=goes_on):
        if refusal is None or checkpoint.before is not None:
            raise _unseen(target, job)
        raise refusal
    handle = await files.open_for_writing(target, replace=True)
    files.channel.refuses_exclusive |= refusal is not None
    return handle


def _unseen(target: bytes, job: FileJob) -> NameTakenError:
    """Make the error for a name that is taken, where nobody has looked by what."""
    return NameTakenError(remote_path.basename(target), FileFacts(size=job.size), FileFacts())


async def _may_go_without(
    route: Route, job: FileJob, checkpoint: UploadCheckpoint, target: bytes, *, goes_on: bool
) -> bool:
    """Tell whether to open without EXCL: as asked for, or since nothing of others stands there.

    An upload that goes on may meet its own part: the server has dealt with the OPEN of the lost
    connection only now.
    """
    try:
        there = await standing(route.files, target)
    except (Cancelled, ConnectionLostError):
        raise
    except FerrygateError:
        return job.replaces
    checkpoint.target_seen(there, told=True)
    if goes_on and there is not None and checkpoint.owns(there):
        return True
    if there is not None and job.on_conflict in NEEDS_A_FILE:
        demand_file(there.kind, remote_path.basename(target))
    if there is not None and not job.replaces:
        return False
    checkpoint.will_overwrite()
    return True
