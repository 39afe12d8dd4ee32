"""A pane of this computer's files beside the remote ones, shown by F8."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
)

from ferrygate.app.dialogs.choosers import download_folder
from ferrygate.app.models.folder_model import PATHS_FORMAT
from ferrygate.app.models.local_model import LocalModel
from ferrygate.app.scale import wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.file_delegate import FileDelegate
from ferrygate.app.widgets.file_table import FileTable
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_TYPE_COLUMN = 2
_SIZE_WIDTH = 96


class LocalList(FileTable):
    """The local files; takes paths dragged out of the remote list.

    Signals:
        paths_dropped: remote paths (bytes) and the place of the drop.
    """

    paths_dropped = Signal(list, QPoint)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._weigh(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._weigh(event)

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        if data.hasFormat(PATHS_FORMAT):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            paths = bytes(data.data(PATHS_FORMAT).data()).split(b"\0")
            self.paths_dropped.emit(paths, event.position().toPoint())

    def find_name(self, prefix: str, start: int) -> int:
        model, root = self.model(), self.rootIndex()
        flag = Qt.MatchFlag
        first = model.index(start % max(model.rowCount(root), 1), 0, root)
        found = model.match(
            first, Qt.ItemDataRole.DisplayRole, prefix, 1, flag.MatchStartsWith | flag.MatchWrap
        )
        return found[0].row() if found else -1

    def _weigh(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(PATHS_FORMAT):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()


class LocalPanel(QFrame):
    """One local folder.

    Signals:
        paths_dropped: remote paths (bytes) and the local folder they were dropped on.
        upload_wanted: local paths to upload.
    """

    paths_dropped = Signal(list, str)
    upload_wanted = Signal(list)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("local")
        self._theme = theme
        downloads = Path(download_folder())
        self._folder = str(downloads if downloads.is_dir() else Path.home())
        self._model: LocalModel | None = None
        self._path = QLineEdit(self._folder)
        self._path.setProperty("look", "filter")
        self._path.setAccessibleName(_("Folder on this computer"))
        self._path.returnPressed.connect(self._typed)
        up = ThemedButton(theme, look="quiet", icon="back", name=_("Folder above"))
        up.clicked.connect(self._up)
        send = ThemedButton(theme, look="quiet", icon="upload", name=_("Upload the selected files"))
        send.clicked.connect(self._send)
        self.files = LocalList()
        keys = self.files.keys
        keys.add(_("Open"), self._open_current, ["Return", "Enter"])
        keys.add(_("Folder above"), self._up, ["Backspace", "Alt+Up"])
        keys.add(_("Upload"), self._send, ["Ctrl+U"])
        for at, words in ((0, _("Sort by name")), (1, _("Sort by size"))):
            keys.add(words, partial(self.files.sort_by, at), [f"Ctrl+{at + 1}"])
        self.files.setAccessibleName(_("Files on this computer"))
        self.files.setItemDelegate(FileDelegate(theme, self._icon_of, parent=self.files))
        self.files.paths_dropped.connect(self._dropped)
        self.files.doubleClicked.connect(self._open)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(up)
        head.addWidget(self._path, 1)
        head.addWidget(send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.files, 1)

    @property
    def folder(self) -> str:
        """Return the folder shown."""
        return self._folder

    def open_folder(self, folder: str) -> None:
        """Show a local folder, if it is one; the model reads it on a thread of its own."""
        if not Path(folder).is_dir():
            self._path.setText(self._folder)
            return
        model = self._ready_model()
        self._folder = folder
        self._path.setText(folder)
        self.files.setRootIndex(model.setRootPath(folder))

    def _ready_model(self) -> LocalModel:
        """Made on first use: it starts a thread and watches folders."""
        if self._model is None:
            self._model = LocalModel(self)
            self.files.setModel(self._model)
            self._model.directoryLoaded.connect(self._mark_first)
            self._set_up_view()
        return self._model

    def _set_up_view(self) -> None:
        files = self.files
        files.set_up_table(self._theme)
        files.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        files.setSortingEnabled(True)
        files.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        files.setColumnHidden(_TYPE_COLUMN, True)  # noqa: FBT003  Qt's signature
        files.setColumnHidden(_TYPE_COLUMN + 1, True)  # noqa: FBT003  Qt's signature
        files.setColumnWidth(1, wide(_SIZE_WIDTH))
        header = files.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _icon_of(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return "folder" if self._model is not None and self._model.isDir(index) else "file"

    def _selected(self) -> list[str]:
        model = self._ready_model()
        return [model.filePath(index) for index in self.files.selectionModel().selectedRows()]

    @Slot()
    def _typed(self) -> None:
        self.open_folder(self._path.text())

    @Slot()
    def _up(self) -> None:
        left = self._folder
        self.open_folder(str(Path(left).parent))
        if left != self._folder:
            self.files.setCurrentIndex(self._ready_model().index(left))

    @Slot()
    def _mark_first(self) -> None:
        if self.files.hasFocus():
            self.files.mark_first()

    @Slot()
    def _send(self) -> None:
        self.upload_wanted.emit(self._selected())

    @Slot()
    def _open_current(self) -> None:
        index = self.files.currentIndex()
        if index.isValid():
            self._open(index)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        model = self._ready_model()
        if model.isDir(index):
            self.open_folder(model.filePath(index))
        else:
            self.upload_wanted.emit([model.filePath(index)])

    @Slot(list, QPoint)
    def _dropped(self, paths: list[bytes], place: QPoint) -> None:
        model = self._ready_model()
        index = self.files.indexAt(place)
        on_folder = index.isValid() and model.isDir(index)
        self.paths_dropped.emit(paths, model.filePath(index) if on_folder else self._folder)
