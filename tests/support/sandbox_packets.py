"""Makes SFTP requests by hand, so that the sandbox is not tested with its own codec."""

from __future__ import annotations

import struct
from collections.abc import Callable

from support.sftp_bytes import OK, string

READ, WRITE, APPEND, CREATE, TRUNCATE, EXCLUSIVE = 1, 2, 4, 8, 16, 32
UPLOAD = WRITE | CREATE | TRUNCATE
INIT = bytes.fromhex("0000000501 00000003")
NO_ATTRIBUTES = bytes(4)


def framed(packet: bytes) -> bytes:
    """Put its length in front of a packet."""
    return string(packet)


class Asker:
    """Sends single requests to something that answers packets, and takes answers apart."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._request = 0

    def raw(self, kind: int, *fields: bytes) -> tuple[int, bytes]:
        """Return the type of the answer, and the bytes after its request number."""
        self._request += 1
        packet = bytes((kind,)) + struct.pack(">I", self._request) + b"".join(fields)
        answer = self._answer(packet)
        length, answered, request = struct.unpack(">IBI", answer[:9])
        assert length == len(answer) - 4
        assert request == self._request
        return answered, answer[9:]

    def status(self, kind: int, *fields: bytes) -> tuple[int, str]:
        """Code and text of an answer that is a STATUS."""
        answered, rest = self.raw(kind, *fields)
        assert answered == 101
        code, length = struct.unpack(">II", rest[:8])
        return code, rest[8 : 8 + length].decode()

    def handle(self, kind: int, *fields: bytes) -> bytes:
        """Return the handle of a HANDLE answer, ready to be sent back."""
        answered, rest = self.raw(kind, *fields)
        assert answered == 102, rest
        return rest

    def open(self, path: bytes, flags: int) -> bytes:
        return self.handle(3, string(path), struct.pack(">I", flags), NO_ATTRIBUTES)

    def refused_open(self, path: bytes, flags: int) -> tuple[int, str]:
        return self.status(3, string(path), struct.pack(">I", flags), NO_ATTRIBUTES)

    def close(self, handle: bytes) -> tuple[int, str]:
        return self.status(4, handle)

    def read(self, handle: bytes, offset: int, length: int) -> bytes:
        answered, rest = self.raw(5, handle, struct.pack(">QI", offset, length))
        assert answered == 103
        return rest[4:]

    def write(self, handle: bytes, offset: int, content: bytes) -> tuple[int, str]:
        return self.status(6, handle, struct.pack(">Q", offset), string(content))

    def put(self, path: bytes, content: bytes) -> None:
        handle = self.open(path, UPLOAD)
        assert self.write(handle, 0, content)[0] == OK
        assert self.close(handle)[0] == OK

    def attributes(self, kind: int, *fields: bytes) -> tuple[int, ...]:
        """Flags, size, permissions, atime and mtime of an ATTRS answer."""
        answered, rest = self.raw(kind, *fields)
        assert answered == 105
        return struct.unpack(">IQIII", rest)

    def names(self, kind: int, *fields: bytes) -> list[tuple[bytes, bytes]]:
        """Names and long names of a NAME answer."""
        answered, rest = self.raw(kind, *fields)
        assert answered == 104
        (count,) = struct.unpack(">I", rest[:4])
        found, at = [], 4
        for _entry in range(count):
            pair = []
            for _field in range(2):
                (length,) = struct.unpack(">I", rest[at : at + 4])
                pair.append(rest[at + 4 : at + 4 + length])
                at += 4 + length
            flags = rest[at : at + 4]
            at += 4 if flags == bytes(4) else 24
            found.append((pair[0], pair[1]))
        assert at == len(rest)
        return found
