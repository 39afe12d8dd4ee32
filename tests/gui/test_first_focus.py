"""Where the card has the keyboard once what is kept for its site was found, early or late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from ferrygate.app.presenters.workspace import Screen
from ferrygate.app.widgets.check_box import CheckBox
from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.session import (
    OpenSite,
    RefusalsCounted,
    SecretsChanged,
    SessionChanged,
    SessionState,
    SignIn,
    SiteOpened,
)
from ferrygate.sign_in.gate import Gate
from ferrygate.sites.site import Site
from gui.conftest import KEY

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import Rig

pytestmark = pytest.mark.gui

OTHER = Site(name="Beta lab", host="sftp.example.com", username="vendor8")


@pytest.fixture
def waiting(rig: Rig, qtbot: QtBot) -> Rig:
    """Make a window with the keyboard, whose engine takes its time to look into the keychain."""
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.window.activateWindow()
    qtbot.waitActive(rig.window)
    rig.engine.holds_openings = True
    return rig


def turn_to(rig: Rig, site: Site) -> OpenSite:
    """Turn to a site from the choice of sites; what the engine has not answered yet."""
    rig.workspace.show_sites()
    rig.desktop.pace.render()
    rig.workspace.sites.choose(site)
    rig.desktop.pace.render()
    opening = rig.engine.commands[-1]
    assert isinstance(opening, OpenSite)
    return opening


def find(rig: Rig, opening: OpenSite) -> None:
    """Have the engine find all that a sign-in needs."""
    now = rig.desktop._options.clock.now()
    site = opening.site
    rig.engine.tell(
        SecretsChanged(site=site, has_password=True, has_code_secret=True, can_save=True)
    )
    rig.engine.tell(SiteOpened(site=site))
    rig.engine.tell(CodeChanged(code=live_code(CodeSecret(key=KEY), now)))
    rig.engine.tell(Done(request=opening.request))
    rig.driver.wait_for("open", lambda: rig.workspace.sign_in.view.button.can_press)


def focused(rig: Rig) -> str:
    return str(rig.window.focusWidget().accessibleName())


def test_the_button_has_the_keyboard_where_nothing_is_missing(waiting: Rig) -> None:
    opening = turn_to(waiting, OTHER)
    assert focused(waiting) == "Password"
    find(waiting, opening)
    assert focused(waiting) == "Sign in"


def test_what_is_found_late_takes_no_keyboard_from_a_person_who_types(waiting: Rig) -> None:
    opening = turn_to(waiting, msgspec.structs.replace(OTHER, username=""))
    assert focused(waiting) == "User name"
    QTest.keyClicks(waiting.window.focusWidget(), "ven")
    find(waiting, opening)
    QTest.keyClicks(waiting.window.focusWidget(), "dor 8")
    field = waiting.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "vendor 8"
    assert not [c for c in waiting.engine.commands if isinstance(c, SignIn)]


def test_what_is_found_late_takes_no_keyboard_from_another_way(waiting: Rig) -> None:
    opening = turn_to(waiting, OTHER)
    for _step in range(9):
        if focused(waiting) == "Other sites":
            break
        QTest.keyClick(waiting.window.focusWidget(), Qt.Key.Key_Tab)
    find(waiting, opening)
    assert focused(waiting) == "Other sites"


def test_after_refusals_the_keyboard_is_not_on_the_button_that_tries_once_more(
    waiting: Rig,
) -> None:
    opening = turn_to(waiting, OTHER)
    waiting.engine.tell(RefusalsCounted(site=OTHER, refusals=2, gate=Gate.ASK))
    find(waiting, opening)
    assert waiting.driver.shows("Try once more")
    assert focused(waiting) == "Password"
    QTest.keyClick(waiting.window.focusWidget(), Qt.Key.Key_Return)
    assert not [c for c in waiting.engine.commands if isinstance(c, SignIn)]


def test_a_card_that_comes_by_itself_has_the_keyboard_on_nothing_that_signs_in(
    signed_in: Rig, qtbot: QtBot
) -> None:
    signed_in.window.activateWindow()
    qtbot.waitActive(signed_in.window)
    ended = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=message("No."))
    signed_in.engine.tell(SessionChanged(state=SessionState.OFFLINE, problem=ended))
    signed_in.driver.wait_for("card", lambda: signed_in.driver.shows("Sign in"))
    assert signed_in.workspace.screen is Screen.SIGN_IN
    assert focused(signed_in) == "Other sites"


def test_enter_on_a_box_is_for_the_card_and_ticks_nothing(rig: Rig, qtbot: QtBot) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.window.activateWindow()
    qtbot.waitActive(rig.window)
    rig.driver.type_into("Password", "correct horse")
    for _step in range(9):
        if isinstance(rig.window.focusWidget(), CheckBox):
            break
        QTest.keyClick(rig.window.focusWidget(), Qt.Key.Key_Tab)
    box = rig.window.focusWidget()
    assert isinstance(box, CheckBox)
    QTest.keyClick(box, Qt.Key.Key_Space)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.isChecked()
    rig.driver.wait_for_folder(b"/")
    (given,) = [c for c in rig.engine.commands if isinstance(c, SignIn)]
    assert given.typed.save


def test_a_sign_in_that_is_cancelled_leaves_the_keyboard_on_nothing_that_signs_in(
    waiting: Rig,
) -> None:
    find(waiting, turn_to(waiting, OTHER))
    waiting.engine.asks_host_key = True
    QTest.keyClick(waiting.window.focusWidget(), Qt.Key.Key_Return)
    waiting.driver.click("Cancel")
    waiting.driver.wait_for("end", lambda: waiting.workspace.sign_in.view.button.can_press)
    waiting.driver.wait_for("card", lambda: waiting.driver.shows("Sign in"))
    assert focused(waiting) == "Other sites"
