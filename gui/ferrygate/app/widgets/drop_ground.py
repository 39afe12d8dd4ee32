"""A frame that takes pictures dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame

from ferrygate.app.widgets.dropped_files import dropped_files
from ferrygate.app.widgets.labels import set_look


class DropGround(QFrame):
    """Shows its edge while something hangs over it.

    Signals:
        dropped: the drop's QMimeData, valid while the signal is handled.
    """

    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setProperty("look", "drop")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _is_picture(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            set_look(self, "over", "true")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        set_look(self, "over", "false")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        set_look(self, "over", "false")
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(event.mimeData())


def _is_picture(data: QMimeData) -> bool:
    return data.hasImage() or any(not path.endswith(".ferrygate") for path in dropped_files(data))
