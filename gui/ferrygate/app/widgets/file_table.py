"""Gives the lists of remote and of local files the keys and looks that they share."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ferrygate.app import tokens as t
from ferrygate.app.scale import px
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.file_header import FileHeader
from ferrygate.app.widgets.key_table import KeyTable
from ferrygate.app.widgets.type_ahead import TypeAhead
from ferrygate.common.i18n import _

_MOVE = QAbstractItemView.CursorAction
_SHIFTED = (
    Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.KeypadModifier
    | Qt.KeyboardModifier.GroupSwitchModifier
)


class FileTable(QTableView):
    """Shows whole rows, to select several, drag and drop; the name's column takes spare room.

    Attributes:
        keys: what keys do while the list has the keyboard.

    Signals:
        menu_wanted: a right click, or the key for it (the place on the screen).
    """

    menu_wanted = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.keys = KeyTable(self)
        self._ahead = TypeAhead()
        self._has_new = self._shows_new = False  # since rows were laid out

    def set_up_table(self, theme: Theme) -> None:
        """Behave so; once there is a model."""
        self.setHorizontalHeader(FileHeader(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDragEnabled(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(px(t.ROW_HEIGHT))
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for header in (rows, columns):
            # A header asks of each row, for each paint, whether it is selected; ours shows nothing
            # of it, so it has a selection of its own, which is empty.
            header.setSelectionModel(QItemSelectionModel(self.model(), header))

    def rowsInserted(  # noqa: N802  Qt's name
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """Note whether the rows that have come can be seen."""
        last_seen = self.rowAt(self.viewport().height() - 1)
        self._shows_new |= not 0 <= last_seen < start
        self._has_new = True
        super().rowsInserted(parent, start, end)

    def doItemsLayout(self) -> None:  # noqa: N802  Qt's name
        """Paint anew, but for rows below all that can be seen: in Qt each group paints all again.

        While 100,000 rows came, that was half of the time for which the window did not react.
        """
        if self._has_new and not self._shows_new:
            self.updateGeometries()
        else:
            super().doItemsLayout()
        self._has_new = self._shows_new = False

    # ------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key of the table, then letters of a name, then what Qt makes of it."""
        if self.state() is QAbstractItemView.State.EditingState:
            return  # the editor has had what it wants
        if self.keys.press(event):
            return
        letters, now = event.text(), event.timestamp()
        if self._is_name(event) and (letters != " " or self._ahead.is_going_on(now)):
            prefix, passes_current = self._ahead.take(letters, now)
            self._turn_to(prefix, max(self.currentIndex().row(), 0) + passes_current)
        elif event.key() == Qt.Key.Key_Down and self._has_not_begun(event):
            self.show_row(0)
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def moveCursor(  # noqa: N802  Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Go to the first or the last row for Home and End; Qt would go to a column."""
        last = self.model().rowCount(self.rootIndex()) - 1
        if action in {_MOVE.MoveHome, _MOVE.MoveEnd} and last >= 0:
            return self._name_at(0 if action is _MOVE.MoveHome else last)
        return super().moveCursor(action, modifiers)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.mark_first()

    def mark_first(self) -> None:
        """Have a current row, for keys to begin at, and for people to see."""
        current, root = self.currentIndex(), self.rootIndex()
        is_marked = current.isValid() and current.parent() == root
        if self.model() is not None and not is_marked and self.model().rowCount(root):
            self.selectionModel().setCurrentIndex(
                self._name_at(0), QItemSelectionModel.SelectionFlag.NoUpdate
            )

    def show_row(self, row: int) -> None:
        """Select one row alone, and bring it into view."""
        self.setCurrentIndex(self._name_at(row))

    def sort_by(self, column: int) -> None:
        """Sort by a column; again, the other way round."""
        header = self.horizontalHeader()
        rising, falling = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        turns = header.sortIndicatorSection() == column and header.sortIndicatorOrder() is rising
        self.sortByColumn(column, falling if turns else rising)

    def add_menu_keys(self) -> None:
        """Let the key for menus open one at the current row."""
        self.keys.add(_("Menu"), self._ask_for_menu, ["Menu", "Shift+F10"])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._ask_for_menu()
        else:
            self.menu_wanted.emit(event.globalPos())

    def _ask_for_menu(self) -> None:
        current = self.currentIndex()
        self.scrollTo(current)
        rect = self.visualRect(current)
        self.menu_wanted.emit(self.viewport().mapToGlobal(rect.bottomLeft() + QPoint(t.ICON, 0)))

    def find_name(self, prefix: str, start: int) -> int:
        """Find the first row from one on, round the end, whose name begins so; -1 for none."""
        raise NotImplementedError

    def _is_name(self, event: QKeyEvent) -> bool:
        return (
            event.text().isprintable() and bool(event.text()) and not event.modifiers() & ~_SHIFTED
        )

    def _has_not_begun(self, event: QKeyEvent) -> bool:
        """Tell whether Down means the first row, not the one behind it: nothing is selected yet."""
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_first = self.currentIndex().row() == 0
        return is_plain and is_first and not self.selectionModel().hasSelection()

    def _turn_to(self, prefix: str, start: int) -> None:
        row = self.find_name(prefix, start)
        if row >= 0:
            self.show_row(row)

    def _name_at(self, row: int) -> QModelIndex:
        return self.model().index(row, 0, self.rootIndex())

    # ------------------------------------------------------------ the selection

    def selected_ranges(self) -> list[tuple[int, int]]:
        """Return the first and the last row of each selected range, from top to bottom.

        Qt's selectedRows asks the model about each cell of each row.
        """
        ranges: list[tuple[int, int]] = []
        parts = self.selectionModel().selection().toList()
        for first, last in sorted((part.top(), part.bottom()) for part in parts):
            top = max(first, ranges[-1][1] + 1) if ranges else first
            if top <= last:
                ranges.append((top, last))
        return ranges

    def selectionChanged(  # noqa: N802  Qt's name
        self, selected: QItemSelection, deselected: QItemSelection
    ) -> None:
        """Repaint, and tell a screen reader of the first row of each.

        QTableView would ask the model about each cell of the whole selection for that.
        """
        QAbstractItemView.selectionChanged(self, selected, deselected)
        if QAccessible.isActive():
            self._tell_reader(selected, QAccessible.Event.SelectionAdd)
            self._tell_reader(deselected, QAccessible.Event.SelectionRemove)

    def _tell_reader(self, ranges: QItemSelection, kind: QAccessible.Event) -> None:
        if ranges.isEmpty():
            return
        cell = ranges.at(0).topLeft()
        event = QAccessibleEvent(self, kind)
        # Qt numbers the children of a table by rows, the two headers included.
        event.setChild((cell.row() + 1) * (cell.model().columnCount() + 1) + cell.column() + 1)
        QAccessible.updateAccessibility(event)
