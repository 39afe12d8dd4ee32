from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ferrygate.app.models.folder_columns import Column
from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.models.natural_order import natural_key
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.file_list import FileList
from ferrygate.common.entry import Entry, EntryKind

if TYPE_CHECKING:
    from gui.conftest import StillClock

pytestmark = pytest.mark.gui

DAY = 86_400
MANY = 100_000


@pytest.fixture
def model(clock: StillClock, qapp: object) -> FolderModel:  # noqa: ARG001  a model wants one
    return FolderModel(clock)


def entries(now: float) -> list[Entry]:
    return [
        Entry(b"scan 10.csv", EntryKind.FILE, 18_400_000, int(now) - 2 * 3600),
        Entry(b"raw", EntryKind.FOLDER, 0, 0),
        Entry(b"Scan 9.csv", EntryKind.FILE, 4_000, int(now) - DAY),
        Entry(b"\xff.gz", EntryKind.FILE, None, None),
        Entry(b"Plates", EntryKind.FOLDER, None, int(now) - 12 * DAY),
    ]


def reread(model: FolderModel, found: list[Entry]) -> None:
    """Read the folder again, in blocks of two entries."""
    model.begin_again()
    for start in range(0, len(found), 2):
        model.add_again(found[start : start + 2])
    model.replace()


def picture(model: FolderModel) -> str:
    """Write the rows as text, one a line."""
    return "\n".join(
        " | ".join(str(model.index(row, column).data()) for column in Column)
        for row in range(model.rowCount())
    )


