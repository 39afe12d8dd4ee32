"""Records the events of a simulated run, so that two runs can be compared by a hash."""

from __future__ import annotations

import hashlib


class EventLog:
    """Keeps lines, in the order in which they happened."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, time: float, who: str, what: str) -> None:
        """Add a line; ``time`` is in seconds since the run began."""
        self.lines.append(f"{time:.6f} {who}: {what}")

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all lines so far, as hex."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()
