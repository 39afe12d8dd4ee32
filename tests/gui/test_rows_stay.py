"""Questions and notices come and go without moving a row of the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from ferrygate.app.widgets.toast import Toast
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.session import Notice
from ferrygate.sites.site import Site
from gui.conftest import KEY
from gui.scripted_engine import tree_of

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

FULL = Problem(kind=Kind.NO_SPACE, sentence=message("There is no space left."))
LOCKED = Problem(kind=Kind.KEYCHAIN, sentence=message("The keychain is locked."))


def _ask_for_a_name(rig: Rig) -> None:
    rig.driver.click("New folder")


def _ask_to_remove(rig: Rig) -> None:
    rig.workspace.folder.ask_to_remove(rig.window.files.files.selected_entries())


def _refuse_a_removal(rig: Rig) -> None:
    _ask_to_remove(rig)
    rig.engine.refuse = FULL
    rig.workspace.folder.remove()


def _notice(rig: Rig) -> None:
    rig.engine.tell(Notice(problem=LOCKED))


BARS: dict[str, tuple[Callable[[Rig], None], str, str]] = {
    "name": (_ask_for_a_name, "Name of the new folder", "Cancel"),
    "removal": (_ask_to_remove, "Remove “a.csv”?", "Cancel"),
    "refused": (_refuse_a_removal, "There is no space left.", "Dismiss"),
    "notice": (_notice, "The keychain is locked.", "Dismiss"),
}


def rows(rig: Rig) -> list[QPoint]:
    """Say where each row stands in the window."""
    files = rig.window.files.files
    model = rig.desktop.model
    return [
        files.viewport().mapTo(rig.window, files.visualRect(model.index(row, 0)).topLeft())
        for row in range(model.rowCount())
    ]


@pytest.mark.parametrize("bar", BARS)
def test_no_row_moves_when_a_bar_comes_and_when_it_goes(signed_in: Rig, bar: str) -> None:
    come, words, button = BARS[bar]
    driver = signed_in.driver
    driver.select(b"a.csv")
    before = rows(signed_in)
    height = signed_in.window.files.files.height()
    come(signed_in)
    driver.wait_for("bar", lambda: driver.shows(words))
    driver.wait_for("room", lambda: signed_in.window.files.files.height() < height)
    assert rows(signed_in) == before
    driver.click(button)
    driver.wait_for("end", lambda: not driver.shows(words))
    driver.wait_for("room", lambda: signed_in.window.files.files.height() == height)
    assert rows(signed_in) == before


@pytest.mark.parametrize("bar", BARS)
def test_a_word_in_passing_covers_no_bar(signed_in: Rig, bar: str) -> None:
    come, words, button = BARS[bar]
    driver, window = signed_in.driver, signed_in.window
    driver.select(b"a.csv")
    signed_in.workspace.notices.say("Copied.")
    come(signed_in)
    driver.wait_for("bar", lambda: driver.shows(words))
    (toast,) = [each for each in window.findChildren(Toast) if each.isVisible()]
    (answer,) = [b for b in window.findChildren(QPushButton) if _is(b, button)]

    def is_clear() -> bool:
        return toast.geometry().bottom() < answer.mapTo(window, QPoint(0, 0)).y()

    driver.wait_for("room", is_clear)


@pytest.mark.parametrize("chosen", [[b"a.csv"], []])
def test_a_refresh_moves_no_row_though_the_current_one_is_out_of_sight(
    make_rig: MakeRig, site: Site, chosen: list[bytes]
) -> None:
    tree = tree_of("a.csv", *(f"f{number}.csv" for number in range(100)))
    rig = make_rig(site=site, tree=tree, given=GivenSecrets(totp_secret=KEY))
    rig.sign_in()
    bar = rig.window.files.files.verticalScrollBar()
    rig.driver.wait_for("rows", lambda: bar.maximum() > 0)
    rig.driver.select(*chosen)
    for place in (500, bar.maximum()):
        bar.setValue(place)
        before = rows(rig)
        rig.workspace.folder.refresh()  # as at the end of an upload
        rig.driver.wait_for("end", lambda: not rig.workspace.folder.view.is_reading)
        QTest.qWait(50)
        assert rows(rig) == before


def _is(button: QPushButton, name: str) -> bool:
    return button.isVisible() and button.accessibleName() == name


def test_a_notice_follows_from_the_sign_in_to_the_files(make_rig: MakeRig, site: Site) -> None:
    rig = make_rig(site=site, given=GivenSecrets(totp_secret=KEY))
    _notice(rig)
    rig.driver.wait_for("notice", lambda: rig.driver.shows("The keychain is locked."))
    rig.sign_in()
    assert rig.driver.shows("The keychain is locked.")
    rig.driver.click("Dismiss")
    rig.driver.wait_for("end", lambda: not rig.driver.shows("The keychain is locked."))
