"""An SFTP server that invents what it has: ``python inventing_sftp.py``, run by sshd.

A folder ``/1000000x100`` has a million files, told of a hundred at a time, and ``/5000x5000`` comes
in a single packet. ``/zeros/4096`` is a file of so many zeros, and ``/zeros/4096-a`` another. Zeros
are what it takes, in order, under any name in ``/inbox``; it keeps their number and nothing else.
Folders can be made there.
So files and folders have any size, and no disk is in the way. It starts in a moment, so it imports
little and nothing of the tests.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar

T = TypeVar("T")

_INIT, _OPEN, _CLOSE, _READ, _WRITE, _LSTAT = 1, 3, 4, 5, 6, 7
_OPENDIR, _READDIR, _MKDIR, _STAT, _EXTENDED = 11, 12, 14, 17, 200
_VERSION, _STATUS, _HANDLE, _DATA, _NAME, _ATTRS, _EXTENDED_REPLY = 2, 101, 102, 103, 104, 105, 201
_OK, _EOF, _NO_SUCH_FILE, _FAILURE, _UNSUPPORTED = 0, 1, 2, 4, 8
_TO_WRITE = 2

_LIMITS = b"limits@openssh.com"
_MOST = 261_120  # bytes in one READ or WRITE, as OpenSSH has it
_ZEROS = bytes(_MOST)
_LONG_NAME = b"-rw-r--r--    1 vendor7  vendor7      4096 Nov 14  2023 "


def _string(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


def _packet(kind: int, request: int, body: bytes) -> bytes:
    return _string(struct.pack(">BI", kind, request) + body)


def _status(request: int, code: int) -> bytes:
    return _packet(_STATUS, request, struct.pack(">I", code) + _string(b"") + _string(b""))


def _attributes(size: int, mode: int = 0o100644) -> bytes:
    """Size, owner, permissions, times, as OpenSSH sends them (draft-ietf-secsh-filexfer-02 §5)."""
    return struct.pack(">IQIIIII", 0x0F, size, 1000, 1000, mode, 1_700_000_000, 1_700_000_000)


_LISTED = _attributes(4096)
_FOLDER = _attributes(4096, 0o040755)


def _blocks(path: bytes) -> Iterator[bytes]:
    """Give the bodies of NAME that a folder is told in."""
    total, at_a_time = map(int, path.strip(b"/").split(b"x"))
    for first in range(0, total, at_a_time):
        numbers = range(first, min(first + at_a_time, total))
        names = [b"file-%07d" % number for number in numbers]
        told = [_string(name) + _string(_LONG_NAME + name) + _LISTED for name in names]
        yield struct.pack(">I", len(told)) + b"".join(told)


class _Server:
    """One session."""

    def __init__(self) -> None:
        self._opened = 0
        self._folders: dict[bytes, Iterator[bytes]] = {}
        self._files: dict[bytes, bytes] = {}  # paths by handle
        self._taken: dict[bytes, int] = {}  # sizes by path
        self._made: set[bytes] = set()  # folders
        self._answers: dict[int, Callable[[int, bytes, bytes], bytes]] = {
            _OPEN: self._open,
            _CLOSE: self._close,
            _READ: self._read,
            _WRITE: self._write,
            _STAT: self._stat,
            _LSTAT: self._stat,
            _OPENDIR: self._opendir,
            _READDIR: self._readdir,
            _MKDIR: self._mkdir,
            _EXTENDED: self._extended,
        }

    def answer(self, payload: bytes) -> bytes:
        """Answer one packet."""
        if payload[0] == _INIT:
            return _string(struct.pack(">BI", _VERSION, 3) + _string(_LIMITS) + _string(b"1"))
        kind, request, length = struct.unpack_from(">BII", payload)
        answer = self._answers.get(kind, self._unsupported)
        return answer(request, payload[9 : 9 + length], payload[9 + length :])

    def _open(self, request: int, path: bytes, more: bytes) -> bytes:
        if struct.unpack_from(">I", more)[0] & _TO_WRITE:
            self._taken[path] = 0
        elif self._size(path) is None:
            return _status(request, _NO_SUCH_FILE)
        return self._handle(request, self._files, path)

    def _opendir(self, request: int, path: bytes, _more: bytes) -> bytes:
        return self._handle(request, self._folders, _blocks(path))

    def _handle(self, request: int, kept: dict[bytes, T], what: T) -> bytes:
        self._opened += 1
        handle = b"%d" % self._opened
        kept[handle] = what
        return _packet(_HANDLE, request, _string(handle))

    def _close(self, request: int, handle: bytes, _more: bytes) -> bytes:
        known = self._files.pop(handle, None) or self._folders.pop(handle, None)
        return _status(request, _FAILURE if known is None else _OK)

    def _read(self, request: int, handle: bytes, more: bytes) -> bytes:
        offset, length = struct.unpack(">QI", more)
        left = (self._size(self._files[handle]) or 0) - offset
        if left <= 0:
            return _status(request, _EOF)
        count = min(left, length, _MOST)
        return _packet(_DATA, request, _string(_ZEROS[:count]))

    def _write(self, request: int, handle: bytes, more: bytes) -> bytes:
        path, offset = self._files[handle], struct.unpack_from(">Q", more)[0]
        data = more[12:]
        if offset != self._taken[path] or data != _ZEROS[: len(data)]:
            return _status(request, _FAILURE)
        self._taken[path] += len(data)
        return _status(request, _OK)

    def _mkdir(self, request: int, path: bytes, _more: bytes) -> bytes:
        if not path.startswith(b"/inbox/") or path in self._made:
            return _status(request, _FAILURE)
        self._made.add(path)
        return _status(request, _OK)

    def _stat(self, request: int, path: bytes, _more: bytes) -> bytes:
        size = self._size(path)
        if size is not None:
            return _packet(_ATTRS, request, _attributes(size))
        if path.startswith(b"/inbox/") and path not in self._made:
            return _status(request, _NO_SUCH_FILE)
        return _packet(_ATTRS, request, _FOLDER)

    def _readdir(self, request: int, handle: bytes, _more: bytes) -> bytes:
        body = next(self._folders[handle], None)
        return _status(request, _EOF) if body is None else _packet(_NAME, request, body)

    def _extended(self, request: int, _name: bytes, _more: bytes) -> bytes:
        limits = struct.pack(">QQQQ", 262_144, _MOST, _MOST, 1000)
        return _packet(_EXTENDED_REPLY, request, limits)

    def _unsupported(self, request: int, _text: bytes, _more: bytes) -> bytes:
        return _status(request, _UNSUPPORTED)

    def _size(self, path: bytes) -> int | None:
        if path.startswith(b"/zeros/"):
            return int(path[len(b"/zeros/") :].partition(b"-")[0])
        return self._taken.get(path)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests until there are no more."""
    server = _Server()
    while head := source.read(4):
        sink.write(server.answer(source.read(struct.unpack(">I", head)[0])))
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
