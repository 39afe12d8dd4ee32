"""Runs an SFTP server in memory that fails as a test wants, and the channel to it.

Packets are put together and taken apart here by hand, so that the codec is not tested with itself.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, NamedTuple, TypeVar

from ferrygate.common.cancel import CancelToken
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.open_handles import OpenHandles
from support.fake_clock import ManualClock
from support.sftp_bytes import EOF, FAILURE, NO_SUCH_FILE, OK, OP_UNSUPPORTED, string

T = TypeVar("T")

INIT, VERSION, OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT = range(1, 9)
OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, REALPATH, STAT, RENAME = range(11, 19)
STATUS, HANDLE, DATA, NAME, ATTRS = range(101, 106)
EXTENDED, EXTENDED_REPLY = 200, 201
FOLDER, FILE, LINK = 0o040755, 0o100644, 0o120777
TRUNC, EXCL = 0x10, 0x20


class Request(NamedTuple):
    """Holds a request; ``fields`` are those of draft-ietf-secsh-filexfer-02 §6 for its type."""

    kind: int
    number: int
    fields: tuple[Any, ...]


_FIELDS = {
    OPEN: "sII",
    CLOSE: "s",
    READ: "sQI",
    WRITE: "sQs",
    OPENDIR: "s",
    READDIR: "s",
    LSTAT: "s",
    STAT: "s",
    FSTAT: "s",
    REMOVE: "s",
    MKDIR: "sI",
    RMDIR: "s",
    REALPATH: "s",
    RENAME: "ss",
    EXTENDED: "s",
}


def parse_request(payload: bytes) -> Request:
    """Take a request's payload apart, to its last byte."""
    kind, number = struct.unpack_from(">BI", payload)
    at, fields = 5, []
    for form in _FIELDS[kind]:
        if form == "s":
            (length,) = struct.unpack_from(">I", payload, at)
            fields.append(payload[at + 4 : at + 4 + length])
            at += 4 + length
        else:
            fields.append(struct.unpack_from(f">{form}", payload, at)[0])
            at += struct.calcsize(f">{form}")
    assert at == len(payload)
    return Request(kind, number, tuple(fields))


def reply(kind: int, number: int, *fields: bytes) -> bytes:
    return string(struct.pack(">BI", kind, number) + b"".join(fields))


def status(number: int, code: int, text: bytes = b"") -> bytes:
    return reply(STATUS, number, struct.pack(">I", code), string(text), string(b"en"))


def attributes(size: int, mode: int | None = FILE, modified: int = 1_700_000_000) -> bytes:
    if mode is None:
        return struct.pack(">IQII", 0x01 | 0x08, size, modified, modified)
    return struct.pack(">IQIII", 0x01 | 0x04 | 0x08, size, mode, modified, modified)


def names(number: int, entries: Iterable[tuple[bytes, int | None]]) -> bytes:
    """NAME with (name, mode) pairs, each of ten bytes' size."""
    listed = list(entries)
    packed = [string(name) + string(b"-rw " + name) + attributes(10, mode) for name, mode in listed]
    return reply(NAME, number, struct.pack(">I", len(listed)), *packed)


Hook = Callable[[Request], Iterable[bytes] | None]


def refusing(code: int) -> Hook:
    """Make a hook that answers with a status."""
    return lambda request: [status(request.number, code)]


