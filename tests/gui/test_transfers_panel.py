"""The panel of transfers, worked by clicks and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from ferrygate.app.presenters.batch_outcome import Tab
from ferrygate.app.widgets.labels import ElidedLabel
from ferrygate.app.widgets.row_links import RowLinks
from ferrygate.app.widgets.transfer_row_widget import TransferRowWidget
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import BatchChanged, CancelBatch, FileChanged, RetryBatch
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    Direction,
    FileView,
    LeftBehind,
    TransferState,
)
from support.conflicts import question

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import Rig

pytestmark = pytest.mark.gui

NO_SPACE = Problem(
    kind=Kind.NO_SPACE, sentence=message("It is full."), server_said="Disk quota exceeded"
)


def begun(name: str, **changes: object) -> BatchView:
    view = BatchView(
        batch=BatchId(name),
        direction=Direction.UPLOAD,
        name=name,
        sources=1,
        target="/",
        files_total=2000,
        bytes_total=1_000_000,
        bytes_moved=90_000,
    )
    return msgspec.structs.replace(view, **changes)


class Panel:
    """The panel of a window that is signed in."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.widget = rig.window.transfers

    def begin(self, name: str, **changes: object) -> None:
        self.rig.workspace.handle(BatchChanged(view=begun(name, **changes)))
        QTest.qWait(1)

    def end(self, name: str, **changes: object) -> None:
        """Have a batch end as one that a person took back after 192 files."""
        self.begin(name)
        sums: dict[str, object] = {"files_delivered": 192, "files_cancelled": 1808}
        sums |= {"files_confirmed": 192, "can_retry": True} | changes
        self.begin(name, files_finished=2000, finished=True, finished_at=self.now, **sums)

    def fail(self, name: str) -> None:
        """Have a batch end of which the server has refused a file, with its words."""
        self.begin(name)
        file = FileView(
            number=0,
            local="a.csv",
            remote=b"/a.csv",
            state=TransferState.NEEDS_ATTENTION,
            problem=NO_SPACE,
            left_behind=LeftBehind.PART,
        )
        self.rig.workspace.handle(FileChanged(batch=BatchId(name), view=file))
        self.end(name, files_cancelled=0)

    def deliver(self, name: str) -> None:
        whole = {"files_delivered": 2000, "files_confirmed": 2000, "files_cancelled": 0}
        self.end(name, can_retry=False, **whole)

    @property
    def now(self) -> float:
        return self.rig.workspace.transfers._clock.now()

    @property
    def rows(self) -> list[TransferRowWidget]:
        """Read the rows as they stand on the screen."""
        rows = [row for row in self.widget.findChildren(TransferRowWidget) if row.isVisible()]
        return sorted(rows, key=lambda row: row.pos().y())

    @property
    def words(self) -> list[str]:
        """Give what each row says of its batch."""
        return [row.accessibleName() for row in self.rows]

    @property
    def tabs(self) -> list[str]:
        return [button.text() for button in self.widget._group.buttons()]

    def click_tab(self, name: str) -> None:
        (button,) = [b for b in self.widget._group.buttons() if b.text().startswith(name)]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def focused(self) -> QWidget:
        """Find the widget that has the keyboard, or will once the window is active."""
        widget = self.rig.window.focusWidget()
        assert widget is not None
        return widget

    def link(self, name: str) -> QPushButton:
        (found,) = [
            button
            for button in self.widget.findChildren(QPushButton)
            if button.isVisible() and button.accessibleName() == name
        ]
        return found


@pytest.fixture
def panel(signed_in: Rig) -> Panel:
    return Panel(signed_in)


def left_of(row: TransferRowWidget, kind: type[QWidget]) -> int:
    """Where the widget of that kind begins that can be seen, in the panel."""
    (shown,) = [widget for widget in row.findChildren(kind) if widget.isVisible()]
    return shown.mapTo(row, shown.rect().topLeft()).x()


