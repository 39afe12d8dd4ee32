"""Replies that servers send, the odd ones among them."""

from __future__ import annotations

import struct

import pytest

from ferrygate.sftp import wire
from ferrygate.sftp.packet_reader import PacketReader
from ferrygate.sftp.wire import BadPacketError, HandleReply, Status, StatusReply
from support.scripted_sftp import ATTRS, HANDLE, NAME, STATUS, attributes, names, reply, status
from support.sftp_bytes import string


def test_version_with_extensions() -> None:
    pairs = string(b"limits@openssh.com") + string(b"1")
    assert wire.parse_version(b"\x02" + struct.pack(">I", 3) + pairs) == (
        3,
        {b"limits@openssh.com": b"1"},
    )


@pytest.mark.parametrize("payload", [b"", b"\x65\0\0\0\x03", b"\x02\0\0", b"\x02\0\0\0\x03\0\0"])
def test_what_is_no_version(payload: bytes) -> None:
    with pytest.raises(BadPacketError):
        wire.parse_version(payload)


def test_init_is_the_bytes_of_the_draft() -> None:
    assert wire.init() == bytes.fromhex("00000005 01 00000003")


def test_a_status_may_come_without_its_text() -> None:
    bare = reply(STATUS, 5, struct.pack(">I", 4))
    assert wire.parse_reply(bare[4:]) == (5, StatusReply(Status.FAILURE, b""))
    assert wire.parse_reply(status(5, 3, b"no")[4:]) == (5, StatusReply(3, b"no"))


def test_a_code_nobody_knows_is_kept() -> None:
    assert wire.parse_reply(status(1, 4711)[4:])[1] == StatusReply(4711, b"")


def test_an_unknown_type() -> None:
    with pytest.raises(BadPacketError, match="202"):
        wire.parse_reply(reply(202, 1)[4:])


def test_a_handle_has_4096_bytes_at_most() -> None:
    longest = b"h" * 4096
    assert wire.parse_reply(reply(HANDLE, 1, string(longest))[4:]) == (1, HandleReply(longest))
    with pytest.raises(BadPacketError, match="handle too long"):
        wire.parse_reply(reply(HANDLE, 1, string(longest + b"h"))[4:])


def test_a_folder_in_one_large_packet() -> None:
    packet = names(9, ((b"plate-%06d.csv" % number, 0o100644) for number in range(20_000)))
    assert len(packet) > 1_000_000
    (payload,) = PacketReader().feed(packet)
    _, listed = wire.parse_reply(payload)
    assert isinstance(listed, wire.NameReply)
    assert len(listed.entries) == 20_000
    assert listed.entries[-1].name == b"plate-019999.csv"


def test_fewer_entries_than_promised() -> None:
    body = struct.pack(">I", 3) + string(b"a") + string(b"a") + attributes(1)
    with pytest.raises(BadPacketError):
        wire.parse_reply(reply(NAME, 1, body)[4:])


@pytest.mark.parametrize(("sent", "modified"), [(0, None), (1_700_000_000, 1_700_000_000)])
def test_a_time_of_zero_is_none(sent: int, modified: int | None) -> None:
    _number, answer = wire.parse_reply(reply(ATTRS, 1, attributes(1, modified=sent))[4:])
    assert isinstance(answer, wire.AttrsReply)
    assert answer.entry.modified == modified


def test_text_of_a_login_script_is_shown() -> None:
    with pytest.raises(BadPacketError, match="Welcome to the"):
        PacketReader().feed(b"Welcome to the laboratory\n")


@pytest.mark.parametrize("length", [0, wire.MAX_PACKET_BYTES + 1])
def test_lengths_that_no_packet_has(length: int) -> None:
    with pytest.raises(BadPacketError):
        PacketReader().feed(struct.pack(">I", length))


def test_names_without_letters_are_not_millions_in_one_packet() -> None:
    count = 1 << 19  # 12 bytes each: 6 MiB on the wire, some 100 MiB in memory
    payload = struct.pack(">BII", NAME, 5, count) + bytes(12 * count)
    with pytest.raises(BadPacketError, match="names at once"):
        wire.parse_reply(payload)
