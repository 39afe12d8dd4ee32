"""Opens a file to send, with as much care for a file of that name as the server allows."""

from __future__ import annotations

import logging

from ferrygate.common import remote_path
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    FerrygateError,
    error_for,
)
from ferrygate.sftp.status import STAT_NOT_ALLOWED, STAT_NOT_RELIABLE
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.conflict import NEEDS_A_FILE, NameTakenError, demand_file
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.target import entry_or_none, next_target
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.views import ConflictChoice

_LOG = logging.getLogger(__name__)


async def open_or_other(
    channel: TransferChannel,
    job: FileJob,
    checkpoint: UploadCheckpoint,
    target: bytes,
    reserved: int,
) -> tuple[bytes, bytes] | FileOutcome:
    """Send OPEN, under another name where the job says to keep both; return handle and path.

    Room for ``reserved`` bytes is waited for before, so that no file is cut that cannot be written.
    Returns the end of a file that is to be skipped, if only OPEN has told that its name is taken.

    Raises:
        ConflictError: the name is taken and the job says to fail or to ask.
        FerrygateError: as :func:`_open_target`.
    """
    while True:
        try:
            return await _open_target(channel, job, checkpoint, target, reserved), target
        except ConflictError as refusal:
            other = next_target(target, job)
            if other is None and job.on_conflict is ConflictChoice.ASK:
                raise _unseen(target, job) from refusal
            if other is None:
                raise
            if isinstance(other, FileOutcome):
                return other
            checkpoint.name_given_up()
            target = other


async def _open_target(
    channel: TransferChannel,
    job: FileJob,
    checkpoint: UploadCheckpoint,
    target: bytes,
    reserved: int,
) -> bytes:
    """Send OPEN, after which a part may be there, unless the server refuses to begin one.

    Where servers know EXCL, a file that came in between is not overwritten.

    Raises:
        ConflictError: something has come there, or the server has hidden it until now.
        FerrygateError: what the server refused; or why it would not make the folder.
    """
    goes_on = checkpoint.part_path is not None
    blindly = not checkpoint.told and (goes_on or job.replaces)
    replace = blindly or checkpoint.before is not None or channel.object_store
    if reserved:
        await channel.acquire(reserved)
    checkpoint.open_left(target)
    try:
        handle = await _open(channel, job, checkpoint, target, replace=replace, goes_on=goes_on)
    except (Cancelled, ConnectionLostError, GeneratorExit):  # OPEN may be carried out all the same
        channel.window.release(reserved)
        raise
    except FerrygateError as refusal:
        channel.window.release(reserved)
        checkpoint.open_refused()
        if job.folder_refused is not None and isinstance(refusal, STAT_NOT_RELIABLE):
            raise error_for(job.folder_refused) from refusal
        raise
    checkpoint.open_answered()
    return handle


async def _open(
    channel: TransferChannel,
    job: FileJob,
    checkpoint: UploadCheckpoint,
    target: bytes,
    *,
    replace: bool,
    goes_on: bool,
) -> bytes:
    files = channel.files
    if replace or (files.channel.refuses_exclusive and checkpoint.told):
        return await files.open_for_writing(target, replace=True)
    try:
        return await files.open_for_writing(target, replace=False)
    except ConflictError:
        if not (job.replaces or goes_on):
            raise
        refusal: FerrygateError | None = None
    except STAT_NOT_ALLOWED as error:  # EXCL is not known, or refused without a reason
        refusal = error
    if not await _may_go_without(channel, job, checkpoint, target, goes_on=goes_on):
        if refusal is None or checkpoint.before is not None:
            raise _unseen(target, job)
        raise refusal
    handle = await files.open_for_writing(target, replace=True)
    if refusal is not None:
        _LOG.debug("the server takes no EXCL (%s): %s", refusal.kind.value, refusal.problem.detail)
        files.channel.refuses_exclusive = True
    return handle


def _unseen(target: bytes, job: FileJob) -> NameTakenError:
    """Make the error for a name that is taken, where it is unknown by what."""
    return NameTakenError(remote_path.basename(target), FileFacts(size=job.size), FileFacts())


async def _may_go_without(
    channel: TransferChannel,
    job: FileJob,
    checkpoint: UploadCheckpoint,
    target: bytes,
    *,
    goes_on: bool,
) -> bool:
    """Tell whether to open without EXCL: as asked for, or since no file of others has the name.

    An upload that goes on may meet its own part: the server has dealt with the OPEN of the lost
    connection only now.
    """
    try:
        there = await entry_or_none(channel.files, target)
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
