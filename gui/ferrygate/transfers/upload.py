"""Sending one file, by the rules of object stores (which any other server bears as well).

A file is written once, in order, over one handle, under its final name. CLOSE publishes it, so it
is sent only when all bytes were taken; its OK is the delivery. After a failure or a cancel the
caller drops the channel without CLOSE and calls :func:`clear_away`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import deque
from pathlib import Path
from typing import BinaryIO

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry
from ferrygate.common.errors import (
    Cancelled,
    FerrygateError,
    LocalFileError,
    NotFoundError,
    PermissionDeniedError,
    SizeMismatchError,
    UnsupportedError,
)
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import reading
from ferrygate.common.names import display_name, display_text
from ferrygate.common.text import size_text
from ferrygate.sftp.channel import Future
from ferrygate.sftp.files import RemoteFiles, check_written
from ferrygate.sftp.wire import Reply
from ferrygate.transfers.conflict import numbered_names, taken
from ferrygate.transfers.outcome import FileJob, Opened, Outcome, Report
from ferrygate.transfers.views import ConflictChoice, TransferState

_TELLS_NOTHING = (PermissionDeniedError, UnsupportedError)  # a drop box takes files, and no more
_DEPTH = 128  # WRITEs in flight: 4 MiB, twice the window servers grant


async def upload(
    files: RemoteFiles, job: FileJob, report: Report, opened: Opened, *, exclusive: bool
) -> Outcome:
    """Send one file.

    Args:
        files: the channel to use.
        job: what to send where.
        report: told about every move.
        opened: filled in for the case that this fails.
        exclusive: the server knows EXCL, so that a file that came in between is not overwritten.

    Raises:
        ConflictError: the name is taken and the job says to fail or to ask.
        LocalFileError: the file cannot be read, or changed while it was sent.
        SizeMismatchError: the server has another size than was sent.
        FerrygateError: what the server refused, or the connection's end.
    """
    if job.again is not None:
        done = await _arrived_after_all(files, job, opened, report)
        if done is not None:
            return done
    with _open_local(job.local) as source:
        before = os.fstat(source.fileno())
        target = await _choose(files, job, opened)
        if target is None:
            return Outcome(state=TransferState.SKIPPED, local=job.local, remote=job.remote)
        report(TransferState.SENDING, 0)
        handle = await _open(files, job, opened, target, exclusive=exclusive)
        sent, digest = await _send(files, handle, source, job, (opened, report))
        after = os.fstat(source.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise _changed(job.local)
    report(TransferState.CHECKING, sent)
    opened.closing = (sent, digest)
    await files.close(handle, target)
    opened.path = None
    return await _delivered(files, job, opened, target)


async def _delivered(files: RemoteFiles, job: FileJob, opened: Opened, target: bytes) -> Outcome:
    assert opened.closing is not None  # noqa: S101  CLOSE was answered
    sent, digest = opened.closing
    delivered = opened.delivered = Outcome(
        state=TransferState.DELIVERED,
        local=job.local,
        remote=target,
        size=sent,
        sha256=digest,
        note=_("size not confirmed: the connection was lost"),
    )
    confirmed, note = await _confirm(files, target, sent)
    return msgspec.structs.replace(delivered, confirmed=confirmed, note=note)


async def _arrived_after_all(
    files: RemoteFiles, job: FileJob, opened: Opened, report: Report
) -> Outcome | None:
    """The connection ended around CLOSE: the file may be there whole, its answer was lost."""
    path = opened.path
    if path is None or opened.closing is None:
        return None
    try:
        standing = await _standing(files, path)
    except _TELLS_NOTHING:
        return None
    sent, _digest = opened.closing
    if standing is None or standing.size != sent or standing == opened.stood_before:
        return None
    report(TransferState.CHECKING, sent)
    opened.path = None
    return await _delivered(files, job, opened, path)


async def clear_away(files: RemoteFiles, opened: Opened) -> str | None:
    """After a broken upload, on a fresh channel: remove the part if nothing stood there before.

    Returns a phrase for people about what is left on the server, empty when nothing is; ``None``
    where no part was found, which an object store may still be about to show.
    """
    assert opened.path is not None  # noqa: S101  else there is nothing to clear away
    if opened.stood_before is not None:
        return _replaced()
    if not opened.asked or not opened.answered:
        return part_left()
    try:
        if opened.owns(await files.lstat(opened.path)):
            await files.remove_file(opened.path)
    except NotFoundError:
        return None
    except FerrygateError:
        return part_left()
    return ""


def what_is_left(opened: Opened | None) -> str:
    """A phrase about what an upload that will not go on has left behind; empty where nothing."""
    if opened is None or opened.path is None:
        return ""
    return _replaced() if opened.stood_before is not None else part_left()


def part_left() -> str:
    """The phrase for a part that could not be cleared away."""
    return _("A part of the file may be left on the server.")


def _replaced() -> str:
    return _("The file that was there may have been overwritten by an incomplete one.")


# Not blocking, since a named pipe would wait for its other end; Windows takes files for text.
_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def _open_local(path: str) -> BinaryIO:
    with reading(Path(path)):
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            name = display_text(Path(path).name)
            raise LocalFileError(_("“{name}” is not a file.").format(name=name))
        return os.fdopen(descriptor, "rb", buffering=0)


async def _choose(files: RemoteFiles, job: FileJob, opened: Opened) -> bytes | None:
    """Where to write, nowhere when the file is to be skipped; what stands there is noted."""
    if opened.path is not None and await _goes_on(files, job, opened):
        return opened.path
    opened.path = opened.stood_before = None
    try:
        standing = await _standing(files, job.remote)
    except _TELLS_NOTHING:
        opened.asked, standing = False, None
    if standing is None or job.on_conflict is ConflictChoice.REPLACE:
        opened.stood_before = standing
        return job.remote
    if job.on_conflict is ConflictChoice.SKIP:
        return None
    if job.on_conflict is ConflictChoice.KEEP_BOTH:
        folder, name = remote_path.parent(job.remote), remote_path.basename(job.remote)
        for other in numbered_names(name):
            path = remote_path.join(folder, other)
            if await _standing(files, path) is None:
                return path
    raise taken(display_name(remote_path.basename(job.remote)))


async def _goes_on(files: RemoteFiles, job: FileJob, opened: Opened) -> bool:
    """Whether an upload that was cut goes on under its name; not over a file that came since.

    An OPEN whose answer was lost may have left an empty file, so an empty one counts as ours.
    """
    assert opened.path is not None  # noqa: S101  it was begun
    if job.on_conflict is ConflictChoice.REPLACE:
        return True
    try:
        standing = await _standing(files, opened.path)
    except _TELLS_NOTHING:
        return opened.answered
    return standing is not None and (standing.size == 0 or opened.owns(standing))


async def _open(
    files: RemoteFiles, job: FileJob, opened: Opened, target: bytes, *, exclusive: bool
) -> bytes:
    """OPEN. From here on a part may be there, unless the server refuses to begin one."""
    goes_on = opened.path is not None
    blindly = not opened.asked and job.on_conflict is ConflictChoice.REPLACE
    replace = goes_on or blindly or opened.stood_before is not None or not exclusive
    opened.path, opened.closing = target, None
    try:
        handle = await files.open_for_writing(target, replace=replace)
    except Cancelled:
        raise
    except FerrygateError:
        if not goes_on:
            opened.path = None
        raise
    opened.answered = True
    return handle


async def _standing(files: RemoteFiles, path: bytes) -> Entry | None:
    try:
        return await files.lstat(path)
    except NotFoundError:
        return None


async def _send(
    files: RemoteFiles,
    handle: bytes,
    source: BinaryIO,
    job: FileJob,
    told: tuple[Opened, Report],
) -> tuple[int, str]:
    """Write all bytes in order, many WRITEs in flight; returns how many, and their SHA-256."""
    opened, report = told
    digest = hashlib.sha256()
    size = files.write_size(handle)
    flying: deque[tuple[Future[Reply], int]] = deque()
    offset = done = 0

    async def land() -> None:
        nonlocal done
        future, length = flying.popleft()
        check_written(await future, job.remote)
        done += length
        report(TransferState.SENDING, done)

    while block := _read(source, size, Path(job.local)):
        digest.update(block)
        flying.append((files.write(handle, offset, block), len(block)))
        offset += len(block)
        opened.sent = max(opened.sent, offset)
        if len(flying) >= _DEPTH:
            await land()
    while flying:
        await land()
    return offset, digest.hexdigest()


def _read(source: BinaryIO, size: int, path: Path) -> bytes:
    with reading(path):
        return source.read(size)


async def _confirm(files: RemoteFiles, path: bytes, sent: int) -> tuple[bool, str]:
    """Ask for the size. A drop box may refuse to say, or a workflow may have moved the file."""
    try:
        size = (await files.stat(path)).size
    except NotFoundError:
        return False, _("size not confirmed: the server has already moved it on")
    except FerrygateError as error:
        return False, _("size not confirmed: {reason}").format(reason=error.problem.sentence)
    if size is None:
        return False, _("size not confirmed: the server does not tell sizes")
    if size != sent:
        raise SizeMismatchError(
            _("{sent} were sent, but the server has {size} of “{name}”.").format(
                sent=size_text(sent),
                size=size_text(size),
                name=display_name(remote_path.basename(path)),
            ),
            next_step=_("Send it again."),
            detail=f"sent {sent} bytes, server has {size}",
        )
    return True, _("size confirmed by the server")


def _changed(path: str) -> LocalFileError:
    return LocalFileError(
        _("“{name}” was changed while it was sent.").format(name=display_text(Path(path).name)),
        next_step=_("Send it again once it is finished."),
    )