def test_a_folder_that_was_cancelled_half_way_says_so_and_sends_the_rest_by_a_click(
    panel: Panel,
) -> None:
    panel.end("plates")
    assert panel.tabs == ["Now 0", "Done 0", "Needs attention 1"]
    (words,) = panel.words
    assert "Cancelled · 192 of 2,000 were delivered" in words
    QTest.mouseClick(panel.link("Send the rest of “plates”"), Qt.MouseButton.LeftButton)
    (retry,) = [c for c in panel.rig.engine.commands if isinstance(c, RetryBatch)]
    assert retry.batch == BatchId("plates")


def test_what_has_ended_stays_in_its_place_until_the_person_looks_elsewhere(panel: Panel) -> None:
    panel.begin("a")
    panel.begin("b")
    panel.end("a")
    assert [row.batch for row in panel.rows] == ["b", "a"]
    panel.click_tab("Needs attention")
    assert [row.batch for row in panel.rows] == ["a"]
    panel.click_tab("Now")
    assert [row.batch for row in panel.rows] == ["b"]


def test_a_row_is_dismissed_by_keys_and_the_keyboard_stays_in_the_panel(panel: Panel) -> None:
    panel.end("a")
    panel.end("b")
    panel.click_tab("Needs attention")
    QTest.keyClick(panel.focused, Qt.Key.Key_Tab)
    assert panel.focused is panel.link("Send the rest of “b”")
    QTest.keyClick(panel.focused, Qt.Key.Key_Tab)
    assert panel.focused is panel.link("Dismiss “b”")
    QTest.keyClick(panel.focused, Qt.Key.Key_Space)
    assert [row.batch for row in panel.rows] == ["a"]
    focused = panel.focused
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Needs attention 1"


def test_the_last_row_that_is_dismissed_takes_the_panel_with_it(panel: Panel) -> None:
    panel.end("a")
    button = panel.link("Dismiss “a”")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert not panel.widget.isVisible()
    assert panel.focused is panel.rig.window.files.files


def test_the_keyboard_stays_with_its_batch_when_another_row_comes_above(panel: Panel) -> None:
    panel.begin("a")
    cancel = panel.link("Cancel “a”")
    cancel.setFocus()
    panel.begin("b")
    assert [row.batch for row in panel.rows] == ["b", "a"]
    QTest.keyClick(panel.focused, Qt.Key.Key_Space)
    assert panel.rig.engine.commands[-1] == CancelBatch(BatchId("a"))


def test_the_keyboard_never_comes_to_stand_on_another_button_of_a_row(panel: Panel) -> None:
    panel.begin("a")
    cancel = panel.link("Cancel “a”")
    cancel.setFocus()
    panel.end("a")
    focused = panel.focused
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Now 0"


def test_tab_goes_through_the_rows_as_they_stand(panel: Panel) -> None:
    for name in "abc":
        panel.end(name)
    names = []
    panel.link("Send the rest of “c”").setFocus()
    for _ in range(6):
        focused = panel.focused
        names.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert names == [
        f"{words} “{name}”" for name in "cba" for words in ("Send the rest of", "Dismiss")
    ]


@pytest.mark.parametrize("width", [900, 1152, 1600])
@pytest.mark.parametrize("pixels", [13, 17])
def test_bars_and_outcomes_and_links_stand_in_one_column(
    panel: Panel, width: int, pixels: int
) -> None:
    panel.rig.window.setStyleSheet(f"QWidget {{ font-size: {pixels}px; }}")
    panel.rig.window.resize(width, 744)
    panel.begin("b")
    panel.begin("asked", bytes_moved=999_999)
    panel.rig.workspace.handle(question(BatchId("asked")))
    panel.end("a")
    panel.end("all", files_delivered=0, files_cancelled=0, problem=NO_SPACE)
    panel.deliver("c")
    QTest.qWait(50)
    lefts = set()
    for row in panel.rows:
        bars = [bar for bar in row.findChildren(QProgressBar) if bar.isVisible()]
        if bars:
            lefts.add(left_of(row, QProgressBar))
        else:
            lefts.add(row._outcome.mapTo(row, row._outcome.contentsRect().topLeft()).x())
        links = [links for links in row.findChildren(RowLinks) if links.isVisible()]
        assert all(left_of(row, RowLinks) + 3 in lefts for _links in links)
    assert len(lefts) == 1
    plain = [row for row in panel.rows if row.batch in {"a", "b", "c"}]
    assert {row.height() for row in plain} == {plain[0].min_height}


