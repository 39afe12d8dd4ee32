"""A folder of 100,000 rows: what each act asks of the model, counted: machines may be busy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ferrygate.app.models.folder_columns import Column
from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.file_list import FileList
from ferrygate.app.widgets.reading_note import ReadingNote
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.files import FolderBlock, ListFolder

if TYPE_CHECKING:
    from gui.conftest import Rig, StillClock

pytestmark = pytest.mark.gui

MANY = 100_000
A_SCREEN = 1500  # questions for one paint: twenty rows of four columns, some ten for each cell
NO_KEY = Qt.KeyboardModifier.NoModifier
ENTRIES = [
    Entry(b"assay-%d.csv" % (number * 7919 % MANY), EntryKind.FILE, number * 31 % 9973, number)
    for number in range(MANY)
]


class CountingModel(FolderModel):
    """Counts what the view asks, and how often rows are put in order."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__(clock)
        self.asked: Counter[str] = Counter()
        self.groups: list[int] = []
        self.layoutChanged.connect(lambda: self.asked.update(["order"]))
        self.rowsInserted.connect(lambda _parent, first, last: self.groups.append(last - first + 1))

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        self.asked["data"] += 1
        return super().data(index, role)

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        self.asked["flags"] += 1
        return super().flags(index)

    @property
    def questions(self) -> int:
        """Count the cells that were asked about since the last time."""
        found = self.asked["data"] + self.asked["flags"]
        self.asked.clear()
        return found


def listed(model: FolderModel, entries: list[Entry]) -> None:
    for start in range(0, len(entries), 100):
        model.add(entries[start : start + 100])
    model.end()


def names(model: FolderModel) -> list[bytes]:
    return model.names(0, model.rowCount() - 1)


def settle(application: QApplication) -> None:
    for _time in range(3):
        application.processEvents()


@pytest.fixture
def model(clock: StillClock) -> CountingModel:
    return CountingModel(clock)


@pytest.fixture
def files(model: CountingModel, qapp: QApplication, qtbot: QtBot) -> FileList:
    theme = Theme(qapp, Qt.ColorScheme.Light)
    theme.apply()
    made = FileList(theme, model)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    model.begin(b"/")
    with qtbot.waitSignal(model.settled):
        listed(model, ENTRIES)
    made.setFocus()
    settle(qapp)
    assert model.questions  # it was painted
    return made


@pytest.fixture(params=["", "screen reader"])
def reader(request: pytest.FixtureRequest) -> Iterator[None]:
    QAccessible.setActive(bool(request.param))
    yield
    QAccessible.setActive(False)


def select_all(files: FileList) -> None:
    QTest.keyClick(files, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def click_header(files: FileList, column: Column) -> None:
    header = files.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, NO_KEY, place)


@pytest.mark.usefixtures("reader")
def test_to_select_all_asks_for_what_is_painted_alone(
    files: FileList, model: CountingModel, qapp: QApplication
) -> None:
    select_all(files)
    settle(qapp)
    assert model.questions < A_SCREEN
    files.horizontalHeader().viewport().update()
    settle(qapp)
    assert model.questions < A_SCREEN
    assert len(files.selected_names()) == len(files.selected_entries()) == MANY
    assert not model.questions


@pytest.mark.usefixtures("reader")
def test_an_order_and_a_filter_with_all_selected_ask_for_what_is_painted_alone(
    files: FileList, model: CountingModel, qapp: QApplication
) -> None:
    select_all(files)
    settle(qapp)
    model.asked.clear()
    click_header(files, Column.SIZE)
    settle(qapp)
    assert model.asked["order"] == 1
    assert model.questions < A_SCREEN
    assert len(files.selected_names()) == MANY
    model.set_filter("99")
    settle(qapp)
    assert model.questions < A_SCREEN
    assert len(files.selected_names()) == model.rowCount() < MANY


