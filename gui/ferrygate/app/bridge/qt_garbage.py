"""Has Python look for garbage on the Qt thread, for objects of Qt's may be part of it.

A Qt object that is destroyed on another thread, while its own may be painting it, can end the
program.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot


class _Collector(QObject):
    """Lives on the Qt thread."""

    _wanted = Signal()

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__()
        self.moveToThread(application.thread())
        self._wanted.connect(self._collect, Qt.ConnectionType.QueuedConnection)

    def collect_later(self) -> None:
        """Have garbage collected; from any thread."""
        self._wanted.emit()

    @Slot()
    def _collect(self) -> None:
        gc.collect()


def collector_on_qt_thread() -> Callable[[], None]:
    """Make a function that has garbage collected in a later turn of Qt's loop; for any thread.

    It does so for as long as it is kept.
    """
    application = QCoreApplication.instance()
    assert application is not None  # noqa: S101  the window is there
    return _Collector(application).collect_later
