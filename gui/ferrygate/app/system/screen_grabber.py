"""Pictures of all screens, without our own window on them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_SETTLE_MS = 350
"""Milliseconds that desktops take to draw what was behind a window, animations included."""


def can_grab_screens() -> bool:
    """Tell whether programs may look at the screen; on Wayland they may not."""
    return not QGuiApplication.platformName().startswith("wayland")


class ScreenGrabber(QObject):
    """Hides the window for a moment.

    Signals:
        grabbed: a list of QImage, one for each screen.
    """

    grabbed = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: QWidget | None = None

    def grab(self, window: QWidget) -> None:
        """Look at what is behind a window."""
        if self._window is None:
            self._window = window
            window.hide()
            QTimer.singleShot(_SETTLE_MS, self._take)

    @Slot()
    def _take(self) -> None:
        pixmaps = [screen.grabWindow(0) for screen in QGuiApplication.screens()]
        window, self._window = self._window, None
        if window is not None:
            window.show()
            window.raise_()
            window.activateWindow()
        self.grabbed.emit([pixmap.toImage() for pixmap in pixmaps if not pixmap.isNull()])
