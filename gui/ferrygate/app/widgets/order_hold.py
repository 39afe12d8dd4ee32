"""Keeps the rows of a list where they are while a person is at work in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer

from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.widgets.file_table import FileTable

_REST_MS = 600  # with the hand still for so long, no click is on its way
_AT_WORK = {
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
    QEvent.Type.DragMove,
}


class OrderHold(QObject):
    """Watches pointer and keys of a list; its model may sort once they rest."""

    def __init__(self, files: FileTable, model: FolderModel) -> None:
        super().__init__(files)
        self._model = model
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(model.release_order)
        files.viewport().setMouseTracking(True)
        files.installEventFilter(self)
        files.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() in _AT_WORK:
            self._model.hold_order()
            self._rest.start()
        return super().eventFilter(watched, event)
