"""Views are rendered twenty times a second at most; hidden ones once they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ferrygate.app.presenters.observable import Observable
from ferrygate.app.render_pace import RENDER_SECONDS, RenderPace
from support.hand_timer import HandTimer

if TYPE_CHECKING:
    from gui.conftest import StillClock

pytestmark = pytest.mark.gui


class Subject(Observable):
    """Changes when it is told to."""

    def change(self) -> None:
        self._changed()


class Table:
    """A pace, a view that counts its renders, and what the view is of."""

    def __init__(self, clock: StillClock, qtbot: QtBot) -> None:
        self.timer = HandTimer(clock)
        self.pace = RenderPace(clock, self.timer)
        self.subject = Subject()
        self.widget = QWidget()
        qtbot.addWidget(self.widget)
        self.renders = 0
        self.pace.add(self.widget, self._render, self.subject)

    def _render(self) -> None:
        self.renders += 1

    def turn(self, *, at_once: bool = False) -> None:
        with self.pace.turn(at_once=at_once):
            self.subject.change()


@pytest.fixture
def table(clock: StillClock, qtbot: QtBot) -> Table:
    made = Table(clock, qtbot)
    made.widget.show()
    return made


def test_the_first_change_of_a_turn_is_shown_at_its_end(table: Table) -> None:
    with table.pace.turn():
        table.subject.change()
        table.subject.change()
        assert table.renders == 0
    assert table.renders == 1


def test_later_changes_are_shown_together_when_their_time_has_come(table: Table) -> None:
    for _number in range(5):
        table.turn()
    assert table.renders == 1
    table.timer.move(RENDER_SECONDS)
    assert table.renders == 2


def test_a_view_is_rendered_at_most_twenty_times_a_second(table: Table) -> None:
    for _millisecond in range(10_000):
        table.turn()
        table.timer.move(0.001)
    assert 100 < table.renders <= 200


def test_a_change_after_a_quiet_time_is_shown_at_once(table: Table) -> None:
    table.turn()
    table.timer.move(RENDER_SECONDS)
    table.turn()
    assert table.renders == 2


def test_what_a_person_does_is_shown_at_once(table: Table) -> None:
    table.turn()
    table.subject.change()
    assert table.renders == 2


def test_a_question_is_shown_at_once(table: Table) -> None:
    table.turn()
    table.turn(at_once=True)
    assert table.renders == 2


def test_a_hidden_view_is_rendered_when_it_is_shown_and_once(table: Table) -> None:
    table.widget.hide()
    for _number in range(5):
        table.turn()
        table.subject.change()
        table.timer.move(1.0)
    assert table.renders == 0
    table.widget.show()
    assert table.renders == 1
    table.widget.hide()
    table.widget.show()
    assert table.renders == 1


def test_a_view_that_fails_hinders_no_other(table: Table, qtbot: QtBot) -> None:
    other, failing = Subject(), QWidget()
    qtbot.addWidget(failing)
    failing.show()

    def fail() -> None:
        raise ValueError("on purpose")

    shown: list[str] = []
    table.pace.add(failing, fail, other)
    table.pace.add(table.widget, lambda: shown.append("other"), other)
    with pytest.raises(ExceptionGroup):
        other.change()
    assert shown == ["other"]
