"""Holds a folder's rows; sorts and filters itself, as a proxy takes seconds at 100,000 rows."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from ferrygate.app.models.folder_columns import KEYS, Column, cell_text, heading
from ferrygate.app.models.folder_table import FolderTable
from ferrygate.app.models.row_flags import ROW_FLAGS
from ferrygate.app.models.row_order import RowOrder
from ferrygate.app.plain_text import plain_tip
from ferrygate.common.clock import Clock
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.remote_path import join

PATHS_FORMAT = "application/x-ferrygate-paths"
"""Names dragged out of the list, joined by slashes, which no name holds."""

_GROUP = 4000  # rows that are shown together at the most: more of them take too long
_FIRST_GROUP = 500  # rows; few, so that the first are shown soon
_GROUP_SECONDS = 0.25  # so that what a slow server tells is shown all the same
_UNSEEN_SECONDS = 0.4  # a person cannot have aimed at a row that is newer
_Index = QModelIndex | QPersistentModelIndex


class KeptRows(NamedTuple):
    """Holds entries that a view selects again, in whichever rows they are then.

    Attributes:
        table: the folder as it was read.
        numbers: theirs in it.
    """

    table: FolderTable
    numbers: array[int]


class FolderModel(QAbstractTableModel):
    """Entries of one folder, folders first, names in natural order.

    While a listing is under way, new rows are added below the earlier ones, in groups that
    are sorted in themselves: no row moves. All are sorted at the end, or when a person sorts.
    To let a person who is at work in the list finish first, hold the order.

    Signals:
        begun: another folder is there, or the same from anew, and the filter is forgotten.
        renamed: a person typed another name (the server's bytes, the new text).
        chosen: views select this name, now or as soon as it is there.
        arranging: the rows are about to be put into another order; views take their selection out.
        arranged: they have been, and it can be put back.
        settled: they have been, without a person's asking for it.
    """

    begun = Signal()
    renamed = Signal(bytes, str)
    chosen = Signal(bytes)
    arranging = Signal()
    arranged = Signal()
    settled = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._folder = b"/"
        self._table = FolderTable()
        self._again = FolderTable()  # of the same folder, read again
        self._order = array("I")  # all rows, by their numbers in the table
        self._shown = self._order  # those that the filter leaves
        self._is_sorted = True
        self._is_whole = True
        self._is_held = False
        self._begun_at = 0.0  # monotonic
        self._shown_at = 0.0  # monotonic, when rows were added
        self._filter = ""
        self._by = RowOrder()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._settle)

    # ------------------------------------------------------------ filling it

    def begin(self, folder: bytes) -> None:
        """Forget all rows and the filter: those of another folder come."""
        self.beginResetModel()
        self._folder = folder
        self._table = FolderTable()
        self._again = FolderTable()
        self._filter = ""
        self._set_order(array("I"))
        self._is_whole = False
        self._begun_at = self._clock.monotonic()
        self.endResetModel()
        self.begun.emit()

    def add(self, entries: Iterable[Entry]) -> None:
        """Take a block of entries in."""
        self._table.add(tuple(entries))
        waiting, there = len(self._table) - len(self._order), len(self._order)
        least = min(max(there, _FIRST_GROUP), _GROUP) if there else 1
        is_late = self._clock.monotonic() - self._shown_at >= _GROUP_SECONDS
        if waiting >= least or (waiting and is_late):
            self._show_waiting()

    def end(self) -> None:
        """Show the rest: the last entry was added."""
        self._show_waiting()
        self._is_whole = True
        if self._clock.monotonic() - self._begun_at < _UNSEEN_SECONDS:
            self._is_held = False
        self._settle()

    def hold_order(self) -> None:
        """Leave the rows where they are at the end of a listing, until the order is let go."""
        self._is_held = True

    def release_order(self) -> None:
        """Let the rows be put in order now, or at the end of the listing."""
        self._is_held = False
        self._settle()

    def begin_again(self) -> None:
        """Begin to take in the same folder, read again; what is there is shown meanwhile."""
        self._again = FolderTable()

    def add_again(self, entries: Iterable[Entry]) -> None:
        """Take a block of what is read again; its rows are worked out now, not all at the end."""
        self._again.add(tuple(entries))

    def replace(self) -> None:
        """Show what was read again instead; views keep their selection by name."""
        self.beginResetModel()
        self._table, self._again = self._again, FolderTable()
        self._is_whole = True
        self._set_order(self._by.sorted(self._table))
        self.endResetModel()

    def put(self, entries: Iterable[Entry]) -> None:
        """Take entries that have come since, each in the place of its name's; no row is sorted."""
        self._show_waiting()
        for row in self._rows_of(self._table.put(tuple(entries))):
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))
        if not self._is_sorted:
            self._show_waiting()
        elif len(self._table) > len(self._order):
            self._insert(self._by.sorted(self._table, len(self._order)))

    def choose(self, name: bytes) -> None:
        """Have an entry selected, which may only be about to come."""
        self.chosen.emit(name)

    def set_filter(self, text: str) -> None:
        """Show only names that hold the text, whatever its case."""
        wanted = text.strip().casefold()
        if wanted == self._filter:
            return
        self.beginResetModel()
        is_narrower = self._filter in wanted  # as it is with each letter that is typed
        self._filter = wanted
        if not wanted:
            self._shown = self._order
        else:
            self._shown = self._matching(self._shown if is_narrower else self._order)
        self.endResetModel()

    # ------------------------------------------------------------ asking it

    def entry(self, row: int) -> Entry:
        """Return the entry of a row."""
        return self._table.entry(self._shown[row])

    def name(self, row: int) -> bytes:
        """Return the server's bytes for the name of a row."""
        return self._table.name(self._shown[row])

    def kind(self, row: int) -> EntryKind:
        """Return the kind of a row's entry."""
        return self._table.kind(self._shown[row])

    def entries(self, first: int, last: int) -> list[Entry]:
        """Return the entries of a range of rows, the last one included."""
        return [self._table.entry(number) for number in self._shown[first : last + 1]]

    def names(self, first: int, last: int) -> list[bytes]:
        """Return the names of a range of rows, the last one included."""
        return self._table.names(self._shown[first : last + 1])

    def rows_named(self, names: Iterable[bytes]) -> list[int]:
        """Return the rows of these names, in order."""
        return self._rows_of(self._table.named(names))

    def row_beginning(self, prefix: str, start: int) -> int:
        """Find the next row whose folded name begins so, wrapping at the end; -1 if none does."""
        return self._table.beginning(prefix, self._shown, start)

    def kept(self, ranges: Iterable[tuple[int, int]]) -> KeptRows:
        """Remember the entries of ranges of rows, each with its last row included."""
        numbers = array("I")
        for first, last in ranges:
            numbers.extend(self._shown[first : last + 1])
        return KeptRows(self._table, numbers)

    def rows_kept(self, kept: KeptRows) -> list[int]:
        """Return the present rows of entries, in order: by name, if the folder was read again."""
        return self._rows_of(self._table.numbers_from(kept.table, kept.numbers))

    def _rows_of(self, numbers: Collection[int]) -> list[int]:
        if not numbers:
            return []
        if len(numbers) == len(self._table) == len(self._shown):  # as when all are selected
            return list(range(len(numbers)))
        marks = bytearray(len(self._table))
        for number in numbers:
            marks[number] = 1
        return [row for row, number in enumerate(self._shown) if marks[number]]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        number, column = self._shown[index.row()], index.column()
        value: Any = None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            value = cell_text(self._table, number, column, self._clock.now())
        elif role == Qt.ItemDataRole.TextAlignmentRole and column == Column.SIZE:
            value = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        elif role == Qt.ItemDataRole.ToolTipRole and column == Column.NAME:
            value = plain_tip(cell_text(self._table, number, column, self._clock.now()))
        return value

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for a rename; the row changes when the server has done it."""
        if role == Qt.ItemDataRole.EditRole and isinstance(value, str):
            self.renamed.emit(self.name(index.row()), value)
        return False

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        is_folder = self.kind(index.row()) is EntryKind.FOLDER
        return ROW_FLAGS[is_folder, index.column() == Column.NAME]

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        return heading(Column(section), self._by, role)

    def mimeTypes(self) -> list[str]:
        return [PATHS_FORMAT]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        paths = dict.fromkeys(join(self._folder, self.name(index.row())) for index in indexes)
        data = QMimeData()
        data.setData(PATHS_FORMAT, b"\0".join(paths))
        return data

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._by = RowOrder(KEYS[max(column, 0)], order is Qt.SortOrder.DescendingOrder)
        self._show_waiting()
        self._arrange()

    # ------------------------------------------------------------ inside

    def _show_waiting(self) -> None:
        """Put what has come below what is there; the first rows show as soon as they are there."""
        there = len(self._order)
        if there == len(self._table):
            return
        fresh = self._by.sorted(self._table, there)
        matching = self._matching(fresh) if self._filter else fresh
        if matching:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(matching) - 1)
        self._order.extend(fresh)
        if self._shown is not self._order:
            self._shown.extend(matching)
        if matching:
            self.endInsertRows()
        self._is_sorted = not there
        self._shown_at = self._clock.monotonic()

    def _insert(self, fresh: array[int]) -> None:
        """Insert rows where sorting would put them, adjacent ones together."""
        if self._shown is not self._order:
            for place, numbers in self._by.gaps(self._table, self._order, fresh):
                self._order[place:place] = numbers
            fresh = self._matching(fresh)
        for place, numbers in self._by.gaps(self._table, self._shown, fresh):
            self.beginInsertRows(QModelIndex(), place, place + len(numbers) - 1)
            self._shown[place:place] = numbers
            self.endInsertRows()

    def _settle(self) -> None:
        """Sort the groups of rows, once all have come and the person does not use the list."""
        if not self._is_whole or self._is_held or self._is_sorted:
            return
        if len(self._table) > _GROUP and self._table.join_some():
            self._later.start()  # a part in each turn, so that none is long
        else:
            self._arrange()
            self.settled.emit()

    def _arrange(self) -> None:
        """Put all rows in order, with the current row kept."""
        self.arranging.emit()
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [self._shown[index.row()] for index in before]
        self._set_order(self._by.sorted(self._table))
        place = {number: self._shown.index(number) for number in set(held)}  # few
        after = [
            self.index(place[number], index.column())
            for number, index in zip(held, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.arranged.emit()

    def _set_order(self, order: array[int]) -> None:
        self._order = order
        self._shown = self._matching(order) if self._filter else order
        self._is_sorted = True

    def _matching(self, numbers: array[int]) -> array[int]:
        return array("I", self._table.holding(self._filter, numbers))
