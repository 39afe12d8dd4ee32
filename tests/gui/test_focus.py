"""Where the keyboard is on every page, and what Enter does there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import SIGNAL, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QScrollArea,
    QTableView,
    QWidget,
)

from ferrygate.app.automation.scene_window import SITE, SceneWindow
from ferrygate.app.automation.scenes.every_scene import SCENES
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.app.automation.screen_gallery import open_scene_window
from ferrygate.app.widgets.check_box import CheckBox
from ferrygate.app.widgets.focus_order import tab_stops
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.app.window import MainWindow
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import Home
from ferrygate.engine.messages.session import SecretsChanged
from ferrygate.sites.store import SiteStore

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


pytestmark = pytest.mark.gui

SETTLE_MS = 100  # until what was told is rendered and shown
SPENDING = {"Copy code", "Sign in", "Try once more", "Ask Okta", "Set it up"}
"""Buttons that use a code or send a password."""


OTHER = msgspec.structs.replace(SITE, name="Beta lab", host="sftp.example.com")


def _sites(window: SceneWindow) -> str:
    """Give the choice of sites, two of them saved."""
    window.driver.wait_for("sites", lambda: bool(window.workspace.sites.view.sites))
    return "Your sites"


def _welcome(_stage: SceneWindow) -> str:
    return "Welcome"


def _local(window: SceneWindow) -> str:
    window.sign_in()
    window.driver.press(Qt.Key.Key_F8)
    return "Folder above"


def _ready(window: SceneWindow) -> str:
    """Give the card of a site that nothing is missing for: its button would sign in at once."""
    window.give_code()
    kept = SecretsChanged(site=SITE, has_password=True, has_code_secret=True, can_save=True)
    window.workspace.handle(kept)
    return "Sign in"


PAGES: dict[str, Scene] = {
    **SCENES,
    "welcome": _welcome,
    "sites": _sites,
    "local": _local,
    "ready": _ready,
}

FIRST_FOCUS = {
    "welcome": "Open a connection file",
    "sites": SITE.name,
    "address-wrong": "Or the server's address",
    "drop-first-page": "Open a connection file",
    "offer": "Not now",
    "enrol": "Key of your code",
    "enrol-okta-verify": "Key of your code",
    "enrol-choices": "Acme · vendor7",
    "enrol-okta": "Password",
    "enrol-mismatch": "Password",
    "typed-site": "Key of your code",
    "no-code": "User name",
    "type-code": "Password",
    "code-used": "Code from your phone or token",
    "spent": "Password",
    "waiting": "Cancel sign-in",
    "unknown-key": "Cancel",
    "changed-key": "Copy details for support",
    "changed-key-details": "Fingerprint of the new key, as given to you by help@example.org",
    "prompt": "Passcode, or leave empty for a push:",
    "push": "Cancel sign-in",
    "passphrase": "Passphrase of your private key",
    "refused": "Password",
    "refused-consent": "Not now",
    "refused-explained": "Password",
    "refused-in-words": "Password",
    "refused-twice": "Password",
    "refused-often": "Password",
    "correction": "Password",
    "breaker": "Password",
    "breaker-shut": "Password",
    "breaker-consent": "Not now",
    "drop-box": "Files in this folder",
    "reading": "Files in this folder",
    "refused-name": "Name of the new folder",
    "reconnecting": "Files in this folder",
    "offline": "Files in this folder",
    "connection": "Back to the files",
    "copied": "Files in this folder",
    "checking": "Files in this folder",
    "conflict-many": "Files in this folder",
    "next-code": "Code from your phone or token",
    "closing": "Keep going",
    "signing-out": "Keep going",
    "local": "Files in this folder",
}


@contextmanager
def page(name: str, empty: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    """Show a page in a window that has the keyboard."""
    for site in (SITE, OTHER) if name == "sites" else ():
        SiteStore(Home(empty / "home").prepare().sites).save(site)
    with open_scene_window(SystemClock(), empty) as (desktop, window):
        driver = window.driver
        desktop.window.activateWindow()
        qtbot.waitActive(desktop.window)
        words = PAGES[name](window)
        driver.wait_for("words", lambda: driver.shows(words))
        driver.let_work(SETTLE_MS)  # what was made just now is shown
        yield desktop.window


def press(widget: QWidget, key: Qt.Key, *, repeats: bool = False) -> None:
    """Press a key, or hold it down for longer."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "\r", repeats)
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("name", PAGES)
def test_enter_presses_every_button_that_can_be_seen(
    name: str, tmp_path: Path, qtbot: QtBot
) -> None:
    with page(name, tmp_path, qtbot) as window:
        buttons = [each for each in window.findChildren(ThemedButton) if each.isVisible()]
        enabled = [each for each in buttons if each.isEnabled()]
        pressed: list[str] = []
        for button in enabled:
            if button.receivers(SIGNAL("clicked(bool)")):
                button.clicked.disconnect()  # what it does is not the question
            button.clicked.connect(partial(_note, pressed, button.accessibleName()))
        for button in enabled:
            press(button, Qt.Key.Key_Return)
            press(button, Qt.Key.Key_Enter)
            press(button, Qt.Key.Key_Return, repeats=True)
        assert pressed == [each.accessibleName() for each in enabled for _twice in range(2)]
        others = [each for each in window.findChildren(QAbstractButton) if each.isVisible()]
        strange = [each for each in others if not isinstance(each, ThemedButton | CheckBox)]
        assert [each for each in strange if not _is_qt_part(each)] == []


