"""Fetching one file: into a hidden name beside its target, checked, then moved into place."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.errors import SizeMismatchError
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import writing
from ferrygate.common.names import display_name
from ferrygate.sftp.channel import Future
from ferrygate.sftp.files import READ_SIZE, RemoteFiles, data_read
from ferrygate.sftp.wire import Reply
from ferrygate.transfers.conflict import numbered_names, taken
from ferrygate.transfers.outcome import FileJob, Outcome, Report
from ferrygate.transfers.views import ConflictChoice, TransferState

_DEPTH = 64  # READs in flight: 2 MiB


async def download(
    files: RemoteFiles, job: FileJob, report: Report, random_hex: Callable[[int], str]
) -> Outcome:
    """Fetch one file.

    Args:
        files: the channel to use.
        job: what to fetch where.
        report: told about every move.
        random_hex: randomness for the hidden name, so many bytes as hex.

    Raises:
        ConflictError: the name is taken and the job says to fail or to ask.
        LocalFileError: the target cannot be written.
        SizeMismatchError: the remote file changed while it was fetched.
        FerrygateError: what the server refused, or the connection's end.
    """
    target = _target(job)
    if target is None:
        return Outcome(state=TransferState.SKIPPED, local=job.local, remote=job.remote)
    report(TransferState.RECEIVING, 0)
    remote = await files.stat(job.remote)
    if remote.size is None:
        raise SizeMismatchError(
            _("The server does not tell the size of “{name}”.").format(
                name=display_name(remote.name)
            )
        )
    handle = await files.open_for_reading(job.remote)
    part = target.parent / f".ferrygate-{random_hex(8)}.part"
    try:
        try:
            source = _Source(files, handle, job.remote, remote.size)
            with writing(target), _new_file(part) as sink:
                digest = await _receive(source, sink, report)
        finally:
            files.close_later(handle)
        report(TransferState.CHECKING, remote.size)
        with writing(target):
            if remote.modified:  # AWS sends 0 where it has no time
                os.utime(part, (remote.modified, remote.modified))
            _move(part, target, replace=job.on_conflict is ConflictChoice.REPLACE)
    finally:
        with contextlib.suppress(OSError):  # what led here is told, not that this fails as well
            part.unlink(missing_ok=True)
    return Outcome(
        state=TransferState.DELIVERED,
        local=str(target),
        remote=job.remote,
        size=remote.size,
        sha256=digest,
        confirmed=True,
        note=_("complete"),
    )


def _target(job: FileJob) -> Path | None:
    wanted = Path(job.local)
    if job.on_conflict is ConflictChoice.REPLACE or not os.path.lexists(wanted):
        return wanted
    if job.on_conflict is ConflictChoice.SKIP:
        return None
    if job.on_conflict is ConflictChoice.KEEP_BOTH:
        for name in numbered_names(os.fsencode(wanted.name)):
            other = wanted.with_name(os.fsdecode(name))
            if not os.path.lexists(other):
                return other
    raise taken(wanted.name)


class _Read(msgspec.Struct, frozen=True):
    """A READ under way."""

    reply: Future[Reply]
    offset: int
    length: int


class _Source(msgspec.Struct, frozen=True):
    """A file on the server, opened for reading."""

    files: RemoteFiles
    handle: bytes
    path: bytes
    size: int

    def read(self, offset: int, length: int) -> _Read:
        return _Read(self.files.read(self.handle, offset, length), offset, length)


async def _receive(source: _Source, sink: BinaryIO, report: Report) -> str:
    """Read a whole file, and its end, into ``sink``; returns the SHA-256 of its bytes.

    Replies are taken in the order of the file, so what is written is whole at every moment. One
    READ goes past the expected end: the file may have grown.
    """
    size = source.size
    digest = hashlib.sha256()
    flying: deque[_Read] = deque()
    asked = done = 0
    while True:
        while asked <= size and len(flying) < _DEPTH:
            length = min(READ_SIZE, size - asked) or 1
            flying.append(source.read(asked, length))
            asked += length
        if not flying:
            break
        read = flying.popleft()
        data = data_read(await read.reply, source.path)
        if data is None:
            if read.offset < size:
                raise _changed(source.path, f"ended at {read.offset} of {size} bytes")
            continue
        if read.offset >= size:
            raise _changed(source.path, f"goes on after {size} bytes")
        if not 0 < len(data) <= read.length:
            raise _changed(source.path, f"READ of {read.length} brought {len(data)} bytes")
        if len(data) < read.length:  # short replies are legal: ask for the rest first
            flying.appendleft(source.read(read.offset + len(data), read.length - len(data)))
        digest.update(data)
        sink.write(data)
        done += len(data)
        report(TransferState.RECEIVING, done)
    sink.flush()
    os.fsync(sink.fileno())
    return digest.hexdigest()


def _new_file(path: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "wb")


def _move(part: Path, target: Path, *, replace: bool) -> None:
    """Give the finished file its name; without ``replace`` never over another file."""
    if replace:
        part.replace(target)
        return
    try:
        target.hardlink_to(part)
    except FileExistsError:
        raise taken(target.name) from None
    except OSError:  # no hard links on this disk (FAT): the name was free a moment ago
        if os.path.lexists(target):
            raise taken(target.name) from None
        part.rename(target)


def _changed(path: bytes, detail: str) -> SizeMismatchError:
    return SizeMismatchError(
        _("“{name}” was changed while it was fetched.").format(
            name=display_name(remote_path.basename(path))
        ),
        next_step=_("Fetch it again."),
        detail=detail,
    )
