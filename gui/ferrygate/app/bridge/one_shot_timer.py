"""Calls a function once, later, by Qt's event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot


class OneShotTimer(QObject):
    """Implements :class:`~ferrygate.app.render_pace.OneShot`; calls nothing once it is deleted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fire)

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        """Call once after a number of seconds, in place of any earlier call that is due."""
        self._call = call
        self._timer.start(round(seconds * 1000))

    @Slot()
    def _fire(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()
