"""Remembers what clients did, for tests and for people who look into the sandbox's folder."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec


class SignInRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Describes one password that an SSH client sent.

    Attributes:
        time: seconds since the epoch.
        username: as it was sent.
        outcome: ``granted``, or why not; the identity function's reasons and the server's own.
        detail: what the function's log, or AWS Transfer's check of the answer, adds.
        step: time step of the code (RFC 6238), or None when the code fits no step of the window.
        code_hash: salted hash of the code, equal for equal codes of one run; empty without code.
    """

    time: float
    username: str
    outcome: str
    step: int | None
    code_hash: str
    detail: str = ""


class SignInLog:
    """Records all sign-ins of one run, in a file as well, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._salt = secrets.token_bytes(16)
        self._records: list[SignInRecord] = []

    def hash_of(self, code: str) -> str:
        """Return the salted hash of a code; the salt is never written down."""
        return hashlib.sha256(self._salt + code.encode()).hexdigest()[:32] if code else ""

    def append(self, record: SignInRecord) -> None:
        """Add one record."""
        self._records.append(record)
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(record) + b"\n")

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[SignInRecord]:
        return iter(self._records.copy())

    def __getitem__(self, index: int) -> SignInRecord:
        return self._records[index]


class Counters:
    """Counts what clients did over one run; its methods are called from any thread.

    Attributes:
        connections: SSH connections that signed in.
        max_channels: most channels open at once on one connection.
        refused_channels: channels that were asked for beyond those allowed.
        out_of_order_writes: writes that did not start where the one before ended.
        max_handles_on_one_upload: most handles open at once for writing to one path.
        closed: bytes of each upload that CLOSE has ended, by path.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.max_channels = 0
        self.refused_channels = 0
        self.out_of_order_writes = 0
        self.max_handles_on_one_upload = 0
        self.closed: dict[str, int] = {}
        self._uploads: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def open_uploads(self) -> int:
        """Count the handles for writing that are open now."""
        with self._lock:
            return self._uploads.total()

    def saw_channels(self, count: int) -> None:
        """Record that a connection has ``count`` channels now."""
        self.max_channels = max(self.max_channels, count)

    def wrote_out_of_order(self) -> None:
        """Record a write that did not start where the one before ended."""
        with self._lock:
            self.out_of_order_writes += 1

    def upload_started(self, path: str) -> None:
        """Record that a handle for writing was opened."""
        with self._lock:
            self._uploads[path] += 1
            largest = max(self.max_handles_on_one_upload, self._uploads[path])
            self.max_handles_on_one_upload = largest

    def upload_closed(self, path: str, size: int) -> None:
        """Record that CLOSE came for a handle for writing, at ``size`` bytes."""
        self.closed[path] = size

    def upload_ended(self, path: str) -> None:
        """Record that a handle for writing has ended."""
        with self._lock:
            self._uploads[path] -= 1
            if not self._uploads[path]:
                del self._uploads[path]
