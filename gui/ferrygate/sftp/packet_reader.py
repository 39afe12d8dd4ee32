"""SFTP packets out of a stream of bytes."""

from __future__ import annotations

import struct

from ferrygate.common.byte_pieces import Piece, append_piece
from ferrygate.sftp.wire import MAX_PACKET_BYTES, BadPacketError

_U32 = struct.Struct(">I")
_MAX_WORDS_BYTES = 1000  # of a login script or a refusal


class PacketReader:
    """Cuts a byte stream into packet payloads, whatever the pieces it comes in.

    A payload lies in place in the bytes it came with; only one that is spread over several pieces
    is put together, once.
    """

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._have = 0
        self._need = 4  # bytes until there is a length, then until there is a packet

    def feed(self, data: bytes) -> list[memoryview]:
        """Return the payloads that ``data`` completes.

        Raises:
            BadPacketError: a length that no packet can have; its first bytes are shown, since a
                login script that prints text is the usual cause.
        """
        if self._pieces:
            append_piece(self._pieces, data)
            self._have += len(data)
            if self._have < self._need:
                return []
            data = b"".join(self._pieces)
            self._pieces.clear()
        view = memoryview(data)
        payloads = []
        at, end = 0, len(data)
        self._need = 4
        while end - at >= 4:  # noqa: PLR2004  the length field
            (length,) = _U32.unpack_from(data, at)
            if not 1 <= length <= MAX_PACKET_BYTES:
                said = data[at : at + _MAX_WORDS_BYTES]
                raise BadPacketError(f"not SFTP: the server sent {said[:40]!r}", said)
            if end - at < 4 + length:
                self._need = 4 + length
                break
            payloads.append(view[at + 4 : at + 4 + length])
            at += 4 + length
        if at < end:
            append_piece(self._pieces, data[at:])
        self._have = end - at
        return payloads
