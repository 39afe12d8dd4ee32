"""A line for a secret: its eye, and Caps Lock beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from ferrygate.app.presenters.caps_lock import CapsLock
from ferrygate.engine.messages.session import PromptQuestion

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import Rig

pytestmark = pytest.mark.gui

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
HINTS = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText


@pytest.fixture
def password(rig: Rig, qtbot: QtBot) -> QLineEdit:
    """Give the field of the card, with a password in it and the keyboard."""
    rig.window.activateWindow()
    qtbot.waitUntil(rig.window.isActiveWindow)
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.driver.type_into("Password", "correct horse")
    edits = rig.window.findChildren(QLineEdit)
    (found,) = [edit for edit in edits if edit.accessibleName() == "Password"]
    return found


def is_hidden(edit: QLineEdit) -> bool:
    return edit.echoMode() is QLineEdit.EchoMode.Password


def capital_a(edit: QLineEdit, held: Qt.KeyboardModifier) -> None:
    """Type an A as a keyboard does: with Shift, or under Caps Lock."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QGuiApplication.sendEvent(edit, QKeyEvent(kind, Qt.Key.Key_A, held, "A"))


def says_caps_lock(rig: Rig) -> bool:
    words = [label for label in rig.window.findChildren(QLabel) if label.isVisible()]
    return any(label.text() == "Caps Lock is on." for label in words)


@pytest.mark.parametrize(
    ("text", "shift", "is_on"),
    [
        ("A", False, True),
        ("a", True, True),
        ("a", False, False),
        ("A", True, None),
        ("É", False, True),
        ("ж", False, False),
        ("1", False, None),
        ("!", True, None),
        ("あ", False, None),
        ("", False, None),
    ],
)
def test_a_letter_tells_of_caps_lock(text: str, *, shift: bool, is_on: bool | None) -> None:
    caps_lock = CapsLock()
    caps_lock.typed(text, shift=shift)
    assert caps_lock.is_on is is_on


def test_a_capital_with_shift_takes_nothing_back() -> None:
    """A Mac types one under Caps Lock as well."""
    caps_lock = CapsLock()
    caps_lock.typed("A", shift=False)
    caps_lock.typed("B", shift=True)
    assert caps_lock.is_on


def test_the_key_itself_turns_what_is_known() -> None:
    caps_lock = CapsLock()
    caps_lock.pressed()
    assert caps_lock.is_on is None
    caps_lock.typed("a", shift=False)
    caps_lock.pressed()
    assert caps_lock.is_on


def test_caps_lock_stands_beside_the_password_while_it_is_on(rig: Rig, password: QLineEdit) -> None:
    assert not says_caps_lock(rig)
    capital_a(password, SHIFT)
    assert not says_caps_lock(rig)
    capital_a(password, NONE)
    assert says_caps_lock(rig)
    QTest.keyClick(password, Qt.Key.Key_CapsLock)
    assert not says_caps_lock(rig)
    capital_a(password, NONE)
    assert says_caps_lock(rig)
    password.clear()
    assert not says_caps_lock(rig)


def test_an_eye_shows_the_password_to_nobody_but_the_person(rig: Rig, password: QLineEdit) -> None:
    rig.driver.click("Show: Password")
    assert not is_hidden(password)
    assert password.inputMethodHints() & HINTS == HINTS
    assert password.hasFocus()
    rig.driver.click("Show: Password")
    assert is_hidden(password)


def test_the_eye_closes_when_the_field_is_left_or_emptied(rig: Rig, password: QLineEdit) -> None:
    rig.driver.click("Show: Password")
    QTest.keyClick(password, Qt.Key.Key_Backtab)
    assert is_hidden(password)
    password.setFocus()
    rig.driver.click("Show: Password")
    password.clear()
    assert is_hidden(password)
    assert not [b for b in rig.window.findChildren(QPushButton) if shows_eye(b)]
    QTest.keyClicks(password, "new")
    assert is_hidden(password)


def shows_eye(button: QPushButton) -> bool:
    return button.isVisible() and button.accessibleName() == "Show: Password"


def test_the_eye_is_opened_by_a_key_and_is_no_stop_on_the_way_to_the_next_field(
    rig: Rig, password: QLineEdit
) -> None:
    password.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(password, Qt.Key.Key_F8, alt)
    assert not is_hidden(password)
    QTest.keyClick(password, Qt.Key.Key_F8, alt)
    assert is_hidden(password)
    QTest.keyClick(password, Qt.Key.Key_F8, alt)
    QTest.keyClick(password, Qt.Key.Key_Tab)
    assert is_hidden(password)
    following = rig.window.focusWidget()
    assert following is not password
    assert not following.accessibleName().startswith("Show")


def test_a_password_on_its_way_is_not_shown(rig: Rig, password: QLineEdit) -> None:
    rig.driver.click("Show: Password")
    rig.engine.asks_host_key = True
    QTest.keyClick(password, Qt.Key.Key_Return)
    assert is_hidden(password)


def test_an_answer_that_may_be_seen_needs_no_eye(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.engine.tell(PromptQuestion(question=4, text="Colour?", echo=True))
    rig.driver.type_into("Colour?", "teal")
    names = [b.accessibleName() for b in rig.window.findChildren(QPushButton) if b.isVisible()]
    assert "Show: Colour?" not in names
    rig.engine.tell(PromptQuestion(question=5, text="Passcode?", echo=False))
    rig.driver.type_into("Passcode?", "123")
    rig.driver.click("Show: Passcode?")
