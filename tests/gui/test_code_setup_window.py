"""Setting up a code in the window, worked as a person does: by picture, screen, key and Okta."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import segno
from PySide6.QtCore import QMimeData, QPoint, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QLabel, QLineEdit

from ferrygate.app.presenters.sign_in_view import Stage
from ferrygate.app.presenters.workspace import Screen
from ferrygate.app.widgets.drop_zone import DropZone
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import EnrolWithOkta, UseCodeSecret
from ferrygate.engine.messages.command import Command
from ferrygate.sites.site import Site

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

ADDRESS = "otpauth://totp/Acme:v?secret=JBSWY3DPEHPK3PXP"


def shows(rig: Rig, screen: Screen) -> Callable[[], bool]:
    return lambda: rig.workspace.screen is screen


def sent(rig: Rig, kind: type[Command]) -> list[Command]:
    return [command for command in rig.engine.commands if isinstance(command, kind)]


@pytest.fixture
def setting_up(make_rig: MakeRig, okta_site: Site) -> Rig:
    """Make a window on the way to a site whose code is not set up."""
    rig = make_rig(site=okta_site)
    rig.driver.wait_for("card", lambda: rig.workspace.sign_in.view.stage is Stage.CODE_SETUP)
    return rig


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Write a QR code to the disk."""
    path = tmp_path / "code.png"
    segno.make(ADDRESS).save(str(path), scale=6)
    return path


def is_set_up(rig: Rig) -> Callable[[], bool]:
    return lambda: rig.workspace.sign_in.view.stage is Stage.FORM


def test_a_qr_code_is_taken_from_the_clipboard(setting_up: Rig, picture: Path) -> None:
    QGuiApplication.clipboard().setImage(QImage(str(picture)))
    setting_up.driver.click("QR code from the clipboard")
    setting_up.driver.wait_for("code", is_set_up(setting_up))
    (used,) = sent(setting_up, UseCodeSecret)
    assert isinstance(used, UseCodeSecret)
    assert (used.secret.key, used.save) == (Secret("JBSWY3DPEHPK3PXP"), True)


def test_an_address_is_taken_from_the_clipboard(setting_up: Rig) -> None:
    QGuiApplication.clipboard().setText(ADDRESS)
    setting_up.driver.click("QR code from the clipboard")
    setting_up.driver.wait_for("code", is_set_up(setting_up))


def test_a_picture_is_dropped_on_the_card(setting_up: Rig, picture: Path) -> None:
    ground = setting_up.window.findChild(DropZone)
    assert isinstance(ground, DropZone)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture))])
    assert setting_up.driver.hang_over(ground, QPoint(5, 5), data)
    assert ground.property("over") == "true"
    assert setting_up.driver.shows("Look for the QR code in it")
    setting_up.driver.drop_on(ground, QPoint(5, 5), data)
    assert ground.property("over") == "false"
    setting_up.driver.wait_for("code", is_set_up(setting_up))


def test_a_screen_without_a_code_is_explained_and_the_window_comes_back(setting_up: Rig) -> None:
    setting_up.driver.click("QR code from the screen")
    assert setting_up.window.isHidden()
    problem = setting_up.workspace.setup
    setting_up.driver.wait_for("answer", lambda: problem.view.problem is not None)
    assert setting_up.window.isVisible()


def test_a_qr_code_is_taken_from_the_screen_behind_the_window(
    setting_up: Rig, picture: Path, qtbot: QtBot
) -> None:
    page = QLabel()
    qtbot.addWidget(page)
    page.setPixmap(QPixmap(str(picture)))
    page.show()
    qtbot.waitExposed(page)
    setting_up.driver.click("QR code from the screen")
    setting_up.driver.wait_for("code", is_set_up(setting_up))
    assert setting_up.window.isVisible()


def test_a_picture_that_is_gone_is_explained(setting_up: Rig, tmp_path: Path) -> None:
    setting_up.window.sign_in.setup._reader.read_file(str(tmp_path / "gone.png"))
    setup = setting_up.workspace.setup
    assert setup.view.reading
    setting_up.driver.wait_for("answer", lambda: setup.view.problem is not None)
    assert not setup.view.reading


def test_a_picture_still_being_read_is_not_used_for_another_site(
    setting_up: Rig, okta_site: Site, picture: Path
) -> None:
    reader = setting_up.window.sign_in.setup._reader
    reader.read_file(str(picture))
    other = msgspec.structs.replace(okta_site, name="Other", host="sftp.example.com")
    setting_up.workspace.sites.choose(other)
    told: list[object] = []
    reader.found.connect(told.append)
    setting_up.driver.wait_for("end of reading", lambda: bool(told))
    assert sent(setting_up, UseCodeSecret) == []
    assert setting_up.workspace.sign_in.view.stage is Stage.CODE_SETUP


def test_one_account_of_several_is_chosen(setting_up: Rig) -> None:
    setting_up.workspace.setup.take([ADDRESS, "otpauth://totp/me?secret=JBSWY3DPEHPK3PXQ"])
    setting_up.driver.click("me")
    setting_up.driver.wait_for("code", is_set_up(setting_up))
    (used,) = sent(setting_up, UseCodeSecret)
    assert isinstance(used, UseCodeSecret)
    assert used.secret.label == "me"


def test_okta_sets_the_code_up(setting_up: Rig) -> None:
    setting_up.driver.click("Set it up with Okta directly")
    assert setting_up.window.focusWidget().accessibleName() == "Password"
    setting_up.driver.type_into("Password", "correct horse")
    setting_up.driver.click("Set it up")
    setting_up.driver.wait_for("code", is_set_up(setting_up))
    (enrol,) = sent(setting_up, EnrolWithOkta)
    assert isinstance(enrol, EnrolWithOkta)
    assert (enrol.save, enrol.try_anyway) == (True, False)


def test_the_password_typed_for_oktas_set_up_is_not_asked_again(setting_up: Rig) -> None:
    setting_up.driver.click("Set it up with Okta directly")
    setting_up.driver.type_into("Password", "correct horse")
    setting_up.driver.click("Set it up")
    setting_up.driver.wait_for("code", is_set_up(setting_up))
    setting_up.driver.click("Sign in")
    setting_up.driver.wait_for("files", shows(setting_up, Screen.FILES))
    assert not [f for f in setting_up.window.findChildren(QLineEdit) if "horse" in f.text()]


def test_the_code_set_up_has_a_consent_of_its_own(setting_up: Rig) -> None:
    setting_up.window.sign_in.foot.keep.setChecked(False)
    setting_up.driver.type_into("Key of your code", "JBSWY3DPEHPK3PXP\n")
    setting_up.driver.wait_for("code", is_set_up(setting_up))
    (used,) = sent(setting_up, UseCodeSecret)
    assert isinstance(used, UseCodeSecret)
    assert not used.save


def test_the_password_has_the_keyboard_once_the_code_is_set_up(setting_up: Rig) -> None:
    setting_up.driver.type_into("Key of your code", "JBSWY3DPEHPK3PXP\n")
    setting_up.driver.wait_for("code", is_set_up(setting_up))
    assert setting_up.window.focusWidget().accessibleName() == "Password"
