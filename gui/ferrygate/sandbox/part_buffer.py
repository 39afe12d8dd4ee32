"""Keeps the bytes of one part of an upload until S3 has them: in memory, or else in a file."""

from __future__ import annotations

import base64
import tempfile
import threading
import zlib
from pathlib import Path
from typing import IO

_MAX_MEMORY_BYTES = 16 << 20  # of one part; a larger one is in a file


class MemoryBudget:
    """Bounds the bytes that uploads and downloads keep in memory; used from any thread."""

    def __init__(self, max_bytes: int) -> None:
        self._lock = threading.Lock()
        self._free = max_bytes

    def acquire(self, count: int) -> bool:
        """Take ``count`` bytes, or none of them if fewer are free."""
        with self._lock:
            if count > self._free:
                return False
            self._free -= count
            return True

    def release(self, count: int) -> None:
        """Give ``count`` bytes back."""
        with self._lock:
            self._free += count


class PartBuffer:
    """Collects one part; filled, then sent, by one thread at a time.

    Bytes are kept in memory as far as the budget goes, and in a file without a name otherwise,
    which is gone once it is closed, or its process has ended.

    Args:
        budget: bounds what is kept in memory.
        folder: where files are made.
    """

    def __init__(self, budget: MemoryBudget, folder: Path) -> None:
        self._budget = budget
        self._in_memory = 0
        self._crc = 0
        self._file = tempfile.SpooledTemporaryFile(dir=str(folder))  # noqa: SIM115  open until sent
        self.size = 0

    @property
    def checksum(self) -> str:
        """Return the CRC-32 of the bytes as S3 writes it: four bytes in base64."""
        return encode_crc(self._crc)

    def append(self, content: bytes) -> None:
        """Add bytes to the end.

        Raises:
            OSError: the file cannot be made or written.
        """
        if self.size == self._in_memory:
            self._keep(len(content))
        self._file.write(content)
        self._crc = zlib.crc32(content, self._crc)
        self.size += len(content)

    def content(self) -> IO[bytes]:
        """Return the bytes, to be read from their start."""
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Forget the bytes."""
        self._file.close()
        self._budget.release(self._in_memory)
        self._in_memory = 0

    def _keep(self, count: int) -> None:
        """Have ``count`` more bytes in memory, or move all to a file."""
        fits = self._in_memory + count <= _MAX_MEMORY_BYTES
        if fits and self._budget.acquire(count):
            self._in_memory += count
        else:
            self._file.rollover()
            self._budget.release(self._in_memory)
            self._in_memory = 0


def encode_crc(crc: int) -> str:
    """Return a CRC-32 in base64, the way of S3's headers."""
    return base64.b64encode(crc.to_bytes(4)).decode()
