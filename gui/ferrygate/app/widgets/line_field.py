"""Takes a line of text beside a list, and is left by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class LineField(QLineEdit):
    """Leaves what it does not want to the page.

    Signals:
        entered: Enter, or Down, which leads into the list below.
        dismissed: Escape.
    """

    entered = Signal()
    dismissed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("look", "filter")
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Down:
                if not event.isAutoRepeat():
                    self.entered.emit()
            case Qt.Key.Key_Escape:
                self.dismissed.emit()
            case _:
                super().keyPressEvent(event)