def names(model: FolderModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_folders_come_first_and_names_in_natural_order(
    model: FolderModel, clock: StillClock
) -> None:
    model.begin(b"/")
    model.add(entries(clock.now()))
    model.end()
    assert picture(model) == (
        "Plates | – | 11 Nov 2026 | Folder\n"  # noqa: RUF001  as people see it
        "raw | – | – | Folder\n"  # noqa: RUF001  as people see it
        "\\xff.gz | – | – | Archive\n"  # noqa: RUF001  as people see it
        "Scan 9.csv | 4 KB | Yesterday 12:00 | CSV document\n"
        "scan 10.csv | 18.4 MB | Today 10:00 | CSV document"
    )


def test_sorting_by_size_keeps_folders_on_top_both_ways(
    model: FolderModel, clock: StillClock
) -> None:
    reread(model, entries(clock.now()))
    model.sort(Column.SIZE, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["raw", "Plates", "scan 10.csv", "Scan 9.csv", "\\xff.gz"]
    model.sort(Column.SIZE)
    assert names(model) == ["Plates", "raw", "\\xff.gz", "Scan 9.csv", "scan 10.csv"]


def test_the_filter_forgets_case_and_another_folder_forgets_the_filter(
    model: FolderModel, clock: StillClock
) -> None:
    reread(model, entries(clock.now()))
    model.set_filter(" SCAN ")
    assert names(model) == ["Scan 9.csv", "scan 10.csv"]
    model.add([Entry(b"scan 1.csv", EntryKind.FILE), Entry(b"other", EntryKind.FILE)])
    model.end()
    assert names(model) == ["scan 1.csv", "Scan 9.csv", "scan 10.csv"]
    model.begin(b"/")
    model.add(entries(clock.now()))
    model.end()
    assert model.rowCount() == 5


def test_sorting_keeps_the_current_row_on_its_entry(model: FolderModel, clock: StillClock) -> None:
    reread(model, entries(clock.now()))
    held = QPersistentModelIndex(model.index(4, 0))
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert held.data() == "scan 10.csv"
    assert held.row() == 2


def test_an_entry_comes_out_as_it_went_in(model: FolderModel, clock: StillClock) -> None:
    odd = [
        Entry(b"huge", EntryKind.FILE, 2**64 - 1, 2**32 - 1),
        Entry(b"empty", EntryKind.FILE, 0, 0),
        *(Entry(kind.value.encode(), kind) for kind in EntryKind),
        *entries(clock.now()),
    ]
    reread(model, odd)
    found = {model.entry(row) for row in range(model.rowCount())}
    assert found == set(odd)


def test_editing_asks_for_a_rename_and_changes_nothing(
    model: FolderModel, clock: StillClock, qtbot: QtBot
) -> None:
    reread(model, entries(clock.now()))
    with qtbot.waitSignal(model.renamed) as asked:
        assert not model.setData(model.index(4, 0), "new.csv")
    assert asked.args == [b"scan 10.csv", "new.csv"]
    assert names(model)[4] == "scan 10.csv"


def test_the_model_keeps_qts_rules(
    model: FolderModel, clock: StillClock, qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.add(entries(clock.now()))
    model.add(Entry(f"f{number}".encode(), EntryKind.FILE) for number in range(2000))
    model.end()
    model.sort(Column.KIND, Qt.SortOrder.DescendingOrder)
    model.set_filter("f1")
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def test_a_refresh_keeps_the_selection_by_name(
    model: FolderModel, clock: StillClock, qtbot: QtBot, qapp: object
) -> None:
    files = FileList(Theme(qapp, Qt.ColorScheme.Light), model)  # type: ignore[arg-type]
    qtbot.addWidget(files)
    reread(model, entries(clock.now()))
    files.select_names([b"raw", b"scan 10.csv"])
    reread(model, [*entries(clock.now()), Entry(b"aaa", EntryKind.FOLDER)])
    assert [entry.name for entry in files.selected_entries()] == [b"raw", b"scan 10.csv"]


def test_a_hostile_number_in_a_name_is_no_trouble() -> None:
    assert natural_key("a" + "9" * 5000) > natural_key("a1")
    assert natural_key("٣") == "٣"


def test_numbers_in_names_sort_by_their_value() -> None:
    wrong = ["b", "ab", "a10b10", "a10b9", "a10", "a2", "a001b", "a1", "a0", "a 2", "a", "0", ""]
    right = ["", "0", "a", "a0", "a1", "a001b", "a2", "a10", "a10b9", "a10b10", "a 2", "ab", "b"]
    assert sorted(wrong, key=natural_key) == right


def test_a_hundred_thousand_rows_come_sort_and_filter_quickly(
    model: FolderModel, clock: StillClock
) -> None:
    many = [
        Entry(
            f"assay-{number * 7919 % MANY}.csv".encode(), EntryKind.FILE, number, int(clock.now())
        )
        for number in range(MANY)
    ]
    model.begin(b"/")
    filling = _seconds(lambda: _fill(model, many))
    selection = QItemSelectionModel(model)
    selection.setCurrentIndex(model.index(500, 0), QItemSelectionModel.SelectionFlag.Current)
    sorting = _seconds(lambda: model.sort(Column.SIZE, Qt.SortOrder.DescendingOrder))
    filtering = _seconds(lambda: model.set_filter("99"))
    clearing = _seconds(lambda: model.set_filter(""))
    # Generous, for a busy machine; a proxy model takes more than seven seconds for each.
    assert filling < 6
    assert sorting < 1.5
    assert filtering < 0.5
    assert clearing < 1.5


def _fill(model: FolderModel, many: list[Entry]) -> None:
    for start in range(0, MANY, 500):
        model.add(many[start : start + 500])
    model.end()
    assert model.rowCount() == MANY


def _seconds(work: object) -> float:
    begin = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - begin


def csv(number: int, size: int | None = None) -> Entry:
    return Entry(b"f%d.csv" % number, EntryKind.FILE, size or number % 7, DAY * (number % 5))


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_what_comes_later_stands_where_sorting_would_put_it(
    model: FolderModel, qtmodeltester: ModelTester, column: Column, order: Qt.SortOrder
) -> None:
    model.begin(b"/")
    model.sort(column, order)
    model.add([*map(csv, (5, 1, 9, 3)), Entry(b"b", EntryKind.FOLDER)])
    model.end()
    later = [
        Entry(b"a", EntryKind.FOLDER),
        *map(csv, (12, 2, 4, 10)),
        Entry(b"c", EntryKind.FOLDER),
    ]
    model.put(later)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    shown = names(model)
    assert len(set(shown)) == 11
    model.sort(column, order)
    assert names(model) == shown


def test_what_comes_again_takes_the_place_of_its_name(model: FolderModel) -> None:
    model.begin(b"/")
    model.add([csv(1, 10), csv(2, 20)])
    model.end()
    model.put([csv(1, 11)])
    assert names(model) == ["f1.csv", "f2.csv"]
    assert model.entry(0).size == 11


@pytest.mark.parametrize("kind", [EntryKind.FOLDER, EntryKind.LINK])
def test_a_folder_that_files_go_into_keeps_its_kind_and_its_time(
    model: FolderModel, kind: EntryKind
) -> None:
    there = Entry(b"inbox", kind, None, DAY)
    model.begin(b"/")
    model.add([there])
    model.end()
    model.put([Entry(b"inbox", EntryKind.FOLDER)])
    assert model.entry(0) == there


def test_a_folder_in_the_place_of_a_file_is_shown_as_one(model: FolderModel) -> None:
    model.begin(b"/")
    model.add([csv(1, 10)])
    model.end()
    model.put([Entry(b"f1.csv", EntryKind.FOLDER)])
    assert model.kind(0) is EntryKind.FOLDER


def test_what_comes_later_is_filtered_like_the_rest(model: FolderModel) -> None:
    model.begin(b"/")
    model.add([csv(1)])
    model.end()
    model.set_filter("f1")
    model.put([csv(12), csv(2)])
    assert names(model) == ["f1.csv", "f12.csv"]
    model.set_filter("")
    assert model.rowCount() == 3


def test_a_name_is_found_by_how_it_begins_round_the_end(clock: StillClock) -> None:
    model = FolderModel(clock)
    model.add([Entry(name, EntryKind.FILE) for name in (b"a.csv", b"Beta 2.csv", b"beta 10.csv")])
    model.end()
    assert model.row_beginning("beta", 0) == 1
    assert model.row_beginning("beta", 2) == 2
    assert model.row_beginning("beta", 3) == 1
    assert model.row_beginning("a", 1) == 0
    assert model.row_beginning("c", 0) == -1