class ScriptedServer:
    """Files in a dictionary; ``instead`` may answer a type of request in its own way.

    A hook returns the packets to send, none at all for silence, or ``None`` for the usual answer.

    Attributes:
        mode: what is told of permissions, of which ``None`` tells nothing.
        links: what links lead to, by path.
        modes: those of files that are no usual ones, by path.
        most_handles: how many may be open at a time; without limit where none.
        too_many: the status that one more is refused with.
        handle_length: bytes of each handle at least.
    """

    def __init__(self, files: dict[bytes, bytes] | None = None, *folders: bytes) -> None:
        self.files = {path: bytearray(content) for path, content in (files or {}).items()}
        self.folders = {b"/", *folders}
        self.modified = 1_700_000_000
        self.extensions: dict[bytes, bytes] = {}
        self.requests: list[Request] = []
        self.instead: dict[int, Hook] = {}
        self.open_handles: dict[bytes, bytes] = {}
        self.mode: Callable[[int], int | None] = lambda mode: mode
        self.links: dict[bytes, bytes] = {}
        self.modes: dict[bytes, int] = {}
        self.most_handles: int | None = None
        self.too_many = FAILURE
        self.handle_length = 0
        self.most_open = 0
        self._given = 0
        self._listed: set[bytes] = set()

    def asked(self, kind: int) -> list[tuple[Any, ...]]:
        """Return the fields of all requests of one type."""
        return [request.fields for request in self.requests if request.kind == kind]

    def answer(self, payload: bytes) -> Iterable[bytes]:
        if payload[0] == INIT:
            pairs = b"".join(string(name) + string(of) for name, of in self.extensions.items())
            return [string(struct.pack(">BI", VERSION, 3) + pairs)]
        request = parse_request(payload)
        self.requests.append(request)
        hook = self.instead.get(request.kind)
        answered = None if hook is None else hook(request)
        return [self.usual(request)] if answered is None else answered

    def usual(self, request: Request) -> bytes:
        kind, number, (path, *more) = request
        match kind:
            case _ if kind == LSTAT and path in self.links:
                answer = reply(ATTRS, number, attributes(4, self.mode(LINK)))
            case _ if kind in {STAT, LSTAT}:
                answer = self._attributes(number, self.resolved(path))
            case _ if kind == REALPATH:
                answer = names(number, [(self.resolved(path), FOLDER)])
            case _ if kind == FSTAT:
                answer = self._attributes(number, self.open_handles[path])
            case _ if kind == OPEN:
                answer = self._open(number, self.resolved(path), more[0])
            case _ if kind == READDIR:
                answer = self._list(number, path)
            case _ if kind == READ:
                content = bytes(self.files[self.open_handles[path]][more[0] : sum(more)])
                answer = reply(DATA, number, string(content)) if content else status(number, EOF)
            case _ if kind == OPENDIR and self.resolved(path) in self.folders:
                answer = self._give_handle(number, self.resolved(path))
            case _:
                answer = status(number, self._change(kind, path, more))
        return answer

    def resolved(self, path: bytes) -> bytes:
        """Resolve the links of a path, a few hops at most."""
        for _hop in range(5):
            for link, target in self.links.items():
                if path == link or path.startswith(link + b"/"):
                    path = target + path[len(link) :]
        return path

    def _attributes(self, number: int, path: bytes) -> bytes:
        if path in self.folders:
            return reply(ATTRS, number, attributes(0, self.mode(FOLDER)))
        if path in self.files:
            size = len(self.files[path])
            return reply(
                ATTRS,
                number,
                attributes(size, self.mode(self.modes.get(path, FILE)), self.modified),
            )
        return status(number, NO_SUCH_FILE)

    def _open(self, number: int, path: bytes, flags: int) -> bytes:
        if not flags & 2 and path not in self.files:
            return status(number, NO_SUCH_FILE)
        if flags & EXCL and path in self.files:
            return status(number, FAILURE, b"File already exists")
        given = self._give_handle(number, path)
        if flags & 2 and given[4] == HANDLE:
            self.files[path] = bytearray()
        return given

    def _list(self, number: int, handle: bytes) -> bytes:
        if handle in self._listed:
            return status(number, EOF)
        self._listed.add(handle)
        entries = self.inside(self.open_handles[handle])
        return names(number, [(name, self.mode(mode)) for name, mode in entries])

    def inside(self, path: bytes) -> list[tuple[bytes, int]]:
        """Return the names in a folder, with their modes."""
        folder = path.rstrip(b"/") + b"/"
        found = [(path, self.modes.get(path, FILE)) for path in self.files]
        found += [(path, FOLDER) for path in self.folders]
        found += [(path, LINK) for path in self.links]
        inside = [(p[len(folder) :], mode) for p, mode in sorted(found) if p.startswith(folder)]
        return [(name, mode) for name, mode in inside if name and b"/" not in name]

    def _change(self, kind: int, path: bytes, more: list[Any]) -> int:
        code = OK
        if kind == WRITE:
            self.files[self.open_handles[path]][more[0] :] = more[1]
        elif kind == CLOSE:
            code = OK if self.open_handles.pop(path, None) else FAILURE
        elif kind == MKDIR:
            code = FAILURE if path in self.folders else OK
            self.folders.add(path)
        elif kind == REMOVE:
            code = NO_SUCH_FILE if self.files.pop(path, None) is None else OK
        elif kind == RMDIR:
            self.folders.discard(path)
        elif kind == OPENDIR:
            code = NO_SUCH_FILE
        elif kind == EXTENDED:
            code = OP_UNSUPPORTED
        return code

    def _give_handle(self, number: int, path: bytes) -> bytes:
        if self.most_handles is not None and len(self.open_handles) >= self.most_handles:
            return status(number, self.too_many, b"Too many open files")
        self._given += 1
        handle = (b"h%d" % self._given).ljust(self.handle_length, b"-")
        self.open_handles[handle] = path
        self.most_open = max(self.most_open, len(self.open_handles))
        return reply(HANDLE, number, string(handle))