@pytest.mark.usefixtures("reader")
def test_a_refresh_with_all_selected_asks_for_what_is_painted_alone(
    files: FileList, model: CountingModel, qapp: QApplication
) -> None:
    select_all(files)
    settle(qapp)
    model.asked.clear()
    model.begin_again()
    for start in range(0, MANY, 100):
        model.add_again(ENTRIES[start : start + 100])
    model.add_again([Entry(b"new.csv", EntryKind.FILE, 1)])
    model.replace()
    settle(qapp)
    assert model.questions < A_SCREEN
    assert (model.rowCount(), len(files.selected_names())) == (MANY + 1, MANY)
    assert b"new.csv" not in files.selected_names()


def test_a_step_of_the_wheel_asks_for_one_screen(
    files: FileList, model: CountingModel, qapp: QApplication
) -> None:
    port = files.viewport()
    place = QPointF(port.rect().center())
    turn = QWheelEvent(
        place,
        port.mapToGlobal(place),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        NO_KEY,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003  Qt's signature
    )
    qapp.sendEvent(port, turn)
    settle(qapp)
    assert files.verticalScrollBar().value() > 0
    assert model.questions < A_SCREEN


def test_many_rows_selected_here_and_there_are_kept_over_an_order_and_a_refresh(
    files: FileList, model: CountingModel
) -> None:
    odd = [entry.name for entry in ENTRIES if entry.size is not None and entry.size % 10 == 3]
    files.select_names(odd)
    model.asked.clear()
    click_header(files, Column.MODIFIED)
    assert sorted(files.selected_names()) == sorted(odd)
    model.begin_again()
    model.add_again(ENTRIES[1:])
    model.replace()
    assert sorted(files.selected_names()) == sorted(set(odd) - {ENTRIES[0].name})
    assert model.questions < A_SCREEN


def test_rows_that_come_move_none_until_the_listing_ends_and_are_sorted_once_then(
    model: CountingModel, qtbot: QtBot
) -> None:
    model.begin(b"/")
    shown: list[bytes] = []
    for start in range(0, MANY, 100):
        model.add(ENTRIES[start : start + 100])
        if start % 10_000 == 0:
            assert names(model)[: len(shown)] == shown
            shown = names(model)
    assert max(model.groups) <= 4000
    assert not model.asked["order"]
    with qtbot.waitSignal(model.settled):
        model.end()
    assert list(model.asked.values()) == [1]
    assert names(model) == [b"assay-%d.csv" % number for number in range(MANY)]


def test_nothing_is_sorted_under_a_hand_that_is_at_work(
    files: FileList, model: CountingModel, clock: StillClock, qtbot: QtBot
) -> None:
    wrong = [b"c.csv", b"a.csv", b"b.csv"]
    model.begin(b"/")
    clock.time += 1  # so that rows could be aimed at
    for name in wrong:
        model.add([Entry(name, EntryKind.FILE)])
        clock.time += 1
    QTest.mouseMove(files.viewport(), QPoint(60, 20))
    QTest.mouseClick(
        files.viewport(),
        Qt.MouseButton.LeftButton,
        NO_KEY,
        files.visualRect(model.index(0, 0)).center(),
    )
    model.end()
    assert names(model) == wrong
    qtbot.waitUntil(lambda: names(model) == sorted(wrong))
    assert files.selected_names() == [b"c.csv"]


def test_a_listing_under_way_says_so_and_how_far_it_is(signed_in: Rig, qtbot: QtBot) -> None:
    signed_in.engine.holds_listings = True
    QTest.keyClick(signed_in.window.files.files, Qt.Key.Key_F5)
    listing = signed_in.engine.commands[-1]
    assert isinstance(listing, ListFolder)
    (note,) = signed_in.window.findChildren(ReadingNote)
    qtbot.waitUntil(note.isVisible)
    assert signed_in.driver.shows("Reading…")
    signed_in.engine.tell(FolderBlock(listing.request, tuple(ENTRIES[:43_000])))
    qtbot.waitUntil(lambda: signed_in.driver.shows("Reading… 43,000 so far"))
    signed_in.engine.tell(Done(listing.request))
    qtbot.waitUntil(lambda: not note.isVisible())
