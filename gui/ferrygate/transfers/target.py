"""Chooses where an upload goes, by the entry under that name and what the job says of it."""

from __future__ import annotations

import os
from itertools import islice

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import NotFoundError
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.spelling import other_forms
from ferrygate.sftp.status import STAT_NOT_ALLOWED
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.conflict import (
    NEEDS_A_FILE,
    NameTakenError,
    demand_file,
    facts_of,
    is_to_be_sent,
    numbered_names,
    skipped,
)
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.views import ConflictChoice

_LOOKED_AT = frozenset({EntryKind.LINK, EntryKind.UNKNOWN})  # before a file is skipped
_MAY_SKIP = frozenset({ConflictChoice.SKIP, ConflictChoice.CHANGED})
_MAX_NUMBERED = 100  # numbered names that OPEN is asked about; more than that is no accident


async def choose_target(
    channel: TransferChannel, job: FileJob, checkpoint: UploadCheckpoint, source: os.stat_result
) -> bytes | FileOutcome:
    """Choose where to write, note the entry there; or return the end of a file to skip.

    Args:
        channel: the channel to use.
        job: what to send where.
        checkpoint: how far it came before.
        source: the local file.

    Raises:
        NameTakenError: the name is taken and the job says to fail or to ask.
        NotAFileError: what has the name is no file, and the job speaks of one that is there.
    """
    files = channel.files
    begun = checkpoint.part_path
    if begun is not None:
        if await _goes_on(files, job, checkpoint, begun):
            return begun
        checkpoint.name_given_up()
    if job.known_absent and job.resume_from is None:
        checkpoint.target_seen(None, told=True)
        return job.remote
    path = job.remote
    told = True
    try:
        path, there = await _taken_by(files, path)
    except STAT_NOT_ALLOWED:
        told, there = False, None
    meant = None if there is None else await _file_there(files, job, path, there)
    if meant is None or _is_replaced(channel, job, meant, source):
        checkpoint.target_seen(there, told=told)
        return path
    checkpoint.target_seen(None, told=True)
    return await _other_name(files, job, meant, source)


def _is_replaced(
    channel: TransferChannel, job: FileJob, there: Entry, source: os.stat_result
) -> bool:
    """Tell whether the entry under the name is to be replaced."""
    if job.on_conflict is not ConflictChoice.CHANGED:
        return job.replaces
    size, modified = source.st_size, source.st_mtime
    return is_to_be_sent(there, size, modified, object_store=channel.object_store)


async def _other_name(
    files: RemoteFiles, job: FileJob, there: Entry, source: os.stat_result
) -> bytes | FileOutcome:
    """Choose another name for a file that does not replace the entry there; or return its end.

    Raises:
        NameTakenError: neither job nor person said what to do.
    """
    if job.on_conflict in _MAY_SKIP:
        size_there = there.size if there.kind is EntryKind.FILE else None
        return skipped(job, source.st_size, size_there)
    if job.on_conflict is ConflictChoice.KEEP_BOTH:
        folder, name = remote_path.parent(job.remote), remote_path.basename(job.remote)
        for other in numbered_names(name):
            free = remote_path.join(folder, other)
            if await _may_be_free(files, free) and job.claimed_targets.claim(free, job.local):
                return free
    existing = FileFacts(there.kind, there.size, there.modified)
    raise NameTakenError(remote_path.basename(job.remote), facts_of(source), existing)


def next_target(target: bytes, job: FileJob) -> bytes | FileOutcome | None:
    """Choose where to write when only OPEN has told that a name is taken, or the file's end.

    None where the job says to fail, to ask, or to replace.
    """
    if job.on_conflict is ConflictChoice.SKIP:
        return skipped(job, None, None)
    if job.on_conflict is not ConflictChoice.KEEP_BOTH:
        return None
    folder, name = remote_path.parent(job.remote), remote_path.basename(job.remote)
    numbered = islice(numbered_names(name), _MAX_NUMBERED)
    others = [remote_path.join(folder, other) for other in numbered]
    later = others[others.index(target) + 1 :] if target in others else others
    return next((other for other in later if job.claimed_targets.claim(other, job.local)), None)


async def _may_be_free(files: RemoteFiles, path: bytes) -> bool:
    try:
        return await entry_or_none(files, path) is None
    except STAT_NOT_ALLOWED:
        return True  # OPEN tells


async def _file_there(files: RemoteFiles, job: FileJob, path: bytes, there: Entry) -> Entry:
    """Look up what a name leads to, where the job says something of a file that has it, or asks.

    A link has a size and a time of its own; some servers tell no kinds. Where a file is replaced,
    OPEN tells what those do not.

    Raises:
        NotAFileError: as :func:`ferrygate.transfers.conflict.demand_file`.
    """
    if job.on_conflict not in NEEDS_A_FILE and job.on_conflict is not ConflictChoice.ASK:
        return there
    meant, leads_nowhere = there, False
    kinds = {EntryKind.LINK} if job.on_conflict is ConflictChoice.REPLACE else _LOOKED_AT
    if there.kind in kinds:
        try:
            meant = await files.look(path, follow=True)
        except NotFoundError:
            leads_nowhere = True
        except STAT_NOT_ALLOWED:
            meant = msgspec.structs.replace(there, kind=EntryKind.UNKNOWN)
    is_asked = job.on_conflict is ConflictChoice.ASK
    if leads_nowhere and (job.replaces or is_asked):  # OPEN makes the file that the link names
        return msgspec.structs.replace(there, size=None)
    if is_asked:
        return meant
    demand_file(meant.kind, remote_path.basename(job.remote))
    return meant


async def entry_or_none(files: RemoteFiles, path: bytes) -> Entry | None:
    """Look a name up; ``None`` if nothing is there."""
    try:
        return await files.lstat(path)
    except NotFoundError:
        return None


async def _taken_by(files: RemoteFiles, path: bytes) -> tuple[bytes, Entry | None]:
    """Look a name up, also as another system spells it; return the path found, and the entry."""
    folder, name = remote_path.parent(path), remote_path.basename(path)
    for form in (name, *other_forms(name)):
        spelled = remote_path.join(folder, form)
        there = await entry_or_none(files, spelled)
        if there is not None:
            return spelled, there
    return path, None


async def _goes_on(
    files: RemoteFiles, job: FileJob, checkpoint: UploadCheckpoint, path: bytes
) -> bool:
    """Tell whether an upload that was cut goes on under its name; not over a file that came since.

    Where nothing has the name, an object store may be about to show our part: the name stays ours,
    or that part would be taken for a file of others.
    """
    try:
        there = await entry_or_none(files, path)
    except STAT_NOT_ALLOWED:
        checkpoint.target_seen(None, told=False)
        return job.replaces or checkpoint.answered
    checkpoint.target_seen(there, told=True)
    return job.replaces or there is None or checkpoint.owns(there)
