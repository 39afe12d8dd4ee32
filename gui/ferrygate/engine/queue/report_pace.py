"""Limits how often the progress of a batch is reported."""

from __future__ import annotations

from ferrygate.common.clock import Clock

REPORT_SECONDS = 0.1  # between two reports of a batch's progress


class ReportPace:
    """Limits how often a batch reports; lanes ask from any thread, the engine's thread reports."""

    def __init__(self, clock: Clock) -> None:
        """Begin as if a report had been made just now."""
        self._clock = clock
        self._reported_at = clock.monotonic()
        self._is_claimed = False  # the engine's thread was asked for a report

    @property
    def is_due(self) -> bool:
        """Tell whether the last report is long enough ago."""
        return self._clock.monotonic() - self._reported_at >= REPORT_SECONDS

    def claim_report(self) -> bool:
        """Tell whether the caller is to ask the engine's thread for a report; one of them is."""
        if self._is_claimed or not self.is_due:
            return False
        self._is_claimed = True
        return True

    def report_begins(self) -> None:
        """Note that the engine's thread makes the report that was asked for."""
        self._is_claimed = False

    def reported(self) -> None:
        """Note that a report was made."""
        self._reported_at = self._clock.monotonic()
