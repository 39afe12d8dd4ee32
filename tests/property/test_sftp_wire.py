"""The codec against an independent reading of draft-ietf-secsh-filexfer-02."""

from __future__ import annotations

import contextlib
import struct
from itertools import pairwise

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.sftp import wire
from ferrygate.sftp.packet_reader import PacketReader
from ferrygate.sftp.wire import BadPacketError, Open, Type
from support.scripted_sftp import Request, parse_request, reply
from support.sftp_bytes import string

NUMBERS = st.integers(0, 2**32 - 1)
OFFSETS = st.integers(0, 2**64 - 1)
NAMES = st.binary(max_size=40)


def sent(kind: Type, number: int, *body: bytes) -> Request:
    packet = wire.packet(kind, number, *body)
    (length,) = struct.unpack_from(">I", packet)
    assert length == len(packet) - 4
    return parse_request(packet[4:])


@given(NUMBERS, NAMES, st.sampled_from(list(Open)))
def test_open(number: int, path: bytes, flags: Open) -> None:
    request = sent(Type.OPEN, number, wire.open_body(path, flags))
    assert request == (Type.OPEN, number, (path, int(flags), 0))


@given(NUMBERS, NAMES, OFFSETS, NUMBERS)
def test_read(number: int, handle: bytes, offset: int, length: int) -> None:
    request = sent(Type.READ, number, wire.read_body(handle, offset, length))
    assert request == (Type.READ, number, (handle, offset, length))


@given(NUMBERS, NAMES, OFFSETS, st.binary(max_size=200))
def test_write(number: int, handle: bytes, offset: int, data: bytes) -> None:
    request = sent(Type.WRITE, number, wire.write_head(handle, offset, len(data)), data)
    assert request == (Type.WRITE, number, (handle, offset, data))


@given(NUMBERS, NAMES)
def test_mkdir_and_plain_paths(number: int, path: bytes) -> None:
    assert sent(Type.MKDIR, number, wire.mkdir_body(path)).fields == (path, 0)
    for kind in (Type.STAT, Type.LSTAT, Type.OPENDIR, Type.READDIR, Type.REMOVE, Type.CLOSE):
        assert sent(kind, number, wire.string(path)) == (kind, number, (path,))


