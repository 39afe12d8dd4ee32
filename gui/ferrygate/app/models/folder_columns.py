"""Gives the texts in the columns of a folder's rows, and above them."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Any

from PySide6.QtCore import Qt

from ferrygate.app.models.folder_table import FolderTable
from ferrygate.app.models.row_order import Key, RowOrder
from ferrygate.common.display import display_name
from ferrygate.common.entry import EntryKind
from ferrygate.common.i18n import _
from ferrygate.common.text import modified_text, size_text

_NOTHING = "–"  # noqa: RUF001  a dash for people


class Column(IntEnum):
    """Numbers the columns."""

    NAME = 0
    SIZE = 1
    MODIFIED = 2
    KIND = 3


KEYS: dict[int, Key | None] = {
    Column.NAME: None,
    Column.SIZE: FolderTable.size_key,
    Column.MODIFIED: FolderTable.time_key,
    Column.KIND: FolderTable.kind_key,
}


def heading(column: Column, by: RowOrder, role: int) -> Any:
    """Give the heading of a column in a role of Qt's, where rows are ordered ``by`` one of them."""
    if role == Qt.ItemDataRole.TextAlignmentRole:
        is_size = column is Column.SIZE
        side = Qt.AlignmentFlag.AlignRight if is_size else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
    if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
        return None
    words = (_("Name"), _("Size"), _("Modified"), _("Kind"))[column]
    if role == Qt.ItemDataRole.DisplayRole or KEYS[column] is not by.key:
        return words
    way = _("{column}, sorted downwards") if by.descending else _("{column}, sorted upwards")
    return way.format(column=words)


def cell_text(table: FolderTable, number: int, column: int, now: float) -> str:
    """Give the text of an entry in a column, at ``now`` (seconds since the epoch)."""
    if column == Column.NAME:
        return display_name(table.name(number))
    if column == Column.KIND:
        return table.kind_word(number)
    entry = table.entry(number)
    if column == Column.MODIFIED:
        return _when(entry.modified, int(now // 60) * 60) if entry.modified else _NOTHING
    is_known = entry.kind is EntryKind.FILE and entry.size is not None
    return size_text(entry.size or 0) if is_known else _NOTHING


@lru_cache(maxsize=1000)  # of what can be seen: each paint asks for all of it, and Babel is slow
def _when(then: int, minute: int) -> str:
    return modified_text(then, minute)
