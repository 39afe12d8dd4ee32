"""Fetching one file: into a hidden name beside its target, checked, then moved into place."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import deque
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import SizeMismatchError, WrongTypeError
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import reading, writing
from ferrygate.common.names import display_name
from ferrygate.sftp.replies import data_read
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import Buffer, Reply
from ferrygate.transfers.conflict import numbered_names, skipped, taken
from ferrygate.transfers.outcome import FileJob, Outcome, Report
from ferrygate.transfers.route import Route
from ferrygate.transfers.views import ConflictChoice, TransferState
from ferrygate.transfers.window import Window

_WRITE_BACK = 1 << 24  # bytes after which the disk is given time to keep up


class Disk(Protocol):
    """Where fetched files go to."""

    def hidden_name(self) -> str:
        """A name that nobody else has given, for a file that is not whole yet."""
        ...

    def write_back(self, file: BinaryIO) -> None:
        """Have what was written so far flushed in its own time."""


async def download(route: Route, job: FileJob, report: Report, disk: Disk) -> Outcome:
    """Fetch one file. It is whole, and in its place, but need not be flushed to the disk.

    Args:
        route: the channel to use.
        job: what to fetch where.
        report: told about every move.
        disk: this computer's.

    Raises:
        ConflictError: the name is taken and the job says to fail or to ask.
        LocalFileError: the target cannot be written.
        SizeMismatchError: the remote file changed while it was fetched.
        FerrygateError: what the server refused, or the connection's end.
    """
    report(TransferState.RECEIVING, 0)
    target = _target(job)
    if isinstance(target, Outcome):
        return target
    known = None if job.size is None else _Version(job.size, job.modified)
    if known is not None:
        try:
            return await _fetch(_Fetch(route, job, report, disk), target, known)
        except SizeMismatchError:
            newer = await _ask(route, job)
            if newer == known:
                raise
            known = newer  # it has changed since its folder was listed
    return await _fetch(_Fetch(route, job, report, disk), target, known or await _ask(route, job))


class _Version(msgspec.Struct, frozen=True):
    """What the server says of a file: bytes, and seconds since the epoch."""

    size: int
    modified: int | None


class _Fetch(msgspec.Struct, frozen=True):
    """What one fetch works with."""

    route: Route
    job: FileJob
    report: Report
    disk: Disk


async def _ask(route: Route, job: FileJob) -> _Version:
    remote = await route.files.stat(job.remote)
    if remote.kind is EntryKind.OTHER:  # a pipe's OPEN would wait for its other end
        raise WrongTypeError(_("“{name}” is not a file.").format(name=display_name(remote.name)))
    if remote.size is None:
        raise SizeMismatchError(
            _("The server does not tell the size of “{name}”.").format(
                name=display_name(remote.name)
            )
        )
    return _Version(remote.size, remote.modified)


async def _fetch(fetch: _Fetch, target: Path, version: _Version) -> Outcome:
    files, job = fetch.route.files, fetch.job
    handle = await files.open_for_reading(job.remote)
    part = target.parent / fetch.disk.hidden_name()
    try:
        try:
            with writing(target), _new_file(part) as file:
                digest = await _Receiving(fetch, handle, file, version.size).receive()
        finally:
            files.close_later(handle)
        fetch.report(TransferState.CHECKING, version.size)
        with writing(target):
            if version.modified:  # AWS sends 0 where it has no time
                os.utime(part, (version.modified, version.modified))
            _move(part, target, replace=job.replaces)
    finally:
        with contextlib.suppress(OSError):  # what led here is told, not that this fails as well
            part.unlink(missing_ok=True)
    return Outcome(
        state=TransferState.DELIVERED,
        local=str(target),
        remote=job.remote,
        size=version.size,
        sha256=digest,
        confirmed=True,
        note=_("complete"),
    )


def _target(job: FileJob) -> Path | Outcome:
    wanted = Path(job.local)
    if job.replaces or not os.path.lexists(wanted):
        return wanted
    if job.on_conflict is ConflictChoice.SKIP:
        with reading(wanted):
            size = wanted.stat().st_size if wanted.is_file() else None
        return skipped(job, size, _("skipped, another size on this computer"))
    if job.on_conflict is ConflictChoice.KEEP_BOTH:
        for name in numbered_names(os.fsencode(wanted.name)):
            other = wanted.with_name(os.fsdecode(name))
            if not os.path.lexists(other) and job.names.claim(str(other), job.remote):
                return other
    raise taken(wanted.name)


class _Read(msgspec.Struct, frozen=True):
    """A READ under way."""

    reply: Future[Reply]
    offset: int
    length: int
    asked_at: float


class _Receiving:
    """A whole file on its way.

    Replies are taken in the order of the file, so what is written is whole at every moment. The
    last READ asks for a byte more than is expected: the file may have grown.
    """

    def __init__(self, fetch: _Fetch, handle: bytes, file: BinaryIO, size: int) -> None:
        self._fetch = fetch
        self._route = fetch.route
        self._path = fetch.job.remote
        self._handle = handle
        self._file = file
        self._size = size
        self._flying: deque[_Read] = deque()
        self._asked = self._done = 0
        self._digest = hashlib.sha256()

    async def receive(self) -> str:
        """Read it; returns the SHA-256 of its bytes."""
        try:
            await self._receive()
        finally:
            for read in self._flying:
                _give_back(self._route.window, read)
        return self._digest.hexdigest()

    async def _receive(self) -> None:
        size, written_back = self._size, 0
        while self._flying or self._asked <= size:
            await self._ask_ahead()
            read = self._flying[0]
            reply = await read.reply
            self._flying.popleft()
            self._route.window.landed(read.length, read.asked_at)
            self._keep(data_read(reply, self._path), read)
            if self._done - written_back >= _WRITE_BACK:
                written_back = self._done
                self._fetch.disk.write_back(self._file)

    async def _ask_ahead(self) -> None:
        """READs as far ahead as the channel has room, and until there is an answer to keep.

        One READ there always is.
        """
        route = self._route
        while self._asked <= self._size:
            length = min(route.piece(route.files.read_size), self._size + 1 - self._asked)
            if self._flying and (self._flying[0].reply.done or not route.window.has_room(length)):
                return
            await route.room(length)
            self._read(self._asked, length)
            self._asked += length

    def _read(self, offset: int, length: int) -> None:
        reply = self._route.files.read(self._handle, offset, length)
        self._flying.append(_Read(reply, offset, length, self._route.window.now()))

    def _keep(self, data: Buffer | None, read: _Read) -> None:
        if data is None:
            if read.offset < self._size:
                raise self._changed(f"ended at {read.offset} of {self._size} bytes")
            return
        if not 0 < len(data) <= read.length:
            raise self._changed(f"READ of {read.length} brought {len(data)} bytes")
        end = read.offset + len(data)
        if end > self._size:
            raise self._changed(f"goes on after {self._size} bytes")
        if len(data) < read.length and end < self._size:
            self._read_rest(end, read.length - len(data))
        self._digest.update(data)
        _write(self._file, data)
        self._done = end
        self._fetch.report(TransferState.RECEIVING, end)

    def _read_rest(self, offset: int, length: int) -> None:
        """Short replies are legal: what is missing is asked for first."""
        self._route.window.take_now(length)
        self._read(offset, length)
        self._flying.rotate(1)

    def _changed(self, detail: str) -> SizeMismatchError:
        return SizeMismatchError(
            _("“{name}” was changed while it was fetched.").format(
                name=display_name(remote_path.basename(self._path))
            ),
            next_step=_("Fetch it again."),
            detail=detail,
        )


def _give_back(window: Window, read: _Read) -> None:
    """Nobody waits for this READ any more; its bytes are in flight until it is answered."""
    if read.reply.done:
        window.give_back(read.length)
    else:
        read.reply.then = lambda _reply: window.give_back(read.length)


def _write(file: BinaryIO, data: Buffer) -> None:
    written = file.write(data)
    while written < len(data):
        data = memoryview(data)[written:]
        written = file.write(data)


def _new_file(path: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "wb", buffering=0)


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