@pytest.mark.parametrize("name", FIRST_FOCUS)
def test_every_page_has_a_first_focus(name: str, tmp_path: Path, qtbot: QtBot) -> None:
    with page(name, tmp_path, qtbot) as window:
        focused = window.focusWidget()
        assert focused is not None
        assert focused.accessibleName() == FIRST_FOCUS[name]
        assert focused.hasFocus()


def walk(window: MainWindow, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Press Tab until it has come round."""
    reached: list[QWidget] = []
    focused = window.focusWidget()
    while focused not in reached:
        reached.append(focused)
        QTest.keyClick(focused, key)
        focused = window.focusWidget()
    return reached


def heirs(window: MainWindow, stops: list[QWidget]) -> Iterator[str]:
    """Hide and disable each control that has the keyboard; the names of what has it then."""
    for stop in stops:
        for name in ("visible", "enabled"):
            stop.setFocus()
            assert stop.hasFocus()
            stop.setProperty(name, False)  # noqa: FBT003  Qt's signature
            focused = window.focusWidget()
            assert focused is not None
            assert focused.isVisible()
            yield focused.accessibleName()
            stop.setProperty(name, True)  # noqa: FBT003  Qt's signature


@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_round_and_what_goes_hands_its_keyboard_to_nothing_that_spends_a_code(
    name: str, tmp_path: Path, qtbot: QtBot
) -> None:
    with page(name, tmp_path, qtbot) as window:
        reached = walk(window)
        assert set(reached) == set(tab_stops(window))
        assert not [each for each in reached if isinstance(each, QScrollArea)]
        assert walk(window, Qt.Key.Key_Backtab) == [reached[0], *reached[:0:-1]]
        assert {each for each in heirs(window, reached) if each in SPENDING} == set()


@pytest.mark.parametrize(
    ("name", "order"),
    [
        (
            "sites",
            [
                SITE.name,
                OTHER.name,
                "Open a connection file",
                "Or the server's address",
                "Continue",
            ],
        ),
        (
            "copied",
            [
                "Files in this folder",
                "Copy code",
                "Home",
                "Forget what is remembered",
                "Sign out",
                "Filter this folder",
                "New folder",
                "Upload",
            ],
        ),
    ],
)
def test_tab_follows_the_eye(name: str, order: list[str], tmp_path: Path, qtbot: QtBot) -> None:
    with page(name, tmp_path, qtbot) as window:
        qtbot.waitUntil(lambda: {each.accessibleName() for each in tab_stops(window)} >= set(order))
        names = [each.accessibleName() for each in walk(window)]
        assert [name for name in names if name in order] == order


def _note(pressed: list[str], name: str, *_checked: bool) -> None:
    pressed.append(name)


def _is_qt_part(widget: QWidget) -> bool:
    """Tell whether Qt made a button for itself, such as the corner of a table."""
    return isinstance(widget.parentWidget(), QTableView | QLineEdit)


def test_the_ring_is_drawn_once(tmp_path: Path, qtbot: QtBot) -> None:
    with page("checking", tmp_path, qtbot) as window:
        by_keyboard = Qt.WidgetAttribute.WA_KeyboardFocusChange  # with which styles draw theirs
        for stop in tab_stops(window):
            if not isinstance(stop, ThemedButton) or stop.property("look") in {"tab", "primary"}:
                continue
            inside = stop.rect().adjusted(3, 3, -3, -3)
            window.files.files.setFocus()
            plain = stop.grab().toImage()
            stop.setFocus(Qt.FocusReason.TabFocusReason)
            window.setAttribute(by_keyboard)
            focused = stop.grab().toImage()
            assert focused != plain
            assert focused.copy(inside) == plain.copy(inside), stop.accessibleName()
