"""SFTP version 3 on the wire (draft-ietf-secsh-filexfer-02): packets as pure functions.

Nothing here does I/O. Requests are made from their fields; replies are taken apart into small
values. A reply that does not hold together raises :class:`BadPacketError`.
"""

from __future__ import annotations

import re
import stat
import struct
from enum import IntEnum, IntFlag
from typing import NamedTuple

from ferrygate.common.entry import Entry, EntryKind

VERSION = 3
# A server may put a whole folder into one NAME packet, here 250,000 names.
MAX_PACKET_BYTES = 1 << 25
USUAL_HANDLE_BYTES = 256  # the longest that the draft allows (§7)
_MAX_HANDLE_BYTES = 4096  # some servers put a whole path or a signed token into it
_MAX_NAMES = 300_000  # in one NAME: more than a longest packet holds with a line of ls for each


Buffer = bytes | memoryview


class BadPacketError(Exception):
    """Bytes that are no SFTP packet, or not the one the draft describes.

    Attributes:
        said: the bytes where a packet should have begun, if they may be words for people.
    """

    def __init__(self, detail: str, said: bytes = b"") -> None:
        super().__init__(detail)
        self.said = said


class Type(IntEnum):
    """Packet types, draft §3."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    RMDIR = 15
    REALPATH = 16
    STAT = 17
    RENAME = 18
    EXTENDED = 200
    EXTENDED_REPLY = 201
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105


class Status(IntEnum):
    """Status codes, draft §7; from 9 on those of draft-ietf-secsh-filexfer-13 §9.1.

    Servers of version 3 send the later ones as well, though they should not.
    """

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    NO_CONNECTION = 6
    CONNECTION_LOST = 7
    OP_UNSUPPORTED = 8
    INVALID_HANDLE = 9
    NO_SUCH_PATH = 10
    FILE_ALREADY_EXISTS = 11
    WRITE_PROTECT = 12
    NO_MEDIA = 13
    NO_SPACE = 14
    QUOTA_EXCEEDED = 15
    UNKNOWN_PRINCIPAL = 16
    LOCK_CONFLICT = 17
    DIR_NOT_EMPTY = 18
    NOT_A_DIRECTORY = 19
    INVALID_FILENAME = 20
    LINK_LOOP = 21
    CANNOT_DELETE = 22
    INVALID_PARAMETER = 23
    FILE_IS_A_DIRECTORY = 24
    BYTE_RANGE_LOCK_CONFLICT = 25
    BYTE_RANGE_LOCK_REFUSED = 26
    DELETE_PENDING = 27
    FILE_CORRUPT = 28
    OWNER_INVALID = 29
    GROUP_INVALID = 30
    NO_MATCHING_BYTE_RANGE_LOCK = 31


class Open(IntFlag):
    """``pflags`` of OPEN, draft §6.3."""

    READ = 0x01
    WRITE = 0x02
    CREAT = 0x08
    TRUNC = 0x10
    EXCL = 0x20


_SIZE, _UIDGID, _PERMISSIONS, _TIMES, _EXTENDED = 0x01, 0x02, 0x04, 0x08, 0x80000000
_USUAL = _SIZE | _UIDGID | _PERMISSIONS | _TIMES  # what almost every server sends, read at once
_USUAL_FIELDS = struct.Struct(">QIIIII")
_KINDS = {
    stat.S_IFREG: EntryKind.FILE,
    0: EntryKind.UNKNOWN,  # permissions alone, as some servers of version 3 send them
    stat.S_IFDIR: EntryKind.FOLDER,
    stat.S_IFLNK: EntryKind.LINK,
}

# The first ten letters of "ls -l", which servers put into the longname (draft §7).
_LS_LONG = rb"[-dlbcpsD][-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT]"  # compiled where it is used
_LS_KINDS = {ord("-"): EntryKind.FILE, ord("d"): EntryKind.FOLDER, ord("l"): EntryKind.LINK}

_HEADER = struct.Struct(">IBI")
_OFFSET_LENGTH = struct.Struct(">QI")
_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")


class StatusReply(NamedTuple):
    """STATUS: a code and the server's own words (hostile until cleaned)."""

    code: int
    message: bytes


class HandleReply(NamedTuple):
    """HANDLE: the server's name for an open file or folder, at most 4,096 bytes."""

    handle: bytes


class DataReply(NamedTuple):
    """DATA: bytes read, in place in what was received."""

    data: bytes | memoryview


class NameReply(NamedTuple):
    """NAME: entries of a folder."""

    entries: tuple[Entry, ...]


class AttrsReply(NamedTuple):
    """ATTRS: one file's attributes, as an entry without a name."""

    entry: Entry


class ExtendedReply(NamedTuple):
    """EXTENDED_REPLY (draft §8): what the extension says."""

    body: bytes


Reply = StatusReply | HandleReply | DataReply | NameReply | AttrsReply | ExtendedReply


def init() -> bytes:
    """Make the INIT packet: the only one without a request id besides VERSION."""
    return struct.pack(">IBI", 5, Type.INIT, VERSION)


def string(text: bytes) -> bytes:
    """Make a length-prefixed string (RFC 4251 §5)."""
    return _U32.pack(len(text)) + text


