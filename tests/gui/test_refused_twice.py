"""The card after refusals: what it says at once, and what it keeps of what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from ferrygate.app.automation.scenes import enrolment, sign_in, typed_codes
from ferrygate.app.automation.screen_gallery import open_scene_window
from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import ApplySkew, ExplainRefusal
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.records import ResetLock
from ferrygate.engine.messages.session import (
    RefusalsCounted,
    SignIn,
    SiteOpened,
    UsePassword,
)
from ferrygate.sign_in.gate import Gate
from ferrygate.sites.site import Site
from gui.conftest import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui


@pytest.fixture
def rig(make_rig: MakeRig, okta_site: Site) -> Rig:
    """Make a window on the way to a site with an Okta address, whose code is at hand."""
    rig = make_rig(site=okta_site, given=GivenSecrets(totp_secret=KEY))
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    return rig


def refuse(rig: Rig, refusals: int, gate: Gate) -> None:
    """Have the next sign-in refused, as the engine tells of it."""
    rig.engine.refuse = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=message("No."))
    rig.driver.type_into("Password", "correct hrose\n")
    rig.driver.wait_for("problem", lambda: rig.workspace.sign_in_problem.view.problem is not None)
    count(rig, refusals, gate)


def count(rig: Rig, refusals: int, gate: Gate) -> None:
    site = rig.workspace.site
    assert site is not None
    rig.engine.tell(RefusalsCounted(site=site, refusals=refusals, gate=gate))
    rig.driver.wait_for("count", lambda: rig.workspace.sign_in_problem.gate is gate)


def field(rig: Rig, name: str = "Password") -> QLineEdit:
    (found,) = [
        edit for edit in rig.window.findChildren(QLineEdit) if edit.accessibleName() == name
    ]
    return found


def sent(rig: Rig, kind: type[Command]) -> list[Command]:
    return [command for command in rig.engine.commands if isinstance(command, kind)]


def test_after_the_second_refusal_the_card_says_at_once_what_one_more_needs(rig: Rig) -> None:
    refuse(rig, 2, Gate.ASK)
    rig.driver.wait_for("button", lambda: rig.driver.shows("Try once more"))
    assert rig.driver.shows(
        "2 sign-ins in a row were refused. More of them can lock your account: check your"
        " password, then try once more."
    )
    assert len(sent(rig, SignIn)) == 1  # the refused one


def test_what_was_typed_stays_through_refusals_until_it_let_the_person_in(rig: Rig) -> None:
    refuse(rig, 2, Gate.ASK)
    assert field(rig).text() == "correct hrose"
    QTest.keyClick(field(rig), Qt.Key.Key_Return)
    assert field(rig).text() == "correct hrose"
    rig.driver.click("Try once more")
    rig.driver.wait_for("files", lambda: rig.workspace.screen is Screen.FILES)
    _refused, tried = sent(rig, SignIn)
    assert isinstance(tried, SignIn)
    assert tried.try_anyway
    assert field(rig).text() == ""


def test_enter_in_a_field_leads_to_the_button_that_is_a_persons_word(rig: Rig) -> None:
    refuse(rig, 2, Gate.ASK)
    before = len(rig.engine.commands)
    QTest.keyClick(field(rig), Qt.Key.Key_Return)
    assert rig.engine.commands[before:] == []
    focused = rig.window.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Try once more"


def test_a_site_that_was_refused_twice_before_says_so_from_the_start(rig: Rig) -> None:
    count(rig, 2, Gate.ASK)
    rig.driver.wait_for("button", lambda: rig.driver.shows("Try once more"))
    assert rig.driver.shows("2 sign-ins in a row were refused.")


def test_the_problem_and_the_count_below_it_begin_in_one_column(rig: Rig) -> None:
    refuse(rig, 2, Gate.ASK)
    rig.driver.wait_for("button", lambda: rig.driver.shows("Try once more"))
    begins = {
        shown.mapTo(rig.window, QPoint(0, 0)).x()
        for shown in rig.window.findChildren(QLabel)
        if shown.isVisible() and shown.text().startswith(("No.", "2 sign-ins in a row"))
    }
    assert len(begins) == 1


def test_after_the_fourth_refusal_the_lock_can_be_reset_at_once(rig: Rig) -> None:
    refuse(rig, 4, Gate.SHUT)
    rig.driver.click("Reset the lock")
    assert sent(rig, ResetLock) == []
    rig.driver.click("Yes, reset it")
    rig.driver.wait_for("reset", lambda: bool(sent(rig, ResetLock)))
    count(rig, 0, Gate.OPEN)
    rig.driver.wait_for("button", lambda: rig.driver.shows("Sign in"))
    assert field(rig).text() == "correct hrose"


def test_okta_is_asked_about_the_password_in_the_field(rig: Rig) -> None:
    refuse(rig, 2, Gate.ASK)
    rig.driver.type_into("Password", "correct horse")
    rig.driver.click("Ask Okta why")
    assert rig.driver.shows("If it is wrong, that counts as one more refusal.")
    rig.driver.click("Ask Okta")
    rig.driver.wait_for("question", lambda: bool(sent(rig, ExplainRefusal)))
    at = rig.engine.commands.index(sent(rig, ExplainRefusal)[0])
    handed, asked = rig.engine.commands[at - 1 : at + 1]
    assert isinstance(handed, UsePassword)
    assert handed.password == Secret("correct horse")
    assert isinstance(asked, ExplainRefusal)
    assert asked.try_anyway


def test_another_site_finds_the_fields_empty(rig: Rig, site: Site) -> None:
    rig.driver.type_into("Password", "correct horse")
    rig.workspace.sites.choose(msgspec.structs.replace(site, host="sftp.example.com"))
    assert field(rig).text() == ""


def test_a_user_name_loses_what_nobody_sees_at_its_ends(rig: Rig) -> None:
    rig.driver.paste_into("User name", "\u200bvendor8\u00a0")
    rig.driver.type_into("Password", "correct horse\n")
    rig.driver.wait_for("sign-in", lambda: bool(sent(rig, SignIn)))
    (begun,) = sent(rig, SignIn)
    assert isinstance(begun, SignIn)
    assert begun.typed.username == "vendor8"


def test_a_stale_correction_of_codes_is_dropped_by_a_button_that_says_so(rig: Rig) -> None:
    site = rig.workspace.site
    assert site is not None
    rig.engine.skew = (0.4, 180)
    rig.engine.tell(SiteOpened(site=site, correction=180))
    rig.driver.click("Stop correcting codes")
    rig.driver.wait_for("drop", lambda: bool(sent(rig, ApplySkew)))
    (dropped,) = sent(rig, ApplySkew)
    assert isinstance(dropped, ApplySkew)
    assert dropped.seconds == 0
    words = "Your codes follow this computer's clock again."
    rig.driver.wait_for("word", lambda: rig.workspace.toast == words)


@pytest.mark.parametrize("name", [*sign_in.SCENES, *enrolment.SCENES, *typed_codes.SCENES])
def test_no_card_is_taller_than_the_window(name: str, tmp_path: Path, qtbot: QtBot) -> None:
    scene = {**sign_in.SCENES, **enrolment.SCENES, **typed_codes.SCENES}[name]
    with open_scene_window(SystemClock(), tmp_path) as (desktop, window):
        scene(window)
        card = desktop.window.sign_in
        if card.isVisible():
            qtbot.waitUntil(lambda: card.verticalScrollBar().maximum() == 0)