@given(st.lists(st.binary(min_size=1, max_size=50)), st.lists(st.integers(0, 300)))
def test_packets_come_out_however_the_stream_is_cut(payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(string(payload) for payload in payloads)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    reader = PacketReader()
    found = [
        payload for start, end in pairwise(edges) for payload in reader.feed(stream[start:end])
    ]
    assert found == payloads


@given(st.binary(max_size=300))
@example(bytes([Type.NAME]) + bytes(4) + b"\xff\xff\xff\xff")
@example(bytes([Type.NAME]) + bytes(7) + b"\x01" + bytes(4) + b"\xff\xff\xff\xff")
def test_a_bad_reply_is_a_bad_packet_and_nothing_else(payload: bytes) -> None:
    with contextlib.suppress(BadPacketError):
        wire.parse_reply(payload)
    with contextlib.suppress(BadPacketError):
        wire.parse_version(payload)


@given(st.sampled_from([101, 102, 103, 104, 105]), NUMBERS, st.binary(max_size=120))
def test_a_bad_body_is_a_bad_packet_and_nothing_else(kind: int, number: int, body: bytes) -> None:
    with contextlib.suppress(BadPacketError):
        assert wire.parse_reply(struct.pack(">BI", kind, number) + body)[0] == number


@given(st.binary(max_size=200))
def test_any_stream_is_packets_or_a_bad_packet(stream: bytes) -> None:
    with contextlib.suppress(BadPacketError):
        PacketReader().feed(stream)


SIZE, UIDGID, PERMISSIONS, TIMES, EXTENDED = 0x01, 0x02, 0x04, 0x08, 0x80000000


@pytest.mark.parametrize("chosen", range(32))
def test_attributes_with_every_set_of_flags(chosen: int) -> None:
    fields = [
        (SIZE, struct.pack(">Q", 2**40)),
        (UIDGID, struct.pack(">II", 1000, 1000)),
        (PERMISSIONS, struct.pack(">I", 0o040755)),
        (TIMES, struct.pack(">II", 111, 222)),
        (EXTENDED, struct.pack(">I", 2) + 2 * (string(b"name@example.org") + string(b"value"))),
    ]
    present = [field for bit, field in enumerate(fields) if chosen >> bit & 1]
    flags = sum(flag for flag, _ in present)
    packed = struct.pack(">I", flags) + b"".join(content for _, content in present)
    body = struct.pack(">I", 2) + 2 * (string(b"name") + string(b"long name") + packed)
    expected = Entry(
        b"name",
        EntryKind.FOLDER if flags & PERMISSIONS else EntryKind.UNKNOWN,
        2**40 if flags & SIZE else None,
        222 if flags & TIMES else None,
    )
    number, names = wire.parse_reply(reply(Type.NAME, 7, body)[4:])
    assert (number, names) == (7, wire.NameReply((expected, expected)))
    _, alone = wire.parse_reply(reply(Type.ATTRS, 7, packed)[4:])
    assert alone == wire.AttrsReply(msgspec.structs.replace(expected, name=b""))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (0o100644, EntryKind.FILE),
        (0o000644, EntryKind.UNKNOWN),
        (0o040755, EntryKind.FOLDER),
        (0o120777, EntryKind.LINK),
        (0o020600, EntryKind.OTHER),
        (0o140600, EntryKind.OTHER),
    ],
)
def test_kinds_by_their_mode(mode: int, kind: EntryKind) -> None:
    _, answer = wire.parse_reply(reply(Type.ATTRS, 1, struct.pack(">II", 4, mode))[4:])
    assert isinstance(answer, wire.AttrsReply)
    assert answer.entry.kind is kind


@pytest.mark.parametrize("permissions", [b"", struct.pack(">I", 0o755)])
@pytest.mark.parametrize(
    ("longname", "kind"),
    [
        (b"drwxr-xr-x    2 vendor7  vendor7      4096 Nov 14  2023 name", EntryKind.FOLDER),
        (b"-rw-r--r--    1 vendor7  vendor7         5 Nov 14  2023 name", EntryKind.FILE),
        (b"-rwsr-sr-t    1 vendor7  vendor7         5 Nov 14  2023 name", EntryKind.FILE),
        (b"lrwxrwxrwx    1 vendor7  vendor7         5 Nov 14  2023 name -> b", EntryKind.LINK),
        (b"prw-r--r--    1 vendor7  vendor7         0 Nov 14  2023 name", EntryKind.OTHER),
        (b"srw-r--r--    1 vendor7  vendor7         0 Nov 14  2023 name", EntryKind.OTHER),
        (b"d---------", EntryKind.FOLDER),
        (b"name", EntryKind.UNKNOWN),
        (b"data.csv", EntryKind.UNKNOWN),
        (b"directory-listing.csv", EntryKind.UNKNOWN),
        (b"-rw", EntryKind.UNKNOWN),
        (b"", EntryKind.UNKNOWN),
    ],
)
def test_a_kind_that_is_not_told_is_read_from_the_line_of_ls(
    longname: bytes, kind: EntryKind, permissions: bytes
) -> None:
    attributes = struct.pack(">I", 4 if permissions else 0) + permissions
    body = struct.pack(">I", 1) + string(b"name") + string(longname) + attributes
    _, listed = wire.parse_reply(reply(Type.NAME, 1, body)[4:])
    assert listed == wire.NameReply((Entry(b"name", kind),))


def test_the_line_of_ls_does_not_overrule_the_permissions() -> None:
    attributes = struct.pack(">II", 4, 0o100644)
    body = struct.pack(">I", 1) + string(b"name") + string(b"drwxr-xr-x 2 a a") + attributes
    _, listed = wire.parse_reply(reply(Type.NAME, 1, body)[4:])
    assert listed == wire.NameReply((Entry(b"name", EntryKind.FILE),))
