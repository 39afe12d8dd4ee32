"""Lists a remote folder: keys, menu, drops in, drags out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit

from ferrygate.app.models.folder_columns import Column
from ferrygate.app.models.folder_model import FolderModel, KeptRows
from ferrygate.app.presenters.drop_presenter import DropPart, DropSpot
from ferrygate.app.presenters.name_stem import stem_length
from ferrygate.app.scale import wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.drop_light import DropFrame
from ferrygate.app.widgets.file_delegate import FileDelegate
from ferrygate.app.widgets.file_table import FileTable
from ferrygate.app.widgets.order_hold import OrderHold
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.i18n import _

_WIDTHS = {Column.SIZE: 104, Column.MODIFIED: 176, Column.KIND: 172}
_ROOM_FOR_KIND = 700  # pixels of the list's width from which the column is shown
_ROOM_FOR_MODIFIED = 480  # likewise
_ICONS = {EntryKind.FOLDER: "folder", EntryKind.LINK: "link"}


class _KeptEditor(NamedTuple):
    """Holds a name that is being typed, with the cursor's place in it."""

    text: str
    cursor: int
    is_modified: bool


class FileList(FileTable):
    """Shows a :class:`FolderModel` and turns keys, clicks and drops into wishes.

    Signals:
        opened: an entry was double-clicked or Enter pressed on it.
        lit: something hangs over it that a drop would upload (bool).
        picked: another selection.
    """

    opened = Signal(object)
    lit = Signal(bool)
    picked = Signal()

    def __init__(self, theme: Theme, model: FolderModel) -> None:
        super().__init__()
        self._folder_model = model
        self._target = -1
        self._frame = DropFrame(theme, self.viewport())
        self._kept: KeptRows | None = None
        self._kept_current: tuple[KeptRows, int] | None = None  # and the row's place
        self._follows_current = True  # into sight, when it is restored
        self._chosen = b""  # the name to select as soon as it is there
        self._edited = b""  # the name for which another one was typed last
        self._kept_editor: _KeptEditor | None = None
        self.setAccessibleName(_("Files in this folder"))
        self.setModel(model)
        self.setItemDelegate(FileDelegate(theme, self._icon_of, self._target_row, self))
        self._set_up_view(theme)
        self._set_up_header()
        theme.changed.connect(self._repaint)
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelAboutToBeReset.connect(self._keep_editor)
        model.modelReset.connect(self._restore_selection)
        model.modelReset.connect(self._restore_editor)
        model.arranging.connect(self._take_selection_out)
        model.arranged.connect(self._restore_selection)
        model.settled.connect(self._follow_current)
        OrderHold(self, model)
        model.begun.connect(self._forget_choice)
        model.chosen.connect(self._choose)
        model.rowsInserted.connect(self._take_rows_in)
        self.doubleClicked.connect(self._open_index)
        self.selectionModel().selectionChanged.connect(self.picked)

    def _set_up_view(self, theme: Theme) -> None:
        self.set_up_table(theme)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)  # drops are the window's
        self.setWordWrap(False)

    def _set_up_header(self) -> None:
        columns = self.horizontalHeader()
        columns.setSectionsMovable(False)
        columns.setMinimumSectionSize(72)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, wide(width))
        self.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names need room most: the columns that matter less give way."""
        super().resizeEvent(event)
        width = event.size().width()
        self.setColumnHidden(Column.KIND, width < wide(_ROOM_FOR_KIND))
        self.setColumnHidden(Column.MODIFIED, width < wide(_ROOM_FOR_MODIFIED))

    # ------------------------------------------------------------ the selection

    def selected_entries(self) -> tuple[Entry, ...]:
        """Return the selected entries, from top to bottom."""
        return tuple(
            entry
            for first, last in self.selected_ranges()
            for entry in self._folder_model.entries(first, last)
        )

    def selected_names(self) -> list[bytes]:
        """Return the names of the selected entries, from top to bottom."""
        return [
            name
            for first, last in self.selected_ranges()
            for name in self._folder_model.names(first, last)
        ]

    def select_names(self, names: list[bytes]) -> None:
        """Select these names."""
        self._select_rows(self._folder_model.rows_named(names))

    def _select_rows(self, rows: list[int]) -> None:
        """Select rows, in ranges: one by one takes seconds for many."""
        selection = QItemSelection()
        last = len(Column) - 1
        for first, end in _ranges(rows):
            top = self._folder_model.index(first, 0)
            selection.select(top, self._folder_model.index(end, last))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def open_current(self) -> None:
        """Open the current row's entry."""
        self._open_index(self.currentIndex())

    def rename_current(self) -> None:
        """Edit the current row's name in place, with its ending left alone."""
        row = self.currentIndex().row()
        if row >= 0:
            self._edit_name(row, None)

    def rename_again(self, name: bytes, text: str) -> None:
        """Go on editing a name with a text that could not be used."""
        for row in self._folder_model.rows_named([name]):
            self._edit_name(row, text)

    def _edit_name(self, row: int, text: str | None) -> None:
        self._edited = self._folder_model.name(row)
        self.edit(self._folder_model.index(row, Column.NAME))
        editor = self._editor()
        if editor is None:
            return
        if text is not None:
            editor.setText(text)
        else:
            is_folder = self._folder_model.kind(row) is EntryKind.FOLDER
            editor.setSelection(0, stem_length(editor.text(), is_folder=is_folder))

    def _editor(self) -> QLineEdit | None:
        """Return the field in which a name is being typed."""
        if self.state() is QAbstractItemView.State.EditingState:
            for row in self._folder_model.rows_named([self._edited]):
                editor = self.indexWidget(self._folder_model.index(row, Column.NAME))
                return editor if isinstance(editor, QLineEdit) else None
        return None

    @Slot()
    def _keep_editor(self) -> None:
        """Keep what is being typed when the folder is read again: its field goes with the rows."""
        editor = self._editor()
        if editor is not None:
            self._kept_editor = _KeptEditor(
                editor.text(), editor.cursorPosition(), editor.isModified()
            )

    @Slot()
    def _restore_editor(self) -> None:
        kept, self._kept_editor = self._kept_editor, None
        if kept is None:
            return
        self.rename_again(self._edited, kept.text)
        editor = self._editor()
        if editor is not None:
            editor.setCursorPosition(kept.cursor)
            editor.setModified(kept.is_modified)

    # ------------------------------------------------------------ keys and clicks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._chosen = b""  # the person is elsewhere by now
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._chosen = b""
        super().mousePressEvent(event)

    def go_to_first(self) -> None:
        """Select the first row and take the keyboard; nothing where there is no row."""
        if self._folder_model.rowCount():
            self.show_row(0)
            self.setFocus()

    def find_name(self, prefix: str, start: int) -> int:
        return self._folder_model.row_beginning(prefix, start)

    @Slot(bytes)
    def _choose(self, name: bytes) -> None:
        self._chosen = name
        self._show_chosen()

    @Slot()
    def _forget_choice(self) -> None:
        self._chosen = b""

    @Slot()
    def _take_rows_in(self) -> None:
        self._show_chosen()
        if self.hasFocus():
            self.mark_first()

    def _show_chosen(self) -> None:
        rows = self._folder_model.rows_named([self._chosen]) if self._chosen else []
        if rows:
            self._chosen = b""
            self.show_row(rows[0])

    # ------------------------------------------------------------ drops

    def drop_spot(self, place: QPoint) -> DropSpot:
        """Return the folder under the pointer, or else the one that is shown."""
        row = self._folder_under(self.viewport().mapFrom(self, place))
        if row < 0:
            return DropSpot(DropPart.LIST)
        return DropSpot(DropPart.ROW, name=self._folder_model.entry(row).name)

    def drop_rect(self, _spot: DropSpot) -> QRect:
        """Return the rectangle of all rows; the words are shown at its foot."""
        return self.viewport().geometry()

    def light_drop(self, spot: DropSpot | None) -> None:
        """Light up one row, or the whole list."""
        rows = self._folder_model.rows_named([spot.name]) if spot and spot.name else []
        self._mark(rows[0] if rows else -1)
        if spot is not None and spot.part is DropPart.LIST:
            self._frame.light(self.viewport().rect())
        else:
            self._frame.hide()
        self.lit.emit(spot is not None)

    def _folder_under(self, place: QPoint) -> int:
        index = self.indexAt(place)
        if index.isValid() and self._folder_model.kind(index.row()) is EntryKind.FOLDER:
            return index.row()
        return -1

    def _mark(self, row: int) -> None:
        if row != self._target:
            self._target = row
            self._repaint()

    def _target_row(self) -> int:
        return self._target

    def _icon_of(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return _ICONS.get(self._folder_model.kind(index.row()), "file")

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._folder_model.entry(index.row()))

    @Slot()
    def _keep_selection(self) -> None:
        row = self.currentIndex().row()
        model = self._folder_model
        self._follows_current = (
            self.viewport().rect().intersects(self.visualRect(self.currentIndex()))
        )
        self._kept = model.kept(self.selected_ranges())
        self._kept_current = (model.kept([(row, row)]), row) if row >= 0 else None

    @Slot()
    def _take_selection_out(self) -> None:
        """Keep the selection while rows are put in order: Qt takes seconds to follow each row."""
        self._keep_selection()
        selection = self.selectionModel()
        is_blocked = selection.blockSignals(True)  # noqa: FBT003  Qt's signature
        selection.clearSelection()
        selection.blockSignals(is_blocked)

    @Slot()
    def _restore_selection(self) -> None:
        if self._kept is not None:
            self._restore_current()
            self._select_rows(self._folder_model.rows_kept(self._kept))
        self._kept = None
        self._show_chosen()
        self.picked.emit()

    def _restore_current(self) -> None:
        """Make the same row current again, or the one in its place if it was removed.

        One that a person has scrolled away from stays out of sight.
        """
        kept, self._kept_current = self._kept_current, None
        last = self._folder_model.rowCount() - 1
        if kept is None or last < 0:
            return
        rows, stood_at = self._folder_model.rows_kept(kept[0]), kept[1]
        index = self._folder_model.index(rows[0] if rows else min(stood_at, last), Column.NAME)
        self.setAutoScroll(self._follows_current)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.setAutoScroll(True)

    @Slot()
    def _follow_current(self) -> None:
        """Keep in sight what the person has selected, where the end of a listing has moved it."""
        if self.selectionModel().isSelected(self.currentIndex()):
            self.scrollTo(self.currentIndex())

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


def _ranges(rows: list[int]) -> Iterator[tuple[int, int]]:
    """Return the first and the last of each run of consecutive rows."""
    if rows and rows[-1] - rows[0] == len(rows) - 1:  # as all of them do
        yield rows[0], rows[-1]
        return
    start = 0
    for at, row in enumerate(rows, 1):
        if at == len(rows) or rows[at] != row + 1:
            yield rows[start], row
            start = at
