"""Packets under AES-GCM, made by hand: what a peer with the key can still do wrong."""

from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from paramiko import SSHException

from ferrygate.common.clock import SystemClock
from ferrygate.ssh.aead import PacketOpener, PacketSealer, sealed_bytes
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.receive_buffer import MAX_PACKET_BYTES, ReceiveBuffer
from support.ssh_packets import GCM_128, pair

KEY = AESGCM(bytes(range(16)))
FIRST = bytes(4) + b"\xff" * 8  # the counter begins anew with the second packet


def by_hand(plain: bytes, *, length: int | None = None, nonce: bytes = FIRST) -> bytes:
    """Make a packet whose length is what it says, and whose inside is as given."""
    head = struct.pack(">I", len(plain) if length is None else length)
    encryptor = Cipher(AES(bytes(range(16))), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(head)
    return head + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def opened(*packets: bytes) -> list[bytes]:
    with pair(None) as ends:
        held = ReceiveBuffer(MonitoredSocket(ends.our_socket, SystemClock(), first=1 << 20))
        opener = PacketOpener(KEY, FIRST)
        payloads = []
        for packet in packets:
            ends.their_socket.sendall(packet)
            held.fill()
            payload = opener.open(held)
            assert payload is not None
            payloads.append(bytes(payload))
        assert held.start == held.end
        return payloads


def test_a_packet_as_the_standard_has_it() -> None:
    payload = b"\x5e\0\0\0\3\0\0\0\1!"
    packet = by_hand(b"\x05" + payload + bytes(5))
    assert packet[:4] == bytes.fromhex("00000010")
    assert len(packet) == 4 + 16 + 16
    assert opened(packet) == [payload]


def test_the_counter_begins_anew_after_its_last_value() -> None:
    plain = b"\x0a" + b"hello" + bytes(10)
    assert opened(by_hand(plain), by_hand(plain, nonce=bytes(12))) == [b"hello"] * 2
    sealer = PacketSealer(KEY, FIRST)
    sealer.seal(b"hello")
    packet = sealer.seal(b"hello")
    assert KEY.decrypt(bytes(12), packet[4:], packet[:4])[1:6] == b"hello"


@pytest.mark.parametrize("padding", [4, 5, 30, 245, 255])
def test_any_padding_from_four_bytes_on(padding: int) -> None:
    payload = b"x" * (15 + -padding % 16)
    assert opened(by_hand(bytes((padding,)) + payload + bytes(padding))) == [payload]


@pytest.mark.parametrize("padding", [0, 3, 15, 16, 255])
def test_padding_that_cannot_be(padding: int) -> None:
    with pytest.raises(SSHException, match=f"{padding} of padding"):
        opened(by_hand(bytes((padding,)) + bytes(15)))


@pytest.mark.parametrize(
    "length",
    [0, 1, 15, 17, 35_001, MAX_PACKET_BYTES - 16, MAX_PACKET_BYTES, 0x8000_0000, 0xFFFF_FFF0],
)
def test_lengths_that_cannot_be(length: int) -> None:
    with pytest.raises(SSHException, match=f"packet of {length} bytes"):
        opened(by_hand(bytes(16), length=length))


def test_the_longest_packet() -> None:
    size = MAX_PACKET_BYTES - 32
    with pair(GCM_128) as ends:
        sealer, opener = PacketSealer(KEY, FIRST), PacketOpener(KEY, FIRST)
        held = ReceiveBuffer(MonitoredSocket(ends.our_socket, SystemClock(), first=1 << 30))
        payload = b"y" * (size - 5)
        for _ in range(3):
            rest = memoryview(sealer.seal(payload))
            came = None
            while came is None:
                sent = ends.their_socket.send(rest[:50_000])
                rest = rest[sent:]
                held.fill()
                came = opener.open(held)
            assert came == payload


@pytest.mark.parametrize("at", [0, 3, 4, 19, 20, 35])
def test_one_bit_changed(at: int) -> None:
    packet = bytearray(by_hand(b"\x0a" + b"hello" + bytes(10)) * 2)
    packet[at] ^= 0x10 if at == 3 else 1
    with pytest.raises(SSHException):
        opened(bytes(packet))


@pytest.mark.parametrize("most", [1, 6, 7, 8, 1000])
@pytest.mark.parametrize("size", [1, 6, 7, 8, 999, 1000, 1001, 5000])
def test_sealed_data_is_what_it_may_be(size: int, most: int) -> None:
    data = bytes(range(256)) * 20
    out = memoryview(bytearray(sealed_bytes(size, most)))
    end = PacketSealer(KEY, FIRST).seal_data(7, memoryview(data)[:size], most, out)
    pieces, count = out[:end], 0
    came, nonce = b"", FIRST
    while pieces:
        (length,) = struct.unpack_from(">I", pieces)
        plain = KEY.decrypt(nonce, pieces[4 : 20 + length], pieces[:4])
        padding, kind, channel, part = struct.unpack_from(">BBII", plain)
        assert length % 16 == 0
        assert 4 <= padding < 20
        assert (kind, channel, part) == (94, 7, length - 10 - padding)
        came += plain[10:-padding]
        pieces, count = pieces[20 + length :], count + 1
        nonce = bytes(4) + (count - 1).to_bytes(8, "big")
    assert came == data[:size]
    assert count == -(-size // most)


def test_padding_is_not_always_the_same() -> None:
    def paddings(sealer: PacketSealer) -> bytes:
        packet = sealer.seal(b"x" * 11)
        return KEY.decrypt(FIRST, packet[4:], packet[:4])[12:]

    assert len({paddings(PacketSealer(KEY, FIRST)) for _ in range(20)}) > 1
