"""Sets up the lists of remote and of local files alike."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ferrygate.app import tokens as t


class FileTable(QTableView):
    """Whole rows, several of them selected, dragged and dropped; a name takes the room there is."""

    def __init__(self) -> None:
        super().__init__()
        self._has_new = self._shows_new = False  # since rows were laid out

    def set_up_table(self) -> None:
        """Behave so; once there is a model."""
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDragEnabled(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(t.ROW_HEIGHT)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
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

        While 100,000 rows came, that was half of the time for which the window stood.
        """
        if self._has_new and not self._shows_new:
            self.updateGeometries()
        else:
            super().doItemsLayout()
        self._has_new = self._shows_new = False

    def selected_ranges(self) -> list[tuple[int, int]]:
        """The first and the last row of each range that is selected, from top to bottom.

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
