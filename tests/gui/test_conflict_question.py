"""The question about taken names in the window, by clicks and keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from ferrygate.app.widgets.conflict_question import ConflictQuestionWidget
from ferrygate.common.entry import EntryKind
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.transfers import AnswerConflict, ConflictQuestion, Upload
from ferrygate.transfers.name_conflict import FileFacts, NameConflict
from ferrygate.transfers.views import BatchId, ConflictChoice, ConflictScope
from gui.scripted_engine import batch_of
from support.conflicts import conflict, question

if TYPE_CHECKING:
    from gui.conftest import Rig

pytestmark = pytest.mark.gui

CHOICES = ("Skip", "Keep both", "Replace", "Replace if changed")
FOLDER = FileFacts(EntryKind.FOLDER)


@pytest.fixture
def batch(signed_in: Rig, tmp_path: Path) -> BatchId:
    """Make a folder of files under way."""
    signed_in.engine.holds_transfers = True
    for number in range(25):
        (tmp_path / f"plate-{number:02}.csv").write_text("1")
    signed_in.driver.drop([tmp_path], signed_in.driver.empty_place())
    (upload,) = [sent for sent in signed_in.engine.commands if isinstance(sent, Upload)]
    return batch_of(upload.request)


def many(count: int) -> tuple[NameConflict, ...]:
    return tuple(conflict(f"plate-{number:02}.csv", number=number) for number in range(count))


def ask(rig: Rig, asked: ConflictQuestion) -> None:
    rig.engine.tell(asked)
    words = question_widget(rig)
    rig.driver.wait_for("question", words.isVisible)


def question_widget(rig: Rig) -> ConflictQuestionWidget:
    (widget,) = rig.window.findChildren(ConflictQuestionWidget)
    return widget


def button(rig: Rig, name: str) -> QPushButton | None:
    named = [b for b in rig.window.findChildren(QPushButton) if b.accessibleName() == name]
    return next((b for b in named if b.isVisible()), None)


def focus(rig: Rig) -> QWidget:
    focused = rig.window.focusWidget()
    assert focused is not None
    return focused


def offered(rig: Rig) -> list[str]:
    return [name for name in CHOICES if button(rig, name) is not None]


def answers(rig: Rig) -> list[Command]:
    return [sent for sent in rig.engine.commands if isinstance(sent, AnswerConflict)]


def choose(rig: Rig, opener: str, words: str) -> None:
    """Open the list of files that an answer can hold for, and choose one by keys."""
    rig.driver.click(opener)
    menu = question_widget(rig).findChild(QMenu)
    assert isinstance(menu, QMenu)
    rig.driver.wait_for("menu", menu.isVisible)
    names = [action.text() for action in menu.actions()]
    for _line in range(names.index(words)):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)


def test_a_question_grows_and_shows_three_files_with_sizes_and_times(
    signed_in: Rig, batch: BatchId
) -> None:
    ask(signed_in, question(batch, *many(1)))
    assert signed_in.driver.shows("“plate-00.csv” is already there.")
    signed_in.engine.tell(question(batch, *many(25)))
    signed_in.driver.wait_for("count", lambda: signed_in.driver.shows("25 files so far"))
    for number in range(3):
        assert signed_in.driver.shows(f"plate-{number:02}.csv")
    assert not signed_in.driver.shows("plate-03.csv")
    assert signed_in.driver.shows("Here: 4.1 MB, ")
    assert signed_in.driver.shows("Server: 4.0 MB, ")
    words = "If an upload breaks off, the file that it replaces is lost."
    assert signed_in.driver.shows(words)


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        ("Apply to all, also later ones", ConflictScope.ALL),
        ("Apply to the 25 so far", ConflictScope.MET),
        ("Apply to only “plate-00.csv”", ConflictScope.THIS_ONE),
    ],
)
def test_the_answer_holds_for_the_files_that_were_chosen(
    signed_in: Rig, batch: BatchId, words: str, scope: ConflictScope
) -> None:
    ask(signed_in, question(batch, *many(25)))
    choose(signed_in, "Apply to all, also later ones", words)
    signed_in.driver.wait_for("scope", lambda: button(signed_in, words) is not None)
    signed_in.driver.click("Replace if changed")
    answer = AnswerConflict(batch, 1, ConflictChoice.CHANGED, scope, 25)
    assert answers(signed_in) == [answer]


def test_nothing_replaces_a_folder(signed_in: Rig, batch: BatchId) -> None:
    ask(signed_in, question(batch, conflict("reports", existing=FOLDER)))
    assert offered(signed_in) == ["Skip", "Keep both"]
    signed_in.driver.click("Skip")
    assert answers(signed_in)[0].choice is ConflictChoice.SKIP  # type: ignore[union-attr]


def test_buttons_keep_their_places_while_more_is_met(signed_in: Rig, batch: BatchId) -> None:
    """Or the click that was meant for one would press another."""
    ask(signed_in, question(batch, conflict("reports", existing=FOLDER)))

    def places() -> dict[str, int]:
        return {name: b.x() for name in CHOICES if (b := button(signed_in, name)) is not None}

    before = places()
    signed_in.engine.tell(question(batch, conflict("reports", existing=FOLDER), *many(24)))
    signed_in.driver.wait_for("choices", lambda: len(offered(signed_in)) == 4)
    QTest.qWait(20)
    assert places().items() >= before.items()


def test_a_question_takes_the_focus_from_nobody_and_enter_answers_nothing(
    signed_in: Rig, batch: BatchId
) -> None:
    field = next(f for f in signed_in.window.findChildren(QLineEdit) if f.isVisible())
    field.setFocus()
    QTest.keyClicks(field, "pla")
    ask(signed_in, question(batch, *many(25)))
    assert focus(signed_in) is field
    QTest.keyClicks(field, "te")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "plate"
    assert answers(signed_in) == []
    for widget in signed_in.window.findChildren(QPushButton):
        assert (widget.isDefault(), widget.autoDefault()) == (False, False)


def test_the_way_by_tab_meets_what_keeps_files_before_what_replaces_them(
    signed_in: Rig, batch: BatchId
) -> None:
    ask(signed_in, question(batch, *many(25)))
    first = button(signed_in, "Skip")
    assert first is not None
    first.setFocus(Qt.FocusReason.TabFocusReason)
    met = [first.accessibleName()]
    for _step in range(4):
        QTest.keyClick(focus(signed_in), Qt.Key.Key_Tab)
        met.append(focus(signed_in).accessibleName())
    assert met == [*CHOICES, "Apply to all, also later ones"]


def test_who_has_moved_to_a_button_presses_it(signed_in: Rig, batch: BatchId) -> None:
    ask(signed_in, question(batch, *many(25)))
    first = button(signed_in, "Skip")
    assert first is not None
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(focus(signed_in), Qt.Key.Key_Space)
    assert answers(signed_in) == [
        AnswerConflict(batch, 1, ConflictChoice.SKIP, ConflictScope.ALL, 25)
    ]


def test_each_batch_has_its_question_in_its_row(signed_in: Rig, tmp_path: Path) -> None:
    signed_in.engine.holds_transfers = True
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("1")
        signed_in.workspace.transfers.upload([str(tmp_path / name)], b"/")
    uploads = [sent for sent in signed_in.engine.commands if isinstance(sent, Upload)]
    for name, upload in zip(("one.csv", "two.csv"), uploads, strict=True):
        signed_in.engine.tell(question(batch_of(upload.request), conflict(name)))

    def shown() -> list[QWidget]:
        widgets = signed_in.window.findChildren(ConflictQuestionWidget)
        return [widget for widget in widgets if widget.isVisible()]

    signed_in.driver.wait_for("questions", lambda: len(shown()) == 2)
    signed_in.driver.click("Skip")  # of the row on top, the newer one
    signed_in.driver.wait_for("answer", lambda: len(shown()) == 1)
    signed_in.driver.click("Keep both")
    assert [(a.batch, a.choice) for a in answers(signed_in) if isinstance(a, AnswerConflict)] == [
        (batch_of(uploads[1].request), ConflictChoice.SKIP),
        (batch_of(uploads[0].request), ConflictChoice.KEEP_BOTH),
    ]


def test_a_narrow_window_cuts_words_and_no_button(signed_in: Rig, batch: BatchId) -> None:
    signed_in.window.resize(900, 560)
    long = tuple(conflict(f"{'plate-scans/' * 9}{number}.csv", number=number) for number in (1, 2))
    ask(signed_in, question(batch, *long))
    QTest.qWait(50)
    panel = signed_in.window.transfers
    for widget in question_widget(signed_in).findChildren(QWidget):
        if widget.isVisible():
            right = widget.mapTo(panel, widget.rect().topRight()).x()
            assert right <= panel.width(), widget
    for name in CHOICES:
        shown = button(signed_in, name)
        assert shown is not None
        assert shown.width() >= shown.sizeHint().width()


def test_who_has_answered_by_keys_is_left_where_nothing_is_spent(
    signed_in: Rig, batch: BatchId
) -> None:
    ask(signed_in, question(batch, *many(25)))
    first = button(signed_in, "Skip")
    assert first is not None
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(first, Qt.Key.Key_Return)
    signed_in.driver.wait_for("answer", lambda: not question_widget(signed_in).isVisible())
    assert [type(sent) for sent in answers(signed_in)] == [AnswerConflict]
    assert focus(signed_in).accessibleName() == "Now 1"
