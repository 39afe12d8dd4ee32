"""Answers SFTP requests by the rules of AWS Transfer over S3, without knowing any transport.

Sources: AWS Transfer Family user guide, "Transferring files"; status texts as seen on real
endpoints. :mod:`ferrygate.sandbox.operation_table` says which answer is how well known.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from itertools import islice

from ferrygate.sandbox import wire
from ferrygate.sandbox.activity_log import Activity, SessionLog
from ferrygate.sandbox.operation_table import Case, refused
from ferrygate.sandbox.records import Counters
from ferrygate.sandbox.settings import AfterRefusedWrite, Partial, SetStat, Settings
from ferrygate.sandbox.store import Attributes, Reading, Status, StatusError, Store, Writing
from ferrygate.sandbox.wire import Open, Packet, Reader

MAX_READ_BYTES = 255 * 1024  # of one answer to READ, so that the packet stays below 256 KiB

_Answer = Callable[[int, Reader], bytes]


class _Upload:
    """Holds a handle for writing, whose writes must ascend without a gap."""

    def __init__(self, path: str, writing: Writing) -> None:
        self.path = path
        self.writing = writing
        self.refused = False


class _Download:
    """Holds a handle for reading, and counts the bytes that were read."""

    def __init__(self, path: str, reading: Reading) -> None:
        self.path = path
        self.reading = reading
        self.bytes_out = 0


class _Listing:
    """Holds a handle for listing a folder."""

    def __init__(self, entries: Iterator[tuple[bytes, Attributes]]) -> None:
        self.entries = entries


_Handle = _Upload | _Listing | _Download
_UNLOGGED = {Packet.STAT, Packet.LSTAT, Packet.FSTAT, Packet.READDIR, Packet.READ}


class SftpHandler:
    """Serves one SFTP session; takes one call at a time, from any thread.

    Args:
        store: the person's home folder.
        counters: records uploads.
        settings: what is not known of AWS Transfer, or can be set there.
        activities: records what is asked for, as AWS Transfer's log does.
        hides_sizes: whether STAT, LSTAT and FSTAT are to be refused at this moment.

    Attributes:
        delay_seconds: seconds that the latest answer is to wait.
    """

    def __init__(
        self,
        store: Store,
        counters: Counters,
        settings: Settings,
        activities: SessionLog,
        hides_sizes: Callable[[], bool],
    ) -> None:
        self.delay_seconds = 0.0
        self._store = store
        self._settings = settings
        self._activities = activities
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
            Packet.READLINK: self._link,
            Packet.SYMLINK: self._link,
        }

    def answer(self, packet: bytes) -> bytes:
        """Answer one packet; the packet has no length field, the answer has one.

        Raises:
            MalformedError: the packet ends before its fields do.
        """
        self.delay_seconds = 0.0
        reader = Reader(packet)
        kind = reader.byte()
        if kind == Packet.INIT:
            return wire.version()
        request = reader.u32()
        try:
            return self._answers.get(kind, self._unsupported)(request, reader)
        except StatusError as answer:
            if kind in self._answers and kind not in _UNLOGGED:
                self._activities.append(
                    Activity.ERROR, operation=Packet(kind).name, message=answer.text
                )
            return wire.status(request, answer.status, answer.text)

    def end(self) -> list[StatusError]:
        """Give all handles back; the part of an upload that arrived is published, by default.

        Returns the errors, as the client cannot be answered any more.
        """
        problems = []
        keeps = self._settings.partial is Partial.KEEP
        for name, handle in list(self._handles.items()):
            if isinstance(handle, _Upload):
                self._log_upload(Activity.PARTIAL_CLOSE, handle)
            try:
                self._give_back(name, publishes=keeps)
            except StatusError as answer:
                problems.append(answer)
        return problems

    def _open(self, request: int, reader: Reader) -> bytes:
        path, flags = self._path(reader), reader.u32()
        wanted = flags & (Open.READ | Open.WRITE | Open.APPEND)
        if wanted == Open.READ:
            reading = self._store.open_reading(path)
            self._activities.append(Activity.OPEN, path=path, mode="READ")
            return wire.handle(request, self._keep(_Download(path, reading)))
        if wanted != Open.WRITE:
            raise self._refused(Case.OPEN_MODE, mode=_mode(flags))
        writing = self._store.open_writing(
            path, create=bool(flags & Open.CREATE), exclusive=bool(flags & Open.EXCLUSIVE)
        )
        self._counters.upload_started(path)
        self._activities.append(Activity.OPEN, path=path, mode=_mode(flags))
        return wire.handle(request, self._keep(_Upload(path, writing)))

    def _close(self, request: int, reader: Reader) -> bytes:
        name = reader.string()
        handle = self._handles.get(name)
        if isinstance(handle, _Upload):
            self._counters.upload_closed(handle.path, handle.writing.attributes().size)
            if self._settings.close_error is not Status.OK:
                self._give_back(name, publishes=False)
                raise self._refused(Case.CLOSE_WITHOUT_RIGHT)
            if self._fails(handle):
                self._give_back(name)
                raise self._refused(Case.CLOSE_AFTER_REFUSED_WRITE)
        self._give_back(name)
        if isinstance(handle, _Upload):
            self._log_upload(Activity.CLOSE, handle)
        elif isinstance(handle, _Download):
            self._activities.append(Activity.CLOSE, path=handle.path, bytes_out=handle.bytes_out)
        return _ok(request)

    def _log_upload(self, activity: Activity, upload: _Upload) -> None:
        size = upload.writing.attributes().size
        self._activities.append(activity, path=upload.path, bytes_in=size)

    def _fails(self, upload: _Upload) -> bool:
        return upload.refused and self._settings.refused_write is AfterRefusedWrite.FAIL

    def _read(self, request: int, reader: Reader) -> bytes:
        handle, offset, length = self._handle(reader), reader.u64(), reader.u32()
        if not isinstance(handle, _Download):
            raise StatusError(Status.FAILURE, "Not open for reading")
        content = handle.reading.read(offset, min(length, MAX_READ_BYTES))
        handle.bytes_out += len(content)
        if not content and length:
            raise StatusError(Status.EOF, "End of file")
        return wire.data(request, content)

    def _write(self, request: int, reader: Reader) -> bytes:
        handle, offset, content = self._handle(reader), reader.u64(), reader.string()
        if not isinstance(handle, _Upload):
            raise StatusError(Status.FAILURE, "Not open for writing")
        if offset != handle.writing.attributes().size:
            self._counters.wrote_out_of_order()
            handle.refused = True
            raise self._refused(Case.RANDOM_WRITE)
        try:
            handle.writing.append(content)
        except StatusError:
            handle.refused = True
            raise
        return _ok(request)

    def _stat(self, request: int, reader: Reader) -> bytes:
        self._check_sizes_shown()
        return wire.attributes(request, self._store.stat(self._path(reader)))

    def _fstat(self, request: int, reader: Reader) -> bytes:
        self._check_sizes_shown()
        handle = self._handle(reader)
        if isinstance(handle, _Listing):
            return wire.attributes(request, Attributes(is_folder=True))
        file = handle.writing if isinstance(handle, _Upload) else handle.reading
        return wire.attributes(request, file.attributes())

    def _setstat(self, request: int, _reader: Reader) -> bytes:
        if self._settings.set_stat is SetStat.NO_OP:
            self._activities.append(Activity.SETSTAT)
            return _ok(request)
        raise self._refused(Case.SET_ATTRIBUTES)

    def _opendir(self, request: int, reader: Reader) -> bytes:
        path = self._path(reader)
        if not self._store.stat(path).is_folder:
            raise self._refused(Case.NOT_A_FOLDER)
        return wire.handle(request, self._keep(_Listing(self._store.list(path))))

    def _readdir(self, request: int, reader: Reader) -> bytes:
        handle = self._handle(reader)
        if not isinstance(handle, _Listing):
            raise StatusError(Status.FAILURE, "Not a directory")
        entries = list(islice(handle.entries, self._settings.listing_page or None))
        if not entries:
            raise StatusError(Status.EOF, "End of listing")
        folders = sum(attributes.is_folder for _, attributes in entries)
        self.delay_seconds = folders * self._settings.listing_delay_milliseconds / 1000
        return wire.names(request, entries)

    def _remove(self, request: int, reader: Reader) -> bytes:
        path = self._path(reader)
        self._store.remove(path)
        self._activities.append(Activity.DELETE, path=path)
        return _ok(request)

    def _mkdir(self, request: int, reader: Reader) -> bytes:
        path = self._path(reader)
        self._store.make_folder(path)
        self._activities.append(Activity.MKDIR, path=path)
        return _ok(request)

    def _rmdir(self, request: int, reader: Reader) -> bytes:
        path = self._path(reader)
        self._store.remove_folder(path)
        self._activities.append(Activity.RMDIR, path=path)
        return _ok(request)

    def _realpath(self, request: int, reader: Reader) -> bytes:
        return wire.real_path(request, self._path(reader).encode())

    def _rename(self, request: int, reader: Reader) -> bytes:
        source, target = self._path(reader), self._path(reader)
        self._store.rename(source, target)
        self._activities.append(Activity.RENAME, path=source, new_path=target)
        return _ok(request)

    def _link(self, _request: int, _reader: Reader) -> bytes:
        raise self._refused(Case.LINK)

    def _unsupported(self, _request: int, _reader: Reader) -> bytes:
        raise self._refused(Case.EXTENSION)

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

    def _give_back(self, name: bytes, *, publishes: bool = True) -> None:
        handle = self._handles.pop(name, None)
        if handle is None:
            raise StatusError(Status.FAILURE, "Invalid handle")
        if isinstance(handle, _Upload):
            self._counters.upload_ended(handle.path)
            if publishes and not self._fails(handle):
                handle.writing.publish()
            else:
                handle.writing.discard()
        elif isinstance(handle, _Download):
            handle.reading.close()

    def _path(self, reader: Reader) -> str:
        """Read the next field as an absolute path; a relative one starts at the home folder.

        A slash at its end says nothing: ``x`` and ``x/`` are one name.
        """
        try:
            text = reader.string().decode()
        except UnicodeDecodeError:
            raise self._refused(Case.NAME_NOT_UTF8) from None
        return posixpath.normpath("/" + text.lstrip("/"))

    def _refused(self, case: Case, **values: str) -> StatusError:
        return refused(case, self._settings, **values)


def _mode(flags: int) -> str:
    return "|".join(sorted(flag.name for flag in Open if flags & flag))


def _ok(request: int) -> bytes:
    return wire.status(request, Status.OK, "")
