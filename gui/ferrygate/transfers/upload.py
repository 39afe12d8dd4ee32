"""Sends one file, by the rules of object stores (which any other server bears as well).

A file is written once, in order, over one handle, under its final name. On an object store CLOSE
publishes it, so it is sent only when all bytes were taken; its OK is the delivery, unless a part of
a connection that was lost may come late (:mod:`ferrygate.transfers.late_parts`). Other servers
show a file from its OPEN on, and get CLOSE right behind the last WRITE, which saves a round trip.
After a failure or a cancel the caller drops the channel and calls
:func:`ferrygate.transfers.partial_uploads.clear_away`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from ferrygate.common.disk import Disk, OpenFile
from ferrygate.common.errors import (
    FerrygateError,
    LocalFileError,
    SizeMismatchError,
)
from ferrygate.common.local_disk import reading
from ferrygate.common.message import message
from ferrygate.sftp.replies import check_ok
from ferrygate.sftp.status import STAT_NOT_ALLOWED
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import AttrsReply, Reply
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.confirmation import confirm
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.late_check import ask_again, look_for_part, was_overwritten
from ferrygate.transfers.open_target import open_or_other
from ferrygate.transfers.other_writers import OtherWriters
from ferrygate.transfers.outcome import FileOutcome, Report
from ferrygate.transfers.target import choose_target, entry_or_none
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.views import Confirmation, TransferState

_MIN_REQUEST_BYTES = 1 << 15  # of the first WRITE over a file; every server takes so many


class NotBeforeError(Exception):
    """Tells that nothing may be sent yet: a part may come, and this server will not tell."""

    def __init__(self, until: float) -> None:
        """Take the time when it may be sent, on the steady clock."""
        super().__init__()
        self.until = until


class _NoSlotError(Exception):
    """Tells that the upload would overwrite a file, and has no slot for that."""


class _OverwrittenError(Exception):
    """Tells that a part that came late was put over the delivered file."""


async def upload(
    channel: TransferChannel, job: FileJob, report: Report, checkpoint: UploadCheckpoint
) -> FileOutcome:
    """Send one file, or ask again about one that is delivered, where ``checkpoint`` says so.

    Returns how it ended, which holds for good only where ``channel.late`` has nothing of its name;
    else it is to be asked about again.

    Args:
        channel: the channel to use.
        job: what to send where.
        report: told about every move.
        checkpoint: how far it came before; filled in for the case that this fails.

    Raises:
        ConflictError: the name is taken and the job says to fail or to ask.
        LocalFileError: the file cannot be read, or changed while it was sent.
        MixedError: another writer wrote to the file meanwhile.
        SizeMismatchError: the server has another size than was sent.
        FerrygateError: what the server refused, or the connection's end.
        NotBeforeError: it is to be begun again later.
    """
    if checkpoint.delivered is not None:
        done = await ask_again(channel, checkpoint)
        if done is not None:
            return done
        checkpoint.part_came_over()
    await look_for_part(channel, checkpoint)
    while True:
        report(TransferState.SENDING, 0)
        try:
            done = await _arrived_after_all(channel, job, checkpoint, report)
            return await _send(channel, job, report, checkpoint) if done is None else done
        except _OverwrittenError:
            checkpoint.part_came_over()
        except _NoSlotError:
            await _wait_for_slot(channel, job)


async def _wait_for_slot(channel: TransferChannel, job: FileJob) -> None:
    """Wait for a slot with nothing open; the entry under the name is asked for again then."""
    sftp = channel.sftp
    changed = sftp.new_event()
    channel.slots.wait(job.number, lambda: sftp.call_soon(changed.set))
    has_slot = False
    try:
        await changed.wait()
        has_slot = True
    finally:
        if not has_slot:  # the channel has ended under it
            channel.slots.release(job.number)


async def _send(
    channel: TransferChannel, job: FileJob, report: Report, checkpoint: UploadCheckpoint
) -> FileOutcome:
    disk = channel.disk
    with closing(disk.open_to_read(Path(job.local))) as source:
        status = _status(disk, source, job.local)
        size = status.st_size
        version = size, status.st_mtime_ns
        target = await choose_target(channel, job, checkpoint, status)
        if isinstance(target, FileOutcome):
            return target
        if checkpoint.before is not None:
            channel.late.see(target, checkpoint.before)
        until = channel.late.until(target, version)
        if (
            until is not None
            and not checkpoint.told
            and channel.late_check
            and channel.late.now() < until
        ):
            raise NotBeforeError(until)
        checkpoint.source_opened(version)
        reserved = 0
        if checkpoint.overwritten is not None or (job.replaces and not checkpoint.told):
            if not channel.slots.acquire(job.number):
                raise _NoSlotError
            reserved = min(size, channel.request_size(_MIN_REQUEST_BYTES))
        begun = await open_or_other(channel, job, checkpoint, target, reserved)
        if isinstance(begun, FileOutcome):
            return begun
        handle, target = begun
        writing = _Writing(channel, handle, target, checkpoint, report, reserved)
        if not channel.object_store:
            writing.others = OtherWriters(channel.files, handle, size, checkpoint)
        with _unchanged(disk, source, job.local):
            digest = await _write(writing, source, size, job.local)
    if channel.object_store:
        await writing.wait_acknowledged()
    closed = channel.files.request_close(handle)
    asked = None if channel.object_store else channel.files.request_stat(target)
    await writing.wait_acknowledged()
    checkpoint.close_left(size, digest)
    report(TransferState.CHECKING, size)
    check_ok(await closed, target)
    done = await _delivered(channel, job, checkpoint, target, asked)
    if writing.others is not None:
        writing.others.check(target)
    return done


async def _delivered(
    channel: TransferChannel,
    job: FileJob,
    checkpoint: UploadCheckpoint,
    target: bytes,
    asked: Future[Reply] | None = None,
) -> FileOutcome:
    assert checkpoint.content is not None  # noqa: S101  CLOSE was answered
    sent, digest = checkpoint.content
    delivered = FileOutcome(
        state=TransferState.DELIVERED,
        local=job.local,
        remote=target,
        size=sent,
        sha256=digest,
        confirmation=Confirmation.NO_ANSWER,
    )
    checkpoint.close_answered(delivered)
    channel.late.deliver(target, digest)
    channel.late.settle(target)
    told = None if asked is None else await asked
    entry = told.entry if isinstance(told, AttrsReply) else None
    try:
        return await confirm(channel.files, delivered, entry)
    except SizeMismatchError:
        if await was_overwritten(channel, target, sent):
            raise _OverwrittenError from None
        raise


async def _arrived_after_all(
    channel: TransferChannel, job: FileJob, checkpoint: UploadCheckpoint, report: Report
) -> FileOutcome | None:
    """Look whether the file is there whole, if the connection ended around CLOSE."""
    path = checkpoint.part_path
    if path is None or checkpoint.content is None:
        return None
    try:
        there = await entry_or_none(channel.files, path)
    except STAT_NOT_ALLOWED:
        return None
    sent, _digest = checkpoint.content
    if there is None or there.size != sent or there == checkpoint.overwritten:
        return None
    report(TransferState.CHECKING, sent)
    return await _delivered(channel, job, checkpoint, path)


@contextmanager
def _unchanged(disk: Disk, source: OpenFile, path: str) -> Iterator[None]:
    """Raise if the local file was changed inside the block, or is longer than its size says."""
    before = _status(disk, source, path)
    yield
    after = _status(disk, source, path)
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not same or _read(source, 1, path):
        raise _changed(path)


class _Writing:
    """Sends the WRITEs of one file, in order; they are answered in any."""

    def __init__(
        self,
        channel: TransferChannel,
        handle: bytes,
        target: bytes,
        checkpoint: UploadCheckpoint,
        report: Report,
        reserved: int,
    ) -> None:
        """Begin with nothing sent; ``reserved`` bytes may go without waiting."""
        self.others: OtherWriters | None = None  # none to look for on an object store
        self._reserved = reserved
        self._channel = channel
        self._handle = handle
        self._target = target
        self._checkpoint = checkpoint
        self._report = report
        self._in_flight = self._done = 0
        self._error: FerrygateError | None = None
        self._answered = channel.sftp.new_event()

    @property
    def next_write_bytes(self) -> int:
        """Return the bytes that the next WRITE should hold."""
        max_bytes = self._channel.files.write_size(self._handle)
        return (
            min(max_bytes, self._reserved)
            if self._reserved
            else self._channel.request_size(max_bytes)
        )

    async def write(self, offset: int, data: bytes) -> None:
        """Queue a WRITE, once it may go."""
        if self._reserved:
            self._channel.window.release(self._reserved - len(data))
            self._reserved = 0
        else:
            await self._channel.acquire(len(data))
        if self._error is not None:
            self._channel.window.release(len(data))
            raise self._error
        self._in_flight += 1
        if self.others is not None:
            self.others.before_write(offset, len(data))
        self._checkpoint.bytes_left(offset + len(data))
        reply = self._channel.files.write(self._handle, offset, data)
        reply.then = partial(self._acknowledge, len(data), self._channel.window.now())

    async def wait_acknowledged(self) -> None:
        """Wait for all answers.

        Raises:
            FerrygateError: the first refusal.
        """
        while self._in_flight and self._error is None:
            await self._answered.wait()
        if self._error is not None:
            raise self._error

    def _acknowledge(self, length: int, asked_at: float, reply: Reply) -> None:
        self._in_flight -= 1
        self._channel.window.acknowledge(length, asked_at)
        try:
            check_ok(reply, self._target)
        except FerrygateError as error:
            self._error = self._error or error
        else:
            self._done += length
            self._report(TransferState.SENDING, self._done)
        if self._error is not None or not self._in_flight:
            self._answered.set()


async def _write(writing: _Writing, source: OpenFile, size: int, path: str) -> str:
    """Write ``size`` bytes in order; return their SHA-256. They may be unacknowledged yet."""
    digest = hashlib.sha256()
    offset = 0
    while offset < size:
        data = _read(source, min(writing.next_write_bytes, size - offset), path)
        if not data:
            raise _changed(path)
        digest.update(data)
        await writing.write(offset, data)
        offset += len(data)
    return digest.hexdigest()


def _status(disk: Disk, source: OpenFile, path: str) -> os.stat_result:
    with reading(Path(path)):
        return disk.status_of(source.fileno())


def _read(source: OpenFile, size: int, path: str) -> bytes:
    try:
        return source.read(size)
    except OSError as error:
        with reading(Path(path)):
            raise error from None


def _changed(path: str) -> LocalFileError:
    return LocalFileError(
        message("“{name}” was changed while it was sent.", name=Path(path).name),
        next_step=message("Send it again once it is finished."),
    )
