"""Packets out of a stream: whole however it is cut, in place where they can be."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrygate.sftp.packet_reader import PacketReader
from ferrygate.sftp.wire import MAX_PACKET_BYTES, BadPacketError
from support.sftp_bytes import string

MIB = 1 << 20


def cut(stream: bytes, lengths: Iterator[int]) -> Iterator[bytes]:
    """Cut the stream into pieces of these lengths."""
    at = 0
    while at < len(stream):
        end = at + max(1, next(lengths))
        yield stream[at:end]
        at = end


@given(
    st.lists(st.integers(1, 70_000), min_size=1, max_size=6),
    st.lists(st.integers(1, 40_000), min_size=1, max_size=8),
)
def test_large_packets_come_out_whole_over_many_pieces(sizes: list[int], cuts: list[int]) -> None:
    payloads = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    stream = b"".join(map(string, payloads))
    reader = PacketReader()
    pieces = cut(stream, (cuts[number % len(cuts)] for number in range(len(stream))))
    assert [bytes(found) for piece in pieces for found in reader.feed(piece)] == payloads


@pytest.mark.parametrize("piece", [1, 2, 3, 4, 5, 7])
def test_a_length_may_be_cut_as_well(piece: int) -> None:
    payloads = [b"a", b"bc", b"defg", b"h" * 9]
    reader = PacketReader()
    stream = b"".join(map(string, payloads))
    found = [
        bytes(payload)
        for at in range(0, len(stream), piece)
        for payload in reader.feed(stream[at : at + piece])
    ]
    assert found == payloads


def test_a_payload_comes_with_its_last_byte_and_not_before() -> None:
    reader = PacketReader()
    packet = string(b"payload")
    assert [len(reader.feed(packet[at : at + 1])) for at in range(len(packet))] == [0] * 10 + [1]


def test_nothing_comes_of_nothing() -> None:
    assert PacketReader().feed(b"") == []


def test_payloads_that_came_whole_lie_where_they_came() -> None:
    data = string(b"first") + string(b"second") + string(b"third")[:5]
    found = PacketReader().feed(data)
    assert found == [b"first", b"second"]
    assert all(payload.obj is data for payload in found)


def test_a_payload_over_several_pieces_is_put_together_with_what_follows() -> None:
    reader = PacketReader()
    data = string(b"x" * 50_000) + string(b"next") + string(b"after")[:6]
    assert reader.feed(data[:20_000]) == []
    assert reader.feed(data[20_000:40_000]) == []
    first, second = reader.feed(data[40_000:])
    assert (bytes(first), bytes(second)) == (b"x" * 50_000, b"next")
    assert first.obj is second.obj
    (third,) = reader.feed(string(b"after")[6:])
    assert bytes(third) == b"after"


def peak_of(packet: bytes, piece: int) -> int:
    """Measure the most bytes held while a packet comes in pieces, but for the packet itself."""
    tracemalloc.start()
    try:
        reader = PacketReader()
        found = [
            payload
            for at in range(0, len(packet), piece)
            for payload in reader.feed(packet[at : at + piece])
        ]
        assert len(found) == 1
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("piece", [1 << 15, 1 << 18])
def test_a_packet_in_large_pieces_is_copied_once(piece: int) -> None:
    packet = string(bytes(8 * MIB))
    assert peak_of(packet, piece) < 2.1 * len(packet)


@pytest.mark.parametrize("piece", [2, 5, 100])
def test_a_packet_in_tiny_pieces_takes_little_more_than_its_bytes(piece: int) -> None:
    packet = string(bytes(MIB // 2))
    assert peak_of(packet, piece) < 3 * len(packet)


def test_a_packet_that_came_whole_is_not_copied() -> None:
    packet = string(bytes(8 * MIB))
    assert peak_of(packet, len(packet)) < 10_000


@pytest.mark.parametrize("length", [0, MAX_PACKET_BYTES + 1, 0xFFFFFFFF])
def test_a_length_that_no_packet_has_is_found_as_soon_as_it_is_there(length: int) -> None:
    reader = PacketReader()
    head = struct.pack(">I", length)
    assert reader.feed(string(b"good") + head[:3]) == [b"good"]
    with pytest.raises(BadPacketError):
        reader.feed(head[3:])


def test_text_in_small_pieces_is_shown_as_far_as_it_came() -> None:
    reader = PacketReader()
    reader.feed(b"La")
    with pytest.raises(BadPacketError, match="not SFTP: the server sent b'Last login'"):
        reader.feed(b"st login")
