"""The keys that lead from a card back to the choice of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from ferrygate.app.presenters.workspace import Screen
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.session import (
    HostKeyQuestion,
    PromptQuestion,
    SessionChanged,
    SessionState,
)
from gui.sign_in_table import FORM

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ferrygate.sites.site import Site
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

KEYS = [
    (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier),
]


@pytest.fixture
def card(rig: Rig, qtbot: QtBot) -> Rig:
    """Give the card of a site, with the keyboard in the field for the password."""
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.window.activateWindow()
    qtbot.waitActive(rig.window)
    rig.driver.type_into("Password", "correct")
    return rig


def press(rig: Rig, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    QTest.keyClick(rig.window.focusWidget(), key, held)
    rig.desktop.pace.render()


@pytest.mark.parametrize(("key", "held"), KEYS)
def test_a_key_leads_from_the_card_back_to_the_choice_of_sites(
    card: Rig, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    press(card, key, held)
    assert card.workspace.screen is Screen.SITES
    assert card.window.sites.isAncestorOf(card.window.focusWidget())


@pytest.mark.parametrize(("key", "held"), KEYS)
def test_a_key_declines_a_connection_file(
    make_rig: MakeRig, site: Site, qtbot: QtBot, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    rig = make_rig(site=site, agrees=False)
    rig.driver.wait_for("offer", lambda: rig.workspace.screen is Screen.OFFER)
    rig.window.activateWindow()
    qtbot.waitActive(rig.window)
    press(rig, key, held)
    assert rig.workspace.screen is Screen.SITES
    assert rig.workspace.site is None


@pytest.mark.parametrize("name", ["Sign in", "Remember my password", "Other sites"])
def test_a_control_that_has_the_keyboard_leaves_the_key_to_the_card(card: Rig, name: str) -> None:
    control = next(
        each
        for each in card.window.findChildren(QAbstractButton)
        if each.isVisible() and name in {each.text(), each.accessibleName()}
    )
    control.setFocus()
    press(card, *KEYS[1])
    assert card.workspace.screen is Screen.SITES


@pytest.mark.parametrize(("key", "held"), KEYS)
@pytest.mark.parametrize("what", ["sign-in", "host key", "prompt", "reconnecting"])
def test_a_key_does_not_leave_what_is_under_way(
    card: Rig, what: str, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    match what:
        case "sign-in":
            card.engine.asks_host_key = True
            card.workspace.sign_in.sign_in(FORM)
        case "host key":
            card.engine.tell(HostKeyQuestion(question=1, host="h", key_type="k", fingerprint="f"))
        case "prompt":
            card.engine.tell(PromptQuestion(question=1, text="Colour?", echo=True))
        case "reconnecting":
            card.engine.tell(SessionChanged(state=SessionState.RECONNECTING))
        case _:
            pytest.fail(what)
    card.driver.wait_for("rest", lambda: not card.workspace.sign_in.view.is_at_rest)
    press(card, key, held)
    assert card.workspace.screen is Screen.SIGN_IN


def test_escape_says_no_to_a_question_and_leaves_the_card_only_then(
    make_rig: MakeRig, okta_site: Site, qtbot: QtBot
) -> None:
    rig = make_rig(site=okta_site)
    rig.driver.wait_for("open", lambda: rig.workspace.sign_in.view.asks_code)
    rig.window.activateWindow()
    qtbot.waitActive(rig.window)
    problem = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=message("No."))
    rig.engine.tell(SessionChanged(state=SessionState.OFFLINE, problem=problem))
    rig.driver.click("Ask Okta why")
    said = []
    for _time in range(2):
        assert rig.window.focusWidget().isVisible()
        press(rig, *KEYS[0])
        said.append((rig.workspace.sign_in_problem.view.consent is None, rig.workspace.screen))
    assert said == [(True, Screen.SIGN_IN), (True, Screen.SITES)]


def test_the_keyboard_of_a_control_that_is_deleted_goes_home(card: Rig, qtbot: QtBot) -> None:
    home = card.window.focusWidget()
    button = ThemedButton(card.desktop.theme, "Soon gone")
    button.setParent(card.window.sign_in)
    button.show()
    button.setFocus()
    assert card.window.focusWidget() is button
    shiboken6.delete(button)
    qtbot.waitUntil(lambda: card.window.focusWidget() is home)
