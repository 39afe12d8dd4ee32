"""The system's choosers: where they open, and the one file that is chosen already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import segno
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from ferrygate.app.dialogs.choosers import choose_connection_file, choose_picture
from ferrygate.app.presenters.sign_in_view import Stage
from gui.background_work import DeferredBackground
from gui.file_choosing import choose

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import MakeRig

pytestmark = pytest.mark.gui

ADDRESS = "otpauth://totp/Acme:vendor7?secret=JBSWY3DPEHPK3PXP"
FILE = 'format = 1\nname = "Acme"\nhost = "sftp.example.org"\nusername = "vendor7"\n'


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def background() -> DeferredBackground:
    return DeferredBackground()


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """Make a folder with what a mail has brought: a connection file, and a picture of a QR code."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "acme.ferrygate").write_text(FILE, "utf-8")
    segno.make(ADDRESS).save(str(folder / "code.png"), scale=6)
    return folder


def opened(parent: QWidget) -> QFileDialog:
    dialog = parent.findChildren(QFileDialog)[-1]
    QTest.qWaitForWindowExposed(dialog)
    return dialog


def name_field(dialog: QFileDialog) -> QLineEdit:
    found = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(found, QLineEdit)
    return found


def close(dialog: QFileDialog) -> None:
    dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def picture(parent: QWidget, background: DeferredBackground, folder: Path) -> QFileDialog:
    """Have the chooser for a picture open, once the disk has answered."""
    choose_picture(parent, background, lambda _path: None, beside=folder)
    background.work()
    return opened(parent)


def test_the_picture_that_came_with_the_connection_file_is_taken_by_enter(
    make_rig: MakeRig, mail: Path
) -> None:
    rig = make_rig(site=None)
    rig.driver.wait_for("engine", lambda: bool(rig.engine))
    rig.workspace.sites.open_file(str(mail / "acme.ferrygate"))
    rig.driver.click("Use this connection")
    rig.driver.click("QR code from a file")
    dialog = opened(rig.window)
    assert Path(dialog.directory().path()) == mail
    rig.driver.wait_for("file", lambda: name_field(dialog).text() == "code.png")
    QTest.keyClick(name_field(dialog), Qt.Key.Key_Return)
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.stage is Stage.FORM)


def test_a_picture_chosen_elsewhere_decides_where_the_next_chooser_opens(
    parent: QWidget, background: DeferredBackground, mail: Path, tmp_path: Path
) -> None:
    first = picture(parent, background, mail)
    (tmp_path / "phone.png").touch()
    choose(first, str(tmp_path / "phone.png"))
    close(first)
    again = picture(parent, background, mail)
    assert Path(again.directory().path()) == tmp_path


def test_of_several_pictures_none_is_chosen(
    parent: QWidget, background: DeferredBackground, mail: Path
) -> None:
    (mail / "logo.jpg").touch()
    assert picture(parent, background, mail).selectedFiles() == []


def test_the_only_connection_file_of_the_folder_is_chosen(
    parent: QWidget, background: DeferredBackground, mail: Path
) -> None:
    chosen: list[str] = []
    choose_connection_file(parent, background, chosen.append)
    background.work()
    first = opened(parent)
    choose(first, str(mail / "acme.ferrygate"))
    close(first)
    choose_connection_file(parent, background, chosen.append)
    background.work()
    again = opened(parent)
    assert again.selectedFiles() == [str(mail / "acme.ferrygate")]


def test_a_disk_that_takes_its_time_neither_keeps_the_chooser_nor_chooses_in_it(
    parent: QWidget, background: DeferredBackground, mail: Path, qtbot: QtBot
) -> None:
    choose_picture(parent, background, lambda _path: None, beside=mail)
    dialog = opened(parent)
    qtbot.waitUntil(dialog.isVisible)
    QTest.keyClicks(name_field(dialog), "pho")
    background.work()
    assert name_field(dialog).text() == "pho"


def test_a_chooser_that_was_closed_before_the_disk_answered_stays_away(
    parent: QWidget, background: DeferredBackground, mail: Path, qtbot: QtBot
) -> None:
    choose_picture(parent, background, lambda _path: None, beside=mail)
    dialog = opened(parent)
    qtbot.waitUntil(dialog.isVisible)
    close(dialog)
    background.work()
    assert parent.findChildren(QFileDialog) == []


def test_a_double_click_opens_one_chooser(
    parent: QWidget, background: DeferredBackground, mail: Path
) -> None:
    choose_picture(parent, background, lambda _path: None, beside=mail)
    picture(parent, background, mail)
    assert len(parent.findChildren(QFileDialog)) == 1


@pytest.mark.parametrize(("name", "is_chosen"), [("Open", True), ("Cancel", False)])
def test_enter_presses_the_focused_button_of_a_chooser(
    parent: QWidget,
    background: DeferredBackground,
    mail: Path,
    qtbot: QtBot,
    name: str,
    *,
    is_chosen: bool,
) -> None:
    chosen: list[str] = []
    choose_picture(parent, background, chosen.append, beside=mail)
    background.work()
    dialog = opened(parent)
    qtbot.waitUntil(lambda: name_field(dialog).text() == "code.png")
    for _step in range(12):
        focused = dialog.focusWidget()
        if isinstance(focused, QPushButton) and focused.text().strip("&") == name:
            break
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert chosen == [str(mail / "code.png")] * is_chosen
