"""The window while uploads bring files into the folder it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from ferrygate.common.environment import GivenSecrets
from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.transfers import Download, FileChanged, Upload
from ferrygate.transfers.views import BatchId, FileView, TransferState
from gui.conftest import KEY
from gui.file_choosing import choose
from gui.scripted_engine import batch_of, tree_of

if TYPE_CHECKING:
    from ferrygate.sites.site import Site
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui


def start_upload(rig: Rig) -> BatchId:
    """Have a batch be on its way to the folder shown."""
    rig.engine.holds_transfers = True
    rig.workspace.transfers.upload(["plates"], rig.workspace.folder.view.path)
    upload = rig.engine.commands[-1]
    assert isinstance(upload, Upload)
    batch = batch_of(upload.request)
    rig.driver.wait_for("start", lambda: rig.workspace.folder.view.is_filling)
    return batch


def deliver(rig: Rig, batch: BatchId, *paths: bytes) -> None:
    for number, path in enumerate(paths):
        view = FileView(number=number, local="", remote=path, state=TransferState.DELIVERED, size=5)
        rig.engine.tell(FileChanged(batch, view))


def test_an_empty_folder_says_that_files_are_on_their_way(signed_in: Rig) -> None:
    signed_in.driver.open_folder(b"inbox")
    signed_in.driver.wait_for_folder(b"/inbox")
    assert signed_in.driver.shows("This folder is empty")
    start_upload(signed_in)
    signed_in.driver.wait_for("words", lambda: signed_in.driver.shows("Files are on their way"))
    assert not signed_in.driver.shows("This folder is empty")


def test_small_files_show_up_while_a_big_one_of_their_batch_is_sent(signed_in: Rig) -> None:
    driver, engine = signed_in.driver, signed_in.engine
    driver.open_folder(b"inbox")
    driver.wait_for_folder(b"/inbox")
    batch = start_upload(signed_in)
    deliver(signed_in, batch, b"/inbox/b.csv", b"/inbox/a.csv")
    driver.wait_for("first rows", lambda: driver.is_listed(b"a.csv") or driver.is_listed(b"b.csv"))
    signed_in.workspace.tick()
    driver.wait_for("rows", lambda: driver.is_listed(b"a.csv") and driver.is_listed(b"b.csv"))
    assert not driver.shows("Files are on their way")
    listings = [command for command in engine.commands if isinstance(command, ListFolder)]
    assert [listing.path for listing in listings] == [b"/", b"/inbox"]


def test_what_arrives_takes_its_place_in_the_order_and_the_selection_stays(
    make_rig: MakeRig, site: Site
) -> None:

    rig = make_rig(
        site=site, given=GivenSecrets(totp_secret=KEY), tree=tree_of("inbox/", "b.csv", "d.csv")
    )
    rig.sign_in()
    rig.driver.select(b"d.csv")
    deliver(rig, start_upload(rig), b"/c.csv", b"/plates/1.csv")
    rig.workspace.tick()
    rig.driver.wait_for("rows", lambda: rig.driver.is_listed(b"plates"))
    rig.workspace.tick()
    model = rig.desktop.model
    names = [model.entry(row).name for row in range(model.rowCount())]
    assert names == [b"inbox", b"plates", b"b.csv", b"c.csv", b"d.csv"]
    picked = rig.window.files.files.selected_entries()
    assert [entry.name for entry in picked] == [b"d.csv"]


def test_chosen_files_go_to_the_folder_in_which_they_were_asked_for(
    signed_in: Rig, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("1")
    signed_in.driver.click("Upload")
    (dialog,) = signed_in.window.findChildren(QFileDialog)
    signed_in.workspace.folder.open(b"/inbox")  # as a link does whose answer comes late
    choose(dialog, str(tmp_path / "a.csv"))
    (upload,) = [c for c in signed_in.engine.commands if isinstance(c, Upload)]
    assert upload.folder == b"/"


@pytest.mark.parametrize("key", [Qt.Key.Key_D, Qt.Key.Key_Return])
def test_files_are_fetched_from_the_folder_in_which_they_were_chosen(
    signed_in: Rig, tmp_path: Path, key: Qt.Key
) -> None:
    signed_in.driver.select(b"a.csv")
    control, none = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
    QTest.keyClick(signed_in.window.files.files, key, control if key is Qt.Key.Key_D else none)
    (dialog,) = signed_in.window.findChildren(QFileDialog)
    signed_in.workspace.folder.open(b"/inbox")
    choose(dialog, str(tmp_path))
    (download,) = [c for c in signed_in.engine.commands if isinstance(c, Download)]
    assert (download.sources, download.folder) == ((b"/a.csv",), str(tmp_path))


def test_a_place_stands_in_the_side_panel_once_however_often_one_comes_back(
    signed_in: Rig,
) -> None:
    driver = signed_in.driver
    for _time in range(6):
        driver.click("inbox")
        driver.wait_for_folder(b"/inbox")
        driver.click("Home")
        driver.wait_for_folder(b"/")
        driver.press(Qt.Key.Key_F5)
        driver.wait_for_folder(b"/")
    buttons = signed_in.window.side.findChildren(QPushButton)
    places = [b.text() for b in buttons if b.property("look") == "place" and b.isVisible()]
    assert places == ["Home", "inbox"]


def test_places_stand_in_the_lists_order_and_follow_what_changes(
    make_rig: MakeRig, site: Site
) -> None:
    tree = tree_of("plate 10/", "inbox/", "plate 2/", "a.csv")
    rig = make_rig(site=site, given=GivenSecrets(totp_secret=KEY), tree=tree)
    rig.sign_in()

    def places() -> list[str]:
        buttons = rig.window.side.findChildren(QPushButton)
        shown = [b for b in buttons if b.property("look") == "place" and b.isVisible()]
        return [b.text() for b in sorted(shown, key=QPushButton.y)]

    rig.driver.wait_for("places", lambda: places() == ["Home", "inbox", "plate 2", "plate 10"])
    rig.driver.click("New folder")
    rig.driver.type_into("Name of the new folder", "plate 3\n")
    more = ["Home", "inbox", "plate 2", "plate 3", "plate 10"]
    rig.driver.wait_for("a new place", lambda: places() == more)
    rig.driver.select(b"inbox")
    rig.driver.press(Qt.Key.Key_Delete)
    rig.driver.click("Remove")
    less = ["Home", "plate 2", "plate 3", "plate 10"]
    rig.driver.wait_for("one less", lambda: places() == less)
