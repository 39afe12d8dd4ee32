"""The window around sign-in and setting up a code, worked as a person does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QScrollArea

from ferrygate.app.presenters.sign_in_view import Stage
from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.codes import ApplySkew, ExplainRefusal
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.records import ResetLock
from ferrygate.engine.messages.session import (
    AnswerPrompt,
    ForgetHostKeys,
    ForgetSecret,
    OpenSite,
    PromptQuestion,
    SessionChanged,
    SessionState,
    SignIn,
)
from ferrygate.engine.messages.transfers import Upload
from ferrygate.sites.site import Site
from gui.scripted_engine import batch_of
from support.conflicts import question

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

FINGERPRINT = "SHA256:0123456789012345678901234567890123456789012"


def sent(rig: Rig, kind: type[Command]) -> list[Command]:
    return [command for command in rig.engine.commands if isinstance(command, kind)]


def shows(rig: Rig, screen: Screen) -> Callable[[], bool]:
    return lambda: rig.workspace.screen is screen


def refuse(rig: Rig, kind: Kind) -> None:
    """Try to sign in, in vain."""
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.engine.refuse = Problem(kind=kind, sentence=message("No."), fingerprint=FINGERPRINT)
    rig.driver.type_into("Password", "wrong\n")
    rig.driver.wait_for("problem", lambda: rig.workspace.sign_in_problem.view.problem is not None)


# ---------------------------------------------------------------- what went wrong


def test_okta_is_asked_after_one_sentence_of_consent(make_rig: MakeRig, okta_site: Site) -> None:
    rig = make_rig(site=okta_site)
    rig.driver.type_into("Key of your code", "JBSWY3DPEHPK3PXP\n")
    refuse(rig, Kind.SIGN_IN_REFUSED)
    rig.driver.click("Ask Okta why")
    assert sent(rig, ExplainRefusal) == []
    rig.driver.click("Ask Okta")
    rig.driver.wait_for("clock", lambda: bool(rig.workspace.sign_in_problem.view.clock))
    rig.driver.click("Correct codes")
    (applied,) = sent(rig, ApplySkew)
    assert isinstance(applied, ApplySkew)
    assert applied.seconds == 45


def test_the_breaker_lets_one_more_try_through_by_its_button_alone(rig: Rig) -> None:
    refuse(rig, Kind.LOCK_OUT_BREAKER)
    rig.driver.type_into("Password", "right")
    rig.driver.click("Try once more")
    rig.driver.wait_for("files", lambda: rig.workspace.screen is Screen.FILES)
    _refused, tried = sent(rig, SignIn)
    assert isinstance(tried, SignIn)
    assert tried.try_anyway


def test_a_shut_breaker_opens_in_two_steps(rig: Rig) -> None:
    refuse(rig, Kind.LOCK_OUT_SHUT)
    buttons = rig.window.findChildren(QPushButton)
    (big,) = [b for b in buttons if b.isVisible() and b.accessibleName() == "Sign in"]
    assert not big.isEnabled()
    rig.driver.click("Reset the lock")
    assert sent(rig, ResetLock) == []
    rig.driver.click("Yes, reset it")
    rig.driver.wait_for("end", lambda: rig.workspace.sign_in_problem.view.problem is None)
    assert rig.workspace.toast == "The lock is reset. Sign in when you are ready."
    assert big.isEnabled()


def test_a_changed_server_stops_the_card_until_the_fingerprint_is_given(rig: Rig) -> None:
    refuse(rig, Kind.HOST_KEY_CHANGED)
    assert rig.window.focusWidget().accessibleName() == "Copy details for support"
    rig.driver.click("Details")
    field = "Fingerprint of the new key, as given to you by support"
    rig.driver.type_into(field, "SHA256:wrong\n")
    assert sent(rig, ForgetHostKeys) == []
    rig.driver.type_into(field, FINGERPRINT)
    rig.driver.click("Forget the old key")
    rig.driver.wait_for("card", lambda: rig.workspace.sign_in.view.stage is Stage.FORM)
    assert len(sent(rig, ForgetHostKeys)) == 1


@pytest.mark.parametrize("answer", [Secret("teal"), None])
def test_a_server_asks_in_its_own_words(rig: Rig, answer: Secret | None) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.engine.tell(PromptQuestion(question=4, text="Favourite colour?", echo=True))
    rig.driver.type_into("Favourite colour?", "teal")
    rig.driver.click("Answer" if answer else "Cancel the question")
    assert sent(rig, AnswerPrompt) == [AnswerPrompt(question=4, answer=answer)]


# ---------------------------------------------------------------- connection files


def test_a_connection_file_sends_nothing_before_the_consent(make_rig: MakeRig, site: Site) -> None:
    rig = make_rig(site=site, agrees=False)
    rig.driver.wait_for("offer", lambda: rig.workspace.screen is Screen.OFFER)
    assert rig.window.focusWidget().accessibleName() == "Not now"
    assert rig.engine.commands == []
    rig.driver.click("Not now")
    assert rig.workspace.screen is Screen.SITES
    assert rig.engine.commands == []


def test_a_dropped_connection_file_is_offered_and_a_broken_one_explained(
    make_rig: MakeRig, tmp_path: Path
) -> None:
    rig = make_rig(site=None)
    rig.driver.wait_for("engine", lambda: bool(rig.engine))
    file = tmp_path / "acme.ferrygate"
    for text, screen in (
        ('format = 1\nname = "Acme"\nhost = "sftp.example.org"\n', Screen.OFFER),
        ("format = 2\n", Screen.SITES),
    ):
        file.write_text(text)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        copy, place = Qt.DropAction.CopyAction, QPoint(9, 9)
        send = rig.desktop.application.sendEvent
        send(rig.window, QDragEnterEvent(place, copy, data, buttons, keys))
        send(rig.window, QDropEvent(QPointF(place), copy, data, buttons, keys))
        rig.driver.wait_for(screen.value, shows(rig, screen))
    assert rig.workspace.sites.view.problem is not None


# ---------------------------------------------------------------- the session's life


def test_a_connection_that_stays_away_leaves_the_files_and_a_button(signed_in: Rig) -> None:
    lost = Problem(kind=Kind.CONNECTION_LOST, sentence=message("The server no longer answers."))
    signed_in.engine.tell(SessionChanged(state=SessionState.OFFLINE, problem=lost))
    signed_in.driver.wait_for("state", lambda: signed_in.workspace.is_offline)
    assert signed_in.workspace.screen is Screen.FILES
    assert signed_in.workspace.state.reason == "The server no longer answers."
    signed_in.driver.click("Sign in")
    signed_in.driver.wait_for("session", lambda: not signed_in.workspace.is_offline)
    signed_in.driver.wait_for_folder(b"/")
    assert len(sent(signed_in, SignIn)) == 2


def test_trouble_that_needs_a_person_closes_the_files(signed_in: Rig) -> None:
    changed = Problem(
        kind=Kind.HOST_KEY_CHANGED, sentence=message("Changed."), fingerprint=FINGERPRINT
    )
    signed_in.engine.tell(SessionChanged(state=SessionState.OFFLINE, problem=changed))
    signed_in.driver.wait_for("card", lambda: signed_in.workspace.screen is Screen.SIGN_IN)
    assert signed_in.workspace.sign_in.view.stage is Stage.CHANGED_KEY


def test_a_question_while_reconnecting_comes_to_the_front_and_goes_again(signed_in: Rig) -> None:
    signed_in.engine.tell(PromptQuestion(question=4, text="Favourite colour?", echo=True))
    signed_in.driver.type_into("Favourite colour?", "teal\n")
    signed_in.engine.tell(SessionChanged(state=SessionState.SIGNED_IN))
    signed_in.driver.wait_for("files", lambda: signed_in.workspace.screen is Screen.FILES)


def test_signing_out_looks_up_anew_what_is_kept(signed_in: Rig) -> None:
    signed_in.driver.click("Sign out")
    signed_in.driver.wait_for("lookup", lambda: len(sent(signed_in, OpenSite)) == 2)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (SecretKind.PASSWORD, "Your password is forgotten."),
        (SecretKind.CODE_SECRET, "Your code set-up is forgotten."),
        (SecretKind.PASSPHRASE, "The passphrase of your key is forgotten."),
    ],
)
def test_what_is_remembered_can_be_forgotten(signed_in: Rig, kind: SecretKind, words: str) -> None:
    signed_in.window.side._menu.forget_wanted.emit(kind)
    signed_in.driver.wait_for("word", lambda: signed_in.workspace.toast == words)
    (command,) = sent(signed_in, ForgetSecret)
    assert isinstance(command, ForgetSecret)
    assert command.kind is kind


def test_a_keychain_that_will_not_forget_is_heard(signed_in: Rig) -> None:
    locked = Problem(kind=Kind.KEYCHAIN, sentence=message("The keychain is locked."))
    signed_in.engine.refuse = locked
    signed_in.workspace.forget(SecretKind.PASSWORD)
    signed_in.driver.wait_for("notice", lambda: signed_in.workspace.notices.problem == locked)
    signed_in.driver.click("Dismiss")
    assert signed_in.workspace.notices.problem is None


def test_a_click_on_the_digits_copies_and_says_until_when(signed_in: Rig) -> None:
    digits = signed_in.window.side._code._digits
    QTest.mouseClick(digits, Qt.MouseButton.LeftButton)
    signed_in.driver.wait_for("copy", lambda: bool(signed_in.workspace.code.given_out))
    assert signed_in.workspace.toast == "Copied. Cleared in 30 s"
    assert signed_in.window._toast.text() == "Copied. Cleared in 30 s"
    assert signed_in.window._toast.isVisible()


def test_the_question_about_a_taken_name_is_scrolled_to(signed_in: Rig, tmp_path: Path) -> None:
    signed_in.engine.holds_transfers = True
    for name in "abcdef":
        file = tmp_path / name
        file.write_text(name)
        signed_in.workspace.transfers.upload([str(file)], signed_in.workspace.folder.view.path)
    first = sent(signed_in, Upload)[0]
    assert isinstance(first, Upload)
    signed_in.driver.wait_for("rows", lambda: len(signed_in.workspace.transfers.view.rows) == 6)
    signed_in.engine.tell(question(batch_of(first.request)))
    area = signed_in.window.transfers.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    row = signed_in.window.transfers._rows[5]

    def in_sight() -> bool:
        top = row.mapTo(area.viewport(), QPoint(0, 0)).y()
        return top >= 0 and top + row.height() <= area.viewport().height()

    signed_in.driver.wait_for("row", in_sight)


def test_an_engine_that_does_not_start_is_heard_without_a_site(make_rig: MakeRig) -> None:
    rig = make_rig(site=None)
    broken = Problem(kind=Kind.INTERNAL, sentence=message("Ferrygate met something."))
    rig.engine.tell(SessionChanged(state=SessionState.OFFLINE, problem=broken))
    rig.driver.wait_for("notice", lambda: rig.workspace.notices.problem == broken)
