"""Receives the bytes of one remote file, and finds out whether they are those of one version.

Size and time are told before the first READ (by a listing or a STAT) and asked again behind the
last one, on the handle (FSTAT), in the same burst, so that nothing waits for the answer. Three
things may come of it:

- Both times the same, and as many bytes: the file is whole, and its size is confirmed.
- Another size or time: the file was written to meanwhile, and what was read may be half of the old
  and half of the new. The caller reads it once more.
- The same again, but more or fewer bytes than that: the server tells sizes wrongly, as some do for
  files that they make as they are read. Then the file is read to its end, which is where all READs
  from there on find nothing, and the size stays unconfirmed. So does that of a server that tells
  none.

Some servers tell another time of an open file than of its name: in another zone, or rounded in
another way. That looks like a change, until the file was read once more for nothing. From then on
the handle is asked before the first READ as well, and compared with itself alone.

SFTP tells times in whole seconds: a file that is rewritten with as many bytes, in the second in
which it was written before, goes unnoticed.
"""

from __future__ import annotations

import hashlib
from collections import deque
from typing import Protocol

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.disk import OpenFile
from ferrygate.common.entry import Entry
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    SizeMismatchError,
)
from ferrygate.common.message import Size, message
from ferrygate.sftp.replies import data_read
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import AttrsReply, Buffer, Reply
from ferrygate.transfers.outcome import Report
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.views import TransferState

_WRITE_BACK_BYTES = 1 << 24  # after which the disk is given time to keep up
_FIRST_ASKED_BYTES = 1 << 17  # asked for at first where the size is not known


class FileVersion(msgspec.Struct, frozen=True):
    """Holds size and time that the server tells of a file.

    Attributes:
        size: bytes; ``None`` where it does not tell.
        modified: seconds since the epoch; ``None`` where it does not tell.
    """

    size: int | None
    modified: int | None

    @classmethod
    def of(cls, entry: Entry) -> FileVersion:
        """Return the version that a server's answer tells of."""
        return cls(entry.size, entry.modified)

    def differs(self, other: FileVersion) -> bool:
        """Tell whether both tell a size, or both a time, and it is not the same."""
        pairs = ((self.size, other.size), (self.modified, other.modified))
        return any(None not in pair and pair[0] != pair[1] for pair in pairs)


class ChangedError(SizeMismatchError):
    """Tells that the file was written to while it was read."""

    def __init__(self, path: bytes, detail: str, newer: FileVersion | None = None) -> None:
        """Make the error; ``newer`` is the version told by now, if reading again may help."""
        super().__init__(
            message("“{name}” was changed while it was fetched.", name=remote_path.basename(path)),
            next_step=message("Fetch it again once it is finished."),
            detail=detail,
        )
        self.newer = newer


class Received(msgspec.Struct, frozen=True):
    """Describes a file that was read to its end.

    Attributes:
        size: bytes read.
        sha256: lower-case hex of those bytes.
        modified: the file's time, in seconds since the epoch.
        told: the size that the server tells; ``None`` where it does not tell.
    """

    size: int
    sha256: str
    modified: int | None
    told: int | None


class WriteBack(Protocol):
    """Flushes the bytes written to a file so far, in its own time."""

    def __call__(self, file: OpenFile, /) -> None: ...  # noqa: D102