def packet(kind: Type, request: int, *body: bytes) -> bytes:
    """Make a whole request packet; the parts of its body are put together here, once."""
    return b"".join((_HEADER.pack(sum(map(len, body)) + 5, kind, request), *body))


def request_number(packet: Buffer) -> int:
    """Read the number of a whole request packet that is not INIT."""
    number: int = _U32.unpack_from(packet, 5)[0]
    return number


def open_body(path: bytes, flags: Open) -> bytes:
    """OPEN with no attributes: the server's defaults apply."""
    return string(path) + _U32.pack(flags) + _U32.pack(0)


def read_body(handle: bytes, offset: int, length: int) -> bytes:
    """READ of ``length`` bytes at ``offset``."""
    return string(handle) + _OFFSET_LENGTH.pack(offset, length)


def write_head(handle: bytes, offset: int, length: int) -> bytes:
    """WRITE of ``length`` bytes at ``offset``; they are the second part of its body."""
    return string(handle) + _OFFSET_LENGTH.pack(offset, length)


def mkdir_body(path: bytes) -> bytes:
    """MKDIR with no attributes."""
    return string(path) + _U32.pack(0)


def parse_version(payload: Buffer) -> tuple[int, dict[bytes, bytes]]:
    """Parse the version and the extension pairs of a VERSION packet (type byte included)."""
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


def parse_reply(payload: Buffer) -> tuple[int, Reply]:
    """Request id and reply of a packet's payload (type byte included).

    Raises:
        BadPacketError: an unknown type, or fields that do not fit the packet.
    """
    try:
        kind, request = struct.unpack_from(">BI", payload)
        return request, _parse_body(kind, payload)
    except struct.error as error:
        raise BadPacketError("packet cut short") from error


def _parse_body(kind: int, payload: Buffer) -> Reply:
    if kind == Type.DATA:
        return DataReply(_slice_at(payload, 5))
    if kind == Type.STATUS:
        (code,) = _U32.unpack_from(payload, 5)
        # Some servers leave the message out, against the draft.
        return StatusReply(code, _string_at(payload, 9)[0] if len(payload) > 9 else b"")  # noqa: PLR2004
    if kind == Type.HANDLE:
        handle, _end = _string_at(payload, 5)
        if len(handle) > _MAX_HANDLE_BYTES:  # a WRITE with it would have little room for data
            raise BadPacketError("handle too long")
        return HandleReply(handle)
    if kind == Type.NAME:
        return NameReply(_names(bytes(payload)))
    if kind == Type.ATTRS:
        return AttrsReply(_attributes(bytes(payload), 5, b"")[0])
    if kind == Type.EXTENDED_REPLY:
        return ExtendedReply(bytes(payload[5:]))
    raise BadPacketError(f"unexpected packet type {kind}")


def _string_at(payload: Buffer, at: int) -> tuple[bytes, int]:
    (length,) = _U32.unpack_from(payload, at)
    end = at + 4 + length
    if end > len(payload):
        raise BadPacketError("string longer than its packet")
    return bytes(payload[at + 4 : end]), end


def _slice_at(payload: Buffer, at: int) -> Buffer:
    """Return a string in place: the bytes of a file are copied as seldom as can be."""
    (length,) = _U32.unpack_from(payload, at)
    if at + 4 + length > len(payload):
        raise BadPacketError("string longer than its packet")
    return payload[at + 4 : at + 4 + length]


def _names(payload: bytes) -> tuple[Entry, ...]:
    (count,) = _U32.unpack_from(payload, 5)
    if count > _MAX_NAMES:  # empty ones take 12 bytes, so that ten times as many fit
        raise BadPacketError(f"{count} names at once")
    entries = []
    at = 9
    for _ in range(count):
        (length,) = _U32.unpack_from(payload, at)
        start, at = at + 4, at + 4 + length
        name = payload[start:at]
        (longname_length,) = _U32.unpack_from(payload, at)  # for people; looked at where need be
        long_at = at + 4
        entry, at = _attributes(payload, long_at + longname_length, name)
        if entry.kind is EntryKind.UNKNOWN:
            kind = _kind_by_longname(payload[long_at : long_at + min(longname_length, 10)])
            entry = Entry(name, kind, entry.size, entry.modified)
        entries.append(entry)
    return tuple(entries)


def _attributes(payload: bytes, at: int, name: bytes) -> tuple[Entry, int]:
    """ATTRS of draft §5 at ``at``; returns the entry and where the attributes end."""
    (flags,) = _U32.unpack_from(payload, at)
    if flags == _USUAL:
        size, _uid, _gid, permissions, _accessed, modified = _USUAL_FIELDS.unpack_from(
            payload, at + 4
        )
        return Entry(name, _kind(permissions), size, modified or None), at + 32
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
    return _KINDS.get((permissions or 0) & 0o170000, EntryKind.OTHER)


def _kind_by_longname(longname: bytes) -> EntryKind:
    """Tell the kind by the first ten bytes of a line of ``ls -l``, if it is one."""
    if not re.fullmatch(_LS_LONG, longname):
        return EntryKind.UNKNOWN
    return _LS_KINDS.get(longname[0], EntryKind.OTHER)
