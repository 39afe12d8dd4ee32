"""Names that only the server refuses: they stay where they were typed, with why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.files import RenamePath

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import Rig

pytestmark = pytest.mark.gui

K = Qt.Key
NEW_FOLDER = "Name of the new folder"
TAKEN = Problem(kind=Kind.REMOTE_FAILURE, sentence=message("That name is taken."))


@pytest.fixture
def listed(signed_in: Rig, qtbot: QtBot) -> Rig:
    """Make a window that has the keyboard, in a folder of a folder and a file."""
    signed_in.window.activateWindow()
    qtbot.waitActive(signed_in.window)
    signed_in.window.files.files.setFocus()
    return signed_in


def field(rig: Rig, name: str) -> QLineEdit | None:
    """Find the field of that name, if it can be seen."""
    fields = rig.window.files.findChildren(QLineEdit)
    return next(
        (each for each in fields if each.accessibleName() == name and each.isVisible()), None
    )


def text(rig: Rig, name: str) -> str | None:
    shown = field(rig, name)
    return None if shown is None else shown.text()


def focused(rig: Rig) -> QWidget:
    widget = rig.window.focusWidget()
    assert widget is not None
    return widget


def sent(rig: Rig, kind: type[Command]) -> int:
    return sum(isinstance(command, kind) for command in rig.engine.commands)


def refuse_a_rename(rig: Rig) -> None:
    """Have the server refuse another name for a file, and the folder be read again."""
    rig.driver.select(b"a.csv")
    rig.driver.press(K.Key_F2)
    rig.engine.refuse = TAKEN
    rig.driver.type_into("New name", "b.csv\n")
    rig.driver.wait_for("sentence", lambda: rig.driver.shows("That name is taken."))
    rig.driver.wait_for("listing", lambda: not rig.workspace.folder.view.is_reading)


def test_a_new_name_that_the_server_refuses_stays_in_its_editor(listed: Rig) -> None:
    refuse_a_rename(listed)
    listed.driver.wait_for("editor", lambda: text(listed, "New name") == "b.csv")
    assert listed.driver.shows("That name is taken.")
    assert focused(listed) is field(listed, "New name")
    QTest.keyClick(focused(listed), K.Key_Home)
    QTest.keyClicks(focused(listed), "b")
    QTest.keyClick(focused(listed), K.Key_Return)
    listed.driver.wait_for("new name", lambda: listed.driver.is_listed(b"bb.csv"))
    assert not listed.driver.shows("That name is taken.")


def test_a_folders_name_that_the_server_refuses_stays_in_its_field(listed: Rig) -> None:
    for _twice in range(2):
        QTest.keyClick(
            focused(listed),
            K.Key_N,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )
        listed.engine.refuse = TAKEN
        listed.driver.type_into(NEW_FOLDER, "results\n")
        listed.driver.wait_for("field", lambda: text(listed, NEW_FOLDER) == "results")
        assert listed.driver.shows("That name is taken.")
        assert focused(listed) is field(listed, NEW_FOLDER)
    QTest.keyClicks(focused(listed), " 2")
    QTest.keyClick(focused(listed), K.Key_Return)
    listed.driver.wait_for("folder", lambda: listed.driver.is_listed(b"results 2"))
    assert field(listed, NEW_FOLDER) is None
    assert not listed.driver.shows("That name is taken.")


def test_a_refused_name_is_not_asked_for_again_by_going_elsewhere(listed: Rig) -> None:
    refuse_a_rename(listed)
    listed.driver.wait_for("editor", lambda: text(listed, "New name") == "b.csv")
    listed.driver.click("Dismiss")
    listed.driver.wait_for("sentence", lambda: not listed.driver.shows("That name is taken."))
    assert field(listed, "New name") is None
    assert sent(listed, RenamePath) == 1
    assert focused(listed) is listed.window.files.files


def test_a_refusal_takes_no_keyboard_from_who_types_elsewhere(listed: Rig) -> None:
    filters = listed.window.files.bar.filter
    listed.driver.select(b"a.csv")
    listed.workspace.folder.subscribe(filters.setFocus)  # they are faster than the server
    refuse_a_rename(listed)
    assert focused(listed) is filters
    assert field(listed, "New name") is None
    listed.window.files.files.setFocus()
    listed.driver.press(K.Key_F2)
    assert text(listed, "New name") == "b.csv"


def test_a_name_that_is_being_typed_outlives_a_refresh(listed: Rig) -> None:
    listed.driver.select(b"a.csv")
    listed.driver.press(K.Key_F2)
    editor = focused(listed)
    QTest.keyClicks(editor, "plate")
    QTest.keyClick(editor, K.Key_Left)
    rows = listed.engine.tree[b"/"]
    rows.pop(0)
    listed.workspace.folder.refresh()  # as at the end of an upload
    listed.driver.wait_for("rows", lambda: not listed.driver.is_listed(b"inbox"))
    listed.driver.wait_for("editor", lambda: text(listed, "New name") == "plate.csv")
    QTest.keyClicks(focused(listed), "s")
    assert text(listed, "New name") == "platse.csv"
    QTest.keyClick(focused(listed), K.Key_Return)
    listed.driver.wait_for("new name", lambda: listed.driver.is_listed(b"platse.csv"))


def test_the_old_name_again_ends_the_sentence(listed: Rig) -> None:
    refuse_a_rename(listed)
    listed.driver.wait_for("editor", lambda: text(listed, "New name") == "b.csv")
    listed.driver.type_into("New name", "a.csv\n")
    listed.driver.wait_for("sentence", lambda: not listed.driver.shows("That name is taken."))
    assert sent(listed, RenamePath) == 1
