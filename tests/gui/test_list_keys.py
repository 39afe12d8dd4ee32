"""The keys of the list of files, pressed in a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from ferrygate.app.models.folder_columns import Column
from ferrygate.app.widgets.file_header import FileHeader
from ferrygate.app.widgets.type_ahead import PAUSE_MS
from ferrygate.common.environment import GivenSecrets
from ferrygate.engine.messages.files import RemovePath
from ferrygate.sites.site import Site
from gui.conftest import KEY
from gui.scripted_engine import tree_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

K = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def listed(make_rig: MakeRig, site: Site, qtbot: QtBot) -> Rig:
    """Make a window that shows a folder with some files and folders."""
    tree = tree_of(
        "exports/",
        "exports/2026/",
        "exports/a.csv",
        "inbox/",
        "plate 1.csv",
        "plate 2.csv",
        "run.tar.gz",
        "Summary.pdf",
    )
    rig = make_rig(site=site, tree=tree, given=GivenSecrets(totp_secret=KEY))
    rig.window.activateWindow()
    qtbot.waitActive(rig.window)
    rig.sign_in()
    return rig


def current(rig: Rig) -> str:
    files = rig.window.files.files
    return str(files.currentIndex().siblingAtColumn(Column.NAME).data())


def selected(rig: Rig) -> list[bytes]:
    return rig.window.files.files.selected_names()


def press(rig: Rig, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(rig.window.focusWidget(), key, modifiers)


def typed(rig: Rig, letters: str, at_ms: int) -> None:
    """Type into the list at a time."""
    for letter in letters:
        event = QKeyEvent(QEvent.Type.KeyPress, K.Key_unknown, NONE, letter)
        event.setTimestamp(at_ms)
        QApplication.sendEvent(rig.window.files.files, event)


def edited(rig: Rig) -> list[QLineEdit]:
    """Give the editor in a row, if there is one."""
    fields = rig.window.files.files.findChildren(QLineEdit)
    return [each for each in fields if each.accessibleName() == "New name" and each.isVisible()]


def test_home_and_end_go_to_the_first_and_the_last_row(listed: Rig) -> None:
    press(listed, K.Key_End)
    assert current(listed) == "Summary.pdf"
    press(listed, K.Key_Home)
    assert selected(listed) == [b"exports"]
    press(listed, K.Key_End, SHIFT)
    assert len(selected(listed)) == 6


def test_the_first_press_of_down_selects_the_first_row(listed: Rig) -> None:
    press(listed, K.Key_Down)
    assert selected(listed) == [b"exports"]
    press(listed, K.Key_Down)
    assert selected(listed) == [b"inbox"]


def test_letters_find_a_name_whatever_column_was_clicked(listed: Rig) -> None:
    files = listed.window.files.files
    row = listed.desktop.model.rows_named([b"inbox"])[0]
    index = listed.desktop.model.index(row, Column.KIND)
    QTest.mouseClick(
        files.viewport(), Qt.MouseButton.LeftButton, pos=files.visualRect(index).center()
    )
    typed(listed, "pla", 1000)
    assert current(listed) == "plate 1.csv"
    typed(listed, "te 2", 1200)  # with the blank that is in the name
    assert selected(listed) == [b"plate 2.csv"]
    typed(listed, "s", 1200 + PAUSE_MS + 1)
    assert current(listed) == "Summary.pdf"


def test_the_same_letter_again_goes_through_all_that_begin_with_it(listed: Rig) -> None:
    reached = []
    for at in range(3):
        typed(listed, "p", 1000 + at)
        reached.append(current(listed))
    assert reached == ["plate 1.csv", "plate 2.csv", "plate 1.csv"]


def test_space_selects_while_no_name_is_being_typed(listed: Rig) -> None:
    press(listed, K.Key_Space)
    assert selected(listed) == [b"exports"]


def test_going_up_selects_the_folder_one_came_from(listed: Rig) -> None:
    listed.driver.open_folder(b"inbox")
    listed.driver.wait_for_folder(b"/inbox")
    for key, modifiers in ((K.Key_Backspace, NONE), (K.Key_Up, ALT), (K.Key_Left, ALT)):
        listed.workspace.folder.open(b"/inbox")
        listed.driver.wait_for_folder(b"/inbox")
        press(listed, key, modifiers)
        listed.driver.wait_for_folder(b"/")
        assert (selected(listed), current(listed)) == ([b"inbox"], "inbox")


def test_back_and_forward_are_keys(listed: Rig) -> None:
    listed.driver.open_folder(b"exports")
    listed.driver.wait_for_folder(b"/exports")
    press(listed, K.Key_Left, ALT)
    listed.driver.wait_for_folder(b"/")
    press(listed, K.Key_Right, ALT)
    listed.driver.wait_for_folder(b"/exports")


def test_the_selection_follows_a_name_that_is_changed(listed: Rig) -> None:
    listed.driver.select(b"plate 1.csv")
    press(listed, K.Key_F2)
    assert edited(listed)[0].selectedText() == "plate 1"
    listed.driver.type_into("New name", "zebra.csv\n")
    listed.driver.wait_for("new name", lambda: listed.driver.is_listed(b"zebra.csv"))
    assert (selected(listed), current(listed)) == ([b"zebra.csv"], "zebra.csv")
    assert listed.window.focusWidget() is listed.window.files.files


def test_a_new_folder_is_selected(listed: Rig) -> None:
    press(listed, K.Key_N, CONTROL | SHIFT)
    listed.driver.type_into("Name of the new folder", "results\n")
    listed.driver.wait_for("folder", lambda: listed.driver.is_listed(b"results"))
    assert selected(listed) == [b"results"]
    assert listed.window.focusWidget() is listed.window.files.files


def test_selection_and_current_row_outlive_a_refresh(listed: Rig) -> None:
    listed.driver.select(b"plate 1.csv", b"run.tar.gz")
    listed.engine.tree[b"/"].pop(0)
    press(listed, K.Key_F5)
    listed.driver.wait_for("refresh", lambda: not listed.driver.is_listed(b"exports"))
    assert selected(listed) == [b"plate 1.csv", b"run.tar.gz"]
    assert current(listed) == "run.tar.gz"


def test_the_row_in_the_place_of_a_removed_one_is_the_current_one(listed: Rig) -> None:
    listed.driver.select(b"plate 1.csv")
    press(listed, K.Key_Delete)
    listed.driver.click("Remove")
    listed.driver.wait_for("removal", lambda: not listed.driver.is_listed(b"plate 1.csv"))
    assert current(listed) == "plate 2.csv"


@pytest.mark.parametrize("name", ["a/b", ".."])
def test_a_new_name_that_cannot_be_used_stays_in_its_editor(listed: Rig, name: str) -> None:
    listed.driver.select(b"inbox")
    press(listed, K.Key_F2)
    assert edited(listed)[0].selectedText() == "inbox"
    listed.driver.type_into("New name", f"{name}\n")
    listed.driver.wait_for("sentence", lambda: listed.driver.shows("cannot be the name"))
    listed.driver.wait_for("editor", lambda: [each.text() for each in edited(listed)] == [name])
    listed.driver.type_into("New name", "incoming\n")
    listed.driver.wait_for("new name", lambda: listed.driver.is_listed(b"incoming"))


def test_a_folders_name_that_cannot_be_used_stays_in_its_field(listed: Rig) -> None:
    listed.driver.click("New folder")
    listed.driver.type_into("Name of the new folder", "a/b\n")
    listed.driver.wait_for("sentence", lambda: listed.driver.shows("cannot be the name"))
    field = listed.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "a/b"
    QTest.keyClick(field, K.Key_Backspace)  # which does not go up
    assert field.text() == "a/"
    assert listed.workspace.folder.view.path == b"/"


def test_keys_of_the_filter_lead_to_the_list_and_out_of_it(listed: Rig) -> None:
    filters = listed.window.files.bar.filter
    for key in (K.Key_Down, K.Key_Return, K.Key_Enter):
        press(listed, K.Key_F, CONTROL)
        assert listed.window.focusWidget() is filters
        filters.selectAll()
        QTest.keyClicks(filters, "plate")
        press(listed, key)
        assert listed.window.focusWidget() is listed.window.files.files
        assert (selected(listed), filters.text()) == ([b"plate 1.csv"], "plate")
    press(listed, K.Key_F, CONTROL)
    press(listed, K.Key_Escape)
    assert listed.window.focusWidget() is listed.window.files.files
    assert filters.text() == ""
    assert listed.desktop.model.rowCount() == 6
    assert selected(listed) == [b"plate 1.csv"]


@pytest.mark.parametrize(
    ("text", "path"),
    [("/exports/2026", b"/exports/2026"), ("~/inbox", b"/inbox"), ("exports", b"/exports")],
)
def test_a_path_is_typed(listed: Rig, text: str, path: bytes) -> None:
    press(listed, K.Key_L, CONTROL)
    listed.driver.type_into("Path of a folder", f"{text}\n")
    listed.driver.wait_for_folder(path)
    assert listed.window.focusWidget() is listed.window.files.files
    assert not listed.window.files.bar.location.isVisible()


def test_escape_leaves_the_path_as_it_was(listed: Rig) -> None:
    press(listed, K.Key_L, CONTROL)
    field = listed.window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.selectedText() == "/"
    press(listed, K.Key_Escape)
    assert listed.window.focusWidget() is listed.window.files.files
    assert listed.workspace.folder.view.path == b"/"


def test_a_column_is_sorted_by_a_key_and_its_heading_says_so(listed: Rig) -> None:
    header = listed.window.files.files.horizontalHeader()
    press(listed, K.Key_2, CONTROL)
    assert header.sortIndicatorSection() == Column.SIZE
    press(listed, K.Key_2, CONTROL)
    assert header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
    press(listed, K.Key_1, CONTROL)
    words = [
        listed.desktop.model.headerData(
            at, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
        )
        for at in (Column.NAME, Column.SIZE)
    ]
    assert words == ["Name, sorted upwards", "Size"]


def marks(rig: Rig) -> dict[int, QImage]:
    """Give what is painted in the place for the mark, for each heading that has something there."""
    header = rig.window.files.files.horizontalHeader()
    assert isinstance(header, FileHeader)
    seen = {}
    for section in range(header.count()):
        left, width = header.sectionViewportPosition(section), header.sectionSize(section)
        place = header.mark_rect(QRect(left, 0, width, header.height()), section)
        image = header.viewport().grab(place).toImage()
        ground = image.pixel(0, 0)
        dots = [(x, y) for x in range(image.width()) for y in range(image.height())]
        if any(image.pixel(x, y) != ground for x, y in dots):
            seen[section] = image
    return seen


def test_a_mark_stands_at_the_heading_that_sorts_alone_and_points_the_way(listed: Rig) -> None:
    assert list(marks(listed)) == [Column.NAME]
    upwards = marks(listed)[Column.NAME]
    press(listed, K.Key_1, CONTROL)
    assert list(marks(listed)) == [Column.NAME]
    assert marks(listed)[Column.NAME] != upwards
    header = listed.window.files.files.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(Column.MODIFIED) + 30, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert list(marks(listed)) == [Column.MODIFIED]


@pytest.mark.parametrize(("key", "modifiers"), [(K.Key_Menu, NONE), (K.Key_F10, SHIFT)])
def test_the_menu_opens_at_the_current_row_and_shows_its_keys(
    listed: Rig, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    listed.driver.select(b"plate 1.csv")
    press(listed, key, modifiers)
    (menu,) = [each for each in listed.window.findChildren(QMenu) if each.isVisible()]
    files = listed.window.files.files
    row = files.visualRect(files.currentIndex())
    assert menu.pos().y() == files.viewport().mapToGlobal(row.bottomLeft()).y()
    actions = [each for each in menu.actions() if each.text()]
    assert all(each.isShortcutVisibleInContextMenu() for each in actions)
    shown = {each.text(): each.shortcut().toString() for each in actions}
    assert shown == {
        "Open": "Return",
        "Download": "Ctrl+D",
        "Rename": "F2",
        "Remove": "Del",
        "Upload": "Ctrl+U",
        "New folder": "Ctrl+Shift+N",
        "Refresh": "F5",
        "Sort": "",
    }
    menu.close()


def test_keys_of_the_list_do_nothing_while_a_name_is_edited(listed: Rig) -> None:
    listed.driver.select(b"plate 1.csv")
    press(listed, K.Key_F2)
    for key in (K.Key_F5, K.Key_F2, K.Key_Backspace, K.Key_Delete):
        QTest.keyClick(edited(listed)[0], key)
    assert [each for each in listed.engine.commands if isinstance(each, RemovePath)] == []
    assert edited(listed)
    assert listed.workspace.folder.view.question == ""


def test_the_local_pane_has_the_same_keys(listed: Rig, tmp_path: Path) -> None:
    for file in ("alpha.csv", "beta.csv", "gamma/x.csv"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("1")
    press(listed, K.Key_F8)
    local = listed.window.files.local
    local.open_folder(str(tmp_path))
    files = local.files

    def last() -> str:
        root = files.rootIndex()
        row = files.model().rowCount(root) - 1
        return str(files.model().index(row, 0, root).data())

    def here() -> str:
        return str(files.currentIndex().siblingAtColumn(0).data())

    listed.driver.wait_for("rows", lambda: last() == "beta.csv")
    files.setFocus()
    press(listed, K.Key_End)
    assert here() == "beta.csv"
    QTest.keyClicks(files, "ga")
    assert here() == "gamma"
    press(listed, K.Key_Return)
    assert local.folder == str(tmp_path / "gamma")
    press(listed, K.Key_Backspace)
    assert (local.folder, here()) == (str(tmp_path), "gamma")
