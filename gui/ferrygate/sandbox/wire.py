"""Reads and writes a server's packets of SFTP version 3 (draft-ietf-secsh-filexfer-02)."""

from __future__ import annotations

import struct
import time
from enum import IntEnum

from ferrygate.sandbox.store import Attributes

VERSION = 3  # of SFTP

_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FOLDER_MODE = 0o040744
_FILE_MODE = 0o100744


class Packet(IntEnum):
    """Names the packet types, section 3."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    SETSTAT = 9
    FSETSTAT = 10
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    RMDIR = 15
    REALPATH = 16
    STAT = 17
    RENAME = 18
    READLINK = 19
    SYMLINK = 20
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105


class Open(IntEnum):
    """Names the bits of an OPEN packet's pflags, section 6.3."""

    READ = 0x01
    WRITE = 0x02
    APPEND = 0x04
    CREATE = 0x08
    TRUNCATE = 0x10
    EXCLUSIVE = 0x20


class _Attribute(IntEnum):
    """Names the bits of an ATTRS structure's flags, section 5."""

    SIZE = 0x01
    PERMISSIONS = 0x04
    TIMES = 0x08


class MalformedError(Exception):
    """A packet ends before its fields do."""


class Reader:
    """Takes the fields of one packet off its front, in order."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._at = 0

    def byte(self) -> int:
        """Read a byte."""
        return self._take(1)[0]

    def u32(self) -> int:
        """Read a uint32."""
        return int(_U32.unpack(self._take(_U32.size))[0])

    def u64(self) -> int:
        """Read a uint64."""
        return int(_U64.unpack(self._take(_U64.size))[0])

    def string(self) -> bytes:
        """Read a counted string."""
        return self._take(self.u32())

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._packet):
            raise MalformedError
        taken = self._packet[self._at : end]
        self._at = end
        return taken


def version() -> bytes:
    """Make the VERSION packet: version 3, without extensions."""
    return _packet(Packet.VERSION, _U32.pack(VERSION))


def status(request: int, code: int, text: str) -> bytes:
    """Make a STATUS packet."""
    fields = (_U32.pack(request), _U32.pack(code), _string(text.encode()), _string(b"en"))
    return _packet(Packet.STATUS, *fields)


def handle(request: int, name: bytes) -> bytes:
    """Make a HANDLE packet."""
    return _packet(Packet.HANDLE, _U32.pack(request), _string(name))


def data(request: int, content: bytes) -> bytes:
    """Make a DATA packet."""
    return _packet(Packet.DATA, _U32.pack(request), _U32.pack(len(content)), content)


def attributes(request: int, value: Attributes) -> bytes:
    """Make an ATTRS packet."""
    return _packet(Packet.ATTRS, _U32.pack(request), _attributes(value))


def real_path(request: int, path: bytes) -> bytes:
    """Make a NAME packet with one path and empty attributes."""
    fields = (_U32.pack(request), _U32.pack(1), _string(path), _string(path), _U32.pack(0))
    return _packet(Packet.NAME, *fields)


def names(request: int, entries: list[tuple[bytes, Attributes]]) -> bytes:
    """Make a NAME packet with entries of a folder."""
    fields = [_U32.pack(request), _U32.pack(len(entries))]
    for name, value in entries:
        fields += (_string(name), _string(_long_name(name, value)), _attributes(value))
    return _packet(Packet.NAME, *fields)


def _packet(kind: Packet, *fields: bytes) -> bytes:
    body = b"".join(fields)
    return _U32.pack(len(body) + 1) + bytes((kind,)) + body


def _string(content: bytes) -> bytes:
    return _U32.pack(len(content)) + content


def _attributes(value: Attributes) -> bytes:
    flags = _Attribute.SIZE | _Attribute.PERMISSIONS | _Attribute.TIMES
    mode = _FOLDER_MODE if value.is_folder else _FILE_MODE
    return struct.pack(">IQIII", flags, value.size, mode, value.modified, value.modified)


def _long_name(name: bytes, value: Attributes) -> bytes:
    """Make the line of ``ls -l`` as AWS Transfer writes it: no owner, no group."""
    when = time.gmtime(value.modified)
    date = f"{_MONTHS[when.tm_mon - 1]} {when.tm_mday:2} {when.tm_year:5}"
    mode = "drwxr--r--" if value.is_folder else "-rwxr--r--"
    return f"{mode}   1 {'-':8} {'-':8} {value.size:12} {date} ".encode() + name
