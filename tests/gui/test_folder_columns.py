"""The texts in the columns of a folder, and above them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from ferrygate.app.models.folder_columns import KEYS, Column, cell_text, heading
from ferrygate.app.models.folder_table import FolderTable
from ferrygate.app.models.row_order import RowOrder
from ferrygate.common.entry import Entry, EntryKind

ROLE = Qt.ItemDataRole
NOW = 1_795_000_000.0


@pytest.fixture
def table() -> FolderTable:
    table = FolderTable()
    table.add(
        (Entry(b"a.csv", EntryKind.FILE, 5_000, round(NOW)), Entry(b"inbox", EntryKind.FOLDER))
    )
    return table


def test_a_file_tells_its_size_and_its_time(table: FolderTable) -> None:
    name, size, modified, kind = (cell_text(table, 0, column, NOW) for column in Column)
    assert (name, size) == ("a.csv", "5 KB")
    assert "–" not in modified  # noqa: RUF001  a dash for people
    assert kind


def test_a_folder_has_neither(table: FolderTable) -> None:
    texts = [cell_text(table, 1, column, NOW) for column in Column]
    assert texts[:3] == ["inbox", "–", "–"]  # noqa: RUF001  a dash for people


def test_the_heading_that_sorts_says_so_to_a_screen_reader_alone() -> None:
    by = RowOrder(KEYS[Column.SIZE], descending=True)
    shown = [heading(column, by, ROLE.DisplayRole) for column in Column]
    assert shown == ["Name", "Size", "Modified", "Kind"]
    read = [heading(column, by, ROLE.AccessibleTextRole) for column in Column]
    assert read == ["Name", "Size, sorted downwards", "Modified", "Kind"]


def test_sizes_are_on_the_right() -> None:
    right = [
        column
        for column in Column
        if heading(column, RowOrder(), ROLE.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    ]
    assert right == [Column.SIZE]
    assert heading(Column.NAME, RowOrder(), ROLE.DecorationRole) is None
