"""The list of a remote folder: keys, menu, drops in, drags out."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView

from ferrygate.app.models.folder_model import ENTRY_ROLE, Column, FolderModel
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.dropped_files import brings_files, dropped_files
from ferrygate.app.widgets.file_delegate import FileDelegate
from ferrygate.app.widgets.file_table import FileTable
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.i18n import _

_WIDTHS = {Column.SIZE: 104, Column.MODIFIED: 176, Column.KIND: 172}
_ROOM_FOR_KIND = 700
_ROOM_FOR_MODIFIED = 480
_ICONS = {EntryKind.FOLDER: "folder", EntryKind.LINK: "link"}


class FileList(FileTable):
    """Shows a :class:`FolderModel` and turns keys, clicks and drops into wishes.

    Signals:
        opened: an entry was double-clicked or Enter pressed on it.
        up_wanted: Backspace.
        remove_wanted: Delete.
        refresh_wanted: F5.
        files_dropped: local paths, and the name of the folder under the pointer or ``b""``.
        picked: another selection.
    """

    opened = Signal(object)
    up_wanted = Signal()
    remove_wanted = Signal()
    refresh_wanted = Signal()
    files_dropped = Signal(object, bytes)  # a list would lose bytes that are no UTF-8
    picked = Signal()

    def __init__(self, theme: Theme, model: FolderModel) -> None:
        super().__init__()
        self._folder_model = model
        self._target = -1
        self._kept: list[bytes] = []
        self.setAccessibleName(_("Files in this folder"))
        self.setModel(model)
        self.setItemDelegate(FileDelegate(theme, _icon_of, self._target_row, self))
        self._set_up_view()
        self._set_up_header()
        theme.changed.connect(self._repaint)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._restore_selection)
        self.doubleClicked.connect(self._open_index)
        self.selectionModel().selectionChanged.connect(self.picked)

    def _set_up_view(self) -> None:
        self.set_up_table()
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setWordWrap(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _set_up_header(self) -> None:
        columns = self.horizontalHeader()
        columns.setSectionsMovable(False)
        columns.setMinimumSectionSize(72)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        self.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names need room most: the columns that matter less give way."""
        super().resizeEvent(event)
        width = event.size().width()
        self.setColumnHidden(Column.KIND, width < _ROOM_FOR_KIND)
        self.setColumnHidden(Column.MODIFIED, width < _ROOM_FOR_MODIFIED)

    # ------------------------------------------------------------ the selection

    def selected_entries(self) -> tuple[Entry, ...]:
        """The selected entries, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._folder_model.entry(row) for row in rows)

    def select_names(self, names: list[bytes]) -> None:
        """Select these names, in ranges: one by one takes seconds for many."""
        selection = QItemSelection()
        rows = self._folder_model.rows_named(names)
        last = len(Column) - 1
        start = 0
        for at, row in enumerate(rows):
            if at + 1 == len(rows) or rows[at + 1] != row + 1:
                top = self._folder_model.index(rows[start], 0)
                selection.select(top, self._folder_model.index(row, last))
                start = at + 1
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def rename_current(self) -> None:
        """Edit the current row's name in place."""
        index = self.currentIndex()
        if index.isValid():
            self.edit(index.siblingAtColumn(Column.NAME))

    # ------------------------------------------------------------ keys and clicks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not self._is_editing():
                self._open_index(self.currentIndex())
            case Qt.Key.Key_Backspace:
                self.up_wanted.emit()
            case Qt.Key.Key_Delete:
                self.remove_wanted.emit()
            case Qt.Key.Key_F2:
                self.rename_current()
            case Qt.Key.Key_F5:
                self.refresh_wanted.emit()
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                event.ignore()
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]  # QFocusEvent; the stub lacks a base
        if not self.currentIndex().isValid() and self._folder_model.rowCount():
            self.selectionModel().setCurrentIndex(
                self._folder_model.index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )

    # ------------------------------------------------------------ drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._weigh(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._weigh(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._mark(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        files = dropped_files(event.mimeData())
        row = self._folder_under(event.position().toPoint())
        self._mark(-1)
        if files:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.files_dropped.emit(files, b"" if row < 0 else self._folder_model.entry(row).name)

    def _weigh(self, event: QDragMoveEvent) -> None:
        if brings_files(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._mark(self._folder_under(event.position().toPoint()))
        else:
            event.ignore()

    def _folder_under(self, place: QPoint) -> int:
        index = self.indexAt(place)
        if index.isValid() and index.data(ENTRY_ROLE).kind is EntryKind.FOLDER:
            return index.row()
        return -1

    def _mark(self, row: int) -> None:
        if row != self._target:
            self._target = row
            self._repaint()

    def _target_row(self) -> int:
        return self._target

    def _is_editing(self) -> bool:
        return self.state() is QAbstractItemView.State.EditingState

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._folder_model.entry(index.row()))

    @Slot()
    def _keep_selection(self) -> None:
        self._kept = [entry.name for entry in self.selected_entries()]

    @Slot()
    def _restore_selection(self) -> None:
        self.select_names(self._kept)
        self._kept = []
        self.picked.emit()

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


def _icon_of(index: QModelIndex | QPersistentModelIndex) -> str:
    return _ICONS.get(index.data(ENTRY_ROLE).kind, "file")
