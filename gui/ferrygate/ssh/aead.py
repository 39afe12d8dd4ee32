"""SSH packets under AES-GCM (RFC 5647, as ``aes128-gcm@openssh.com`` uses it): sealed and opened.

A packet is its length in clear, the encrypted rest, and a tag over both.
"""

from __future__ import annotations

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from paramiko import SSHException

from ferrygate.ssh.receive_buffer import MAX_PACKET_BYTES, ReceiveBuffer
from ferrygate.ssh.ssh_errors import WrongTagError

_BLOCK_BYTES = 16  # of AES, which lengths are padded to
_TAG_BYTES = 16
_MIN_PADDING_BYTES = 4  # RFC 4253 §6
_LENGTH = struct.Struct(">I")
_PADDING_AND_DATA_HEAD = struct.Struct(">BBII")
_MAX_LENGTH = MAX_PACKET_BYTES - _LENGTH.size - _TAG_BYTES
_MAX_LENGTH = MAX_PACKET_BYTES - _LENGTH.size - _TAG_BYTES
_DATA = 94  # SSH_MSG_CHANNEL_DATA
_OVERHEAD_BYTES = 4 + 1 + 9 + _BLOCK_BYTES + _MIN_PADDING_BYTES + _TAG_BYTES  # beside its data


class _Nonces:
    """The nonces of one key: a fixed field and a counter (RFC 5647 §7.1)."""

    def __init__(self, first: bytes) -> None:
        self._fixed = first[:4]
        self._count = int.from_bytes(first[4:], "big")

    def __next__(self) -> bytes:
        nonce = self._fixed + self._count.to_bytes(8, "big")
        self._count = (self._count + 1) & 0xFFFF_FFFF_FFFF_FFFF
        return nonce


class PacketSealer:
    """Makes packets under one key; used by one thread at a time."""

    def __init__(self, key: AESGCM, first_nonce: bytes) -> None:
        self._key = key
        self._nonces = _Nonces(first_nonce)

    def seal(self, payload: bytes) -> bytes:
        """Make the packet of one message."""
        padding = _padding(len(payload))
        length = _LENGTH.pack(1 + len(payload) + padding)
        plain = b"".join((bytes((padding,)), payload, os.urandom(padding)))
        return length + self._key.encrypt(next(self._nonces), plain, length)

    def seal_data(self, channel: int, data: memoryview, max_data: int, out: memoryview) -> int:
        """Put packets of CHANNEL_DATA (RFC 4254 §5.2), one behind the other, into ``out``.

        Args:
            channel: the peer's number for the channel.
            data: all of it.
            max_data: bytes of data in a packet.
            out: as long as :func:`sealed_bytes` says.

        Returns how many bytes it came to.
        """
        end = 0
        random = os.urandom(_BLOCK_BYTES + _MIN_PADDING_BYTES)
        for at in range(0, len(data), max_data):
            piece = data[at : at + max_data]
            size = len(piece)
            padding = _padding(9 + size)
            head = _PADDING_AND_DATA_HEAD.pack(padding, _DATA, channel, size)
            plain = b"".join((head, piece, random[:padding]))
            length = _LENGTH.pack(len(plain))
            start, end = end + 4, end + 4 + len(plain) + _TAG_BYTES
            out[start - 4 : start] = length
            self._key.encrypt_into(next(self._nonces), plain, length, out[start:end])
        return end


def sealed_bytes(data: int, max_data: int) -> int:
    """Return the bytes that :meth:`PacketSealer.seal_data` may need for so much data."""
    return data + -(-data // max_data) * _OVERHEAD_BYTES


def _padding(payload: int) -> int:
    """Count the bytes to add: the length in clear does not count, the byte that says so does."""
    padding = -(1 + payload) % _BLOCK_BYTES
    return padding if padding >= _MIN_PADDING_BYTES else padding + _BLOCK_BYTES


class PacketOpener:
    """Takes packets under one key apart; used by one thread."""

    def __init__(self, key: AESGCM, first_nonce: bytes) -> None:
        self._key = key
        self._nonces = _Nonces(first_nonce)

    def open(self, held: ReceiveBuffer) -> memoryview | None:
        """Decrypt the payload of the next packet; ``None`` if it is not all there yet.

        Raises:
            SSHException: what came is no packet, or was not made with the key.
        """
        view, start = held.view, held.start
        if held.end - start < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(view, start)
        if length % _BLOCK_BYTES or not _BLOCK_BYTES <= length <= _MAX_LENGTH:
            raise SSHException(f"packet of {length} bytes")
        body = start + _LENGTH.size
        stop = body + length + _TAG_BYTES
        if stop > held.end:
            return None
        try:
            plain = self._key.decrypt(next(self._nonces), view[body:stop], view[start:body])
        except InvalidTag:
            raise WrongTagError("packet with a wrong tag") from None
        held.start = stop
        padding = plain[0]
        if padding < _MIN_PADDING_BYTES or padding > length - 2:  # a message has a byte at least
            raise SSHException(f"packet of {length} bytes with {padding} of padding")
        return memoryview(plain)[1 : length - padding]
