"""Codes that a person types: on the card, without a set-up, and beside the files after a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from ferrygate.app.presenters.sign_in_view import Form, Stage
from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.session import (
    AnswerCode,
    CodeQuestion,
    OpenSite,
    SessionChanged,
    SessionState,
    SignIn,
)
from ferrygate.sites.server_address import ServerAddress
from ferrygate.sites.site import SignInSettings, Site
from gui.sign_in_table import FORM, Table

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import MakeRig, Rig, StillClock

pytestmark = pytest.mark.gui

FIELD = "Code from your phone or token"
USED = Problem(kind=Kind.CODE_NEEDED, sentence=message("That code was used already."))
TOO_SHORT = "A code of this server has 6 digits, and 5 were typed."
TYPED = ServerAddress(host="sftp.example.org")


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


@pytest.fixture
def typing(make_rig: MakeRig, site: Site) -> Rig:
    """Make a window whose person types the code of a site that nothing is set up for."""
    rig = make_rig(site=site)
    rig.driver.click("Type a code instead")
    rig.driver.wait_for("field", lambda: rig.workspace.sign_in.view.ways.asks_typed_code)
    return rig


def form(code: str) -> Form:
    return msgspec.structs.replace(FORM, code=Secret(code))


def code_field(rig: Rig) -> QLineEdit:
    edits = rig.window.findChildren(QLineEdit)
    (found,) = [edit for edit in edits if edit.accessibleName() == FIELD and edit.isVisible()]
    return found


def sent(rig: Rig, kind: type[Command]) -> list[Command]:
    return [command for command in rig.engine.commands if isinstance(command, kind)]


# ---------------------------------------------------------------- decided without Qt


def test_a_typed_code_goes_along_with_the_one_sign_in(table: Table, site: Site) -> None:
    table.open(site)
    assert table.view.stage is Stage.CODE_SETUP
    assert table.view.ways.other_way == "Type a code instead"
    table.presenter.type_code(wanted=True)
    assert (table.view.stage, table.view.ways.asks_typed_code) == (Stage.FORM, True)
    table.presenter.sign_in(form("123 456"))
    tried = table.sent[-1]
    assert isinstance(tried, SignIn)
    assert (tried.typed_code, tried.ask_code) == (Secret("123456"), True)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "No code was typed."),
        ("12345", "A code of this server has 6 digits, and 5 were typed."),
    ],
)
def test_what_is_no_code_is_said_and_nothing_is_sent(
    table: Table, site: Site, code: str, words: str
) -> None:
    table.open(site)
    table.presenter.type_code(wanted=True)
    table.presenter.sign_in(form(code))
    problem = table.typed_code.view.problem
    assert problem is not None
    assert str(problem.sentence) == words
    assert [type(command) for command in table.sent] == [OpenSite]


def test_what_was_wrong_with_a_code_is_not_said_of_the_empty_field(
    table: Table, site: Site
) -> None:
    table.open(site)
    table.presenter.type_code(wanted=True)
    table.presenter.sign_in(form("12345"))
    table.presenter.type_code(wanted=False)
    table.presenter.type_code(wanted=True)
    assert table.typed_code.view.problem is None


def test_what_else_is_missing_is_said_before_the_code_is_looked_at(
    table: Table, site: Site
) -> None:
    table.open(site)
    table.presenter.type_code(wanted=True)
    table.presenter.sign_in(Form(username="v", password=Secret(""), code=Secret("1")))
    assert table.view.note == "Type your password first."


def test_a_code_can_be_typed_though_one_could_be_made(table: Table, site: Site) -> None:
    table.open(site)
    table.give_code()
    assert (table.view.shows_code, table.view.ways.other_way) == (True, "Type a code instead")
    table.presenter.type_code(wanted=True)
    assert (table.view.shows_code, table.view.ways.asks_typed_code) == (False, True)
    assert table.view.ways.other_way == "Use the code made here"
    table.presenter.type_code(wanted=False)
    assert table.view.shows_code


def test_a_server_that_asks_in_prompts_asks_for_the_code_itself(table: Table, site: Site) -> None:
    asking = SignInSettings(steps=("keyboard-interactive",))
    table.open(msgspec.structs.replace(site, sign_in=asking))
    table.presenter.type_code(wanted=True)
    view = table.view
    assert (view.stage, view.ways.asks_typed_code) == (Stage.FORM, False)
    assert view.note == "The server asks for your code when it wants one."
    table.presenter.sign_in(FORM)
    table.done()
    assert isinstance(table.sent[-1], SignIn)


def test_a_code_that_did_not_do_is_asked_for_again_on_the_card(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.type_code(wanted=True)
    table.presenter.sign_in(form("123456"))
    table.done()
    table.tell(SessionChanged(SessionState.ASKING_FOR_CODE))
    table.tell(CodeQuestion(question=7, digits=6, goes_on=False, problem=USED))
    view = table.view
    assert (view.ways.waits_for_code, view.ways.asks_typed_code) == (True, True)
    assert (view.button.words, view.button.can_press) == ("Sign in", True)
    table.presenter.sign_in(form("1"))
    table.presenter.sign_in(form("654321"))
    answers = [command for command in table.sent if isinstance(command, AnswerCode)]
    assert answers == [AnswerCode(question=7, code=Secret("654321"))]
    assert not table.view.ways.waits_for_code


def test_signing_in_again_has_the_engine_ask_for_a_code(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.type_code(wanted=True)
    table.tell(SessionChanged(SessionState.SIGNED_IN))
    table.hold(has_password=True)
    table.presenter.sign_in_again()
    tried = table.sent[-1]
    assert isinstance(tried, SignIn)
    assert (tried.typed_code, tried.ask_code) == (None, True)


def test_who_typed_a_code_types_the_next_one_after_signing_out(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.type_code(wanted=True)
    table.open(site)
    assert table.view.ways.asks_typed_code
    table.open(msgspec.structs.replace(site, host="sftp.example.com"))
    assert not table.view.ways.asks_typed_code


@pytest.mark.parametrize(
    ("how", "typed", "can_skip"),
    [
        (SignInSettings(), TYPED, True),
        (SignInSettings(), None, False),  # a connection file says what the server wants
        (SignInSettings(okta_address="https://acme.okta.example"), TYPED, False),
    ],
)
def test_who_typed_an_address_may_say_that_no_code_is_wanted(
    table: Table, site: Site, how: SignInSettings, typed: ServerAddress | None, *, can_skip: bool
) -> None:
    table.open(msgspec.structs.replace(site, sign_in=how), typed=typed)
    assert table.view.ways.can_skip_code is can_skip


def test_no_code_is_said_and_undone_on_the_card(table: Table, site: Site) -> None:
    table.open(site, typed=TYPED)
    table.presenter.go_without_code(wanted=True)
    opened = table.sent[-1]
    assert isinstance(opened, OpenSite)
    assert opened.site.sign_in.join == "{password}"
    table.done()
    view = table.view
    assert (view.stage, view.ways.says_no_code, view.ways.other_way) == (Stage.FORM, True, "")
    table.presenter.go_without_code(wanted=False)
    again = table.sent[-1]
    assert isinstance(again, OpenSite)
    assert again.site == site
    assert not table.view.ways.says_no_code


def test_a_password_in_an_address_is_dropped_and_that_is_said(table: Table, site: Site) -> None:
    dropped = msgspec.structs.replace(TYPED, dropped_password=True)
    table.open(site, typed=dropped)
    assert table.view.note == "The password in the address was left out. Type it here."


# ---------------------------------------------------------------- in the window


def test_the_phones_code_signs_in_without_a_set_up(typing: Rig) -> None:
    typing.driver.type_into("Password", "correct horse")
    typing.driver.type_into(FIELD, "123456\n")
    typing.driver.wait_for("files", lambda: typing.workspace.screen is Screen.FILES)
    (tried,) = sent(typing, SignIn)
    assert isinstance(tried, SignIn)
    assert tried.typed_code == Secret("123456")
    assert not [e for e in typing.window.findChildren(QLineEdit) if "123456" in e.text()]


def test_the_field_takes_digits_alone_and_no_more_than_a_code_has(typing: Rig) -> None:
    edit = code_field(typing)
    QTest.keyClicks(edit, "12a3-4 567 8")
    assert edit.text() == "1234 56"
    edit.clear()
    edit.insert("1234567")  # pasted: not cut to another code
    assert edit.text() == "1234567"
    QTest.keyClick(edit, Qt.Key.Key_Return)
    words = "A code of this server has 6 digits, and 7 were typed."
    typing.driver.wait_for("words", lambda: typing.driver.shows("Type your password first."))
    typing.driver.type_into("Password", "correct horse\n")
    typing.driver.wait_for("words", lambda: typing.driver.shows(words))
    assert sent(typing, SignIn) == []
    assert edit.text() == "1234567"


def test_a_code_that_was_used_is_forgotten_and_cannot_be_brought_back(typing: Rig) -> None:
    typing.driver.type_into("Password", "correct horse")
    typing.engine.asks_host_key = True
    edit = code_field(typing)
    typing.driver.type_into(FIELD, "123456\n")
    assert edit.text() == ""
    typing.driver.click("Cancel")
    typing.driver.wait_for("form", lambda: typing.workspace.sign_in.view.button.can_press)
    assert edit.isEnabled()
    QTest.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edit.text() == ""


def test_after_a_cut_the_next_code_is_typed_beside_the_files(signed_in: Rig, qtbot: QtBot) -> None:
    signed_in.window.activateWindow()
    qtbot.waitUntil(signed_in.window.isActiveWindow)
    signed_in.engine.tell(SessionChanged(SessionState.ASKING_FOR_CODE))
    signed_in.engine.tell(CodeQuestion(question=9, digits=6, goes_on=True))
    signed_in.driver.wait_for("field", lambda: signed_in.driver.shows(FIELD))
    assert signed_in.workspace.screen is Screen.FILES
    assert signed_in.driver.shows("Type the next code to go on")
    assert code_field(signed_in).hasFocus()
    signed_in.driver.type_into(FIELD, "12345\n")
    assert signed_in.driver.shows(TOO_SHORT)
    signed_in.driver.type_into(FIELD, "654321\n")
    assert sent(signed_in, AnswerCode) == [AnswerCode(question=9, code=Secret("654321"))]
    signed_in.engine.tell(SessionChanged(SessionState.SIGNED_IN))
    signed_in.driver.wait_for("end", lambda: not signed_in.driver.shows(FIELD))


def test_transfers_say_that_they_wait_for_the_next_code(signed_in: Rig) -> None:
    signed_in.engine.holds_transfers = True
    signed_in.workspace.transfers.upload(["plates.csv"], signed_in.workspace.folder.view.path)
    signed_in.driver.wait_for("row", signed_in.window.transfers.isVisible)
    signed_in.engine.tell(SessionChanged(SessionState.ASKING_FOR_CODE))
    signed_in.engine.tell(CodeQuestion(question=9, digits=6, goes_on=True))
    signed_in.driver.wait_for("words", lambda: signed_in.driver.shows("Waiting for your code"))
    assert signed_in.driver.shows("Begins again once you type the next code.")


def test_a_code_that_did_not_do_is_asked_for_beside_the_files_again(signed_in: Rig) -> None:
    for number, problem in ((9, None), (10, USED)):
        signed_in.engine.tell(SessionChanged(SessionState.ASKING_FOR_CODE))
        signed_in.engine.tell(
            CodeQuestion(question=number, digits=6, goes_on=True, problem=problem)
        )
        signed_in.driver.type_into(FIELD, "654321\n")
        if problem is not None:
            continue
        signed_in.engine.tell(SessionChanged(SessionState.RECONNECTING))
    answers = sent(signed_in, AnswerCode)
    assert [a.question for a in answers if isinstance(a, AnswerCode)] == [9, 10]


def test_a_code_question_of_a_first_sign_in_brings_the_card(signed_in: Rig) -> None:
    signed_in.engine.tell(SessionChanged(SessionState.ASKING_FOR_CODE))
    signed_in.engine.tell(CodeQuestion(question=3, digits=6, goes_on=False, problem=USED))
    signed_in.driver.wait_for("card", lambda: signed_in.workspace.screen is Screen.SIGN_IN)
    assert signed_in.driver.shows("That code was used already.")
    signed_in.driver.type_into(FIELD, "654321")
    signed_in.driver.click("Sign in")
    assert sent(signed_in, AnswerCode) == [AnswerCode(question=3, code=Secret("654321"))]
