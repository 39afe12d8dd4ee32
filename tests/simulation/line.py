"""Carries bytes between client and server, in a time, in pieces, and only up to a cut.

A line that is *cut* ends for both sides at once. One that falls *silent* carries nothing
more, and neither side is told: the client finds out by asking, the server loses patience.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from enum import Enum
from functools import partial
from random import Random

import msgspec

from simulation.scheduler import Scheduler


class Break(Enum):
    """Names the ways in which a line ends by itself."""

    CUT = "cut"
    SILENT = "silent"


class LineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Describes a line.

    Attributes:
        seconds: that a byte takes one way, at least.
        bytes_per_second: that it carries each way.
        breaks_after: bytes, both ways together, after which it breaks; never if none.
        breaks_by: the way in which it does.
    """

    seconds: float
    bytes_per_second: float
    breaks_after: int | None = None
    breaks_by: Break = Break.CUT


class Line:
    """Carries the bytes of one connection, each way in order.

    Attributes:
        is_up: bytes arrive.
        heard: when the client got its last byte, in seconds of the scheduler.
    """

    def __init__(
        self,
        name: str,
        settings: LineSettings,
        scheduler: Scheduler,
        random: Random,
        broke: Callable[[Break], None],
    ) -> None:
        """Begin; ``broke`` is told once, when the line breaks by itself."""
        self.name = name
        self.is_up = True
        self.heard = scheduler.time
        self._settings = settings
        self._scheduler = scheduler
        self._random = random
        self._broke = broke
        self._carried = 0
        self._last = {"up": 0.0, "down": 0.0}  # when the last byte arrives

    def up(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Carry bytes to the server."""
        self._carry("up", data, deliver)

    def down(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Carry bytes to the client."""
        self._carry("down", data, deliver)

    def _carry(self, way: str, data: bytes, deliver: Callable[[bytes], None]) -> None:
        """Have bytes arrive, in one piece or in two."""
        at = self._random.randrange(len(data)) if data and self._random.random() < 0.3 else 0
        for piece in (data[:at], data[at:]):
            if piece or not data:
                now = self._scheduler.time
                takes = self._settings.seconds * (1 + self._random.random())
                begun = max(self._last[way], now + takes)
                self._last[way] = begun + len(piece) / self._settings.bytes_per_second
                arrives = partial(self._arrive, way, piece, deliver)
                self._scheduler.call_in(self._last[way] - now, arrives)

    def _arrive(self, way: str, data: bytes, deliver: Callable[[bytes], None]) -> None:
        if not self.is_up:
            return
        self._carried += len(data)
        breaks_after = self._settings.breaks_after
        over = 0 if breaks_after is None else max(0, self._carried - breaks_after)
        data = data[: len(data) - over]
        if data or not over:
            self._scheduler.note(f"{way} {self.name} {len(data)} {zlib.crc32(data):08x}")
            if way == "down":
                self.heard = self._scheduler.time
            deliver(data)
        if over:
            self.is_up = False
            self._scheduler.note(f"{self.name} is {self._settings.breaks_by.value}")
            self._broke(self._settings.breaks_by)