class Held:
    """Keeps the usual answers until a test sends them."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server
        self.answers: list[bytes] = []

    def __call__(self, request: Request) -> Iterable[bytes]:
        self.answers.append(self._server.usual(request))
        return ()


class ScriptedStream:
    """Hands requests over as a channel, and brings answers in pieces as a test wants them.

    Attributes:
        window: bytes that may still be sent; without limit where none.
        grant: bytes the window grows by whenever nothing comes.
        max_recv_bytes: bytes that one ``recv`` brings.
        ended: the channel has ended; ``recv`` says so once all is read.
        after: called whenever nothing comes, on the owner's thread; time passes if it changes
            nothing.
        sends: how many bytes each ``send`` was given.
        close_awaited: somebody has waited for the server to close it as well.
        on_close_awaited: called then.
        peer_closes: the server closes what was closed here.
        waits: how many seconds each ``recv`` was to wait at most.
    """

    def __init__(
        self, answer: Callable[[bytes], Iterable[bytes]], clock: ManualClock | None = None
    ) -> None:
        self.clock = clock or ManualClock()
        self.window: int | None = None
        self.grant = 0
        self.max_recv_bytes = 1 << 30
        self.ended = False
        self.closed = False
        self.close_awaited = False
        self.on_close_awaited: Callable[[], None] = lambda: None
        self.peer_closes = True
        self.send_error: Exception | None = None
        self.after: Callable[[], None] = lambda: None
        self.packets: deque[bytes] = deque()
        self.sends: list[int] = []
        self.waits: list[float] = []
        self._answer = answer
        self._received = bytearray()
        self.woken = False

    def send(self, data: bytes | memoryview) -> int:
        if self.send_error is not None:
            raise self.send_error
        self.sends.append(len(data))
        taken = data if self.window is None else data[: self.window]
        if self.window is not None:
            self.window -= len(taken)
        self._received += taken
        while len(self._received) >= 4:
            (length,) = struct.unpack_from(">I", self._received)
            if len(self._received) < 4 + length:
                break
            self.packets.extend(self._answer(bytes(self._received[4 : 4 + length])))
            del self._received[: 4 + length]
        return len(taken)

    def recv(self, seconds: float) -> bytes:
        self.waits.append(seconds)
        if self.packets:
            data = self.packets.popleft()
            if data[self.max_recv_bytes :]:
                self.packets.appendleft(data[self.max_recv_bytes :])
            return data[: self.max_recv_bytes]
        if self.ended:
            return b""
        self.after()
        if self.window is not None and self.grant:
            self.window += self.grant
        elif not (self.woken or self.packets):
            self.clock.time += min(seconds, 0.1)  # it may come back early, as if woken
        self.woken = False
        raise TimeoutError

    def send_ready(self) -> bool:
        return self.window is None or self.window > 0

    def wake(self) -> None:
        self.woken = True

    def close(self) -> None:
        self.closed = True

    def wait_closed(self, _seconds: float, /) -> bool:
        self.close_awaited = True
        self.on_close_awaited()
        return self.closed and self.peer_closes

    @property
    def closed_by_peer(self) -> bool:
        return self.closed and self.peer_closes


class ScriptedSftp:
    """Holds a started channel in memory, with its server and its stream."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.stream = ScriptedStream(server.answer)
        self.channel = SftpChannel(
            self.stream, self.stream.clock, OpenHandles(SystemThreads()), reply_deadline=60.0
        )
        self.cancel = CancelToken(SystemThreads())
        self.channel.start(self.cancel)

    @property
    def files(self) -> RemoteFiles:
        return RemoteFiles(self.channel)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.channel.run(work, self.cancel)
