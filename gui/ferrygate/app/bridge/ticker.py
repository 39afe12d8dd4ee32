"""Ticks at the start of every second of the wall clock."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from ferrygate.common.clock import Clock

_JUST_AFTER_SECONDS = 0.005  # timers may fire a little early


class Ticker(QObject):
    """Sets each tick anew from the clock, so that ticks cannot drift.

    Signals:
        ticked: another second of the wall clock has begun.
    """

    ticked = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin."""
        self._arm()

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        self.ticked.emit()
        self._arm()

    def _arm(self) -> None:
        now = self._clock.now()
        self._timer.start(math.ceil((math.floor(now) + 1 + _JUST_AFTER_SECONDS - now) * 1000))
