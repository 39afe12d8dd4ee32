"""Fetches one file: into a hidden name beside its target, checked, then moved into place."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Protocol

import msgspec

from ferrygate.common.disk import Disk, OpenFile, OpenFolder
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import LocalFileError, WrongTypeError
from ferrygate.common.local_disk import reading, writing
from ferrygate.common.message import message
from ferrygate.sftp.status import STAT_NOT_ALLOWED
from ferrygate.transfers.conflict import (
    NEEDS_A_FILE,
    NameTakenError,
    demand_file,
    facts_of,
    is_to_be_fetched,
    kind_of,
    numbered_names,
    skipped,
)
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.local_folder import LocalFile, LocalFolder
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.outcome import FileOutcome, Report
from ferrygate.transfers.parts import Part, new_part
from ferrygate.transfers.receive import ChangedError, FileVersion, Received, Receiver
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.views import Confirmation, ConflictChoice, TransferState


class FlushQueue(Protocol):
    """Flushes files under way, and clears folders, in its own time."""

    def write_back(self, file: OpenFile) -> None:
        """Have what was written so far flushed in its own time."""

    def clear(self, folder: LocalFolder) -> None:
        """Take away what dead runs have left in a folder, as files are about to come there."""


class Fetched(msgspec.Struct, frozen=True):
    """Tells how a fetch ended.

    Attributes:
        outcome: what is told of the file.
        file: the file in its place, which need not be flushed to the disk; ``None`` if it was
            skipped.
        opened: the same, still open where this system moves open files; the caller closes it.
    """

    outcome: FileOutcome
    file: LocalFile | None = None
    opened: OpenFile | None = None


async def download(
    channel: TransferChannel, job: FileJob, report: Report, flusher: FlushQueue
) -> Fetched:
    """Fetch one file. It is whole, and in its place, but need not be flushed to the disk.

    A file that is written to meanwhile is fetched once more, from its beginning.

    Args:
        channel: the channel to use.
        job: what to fetch where.
        report: told about every move.
        flusher: flushes what was written so far.

    Raises:
        NameTakenError: the name is taken and the job says to fail or to ask.
        WrongTypeError: what is to be fetched, or what has the name, is no file.
        LocalFileError: the target cannot be written.
        ChangedError: the remote file changed while it was fetched, twice.
        FerrygateError: what the server refused, or the connection's end.
    """
    report(TransferState.RECEIVING, 0)
    folder = LocalFolder.holding(job.root, job.local)
    version = FileVersion(job.size, job.modified)
    if job.size is None and job.on_conflict is ConflictChoice.CHANGED:
        version = await _ask(channel, job)
    flusher.clear(folder)  # where all is skipped as well: a run may have died over the last file
    name = _target_name(channel, job, folder, version)
    if isinstance(name, FileOutcome):
        return Fetched(name)
    fetch = _Fetch(channel, job, report, flusher, folder, name)
    if version.size is None:
        version = await _ask(channel, job)
    try:
        return await _fetch(fetch, version)
    except ChangedError as changed:
        if changed.newer is None:
            raise
        report(TransferState.RECEIVING, 0)
        newer = changed.newer
        if channel.listed_times.differ:  # the file is to have the time that is listed
            listed = (await _ask(channel, job)).modified
            newer = FileVersion(newer.size, newer.modified if listed is None else listed)
        return await _fetch(fetch, newer)


class _Fetch(msgspec.Struct, frozen=True):
    """Holds what one fetch works with."""

    channel: TransferChannel
    job: FileJob
    report: Report
    flusher: FlushQueue
    folder: LocalFolder
    name: str


async def _ask(channel: TransferChannel, job: FileJob) -> FileVersion:
    try:
        remote = await channel.files.stat(job.remote)
    except STAT_NOT_ALLOWED:  # OPEN says whether it can be fetched
        return FileVersion(None, None)
    if remote.kind is EntryKind.OTHER:  # a pipe's OPEN would wait for its other end
        raise WrongTypeError(message("“{name}” is not a file.", name=remote.name))
    return FileVersion.of(remote)


async def _fetch(fetch: _Fetch, version: FileVersion) -> Fetched:
    files, job, folders = fetch.channel.files, fetch.job, fetch.channel.folders
    disk = fetch.channel.disk
    target = os.path.join(os.path.dirname(job.local), fetch.name)  # noqa: PTH118, PTH120  often
    handle = await files.open_for_reading(job.remote)
    try:
        with writing(target):
            part = new_part(disk, folders.open(fetch.folder), fetch.channel.new_part_name)
            try:
                received = await _receive(fetch, handle, version, part)
            except BaseException:
                _take_away(fetch, part)
                raise
    finally:
        files.close_later(handle)
    outcome = FileOutcome(
        state=TransferState.DELIVERED,
        local=target,
        remote=job.remote,
        size=received.size,
        sha256=received.sha256,
        confirmation=_confirmation(received),
    )
    opened = part.file if disk.moves_open_files else None
    return Fetched(outcome, LocalFile(fetch.folder, fetch.name), opened)


async def _receive(fetch: _Fetch, handle: bytes, version: FileVersion, part: Part) -> Received:
    """Fill the part and give it its name; it is locked until then where that is possible."""
    receiver = Receiver(
        fetch.channel,
        fetch.job.remote,
        handle,
        version,
        part.file,
        report=fetch.report,
        write_back=fetch.flusher.write_back,
    )
    received = await receiver.receive()
    fetch.report(TransferState.CHECKING, received.size)
    path = os.path.join(os.path.dirname(fetch.job.local), part.name)  # noqa: PTH118, PTH120  often
    fetch.channel.mark(part.file, path, fetch.job.remote)  # before the file has its name
    if not fetch.channel.disk.moves_open_files:
        part.file.close()
    _into_place(fetch, part.name, received)
    return received


def _confirmation(received: Received) -> Confirmation:
    """Tell whether the server tells the size that was read."""
    if received.told is None:
        return Confirmation.NO_SIZES
    if received.told != received.size:
        return Confirmation.OTHER_SIZE_TOLD
    return Confirmation.CONFIRMED


def _target_name(
    channel: TransferChannel, job: FileJob, folder: LocalFolder, version: FileVersion
) -> str | FileOutcome:
    """Choose the name to fetch to; or return the end of a file that is to be skipped."""
    name = os.path.basename(job.local)  # noqa: PTH119  text, and often
    if job.on_conflict is ConflictChoice.REPLACE:
        return name
    with reading(job.local), contextlib.suppress(FileNotFoundError):
        opened = channel.folders.open(folder)
        here = opened.status(name)
        if here is not None:
            return _beside(channel.disk, job, opened, here, version)
    return name  # where there is no folder, that is told when the file is to be made


def _beside(
    disk: Disk, job: FileJob, folder: OpenFolder, here: os.stat_result, version: FileVersion
) -> str | FileOutcome:
    """Choose the name to fetch to, as the one that was meant is taken."""
    wanted = Path(job.local)
    if job.on_conflict in NEEDS_A_FILE:
        meant = _led_to(disk, wanted, here)
        kind = kind_of(meant)
        if kind is EntryKind.LINK and job.replaces:  # it leads nowhere
            return wanted.name
        demand_file(kind, wanted.name)
        if job.on_conflict is not ConflictChoice.SKIP and is_to_be_fetched(
            meant, version.size, version.modified
        ):
            return wanted.name
        return skipped(job, version.size, meant.st_size)
    if job.on_conflict is ConflictChoice.KEEP_BOTH:
        for name in numbered_names(os.fsencode(wanted.name)):
            other = os.fsdecode(name)
            path = str(wanted.with_name(other))
            if folder.status(other) is None and job.claimed_targets.claim(path, job.remote):
                return other
    new = FileFacts(EntryKind.FILE, version.size, version.modified)
    raise NameTakenError(wanted.name, new, facts_of(_led_to(disk, wanted, here)))


def _led_to(disk: Disk, path: Path, here: os.stat_result) -> os.stat_result:
    """Look up what a name leads to; where a link leads nowhere, the link itself."""
    if stat.S_ISLNK(here.st_mode):
        with contextlib.suppress(FileNotFoundError):
            return disk.status(str(path))
    return here


def _into_place(fetch: _Fetch, part: str, received: Received) -> None:
    """Give the finished file its time and its name, in a folder that is no link by now either."""
    folder = fetch.channel.folders.open(fetch.folder, at_once=True)
    if received.modified:  # AWS sends 0 where it has no time
        folder.set_time(part, received.modified)
    new = FileFacts(EntryKind.FILE, received.size, received.modified)
    _move(folder, part, fetch.name, new, replace=fetch.job.replaces)


def _take_away(fetch: _Fetch, part: Part) -> None:
    # Errors of clearing away stay unsaid, since they would hide the one that led here.
    with contextlib.suppress(OSError):
        part.file.close()
    with contextlib.suppress(OSError, LocalFileError):
        fetch.channel.folders.open(fetch.folder).remove(part.name)


def _move(folder: OpenFolder, part: str, target: str, new: FileFacts, *, replace: bool) -> None:
    """Give the finished file its name; without ``replace`` never over another file.

    Raises:
        NameTakenError: another file has it by now.
    """
    if replace:
        try:
            folder.rename(part, target)
        except IsADirectoryError:
            demand_file(EntryKind.FOLDER, target)
        return
    try:
        folder.link(part, target)
        folder.remove(part)
    except OSError as error:
        here = folder.status(target)
        existing = FileFacts() if here is None else facts_of(here)
        if here is not None or isinstance(error, FileExistsError):
            raise NameTakenError(target, new, existing) from None
        folder.rename(part, target)  # no hard links on this disk (FAT)
