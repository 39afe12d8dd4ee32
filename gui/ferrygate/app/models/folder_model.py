"""The rows of a folder; sorts and filters itself, for a proxy takes seconds at 100,000 rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from ferrygate.app.models.folder_row import Row, row_of
from ferrygate.app.models.kinds import kind_text
from ferrygate.app.plain_text import plain_tip
from ferrygate.common.clock import Clock
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.i18n import _
from ferrygate.common.text import modified_text, size_text

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
RAW_ROLE = ENTRY_ROLE + 1
NAMES_FORMAT = "application/x-ferrygate-names"
"""Names dragged out of the list, joined by slashes, which no name holds."""

_FIRST_BLOCK = 500
_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """Numbers the columns."""

    NAME = 0
    SIZE = 1
    MODIFIED = 2
    KIND = 3


_KEYS: dict[int, Callable[[Row], Any]] = {
    Column.NAME: lambda row: row.key,
    Column.SIZE: lambda row: -1 if row.entry.size is None else row.entry.size,
    Column.MODIFIED: lambda row: row.entry.modified or 0,
    Column.KIND: lambda row: (_kind(row), row.key),
}


class FolderModel(QAbstractTableModel):
    """Entries of one folder, folders first, names in natural order.

    Blocks are taken in as they come, in groups that double, so that the first rows show at once
    and the whole costs little more than one sort.

    Signals:
        begun: another folder is there, or the same from anew, and the filter is forgotten.
        renamed: a person typed another name (the server's bytes, the new text).
    """

    begun = Signal()
    renamed = Signal(bytes, str)

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: list[Row] = []
        self._shown: list[Row] = []
        self._waiting: list[Row] = []
        self._again: list[Row] = []  # of the same folder, read again
        self._filter = ""
        self._column = int(Column.NAME)
        self._order = Qt.SortOrder.AscendingOrder

    # ------------------------------------------------------------ filling it

    def begin(self) -> None:
        """Another folder: forget all rows and the filter."""
        self.beginResetModel()
        self._rows, self._shown, self._waiting, self._again, self._filter = [], [], [], [], ""
        self.endResetModel()
        self.begun.emit()

    def add(self, entries: Iterable[Entry]) -> None:
        """Take a block of entries in."""
        self._waiting.extend(map(row_of, entries))
        if len(self._waiting) >= max(len(self._rows), _FIRST_BLOCK if self._rows else 1):
            self._take_in()

    def end(self) -> None:
        """The last entry was added."""
        self._take_in()

    def begin_again(self) -> None:
        """Begin to take in the same folder, read again; what is there is shown meanwhile."""
        self._again = []

    def add_again(self, entries: Iterable[Entry]) -> None:
        """Take a block of what is read again; its rows are worked out now, not all at the end."""
        self._again.extend(map(row_of, entries))

    def replace(self) -> None:
        """Show what was read again instead; views keep their selection by name."""
        self.beginResetModel()
        self._waiting = []
        self._rows, self._again = self._again, []
        self._shown = self._sorted(self._matching(self._rows))
        self.endResetModel()

    def put(self, entries: Iterable[Entry]) -> None:
        """Take entries that have come since, each in the place of its name's; no row is sorted."""
        fresh = {entry.name: row_of(entry) for entry in entries}
        known = {self._rows[at].entry.name for at in _exchange(self._rows, fresh)}
        for at in _exchange(self._shown, fresh):
            self.dataChanged.emit(self.index(at, 0), self.index(at, len(Column) - 1))
        new = [row for name, row in fresh.items() if name not in known]
        self._rows.extend(new)
        self._insert(self._sorted(self._matching(new)))

    def set_filter(self, text: str) -> None:
        """Show only names that hold the text, whatever its case."""
        self.beginResetModel()
        self._filter = text.strip().casefold()
        self._shown = self._sorted(self._matching(self._rows))
        self.endResetModel()

    # ------------------------------------------------------------ asking it

    def entry(self, row: int) -> Entry:
        """The entry of a row."""
        return self._shown[row].entry

    def rows_named(self, names: Iterable[bytes]) -> list[int]:
        """The rows of these names, in order."""
        wanted = set(names)
        return [at for at, row in enumerate(self._shown) if row.entry.name in wanted]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._shown[index.row()], index.column()
        value: Any = None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            value = self._text(row, column)
        elif role == Qt.ItemDataRole.TextAlignmentRole and column == Column.SIZE:
            value = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        elif role == Qt.ItemDataRole.ToolTipRole and column == Column.NAME:
            value = plain_tip(row.name)
        elif role == ENTRY_ROLE:
            value = row.entry
        elif role == RAW_ROLE:
            value = _KEYS[column](row)
        return value

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for a rename; the row changes when the server has done it."""
        if role == Qt.ItemDataRole.EditRole and isinstance(value, str):
            self.renamed.emit(self.entry(index.row()).name, value)
        return False

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flag = Qt.ItemFlag
        flags = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled
        if self.entry(index.row()).kind is EntryKind.FOLDER:
            flags |= flag.ItemIsDropEnabled
        return flags | flag.ItemIsEditable if index.column() == Column.NAME else flags

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if section == Column.SIZE
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("Name"), _("Size"), _("Modified"), _("Kind"))[section]

    def mimeTypes(self) -> list[str]:
        return [NAMES_FORMAT]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        names = dict.fromkeys(self.entry(index.row()).name for index in indexes)
        data = QMimeData()
        data.setData(NAMES_FORMAT, b"/".join(names))
        return data

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._order = max(column, 0), order
        self._arrange(self._sorted(self._shown))

    # ------------------------------------------------------------ inside

    def _text(self, row: Row, column: int) -> str:
        if column == Column.NAME:
            return row.name
        if column == Column.KIND:
            return _kind(row)
        if column == Column.MODIFIED:
            then = row.entry.modified
            return modified_text(then, self._clock.now()) if then else "–"  # noqa: RUF001  a dash for people
        known = row.entry.kind is EntryKind.FILE and row.entry.size is not None
        return size_text(row.entry.size or 0) if known else "–"  # noqa: RUF001  a dash for people

    def _take_in(self) -> None:
        fresh, self._waiting = self._waiting, []
        self._rows.extend(fresh)
        matching = self._matching(fresh)
        if not matching:
            return
        first = len(self._shown)
        self.beginInsertRows(QModelIndex(), first, first + len(matching) - 1)
        self._shown.extend(matching if first else self._sorted(matching))
        self.endInsertRows()
        if first:
            self._arrange(self._sorted(self._shown))

    def _insert(self, new: list[Row]) -> None:
        """Insert rows in their order, those that come to stand together at once, from the end."""
        places = [self._place_of(row) for row in new]
        end = len(new)
        while end:
            first = places.index(places[end - 1])
            place = places[first]
            self.beginInsertRows(QModelIndex(), place, place + end - first - 1)
            self._shown[place:place] = new[first:end]
            self.endInsertRows()
            end = first

    def _place_of(self, new: Row) -> int:
        """The place where a row belongs among those that are shown."""
        key = _KEYS[self._column]
        wanted = _is_no_folder(new), key(new)
        descending = self._order is Qt.SortOrder.DescendingOrder
        low, high = 0, len(self._shown)
        while low < high:
            middle = (low + high) // 2
            there = _is_no_folder(self._shown[middle]), key(self._shown[middle])
            if there[0] == wanted[0] and descending:
                goes_on = there[1] >= wanted[1]
            else:
                goes_on = there <= wanted
            low, high = (middle + 1, high) if goes_on else (low, middle)
        return low

    def _arrange(self, shown: list[Row]) -> None:
        """Show the same rows in another order, with selection and current row kept."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [self._shown[index.row()] for index in before]
        self._shown = shown
        if held:
            place = {id(row): at for at, row in enumerate(shown)}
            after = [
                self.index(place[id(row)], index.column())
                for row, index in zip(held, before, strict=True)
            ]
            self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _matching(self, rows: list[Row]) -> list[Row]:
        text = self._filter
        return [row for row in rows if text in row.folded] if text else list(rows)

    def _sorted(self, rows: list[Row]) -> list[Row]:
        descending = self._order is Qt.SortOrder.DescendingOrder
        ordered = sorted(rows, key=_KEYS[self._column], reverse=descending)
        return sorted(ordered, key=_is_no_folder)


def _exchange(rows: list[Row], fresh: Mapping[bytes, Row]) -> list[int]:
    """Put fresh rows in the places of those of their names; the places."""
    places = [at for at, row in enumerate(rows) if row.entry.name in fresh]
    for at in places:
        rows[at] = fresh[rows[at].entry.name]
    return places


def _kind(row: Row) -> str:
    return kind_text(row.entry.name, row.entry.kind)


def _is_no_folder(row: Row) -> bool:
    return row.entry.kind is not EntryKind.FOLDER
