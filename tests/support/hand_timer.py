"""Gives a timer for the window that a test moves by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.conftest import StillClock


class HandTimer:
    """Calls when its hand is moved there; the clock goes with it.

    Attributes:
        waits: the seconds of each call that was asked for.
    """

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock
        self._call: Callable[[], None] | None = None
        self._at = 0.0
        self.waits: list[float] = []

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        """Remember what to call, and when."""
        self._call, self._at = call, self._clock.time + seconds
        self.waits.append(seconds)

    def move(self, seconds: float) -> None:
        """Let so much time pass, with the calls that are due in it."""
        end = self._clock.time + seconds
        while self._call is not None and self._at <= end:
            self._clock.time, call, self._call = self._at, self._call, None
            call()
        self._clock.time = end
