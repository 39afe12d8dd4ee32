"""SFTP version 3 on the wire (draft-ietf-secsh-filexfer-02): packets as pure functions.

Nothing here does I/O. Requests are made from their fields; replies are taken apart into small
values. A reply that does not hold together raises :class:`BadPacketError`.
"""

from __future__ import annotations

import stat
import struct
from enum import IntEnum, IntFlag
from typing import NamedTuple

from ferrygate.common.entry import Entry, EntryKind

VERSION = 3
MAX_PACKET = 1 << 26  # a server may put a whole folder into one NAME packet; this is beyond any
_LONGEST_HANDLE = 256  # bytes (draft §7)


class BadPacketError(Exception):
    """Bytes that are no SFTP packet, or not the one the draft describes."""


class Type(IntEnum):
    """Packet types, draft §3."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    RMDIR = 15
    STAT = 17
    RENAME = 18
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105


class Status(IntEnum):
    """Status codes, draft §7."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    NO_CONNECTION = 6
    CONNECTION_LOST = 7
    OP_UNSUPPORTED = 8


class Open(IntFlag):
    """``pflags`` of OPEN, draft §6.3."""

    READ = 0x01
    WRITE = 0x02
    CREAT = 0x08
    TRUNC = 0x10
    EXCL = 0x20


_SIZE, _UIDGID, _PERMISSIONS, _TIMES, _EXTENDED = 0x01, 0x02, 0x04, 0x08, 0x80000000

_HEADER = struct.Struct(">IBI")
_WRITE = struct.Struct(">QI")
_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")


class StatusReply(NamedTuple):
    """STATUS: a code and the server's own words (hostile until cleaned)."""

    code: int
    message: bytes


class HandleReply(NamedTuple):
    """HANDLE: the server's name for an open file or folder, at most 256 bytes."""

    handle: bytes


class DataReply(NamedTuple):
    """DATA: bytes read."""

    data: bytes


class NameReply(NamedTuple):
    """NAME: entries of a folder."""

    entries: tuple[Entry, ...]


class AttrsReply(NamedTuple):
    """ATTRS: one file's attributes, as an entry without a name."""

    entry: Entry


Reply = StatusReply | HandleReply | DataReply | NameReply | AttrsReply


def init() -> bytes:
    """The INIT packet; the only one without a request id besides VERSION."""
    return struct.pack(">IBI", 5, Type.INIT, VERSION)


def string(text: bytes) -> bytes:
    """A length-prefixed string (RFC 4251 §5)."""
    return _U32.pack(len(text)) + text


def packet(kind: Type, request: int, body: bytes) -> bytes:
    """A whole request packet."""
    return _HEADER.pack(len(body) + 5, kind, request) + body


def open_body(path: bytes, flags: Open) -> bytes:
    """OPEN with no attributes: the server's defaults apply."""
    return string(path) + _U32.pack(flags) + _U32.pack(0)


def read_body(handle: bytes, offset: int, length: int) -> bytes:
    """READ of ``length`` bytes at ``offset``."""
    return string(handle) + _WRITE.pack(offset, length)


def write_body(handle: bytes, offset: int, data: bytes) -> bytes:
    """WRITE of ``data`` at ``offset``."""
    return b"".join((string(handle), _WRITE.pack(offset, len(data)), data))


def mkdir_body(path: bytes) -> bytes:
    """MKDIR with no attributes."""
    return string(path) + _U32.pack(0)


def parse_version(payload: bytes) -> tuple[int, dict[bytes, bytes]]:
    """The version and the extension pairs of a VERSION packet (type byte included)."""
    if not payload or payload[0] != Type.VERSION:
        raise BadPacketError("no VERSION packet")
    try:
        (version,) = _U32.unpack_from(payload, 1)
        extensions: dict[bytes, bytes] = {}
        at = 5
        while at < len(payload):
            name, at = _string_at(payload, at)
            extensions[name], at = _string_at(payload, at)
    except struct.error as error:
        raise BadPacketError("VERSION cut short") from error
    return version, extensions


