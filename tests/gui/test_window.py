from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from ferrygate.app.models.folder_model import PATHS_FORMAT
from ferrygate.app.presenters.folder_view import FolderState
from ferrygate.app.presenters.support_details import details_text
from ferrygate.app.presenters.workspace import Screen
from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.session import (
    AnswerHostKey,
    OpenSite,
    ProvideSecrets,
    SessionChanged,
    SessionState,
)
from ferrygate.engine.messages.transfers import AnswerConflict, CancelBatch, Download, Upload
from ferrygate.sites.site import Site
from ferrygate.transfers.views import ConflictChoice
from gui.scripted_engine import batch_of, tree_of
from support.conflicts import question

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

REFUSED = Problem(
    kind=Kind.SIGN_IN_REFUSED,
    sentence=message("The server said no."),
    next_step=message("Check it."),
    detail="51",
)


def sent(rig: Rig, kind: type[Command]) -> list[Command]:
    return [command for command in rig.engine.commands if isinstance(command, kind)]


def test_the_engine_is_made_after_the_first_paint_and_gets_what_was_asked_before(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    assert [type(command) for command in rig.engine.commands] == [ProvideSecrets, OpenSite]


def test_signing_in_shows_the_start_folder_and_its_places(signed_in: Rig) -> None:
    assert signed_in.workspace.screen is Screen.FILES
    assert [place.label for place in signed_in.workspace.folder.view.places] == ["Home", "inbox"]
    assert not sent(signed_in, AnswerHostKey)


def test_a_used_code_is_no_louder_than_what_stands_beside_it(signed_in: Rig) -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
    used = live_code(secret, signed_in.desktop._options.clock.now())
    signed_in.engine.tell(CodeChanged(code=used, spent=True))
    signed_in.driver.wait_for("used", lambda: signed_in.driver.shows("Already used"))
    labels = [label for label in signed_in.window.side.findChildren(QLabel) if label.isVisible()]
    (code,) = (label for label in labels if label.accessibleName().startswith("Your code"))
    (name,) = (label for label in labels if label.text() == "Acme exports")
    assert not code.font().strikeOut()
    assert code.font().pixelSize() <= name.font().pixelSize()
    assert code.font().weight() < name.font().weight()


def test_the_list_has_the_keyboard_after_signing_in(signed_in: Rig) -> None:
    signed_in.driver.wait_for("end", lambda: not signed_in.workspace.sign_in.view.busy)
    assert signed_in.window.focusWidget() is signed_in.window.files.files


def test_the_password_has_the_keyboard_after_a_refusal(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.engine.refuse = REFUSED
    rig.driver.type_into("Password", "wrong\n")
    rig.driver.wait_for("problem", lambda: rig.workspace.sign_in.view.problem == REFUSED)
    assert rig.window.focusWidget().accessibleName() == "Password"


def test_an_unset_code_is_asked_for_and_its_key_is_not_left_in_the_field(
    make_rig: MakeRig, site: Site
) -> None:
    rig = make_rig(site=site)
    rig.driver.type_into("Key of your code", "jbsw y3dp ehpk 3pxp\n")
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    fields = rig.window.findChildren(QLineEdit)
    assert not [field for field in fields if "jbsw" in field.text()]


def test_a_wrong_key_is_explained_where_it_was_pasted(make_rig: MakeRig, site: Site) -> None:
    rig = make_rig(site=site)
    rig.driver.type_into("Key of your code", "123 456\n")
    problem = rig.workspace.setup.view.problem
    assert problem is not None
    assert "key" in str(problem.sentence)


def test_a_refusal_is_shown_in_the_card_and_its_details_can_be_copied(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.driver.type_into("Password", "wrong")
    rig.engine.refuse = REFUSED
    rig.driver.click("Sign in")
    rig.driver.wait_for("problem", lambda: rig.workspace.sign_in.view.problem == REFUSED)
    rig.driver.click("Copy details for support")
    assert QGuiApplication.clipboard().text() == details_text(
        "The server said no.\nCheck it.\n[sign-in-refused]\n51"
    )


def test_an_unknown_server_is_asked_about_in_the_card(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.engine.asks_host_key = True
    rig.driver.type_into("Password", "correct horse\n")
    rig.driver.wait_for("question", lambda: rig.driver.shows("Is this the right server?"))
    assert rig.driver.shows("Ask support whether the server's fingerprint is theirs.")
    rig.driver.click("Show the fingerprint")
    assert rig.driver.shows("SHA256:")
    rig.driver.click("Yes, connect")
    rig.driver.wait_for_folder(b"/")
    assert sent(rig, AnswerHostKey) == [AnswerHostKey(question=1, accept=True)]


def test_a_download_goes_to_the_local_pane_when_it_is_shown(signed_in: Rig, tmp_path: Path) -> None:
    signed_in.driver.press(Qt.Key.Key_F8)
    signed_in.driver.type_into("Folder on this computer", f"{tmp_path}\n")
    signed_in.driver.select(b"a.csv")
    signed_in.driver.click("Download")
    (download,) = sent(signed_in, Download)
    assert isinstance(download, Download)
    assert (download.sources, download.folder) == ((b"/a.csv",), str(tmp_path))


def test_rows_dragged_to_the_local_pane_are_downloaded_there(
    signed_in: Rig, tmp_path: Path
) -> None:
    local = signed_in.window.files.local
    signed_in.driver.press(Qt.Key.Key_F8)
    local.open_folder(str(tmp_path))
    data = signed_in.desktop.model.mimeData([signed_in.desktop.model.index(1, 0)])
    assert bytes(data.data(PATHS_FORMAT).data()) == b"/a.csv"
    local.files.paths_dropped.emit([b"/a.csv"], QPoint(2, 2))
    (download,) = sent(signed_in, Download)
    assert isinstance(download, Download)
    assert (download.sources, download.folder) == ((b"/a.csv",), str(tmp_path))


def test_the_list_is_worked_by_keyboard(signed_in: Rig) -> None:
    driver, folder = signed_in.driver, signed_in.workspace.folder
    driver.open_folder(b"inbox")
    driver.wait_for_folder(b"/inbox")
    assert folder.view.state is FolderState.EMPTY
    driver.press(Qt.Key.Key_Backspace)
    driver.wait_for_folder(b"/")
    files = signed_in.window.files.files
    QTest.keyClick(files, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert [entry.name for entry in files.selected_entries()] == [b"inbox", b"a.csv"]
    driver.select(b"a.csv")
    driver.press(Qt.Key.Key_Delete)
    assert folder.view.question == "Remove “a.csv”?"
    driver.click("Remove")
    driver.wait_for("removal", lambda: not driver.is_listed(b"a.csv"))
    before = len(sent(signed_in, ListFolder))
    driver.press(Qt.Key.Key_F5)
    assert len(sent(signed_in, ListFolder)) == before + 1


def test_renaming_happens_in_place_and_the_server_has_the_last_word(signed_in: Rig) -> None:
    driver = signed_in.driver
    driver.select(b"a.csv")
    driver.press(Qt.Key.Key_F2)
    driver.type_into("New name", "b.csv\n")
    driver.wait_for("new name", lambda: driver.is_listed(b"b.csv"))
    assert not driver.is_listed(b"a.csv")


def test_a_new_folder_is_named_in_a_bar_and_not_in_a_dialog(signed_in: Rig) -> None:
    signed_in.driver.click("New folder")
    signed_in.driver.type_into("Name of the new folder", "results\n")
    signed_in.driver.wait_for("folder", lambda: signed_in.driver.is_listed(b"results"))


def test_a_name_that_is_taken_is_asked_about_in_its_row(signed_in: Rig, tmp_path: Path) -> None:
    signed_in.engine.holds_transfers = True
    file = tmp_path / "a.csv"
    file.write_text("1")
    signed_in.driver.drop([file], signed_in.driver.empty_place())
    (upload,) = sent(signed_in, Upload)
    assert isinstance(upload, Upload)
    signed_in.engine.tell(question(batch_of(upload.request)))
    signed_in.driver.click("Keep both")
    answer = AnswerConflict(batch_of(upload.request), 1, ConflictChoice.KEEP_BOTH, count=1)
    assert sent(signed_in, AnswerConflict) == [answer]
    signed_in.driver.click("Cancel “a.csv”")
    assert sent(signed_in, CancelBatch) == [CancelBatch(batch_of(upload.request))]


def test_a_folder_that_cannot_be_read_says_so_and_offers_a_retry(signed_in: Rig) -> None:
    signed_in.workspace.folder.open(b"/gone")
    state = FolderState.FAILED
    signed_in.driver.wait_for("failure", lambda: signed_in.workspace.folder.view.state is state)
    signed_in.engine.tree[b"/gone"] = []
    signed_in.driver.click("Try again")
    signed_in.driver.wait_for_folder(b"/gone")


def test_a_copied_code_is_marked_secret_and_goes_when_it_dies(signed_in: Rig) -> None:
    clock = signed_in.desktop._options.clock
    clipboard = QGuiApplication.clipboard()
    signed_in.driver.click("Copy code")
    signed_in.driver.wait_for("copy", lambda: len(clipboard.text()) == 6)
    assert bytes(clipboard.mimeData().data("x-kde-passwordManagerHint").data()) == b"secret"
    clock.time += 31  # type: ignore[attr-defined]  # a StillClock
    signed_in.workspace.tick()
    assert clipboard.text() == ""


def test_a_copied_code_goes_with_the_window(signed_in: Rig) -> None:
    clipboard = QGuiApplication.clipboard()
    signed_in.driver.click("Copy code")
    signed_in.driver.wait_for("copy", lambda: len(clipboard.text()) == 6)
    signed_in.desktop.close()
    assert clipboard.text() == ""


def test_what_was_copied_since_stays_on_the_clipboard(signed_in: Rig) -> None:
    clipboard = QGuiApplication.clipboard()
    signed_in.driver.click("Copy code")
    signed_in.driver.wait_for("copy", lambda: len(clipboard.text()) == 6)
    clipboard.setText("mine")
    signed_in.window.clipboard.clear()
    assert clipboard.text() == "mine"


def test_signing_out_closes_the_files(signed_in: Rig) -> None:
    signed_in.driver.click("Sign out")
    signed_in.driver.wait_for("card", lambda: signed_in.workspace.screen is Screen.SIGN_IN)


def test_nothing_is_made_offline(signed_in: Rig) -> None:
    (folder,) = (
        each
        for each in signed_in.window.files.findChildren(QAbstractButton)
        if each.text() == "New folder"
    )
    assert folder.isEnabled()
    signed_in.engine.tell(SessionChanged(state=SessionState.OFFLINE))
    signed_in.driver.wait_for("state", lambda: signed_in.workspace.is_offline)
    signed_in.driver.wait_for("button", lambda: not folder.isEnabled())


def test_a_site_is_kept_after_its_first_sign_in_and_then_offered(
    make_rig: MakeRig, signed_in: Rig
) -> None:
    again = make_rig(site=None)
    again.driver.wait_for("card", lambda: again.workspace.screen is Screen.SIGN_IN)
    assert again.workspace.site == signed_in.workspace.site


def test_a_connection_file_that_arrived_is_opened_by_one_click(
    make_rig: MakeRig, tmp_path: Path
) -> None:
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    (downloads / "acme.ferrygate").write_text(
        'format = 1\nname = "Acme"\nhost = "sftp.example.org"\n', "utf-8"
    )
    rig = make_rig(site=None)
    rig.driver.wait_for("file", lambda: rig.driver.shows("acme.ferrygate in Downloads"))
    rig.driver.click("Open acme.ferrygate")
    rig.driver.wait_for("offer", lambda: rig.workspace.screen is Screen.OFFER)
    assert rig.driver.shows("sftp.example.org")


@pytest.mark.usefixtures("signed_in")
def test_the_choice_of_sites_has_room_for_those_that_were_read_while_it_was_hidden(
    make_rig: MakeRig,
) -> None:
    again = make_rig(site=None)
    again.driver.wait_for("card", lambda: again.workspace.screen is Screen.SIGN_IN)
    again.driver.click("Other sites")
    again.driver.wait_for("site", lambda: again.driver.shows("Acme exports"))
    (saved,) = (
        each
        for each in again.window.sites.findChildren(QAbstractButton)
        if each.accessibleName() == "Acme exports"
    )
    assert saved.height() >= saved.sizeHint().height()
    address = again.window.sites.findChild(QLineEdit)
    assert address is not None
    assert address.height() >= address.sizeHint().height()


def test_without_a_site_the_window_asks_for_one(make_rig: MakeRig) -> None:
    rig = make_rig(site=None)
    rig.driver.type_into("Or the server's address", "me@files.example.org:2222\n")
    assert rig.workspace.site == Site(
        name="files.example.org", host="files.example.org", port=2222, username="me"
    )
    assert rig.workspace.screen is Screen.SIGN_IN


def test_every_control_has_a_name_for_screen_readers(signed_in: Rig) -> None:
    signed_in.driver.press(Qt.Key.Key_F8)
    controls = [
        *signed_in.window.findChildren(QAbstractButton),
        *signed_in.window.findChildren(QLineEdit),
    ]
    own = [control for control in controls if not control.objectName().startswith("qt_")]
    nameless = [c for c in own if c.isVisible() and not (c.accessibleName() or c.property("text"))]
    assert [c for c in nameless if not _is_qt_part(c.parentWidget())] == []


def test_tab_reaches_the_fields_of_the_card_in_order(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.window.activateWindow()
    card = rig.window.sign_in
    card.fields.user.edit.setFocus()
    reached = []
    for _step in range(3):
        focused = rig.window.focusWidget()
        reached.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert reached == ["User name", "Password", "Sign in"]


def test_light_and_dark_are_turned_without_a_restart(signed_in: Rig) -> None:
    light = signed_in.window.grab().toImage().pixelColor(600, 400).lightness()
    signed_in.desktop.theme.choose(Qt.ColorScheme.Dark)
    dark = signed_in.window.grab().toImage().pixelColor(600, 400).lightness()
    assert light > 200
    assert dark < 60


def test_the_window_ends_its_engine(make_rig: MakeRig, site: Site) -> None:
    rig = make_rig(site=site, tree=tree_of("x/"))
    engine = rig.engine
    rig.desktop.close()
    assert engine.closed


def test_closing_leaves_no_part_of_qt_to_the_garbage_collector(
    make_rig: MakeRig, site: Site
) -> None:
    rig = make_rig(site=site)
    parts = [rig.window, rig.desktop.model, rig.desktop.theme, rig.desktop.bridge]
    rig.desktop.close()
    rig.desktop.close()
    assert [part for part in parts if shiboken6.isValid(part)] == []


def _is_qt_part(widget: object) -> bool:
    return isinstance(widget, QLineEdit) or type(widget).__name__.startswith("QTable")
