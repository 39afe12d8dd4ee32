"""Answers SFTP requests by the rules of AWS Transfer over S3, without knowing any transport.

Sources: AWS Transfer Family user guide, "Transferring files"; status texts as seen on real
endpoints. Where no source names a status, the one of OpenSSH's server is used.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from itertools import islice

from ferrygate.sandbox import wire
from ferrygate.sandbox.records import Counters
from ferrygate.sandbox.store import Attributes, Reading, Status, StatusError, Store, Writing
from ferrygate.sandbox.wire import Open, Packet, Reader

ENTRIES_PER_ANSWER = 100  # names in one answer to READDIR, as OpenSSH sends them
MAX_READ_BYTES = 255 * 1024  # of one answer to READ, so that the packet stays below 256 KiB

_Answer = Callable[[int, Reader], bytes]


class _Upload:
    """Handles writing: writes must ascend without a gap."""

    def __init__(self, path: str, writing: Writing) -> None:
        self.path = path
        self.writing = writing


class _Listing:
    """Handles the listing of a folder."""

    def __init__(self, entries: Iterator[tuple[bytes, Attributes]]) -> None:
        self.entries = entries


_Handle = _Upload | _Listing | Reading


class SftpHandler:
    """Serves one SFTP session; used from one thread.

    Args:
        store: the person's home folder.
        counters: records uploads.
        hides_sizes: whether STAT, LSTAT and FSTAT are to be refused at this moment.
    """

    def __init__(self, store: Store, counters: Counters, hides_sizes: Callable[[], bool]) -> None:
        self._store = store
        self._counters = counters
        self._hides_sizes = hides_sizes
        self._handles: dict[bytes, _Handle] = {}
        self._opened = 0
        self._answers: dict[int, _Answer] = {
            Packet.OPEN: self._open,
            Packet.CLOSE: self._close,
            Packet.READ: self._read,
            Packet.WRITE: self._write,
            Packet.LSTAT: self._stat,
            Packet.FSTAT: self._fstat,
            Packet.SETSTAT: self._setstat,
            Packet.FSETSTAT: self._setstat,
            Packet.OPENDIR: self._opendir,
            Packet.READDIR: self._readdir,
            Packet.REMOVE: self._remove,
            Packet.MKDIR: self._mkdir,
            Packet.RMDIR: self._rmdir,
            Packet.REALPATH: self._realpath,
            Packet.STAT: self._stat,
            Packet.RENAME: self._rename,
        }

    def answer(self, packet: bytes) -> bytes:
        """Answer one packet; the packet has no length field, the answer has one.

        Raises:
            MalformedError: the packet ends before its fields do.
        """
        reader = Reader(packet)
        kind = reader.byte()
        if kind == Packet.INIT:
            return wire.version()
        request = reader.u32()
        try:
            return self._answers.get(kind, self._unsupported)(request, reader)
        except StatusError as answer:
            return wire.status(request, answer.status, answer.text)

    def end(self) -> list[StatusError]:
        """Give all handles back; the part of an upload that arrived is published.

        Returns the errors, as the client cannot be answered any more.
        """
        problems = []
        for name in list(self._handles):
            try:
                self._give_back(name)
            except StatusError as answer:
                problems.append(answer)
        return problems

    def _open(self, request: int, reader: Reader) -> bytes:
        path, flags = _path(reader), reader.u32()
        wanted = flags & (Open.READ | Open.WRITE | Open.APPEND)
        if wanted == Open.READ:
            return wire.handle(request, self._keep(self._store.open_reading(path)))
        if wanted != Open.WRITE:
            mode = "|".join(sorted(flag.name for flag in Open if flags & flag))
            raise StatusError(Status.OP_UNSUPPORTED, f"Cannot open file in mode: {mode}")
        writing = self._store.open_writing(
            path, create=bool(flags & Open.CREATE), exclusive=bool(flags & Open.EXCLUSIVE)
        )
        self._counters.upload_started(path)
        return wire.handle(request, self._keep(_Upload(path, writing)))

    def _close(self, request: int, reader: Reader) -> bytes:
        name = reader.string()
        handle = self._handles.get(name)
        if isinstance(handle, _Upload):
            self._counters.upload_closed(handle.path, handle.writing.attributes().size)
        self._give_back(name)
        return _ok(request)

    def _read(self, request: int, reader: Reader) -> bytes:
        handle, offset, length = self._handle(reader), reader.u64(), reader.u32()
        if isinstance(handle, (_Upload, _Listing)):
            raise StatusError(Status.FAILURE, "Not open for reading")
        content = handle.read(offset, min(length, MAX_READ_BYTES))
        if not content and length:
            raise StatusError(Status.EOF, "End of file")
        return wire.data(request, content)

    def _write(self, request: int, reader: Reader) -> bytes:
        handle, offset, content = self._handle(reader), reader.u64(), reader.string()
        if not isinstance(handle, _Upload):
            raise StatusError(Status.FAILURE, "Not open for writing")
        if offset != handle.writing.attributes().size:
            self._counters.out_of_order_writes += 1
            raise StatusError(
                Status.OP_UNSUPPORTED,
                "AWS Transfer does not support random access writes to S3 objects.",
            )
        handle.writing.append(content)
        return _ok(request)

    def _stat(self, request: int, reader: Reader) -> bytes:
        self._check_sizes_shown()
        return wire.attributes(request, self._store.stat(_path(reader)))

    def _fstat(self, request: int, reader: Reader) -> bytes:
        self._check_sizes_shown()
        handle = self._handle(reader)
        if isinstance(handle, _Listing):
            return wire.attributes(request, Attributes(is_folder=True))
        file = handle.writing if isinstance(handle, _Upload) else handle
        return wire.attributes(request, file.attributes())

    def _setstat(self, request: int, _reader: Reader) -> bytes:
        return wire.status(request, Status.OP_UNSUPPORTED, "SETSTAT unsupported")

    def _opendir(self, request: int, reader: Reader) -> bytes:
        path = _path(reader)
        if not self._store.stat(path).is_folder:
            raise StatusError(Status.NO_SUCH_FILE, "Not a directory")
        return wire.handle(request, self._keep(_Listing(self._store.list(path))))

    def _readdir(self, request: int, reader: Reader) -> bytes:
        handle = self._handle(reader)
        if not isinstance(handle, _Listing):
            raise StatusError(Status.FAILURE, "Not a directory")
        entries = list(islice(handle.entries, ENTRIES_PER_ANSWER))
        if not entries:
            raise StatusError(Status.EOF, "End of listing")
        return wire.names(request, entries)

    def _remove(self, request: int, reader: Reader) -> bytes:
        self._store.remove(_path(reader))
        return _ok(request)

    def _mkdir(self, request: int, reader: Reader) -> bytes:
        self._store.make_folder(_path(reader))
        return _ok(request)

    def _rmdir(self, request: int, reader: Reader) -> bytes:
        self._store.remove_folder(_path(reader))
        return _ok(request)

    def _realpath(self, request: int, reader: Reader) -> bytes:
        return wire.real_path(request, _path(reader).encode())

    def _rename(self, request: int, reader: Reader) -> bytes:
        self._store.rename(_path(reader), _path(reader))
        return _ok(request)

    def _unsupported(self, _request: int, _reader: Reader) -> bytes:
        raise StatusError(Status.OP_UNSUPPORTED, "Operation unsupported")

    def _check_sizes_shown(self) -> None:
        if self._hides_sizes():
            raise StatusError(Status.PERMISSION_DENIED, "Permission denied")

    def _keep(self, handle: _Handle) -> bytes:
        self._opened += 1
        name = self._opened.to_bytes(4)
        self._handles[name] = handle
        return name

    def _handle(self, reader: Reader) -> _Handle:
        try:
            return self._handles[reader.string()]
        except KeyError:
            raise StatusError(Status.FAILURE, "Invalid handle") from None

    def _give_back(self, name: bytes) -> None:
        handle = self._handles.pop(name, None)
        if handle is None:
            raise StatusError(Status.FAILURE, "Invalid handle")
        if isinstance(handle, _Upload):
            self._counters.upload_ended(handle.path)
            handle.writing.publish()
        elif not isinstance(handle, _Listing):
            handle.close()


def _path(reader: Reader) -> str:
    """Read the next field as an absolute path; a relative one starts at the home folder."""
    try:
        text = reader.string().decode()
    except UnicodeDecodeError:
        raise StatusError(Status.FAILURE, "File names must be UTF-8") from None
    return posixpath.normpath("/" + text.lstrip("/"))


def _ok(request: int) -> bytes:
    return wire.status(request, Status.OK, "")
