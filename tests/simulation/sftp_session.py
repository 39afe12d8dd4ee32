"""Answers the requests of one SFTP channel, as the simulated server does.

Requests for one path are done in their order (draft-ietf-secsh-filexfer-02 §6.1), those for
different paths in any, as each takes a time of its own; unless the server does one after the other.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from itertools import starmap
from random import Random
from typing import Any

from simulation.remote_store import RemoteStore, StoredFile
from simulation.scheduler import Scheduler
from support.scripted_sftp import (
    ATTRS,
    CLOSE,
    DATA,
    EXCL,
    FILE,
    FOLDER,
    FSTAT,
    HANDLE,
    INIT,
    LSTAT,
    MKDIR,
    NAME,
    OPEN,
    OPENDIR,
    READ,
    READDIR,
    REALPATH,
    REMOVE,
    STAT,
    VERSION,
    WRITE,
    Request,
    attributes,
    parse_request,
    reply,
    status,
)
from support.sftp_bytes import EOF, FAILURE, NO_SUCH_FILE, OK, OP_UNSUPPORTED, string

_TO_WRITE, _MAX_NAMES = 2, 5  # the flag of OPEN; names in one answer to READDIR

Fields = tuple[Any, ...]


class _Handle:
    """Holds an open file or folder."""

    def __init__(self, path: bytes, file: StoredFile, *, is_written: bool = False) -> None:
        self.path = path
        self.file = file
        self.is_written = is_written
        self.names: list[tuple[bytes, StoredFile | None]] = []


class SftpSession:
    """Simulates the server's end of a channel."""

    def __init__(
        self,
        store: RemoteStore,
        scheduler: Scheduler,
        random: Random,
        send: Callable[[bytes], None],
        count_request: Callable[[], None],
        *,
        max_seconds: float,
        keeps_order: bool,
    ) -> None:
        """Begin.

        Args:
            store: the files.
            scheduler: of the time that requests take.
            random: draws it.
            send: takes the bytes that go to the client.
            count_request: is called after each request.
            max_seconds: that a request takes at most.
            keeps_order: one request is done after the other.
        """
        self._store = store
        self._scheduler = scheduler
        self._random = random
        self._send = send
        self._count_request = count_request
        self._max_seconds = max_seconds
        self._keeps_order = keeps_order
        self._received = bytearray()
        self._handles: dict[bytes, _Handle] = {}
        self._given = 0
        self._free_at: dict[bytes, float] = {}  # when the last request for a path is done
        self._has_ended = False
        self._by_handle: dict[int, Callable[[int, _Handle, Fields], bytes]] = {
            CLOSE: self._close,
            READ: self._read,
            READDIR: self._read_folder,
            FSTAT: self._fstat,
            WRITE: self._write,
        }
        self._by_path: dict[int, Callable[[int, bytes, Fields], bytes]] = {
            STAT: self._stat,
            LSTAT: self._stat,
            REALPATH: self._resolve,
            OPEN: self._open,
            OPENDIR: self._open_folder,
            MKDIR: self._make_folder,
            REMOVE: self._remove,
        }

    def take(self, data: bytes) -> None:
        """Take bytes that came from the client."""
        self._received += data
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4], "big")
            if len(self._received) < end:
                break
            payload = bytes(self._received[4:end])
            del self._received[:end]
            if payload[0] == INIT:
                self._send(string(struct.pack(">BI", VERSION, 3)))
            else:
                self._plan(parse_request(payload))

    def end(self) -> None:
        """End as the client is gone; an object store keeps what it has of each open file."""
        self._has_ended = True
        for handle in self._handles.values():
            if handle.is_written:
                self._store.finish(handle.path, handle.file)
        self._handles.clear()

    def _plan(self, request: Request) -> None:
        key = request.fields[0]
        if request.kind in self._by_handle and key in self._handles:
            key = self._handles[key].path
        if self._keeps_order:
            key = b""
        now = self._scheduler.time
        due = max(now, self._free_at.get(key, 0.0)) + self._random.random() * self._max_seconds
        self._free_at[key] = due
        self._scheduler.call_in(due - now, partial(self._do, request))

    def _do(self, request: Request) -> None:
        if not self._has_ended:
            self._send(self._answer(request))
            self._count_request()

    def _answer(self, request: Request) -> bytes:
        kind, number, fields = request
        if kind in self._by_handle:
            handle = self._handles.get(fields[0])
            if handle is None:
                return status(number, FAILURE, b"Invalid handle")
            return self._by_handle[kind](number, handle, fields)
        if kind in self._by_path:
            path = fields[0].rstrip(b"/") or b"/"
            return self._by_path[kind](number, path, fields)
        return status(number, OP_UNSUPPORTED)

    # ------------------------------------------------------------ by handle

    def _close(self, number: int, handle: _Handle, fields: Fields) -> bytes:
        del self._handles[fields[0]]
        if handle.is_written:
            self._store.finish(handle.path, handle.file)
        return status(number, OK)

    def _read_folder(self, number: int, handle: _Handle, _fields: Fields) -> bytes:
        listed, handle.names = handle.names[:_MAX_NAMES], handle.names[_MAX_NAMES:]
        if not listed:
            return status(number, EOF)
        return reply(NAME, number, struct.pack(">I", len(listed)), *starmap(_name, listed))

    def _fstat(self, number: int, handle: _Handle, _fields: Fields) -> bytes:
        return reply(ATTRS, number, _attributes_of(handle.file))

    def _write(self, number: int, handle: _Handle, fields: Fields) -> bytes:
        self._store.write(handle.file, fields[1], fields[2])
        return status(number, OK)

    def _read(self, number: int, handle: _Handle, fields: Fields) -> bytes:
        content = bytes(handle.file.content[fields[1] : fields[1] + fields[2]])
        return reply(DATA, number, string(content)) if content else status(number, EOF)

    # ------------------------------------------------------------ by path

    def _stat(self, number: int, path: bytes, _fields: Fields) -> bytes:
        if path in self._store.folders:
            return reply(ATTRS, number, _attributes_of(None))
        file = self._store.files.get(path)
        if file is None:
            return status(number, NO_SUCH_FILE)
        return reply(ATTRS, number, _attributes_of(file))

    def _resolve(self, number: int, path: bytes, _fields: Fields) -> bytes:
        return reply(NAME, number, struct.pack(">I", 1), _name(b"/" if path == b"." else path))

    def _open_folder(self, number: int, path: bytes, _fields: Fields) -> bytes:
        if path not in self._store.folders:
            return status(number, NO_SUCH_FILE)
        handle = _Handle(path, StoredFile())
        handle.names = self._store.inside(path)
        self._random.shuffle(handle.names)
        return self._give(number, handle)

    def _open(self, number: int, path: bytes, fields: Fields) -> bytes:
        flags, there = fields[1], self._store.files.get(path)
        if not flags & _TO_WRITE:
            if there is None:
                return status(number, NO_SUCH_FILE)
            return self._give(number, _Handle(path, there))
        if (path.rpartition(b"/")[0] or b"/") not in self._store.folders:
            return status(number, NO_SUCH_FILE)
        if path in self._store.folders or (flags & EXCL and there is not None):
            return status(number, FAILURE, b"File already exists")
        return self._give(number, _Handle(path, self._store.begin(path), is_written=True))

    def _make_folder(self, number: int, path: bytes, _fields: Fields) -> bytes:
        if path in self._store.folders or path in self._store.files:
            return status(number, FAILURE)
        self._store.folders[path] = None
        return status(number, OK)

    def _remove(self, number: int, path: bytes, _fields: Fields) -> bytes:
        is_gone = self._store.files.pop(path, None) is None
        return status(number, NO_SUCH_FILE if is_gone else OK)

    def _give(self, number: int, handle: _Handle) -> bytes:
        self._given += 1
        name = b"h%d" % self._given
        self._handles[name] = handle
        return reply(HANDLE, number, string(name))


def _attributes_of(file: StoredFile | None) -> bytes:
    """Describe a file, or a folder where there is none."""
    if file is None:
        return attributes(0, FOLDER)
    return attributes(len(file.content), FILE, file.modified)


def _name(name: bytes, file: StoredFile | None = None) -> bytes:
    return string(name) + string(b"-rw " + name) + _attributes_of(file)
