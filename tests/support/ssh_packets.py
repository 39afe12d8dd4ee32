"""Connects both ends of an SSH packet stream: Ferrygate's packetizer and the library's."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
import paramiko
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from ferrygate.common.byte_stream import MAX_BURST_BYTES
from ferrygate.common.clock import SystemClock
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.packetizer import Packetizer
from ferrygate.ssh.stream import ChannelStream

GLOBAL_REQUEST, WINDOW_ADJUST, DATA, EXTENDED_DATA, EOF, CLOSE = 80, 93, 94, 95, 96, 97


class Suite(msgspec.Struct, frozen=True):
    """Names a cipher, with its MAC."""

    name: str
    key_size: int
    aead: bool = False
    etm: bool = False

    def encrypts(self, packetizer: paramiko.packet.Packetizer, seed: bytes = b"") -> None:
        """Have it send under the key that ``seed`` gives."""
        key, iv, options = self._options(seed)
        engine: Any = AESGCM(key) if self.aead else Cipher(AES(key), CTR(iv)).encryptor()
        options |= {"iv_out": iv[:12]} if self.aead else {"sdctr": True}
        packetizer.set_outbound_cipher(engine, **options)

    def decrypts(self, packetizer: paramiko.packet.Packetizer, seed: bytes = b"") -> None:
        """Have it receive, likewise."""
        key, iv, options = self._options(seed)
        engine: Any = AESGCM(key) if self.aead else Cipher(AES(key), CTR(iv)).decryptor()
        options |= {"iv_in": iv[:12]} if self.aead else {}
        packetizer.set_inbound_cipher(engine, **options)

    def _options(self, seed: bytes) -> tuple[bytes, bytes, dict[str, Any]]:
        material = hashlib.sha512(seed).digest()
        options = {
            "block_size": 16,
            "mac_engine": None if self.aead else hashlib.sha256,
            "mac_size": 16 if self.aead else 32,
            "mac_key": None if self.aead else bytes(32),
            "etm": self.etm,
            "aead": self.aead,
        }
        return material[: self.key_size], material[48:], options


GCM_128 = Suite("aes128-gcm", 16, aead=True)
GCM_256 = Suite("aes256-gcm", 32, aead=True)
CTR_ETM = Suite("aes128-ctr, MAC over the cipher text", 16, etm=True)
CTR_MAC = Suite("aes128-ctr, MAC over the plain text", 16)
SUITES = (GCM_128, GCM_256, CTR_ETM, CTR_MAC)
EVERY_SUITE = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)


class Pair(msgspec.Struct, frozen=True):
    """Holds two packetizers and the ends of the socket between them."""

    ours: Packetizer
    theirs: paramiko.packet.Packetizer
    our_socket: socket.socket
    their_socket: socket.socket

    def switch(self, suite: Suite, seed: bytes = b"") -> None:
        """New keys, both ways."""
        for one, other, way in ((self.ours, self.theirs, b">"), (self.theirs, self.ours, b"<")):
            suite.encrypts(one, seed + way)
            suite.decrypts(other, seed + way)


@contextmanager
def pair(suite: Suite | None, kind: type[Packetizer] = Packetizer) -> Iterator[Pair]:
    """Make a connected pair, under the suite; in clear without one."""
    our_socket, their_socket = socket.socketpair()
    with our_socket, their_socket:
        our_socket.settimeout(0.1)
        ours = kind(MonitoredSocket(our_socket, SystemClock(), first=0))
        ours._received._sock.trust()
        ends = Pair(ours, paramiko.packet.Packetizer(their_socket), our_socket, their_socket)
        if suite is not None:
            ends.switch(suite)
        yield ends


def message(kind: int, *fields: int | bytes) -> paramiko.Message:
    """Make a message of integers and strings."""
    built = paramiko.Message()
    built.add_byte(bytes((kind,)))
    for field in fields:
        if isinstance(field, bytes):
            built.add_string(field)
        else:
            built.add_int(field)
    return built


def marked(ends: Pair, mark: bytes = b"") -> bytes:
    """Return the messages that read_message gives before the marker."""
    ends.theirs.send_message(message(GLOBAL_REQUEST, mark))
    kind, came = ends.ours.read_message()
    assert kind == GLOBAL_REQUEST
    return came.get_binary()


class Outgoing:
    """Records what a stream sends, and the channel that it closes."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, bytes, int]] = []
        self.adjusts: list[tuple[int, int]] = []
        self.closed = False
        self.can_send = True
        self.burst = MAX_BURST_BYTES
        self.error: Exception | None = None

    def send_data(self, channel: int, data: memoryview, max_data: int) -> bool:
        if self.error is not None:
            raise self.error
        if self.can_send:
            self.sent.append((channel, bytes(data), max_data))
        return self.can_send

    def send_window_adjust(self, channel: int, count: int) -> bool:
        if self.error is not None:
            raise self.error
        if self.can_send:
            self.adjusts.append((channel, count))
        return self.can_send

    def close(self) -> None:
        self.closed = True


def stream(
    outgoing: Outgoing, window: int = 1 << 20, *, send_window: int = 0, max_packet: int = 1 << 15
) -> ChannelStream:
    """Make a stream of channel 3, which is the peer's 7."""
    return ChannelStream(
        outgoing, outgoing, window, peer=7, send_window=send_window, max_packet=max_packet
    )


def there_and_back(stream: ChannelStream, data: bytes) -> bytes:
    """Send data to an echo; what comes back."""
    left, back = memoryview(data), bytearray()
    while len(back) < len(data):
        left = left[stream.send(left) :]
        with suppress(TimeoutError):
            came = stream.recv(10)
            assert came
            back += came
    return bytes(back)