class Receiver:
    """Reads one whole file.

    Replies are taken in the order of the file, so what is written is whole at every moment. The
    last READ asks for a byte more than is expected: the file may have grown.
    """

    def __init__(
        self,
        channel: TransferChannel,
        path: bytes,
        handle: bytes,
        version: FileVersion,
        file: OpenFile,
        *,
        report: Report,
        write_back: WriteBack,
    ) -> None:
        """Begin with nothing asked.

        Args:
            channel: the channel to use.
            path: the file's, for what is said, and asked where the handle cannot be.
            handle: of the open remote file.
            version: what was told before.
            file: where the bytes go.
            report: told how far it came.
            write_back: called now and then.
        """
        self._channel = channel
        self._path = path
        self._handle = handle
        self._version = version
        self._file = file
        self._report = report
        self._write_back = write_back
        self._in_flight: deque[_Read] = deque()
        self._asked = self._done = 0
        self._end: int | None = None  # where a READ found nothing more
        self._to_the_end = version.size is None
        self._at_open: FileVersion | None = None  # as the handle tells it
        self._first_told: Future[Reply] | None = None
        self._last_told: Future[Reply] | None = None
        self._digest = hashlib.sha256()

    async def receive(self) -> Received:
        """Read it all.

        Raises:
            ChangedError: it is not one version that was read.
            SizeMismatchError: nothing at all came of a file that is said not to be empty.
            OSError: the disk did not take it.
            FerrygateError: what the server refused, or the connection's end.
        """
        # A listing may tell less than the handle does, or something else.
        if self._version.modified is None or self._channel.listed_times.differ:
            self._first_told = self._channel.files.request_fstat(self._handle)
        try:
            await self._read_all()
        finally:
            for read in self._in_flight:
                _release(self._channel.window, read)
        told = await self._check_version()
        if self._version.size and not self._done:  # an empty file would be worse than none
            raise SizeMismatchError(
                message(
                    "The server says that “{name}” has {size}, but sends nothing of it.",
                    name=remote_path.basename(self._path),
                    size=Size(self._version.size),
                ),
                next_step=message("Tell your contact."),
                detail=f"0 of {self._version.size} bytes",
            )
        size = told.size if told is not None else None
        modified = self._version.modified
        return Received(self._done, self._digest.hexdigest(), modified, size)

    async def _read_all(self) -> None:
        written_back = 0
        while self._in_flight or self._asked < self._goal:
            await self._ask_ahead()
            read = self._in_flight[0]
            reply = await read.reply
            self._in_flight.popleft()
            self._channel.window.acknowledge(read.length, read.asked_at)
            await self._keep(data_read(reply, self._path), read)
            if self._done - written_back >= _WRITE_BACK_BYTES:
                written_back = self._done
                self._write_back(self._file)

    @property
    def _goal(self) -> int:
        """Return how far to ask, in bytes from the beginning."""
        if self._end is not None:
            return self._asked
        if self._to_the_end or self._version.size is None:
            return 2 * self._done + _FIRST_ASKED_BYTES
        return self._version.size + 1

    async def _ask_ahead(self) -> None:
        """Send READs as far ahead as the channel has room, until there is an answer to keep.

        At least one READ is always under way.
        """
        channel = self._channel
        while self._asked < self._goal:
            length = min(channel.request_size(channel.files.read_size), self._goal - self._asked)
            first = self._in_flight[0] if self._in_flight else None
            if first is not None and (first.reply.done or not channel.window.has_room(length)):
                return
            await channel.acquire(length)
            self._read(self._asked, length)
            self._asked += length
        if self._last_told is None and not self._to_the_end:
            self._last_told = channel.files.request_fstat(self._handle)

    def _read(self, offset: int, length: int) -> None:
        reply = self._channel.files.read(self._handle, offset, length)
        self._in_flight.append(_Read(reply, offset, length, self._channel.window.now()))

    async def _keep(self, data: Buffer | None, read: _Read) -> None:
        if data is None:
            if self._end is None:
                self._end = read.offset
                if not self._to_the_end and read.offset < (self._version.size or 0):
                    await self._expect_the_same(f"ended at {read.offset} bytes")
            return
        if self._end is not None:
            detail = f"goes on behind its end at {self._end} bytes"
            await self._expect_the_same(detail)
            raise ChangedError(self._path, detail)
        if not 0 < len(data) <= read.length:
            raise ChangedError(self._path, f"READ of {read.length} brought {len(data)} bytes")
        end = read.offset + len(data)
        if not self._to_the_end and end > (self._version.size or 0):
            await self._expect_the_same(f"goes on after {self._version.size} bytes")
        if len(data) < read.length and (self._to_the_end or end < (self._version.size or 0)):
            self._read_rest(end, read.length - len(data))
        self._digest.update(data)
        _write(self._file, data)
        self._done = end
        self._report(TransferState.RECEIVING, end)

    def _read_rest(self, offset: int, length: int) -> None:
        """Ask next for the bytes that a short reply left out, as it may (RFC draft, READ)."""
        self._channel.window.acquire_now(length)
        self._read(offset, length)
        self._in_flight.rotate(1)
        self._last_told = None  # the answer would be older than these bytes

    async def _expect_the_same(self, detail: str) -> None:
        """Ask for the version as the size does not fit: file changed, or size told wrongly."""
        self._last_told = self._channel.files.request_fstat(self._handle)
        await self._check_version(detail)
        self._to_the_end, self._last_told = True, None

    async def _check_version(self, detail: str = "") -> FileVersion | None:
        """Ask for size and time again; ``None`` where the server does not answer that.

        Raises:
            ChangedError: it is not what was told before.
        """
        if self._first_told is not None:
            first, self._first_told = await self._first_told, None
            if isinstance(first, AttrsReply):
                self._take_first(FileVersion.of(first.entry))
        told = await self._ask_again()
        before = self._at_open or self._version
        if told is not None and before.differs(told):
            if self._at_open is None and before.size == told.size:
                self._channel.listed_times.differ = True
            raise ChangedError(
                self._path,
                detail
                or f"{before.size} bytes of {before.modified}, then"
                f" {told.size} bytes of {told.modified}",
                newer=told,
            )
        return told

    def _take_first(self, at_open: FileVersion) -> None:
        """Go by what the handle tells, unless the file has another size than it had before."""
        if self._version.size is not None and at_open.size not in {None, self._version.size}:
            return
        self._at_open = at_open
        if self._version.modified is None:
            self._version = msgspec.structs.replace(self._version, modified=at_open.modified)

    async def _ask_again(self) -> FileVersion | None:
        asked = self._last_told or self._channel.files.request_fstat(self._handle)
        reply = await asked
        if isinstance(reply, AttrsReply):
            return FileVersion.of(reply.entry)
        try:
            return FileVersion.of(await self._channel.files.stat(self._path))
        except (Cancelled, ConnectionLostError):
            raise
        except FerrygateError:  # moved on by a workflow, or a folder that may not be read
            return None


class _Read(msgspec.Struct, frozen=True):
    """Holds a READ under way."""

    reply: Future[Reply]
    offset: int
    length: int
    asked_at: float


def _release(window: InFlightWindow, read: _Read) -> None:
    """Give a READ up; its bytes are in flight until it is answered."""
    if read.reply.done:
        window.release(read.length)
    else:
        read.reply.then = lambda _reply: window.release(read.length)


def _write(file: OpenFile, data: Buffer) -> None:
    written = file.write(data)
    while written < len(data):
        data = memoryview(data)[written:]
        written = file.write(data)