@pytest.mark.parametrize("width", [900, 1152])
def test_the_longest_words_beside_a_bar_are_not_cut(panel: Panel, width: int) -> None:
    panel.rig.window.resize(width, 744)
    panel.begin("a", bytes_total=8_880_000_000, bytes_moved=888_800_000)
    QTest.qWait(50)
    (row,) = panel.rows
    status = row._status
    assert status.text() == "10 % · 888.8 MB of 8.88 GB"
    needed = status.fontMetrics().horizontalAdvance(status.text())
    assert status.contentsRect().width() >= needed


def test_neither_the_tabs_nor_the_list_move_when_another_tab_is_shown(panel: Panel) -> None:
    panel.deliver("a")
    panel.deliver("b")
    panel.end("c")
    panel.fail("e")
    panel.click_tab("Done")
    panel.begin("d")
    heights = set()
    for name in ("Done", "Needs attention", "Now"):
        panel.click_tab(name)
        QTest.qWait(20)
        heights.add((panel.widget.height(), panel.rig.window.files.files.height()))
    assert len(heights) == 1


def test_a_row_that_ends_moves_nothing(panel: Panel) -> None:
    panel.begin("a")
    panel.begin("b")
    QTest.qWait(20)
    before = panel.widget.height(), [row.y() for row in panel.rows]
    panel.end("a")
    QTest.qWait(20)
    assert (panel.widget.height(), [row.y() for row in panel.rows]) == before


def test_a_tab_without_rows_cannot_be_turned_to(panel: Panel) -> None:
    panel.deliver("a")
    assert [button.isEnabled() for button in panel.widget._group.buttons()] == [True, True, False]
    panel.click_tab("Needs attention")
    assert [row.batch for row in panel.rows] == ["a"]
    panel.click_tab("Done")
    panel.click_tab("Now")
    assert [row.batch for row in panel.rows] == ["a"]
    texts = [label.text() for label in panel.widget.findChildren(ElidedLabel) if label.isVisible()]
    assert "Delivered 12:00" in texts


def test_the_columns_stand_still_when_a_scroll_bar_comes(panel: Panel) -> None:
    panel.begin("a")
    panel.begin("b")
    panel.begin("c")
    QTest.qWait(20)
    before = {(left_of(row, QProgressBar), row._cancel.x()) for row in panel.rows}
    width = panel.rows[0].width()
    panel.begin("d")
    QTest.qWait(20)
    assert panel.rows[0].width() < width
    assert {(left_of(row, QProgressBar), row._cancel.x()) for row in panel.rows} == before


def test_a_key_turns_the_tabs_of_the_transfers(signed_in: Rig, qtbot: QtBot) -> None:
    signed_in.window.activateWindow()
    qtbot.waitActive(signed_in.window)
    for number, name in enumerate(("done.csv", "moving.csv"), 1):
        view = BatchView(
            batch=BatchId(name),
            direction=Direction.UPLOAD,
            name=name,
            sources=1,
            target="/inbox",
            files_total=1,
            files_finished=number % 2,
            files_delivered=number % 2,
            finished=number == 1,
        )
        signed_in.engine.tell(BatchChanged(view=view))
    signed_in.driver.wait_for("rows", lambda: signed_in.workspace.transfers.has_batches)
    transfers = signed_in.workspace.transfers
    transfers.show(Tab.DONE)
    control = Qt.KeyboardModifier.ControlModifier
    shown = []
    # Keyboards send this for Tab with Shift.
    back = Qt.Key.Key_Backtab, control | Qt.KeyboardModifier.ShiftModifier
    for key, modifiers in ((Qt.Key.Key_Tab, control), (Qt.Key.Key_Tab, control), back):
        QTest.keyClick(signed_in.window.focusWidget(), key, modifiers)
        shown.append(transfers.view.tab)
    assert shown == [Tab.NOW, Tab.DONE, Tab.NOW]
