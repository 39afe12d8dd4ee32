"""The details of the connection, over the files of a session, and the way back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from ferrygate.app.presenters.connection_presenter import ConnectionPresenter
from ferrygate.app.presenters.support_details import details_text
from ferrygate.app.presenters.workspace import Screen
from ferrygate.engine.messages.session import CodeQuestion, SessionChanged, SessionState
from ferrygate.sign_in.step_line import StepLine, StepName, lines_text
from ferrygate.sites.site import Site

if TYPE_CHECKING:
    from gui.conftest import Rig

pytestmark = pytest.mark.gui

ACME = Site(name="Acme", host="sftp.example.org", port=2222, username="vendor7")
STEPS = (
    StepLine(StepName.ALGORITHMS, "mlkem768x25519-sha256 (post-quantum), ssh-ed25519"),
    StepLine(StepName.HOST_KEY, f"ssh-ed25519 SHA256:{'k' * 43}, known"),
    StepLine(StepName.METHODS, "password", "'For <b>partners</b> only.'"),
)
OTHERS = (StepLine(StepName.ALGORITHMS, "curve25519-sha256 (not post-quantum), ssh-ed25519"),)
LONG = (StepLine(StepName.METHODS, "password", f"'{'Use is recorded. ' * 400}{'x' * 500}'"),)
LINK, BACK = "Connection details", "Back to the files"


def signed_in_with(*steps: StepLine) -> SessionChanged:
    return SessionChanged(SessionState.SIGNED_IN, steps=steps)


def sheet(rig: Rig) -> QPlainTextEdit:
    (found,) = rig.window.findChildren(QPlainTextEdit)
    return found


def opened(rig: Rig, *steps: StepLine) -> QPlainTextEdit:
    """Open the details of a connection that came about by these steps."""
    rig.engine.tell(signed_in_with(*(steps or STEPS)))
    rig.driver.click(LINK)
    rig.driver.wait_for("details", lambda: rig.driver.shows(BACK))
    return sheet(rig)


def is_back(rig: Rig) -> bool:
    rig.desktop.pace.render()
    return rig.window.focusWidget() is rig.window.files.files and not rig.driver.shows(BACK)


def test_server_account_and_each_step_are_facts_and_so_is_what_the_server_says_to_people() -> None:
    presenter = ConnectionPresenter()
    presenter.handle(signed_in_with(*STEPS))
    view = presenter.view(ACME)
    assert view.facts == (
        ("Server", "sftp.example.org:2222"),
        ("User name", "vendor7"),
        ("Encryption", STEPS[0].found),
        ("Host key", STEPS[1].found),
        ("Ways to sign in", "password"),
        ("Message from the server", "'For <b>partners</b> only.'"),
    )
    assert view.details == lines_text(STEPS)


def test_every_step_has_a_caption_of_its_own() -> None:
    presenter = ConnectionPresenter()
    presenter.handle(signed_in_with(*(StepLine(name, "found") for name in StepName)))
    captions = [caption for caption, _value in presenter.view(ACME).facts]
    assert len(set(captions)) == len(captions) == 2 + len(StepName)


def test_steps_stay_while_the_connection_is_away_and_go_with_the_session() -> None:
    presenter = ConnectionPresenter()
    known = [presenter.has_details]
    for event in (
        signed_in_with(*STEPS),
        SessionChanged(SessionState.RECONNECTING),
        SessionChanged(SessionState.OFFLINE),
    ):
        presenter.handle(event)
        known.append(presenter.has_details)
    assert known == [False, True, True, False]


def test_the_link_is_there_once_there_is_something_to_show(signed_in: Rig) -> None:
    assert not signed_in.driver.shows(LINK)
    signed_in.engine.tell(signed_in_with(*STEPS))
    signed_in.driver.wait_for("link", lambda: signed_in.driver.shows(LINK))


def test_the_details_are_text_to_select_and_never_markup(signed_in: Rig) -> None:
    text = opened(signed_in)
    shown = text.toPlainText()
    assert "Host key\nssh-ed25519 SHA256:" in shown
    assert "mlkem768x25519-sha256 (post-quantum)" in shown
    assert "'For <b>partners</b> only.'" in shown
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == shown
    QTest.keyClicks(text, "typed")
    assert text.toPlainText() == shown


def test_the_steps_can_be_copied_for_support(signed_in: Rig) -> None:
    opened(signed_in)
    signed_in.driver.click("Copy details for support")
    assert signed_in.driver.shows("Details copied")
    assert QGuiApplication.clipboard().text() == details_text(lines_text(STEPS))


def test_enter_goes_back_and_the_keyboard_is_with_the_list(signed_in: Rig) -> None:
    opened(signed_in)
    focused = signed_in.window.focusWidget()
    assert focused.accessibleName() == BACK
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert is_back(signed_in)


@pytest.mark.parametrize(
    ("key", "held"),
    [
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier),
    ],
    ids=["Escape", "Alt+Left"],
)
@pytest.mark.parametrize("in_text", [False, True], ids=["button", "text"])
def test_the_keys_for_back_leave_the_details_from_everywhere(
    signed_in: Rig, key: Qt.Key, held: Qt.KeyboardModifier, *, in_text: bool
) -> None:
    text = opened(signed_in)
    if in_text:
        text.setFocus()
    QTest.keyClick(signed_in.window.focusWidget(), key, held)
    assert is_back(signed_in)


def test_the_keys_of_the_files_do_nothing_behind_the_details(signed_in: Rig) -> None:
    opened(signed_in)
    before = len(signed_in.engine.commands)
    for key in (Qt.Key.Key_F5, Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Backspace):
        QTest.keyClick(signed_in.window.focusWidget(), key)
    assert signed_in.engine.commands[before:] == []
    assert signed_in.workspace.screen is Screen.CONNECTION


def test_nothing_can_be_dropped_on_the_details(signed_in: Rig) -> None:
    text = opened(signed_in)
    data = QMimeData()
    data.setText("a word")
    assert not signed_in.driver.hang_over_page(data)
    assert not signed_in.driver.hang_over(text, text.rect().center(), data)


def test_a_connection_that_comes_back_has_its_own_steps_and_the_details_stay(
    signed_in: Rig,
) -> None:
    text = opened(signed_in)
    signed_in.engine.tell(SessionChanged(SessionState.RECONNECTING))
    signed_in.driver.wait_for("state", lambda: "Reconn" in signed_in.workspace.state.text)
    assert signed_in.driver.shows(BACK)
    assert "(post-quantum)" in text.toPlainText()
    signed_in.engine.tell(signed_in_with(*OTHERS))
    signed_in.driver.wait_for("steps", lambda: "(not post-quantum)" in text.toPlainText())
    assert signed_in.driver.shows(BACK)


def test_details_that_are_read_stay_where_they_are_while_time_passes(signed_in: Rig) -> None:
    text = opened(signed_in, *LONG)
    text.verticalScrollBar().setValue(10)
    signed_in.workspace.tick()
    signed_in.desktop.pace.render()
    assert text.verticalScrollBar().value() == 10


def test_a_code_that_is_asked_for_brings_the_files_back_with_its_question(signed_in: Rig) -> None:
    opened(signed_in)
    signed_in.engine.tell(SessionChanged(SessionState.ASKING_FOR_CODE))
    signed_in.engine.tell(CodeQuestion(question=1, digits=6, goes_on=True))
    signed_in.driver.wait_for("files", lambda: not signed_in.driver.shows(BACK))
    assert signed_in.workspace.screen is Screen.FILES
    assert signed_in.driver.shows("Code from your phone or token")


def test_the_end_of_the_session_ends_its_details(signed_in: Rig) -> None:
    opened(signed_in)
    signed_in.engine.tell(SessionChanged(SessionState.OFFLINE))
    signed_in.driver.wait_for("card", lambda: not signed_in.driver.shows(BACK))
    assert signed_in.workspace.screen is Screen.SIGN_IN


def test_words_of_any_length_scroll_and_the_way_back_stays_in_sight(signed_in: Rig) -> None:
    text = opened(signed_in, *LONG)
    signed_in.window.resize(signed_in.window.minimumSize())
    signed_in.driver.let_work(50)
    assert text.verticalScrollBar().maximum() > 0
    assert text.horizontalScrollBar().maximum() == 0
    back = signed_in.window.focusWidget()
    place = back.mapTo(signed_in.window, back.rect().bottomRight())
    assert signed_in.window.rect().contains(place)
