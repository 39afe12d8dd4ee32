"""Decides when the progress of a batch is told."""

from __future__ import annotations

from ferrygate.common.clock import Clock

REPORT_SECONDS = 0.1  # between two reports of a batch's progress


class ReportPace:
    """Spaces what is told; lanes ask it from any thread, and the engine's thread tells."""

    def __init__(self, clock: Clock) -> None:
        """Begin as if something had been told just now."""
        self._clock = clock
        self._told_at = clock.monotonic()
        self._is_telling = False  # the engine's thread was asked to tell

    @property
    def is_due(self) -> bool:
        """Tell whether the last report is long enough ago."""
        return self._clock.monotonic() - self._told_at >= REPORT_SECONDS

    def begin_telling(self) -> bool:
        """Tell whether the engine's thread is to be asked for a report, which is asked for once."""
        if self._is_telling or not self.is_due:
            return False
        self._is_telling = True
        return True

    def end_telling(self) -> None:
        """Note that the engine's thread tells now what it was asked for."""
        self._is_telling = False

    def told(self) -> None:
        """Note that a report was made."""
        self._told_at = self._clock.monotonic()