def parse_reply(payload: bytes) -> tuple[int, Reply]:
    """Request id and reply of a packet's payload (type byte included).

    Raises:
        BadPacketError: an unknown type, or fields that do not fit the packet.
    """
    try:
        kind, request = struct.unpack_from(">BI", payload)
        return request, _parse_body(kind, payload)
    except struct.error as error:
        raise BadPacketError("packet cut short") from error


def _parse_body(kind: int, payload: bytes) -> Reply:
    if kind == Type.DATA:
        return DataReply(_string_at(payload, 5)[0])
    if kind == Type.STATUS:
        (code,) = _U32.unpack_from(payload, 5)
        # Some servers leave the message out, against the draft.
        return StatusReply(code, _string_at(payload, 9)[0] if len(payload) > 9 else b"")  # noqa: PLR2004
    if kind == Type.HANDLE:
        handle, _end = _string_at(payload, 5)
        if len(handle) > _LONGEST_HANDLE:  # a WRITE with it would have no room for data
            raise BadPacketError("handle too long")
        return HandleReply(handle)
    if kind == Type.NAME:
        return NameReply(_names(payload))
    if kind == Type.ATTRS:
        return AttrsReply(_attributes(payload, 5, b"")[0])
    raise BadPacketError(f"unexpected packet type {kind}")


def _string_at(payload: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _U32.unpack_from(payload, at)
    end = at + 4 + length
    if end > len(payload):
        raise BadPacketError("string longer than its packet")
    return payload[at + 4 : end], end


def _names(payload: bytes) -> tuple[Entry, ...]:
    (count,) = _U32.unpack_from(payload, 5)
    entries = []
    at = 9
    for _ in range(count):
        name, at = _string_at(payload, at)
        (longname_length,) = _U32.unpack_from(payload, at)  # made for people by the server: skipped
        entry, at = _attributes(payload, at + 4 + longname_length, name)
        entries.append(entry)
    return tuple(entries)


def _attributes(payload: bytes, at: int, name: bytes) -> tuple[Entry, int]:
    """ATTRS of draft §5 at ``at``; returns the entry and where the attributes end."""
    (flags,) = _U32.unpack_from(payload, at)
    at += 4
    size = modified = permissions = None
    if flags & _SIZE:
        (size,) = _U64.unpack_from(payload, at)
        at += 8
    if flags & _UIDGID:
        at += 8
    if flags & _PERMISSIONS:
        (permissions,) = _U32.unpack_from(payload, at)
        at += 4
    if flags & _TIMES:
        modified = _U32.unpack_from(payload, at + 4)[0] or None
        at += 8
    if flags & _EXTENDED:
        (count,) = _U32.unpack_from(payload, at)
        at += 4
        for _ in range(count):
            at = _string_at(payload, _string_at(payload, at)[1])[1]
    if at > len(payload):
        raise BadPacketError("attributes longer than their packet")
    return Entry(name, _kind(permissions), size, modified), at


def _kind(permissions: int | None) -> EntryKind:
    mode = permissions or 0
    if stat.S_ISDIR(mode):
        return EntryKind.FOLDER
    if stat.S_ISLNK(mode):
        return EntryKind.LINK
    if stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0:  # no type bits: treated as a file
        return EntryKind.FILE
    return EntryKind.OTHER


class PacketReader:
    """Cuts a byte stream into packet payloads, whatever the pieces it comes in."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that ``data`` completes.

        Raises:
            BadPacketError: a length that no packet can have; its first bytes are shown, since a
                login script that prints text is the usual cause.
        """
        buffer = self._buffer
        buffer += data
        payloads = []
        at, end = 0, len(buffer)
        while end - at >= 4:  # noqa: PLR2004  the length field
            (length,) = _U32.unpack_from(buffer, at)
            if not 1 <= length <= MAX_PACKET:
                head = bytes(buffer[at : at + 40])
                raise BadPacketError(f"not SFTP: the server sent {head!r}")
            if end - at < 4 + length:
                break
            payloads.append(bytes(memoryview(buffer)[at + 4 : at + 4 + length]))
            at += 4 + length
        if at:
            del buffer[:at]
        return payloads
