"""Drops on the window: what takes them, what lights up, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QUrl
from PySide6.QtGui import QDragLeaveEvent, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from ferrygate.app.automation.window_driver import carried
from ferrygate.app.models.folder_columns import Column
from ferrygate.app.models.folder_model import PATHS_FORMAT
from ferrygate.app.presenters.workspace import Screen
from ferrygate.app.widgets.drop_light import DropChip, DropFrame
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.engine.messages.transfers import Upload
from ferrygate.sites.site import Site
from ferrygate.transfers.views import ConflictChoice

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui

WEB = "https://example.org/a.csv"
MIDDLE = QPoint(12, 12)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "report.csv"
    file.write_text("1")
    return file


def uploads(rig: Rig) -> list[tuple[tuple[str, ...], bytes]]:
    return [
        (tuple(map(str, command.sources)), command.folder)
        for command in rig.engine.commands
        if isinstance(command, Upload)
    ]


def addresses(*texts: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(text) for text in texts])
    return data


def button(rig: Rig, look: str, name: str) -> QPushButton:
    (found,) = (
        each
        for each in rig.window.findChildren(QPushButton)
        if each.property("look") == look and each.accessibleName() == name and each.isVisible()
    )
    return found


def chip(rig: Rig) -> str:
    """Read the words beside the pointer."""
    found = rig.window.findChild(DropChip)
    assert isinstance(found, DropChip)
    return found.accessibleName() if found.isVisible() else ""


def lit(rig: Rig) -> list[str]:
    """Give the kinds of the widgets that are lit up."""
    frames = [
        type(frame.parent()).__name__
        for frame in rig.window.findChildren(DropFrame)
        if frame.isVisible()
    ]
    buttons = rig.window.findChildren(QPushButton)
    return frames + [b.accessibleName() for b in buttons if b.property("drop") == "true"]


def row_of(rig: Rig, name: bytes) -> QPoint:
    row = rig.desktop.model.rows_named([name])[0]
    return rig.window.files.files.visualRect(rig.desktop.model.index(row, Column.NAME)).center()


def test_the_whole_list_lights_up_and_says_where_files_go(signed_in: Rig, file: Path) -> None:
    port = signed_in.window.files.files.viewport()
    assert signed_in.driver.hang_over(port, signed_in.driver.empty_place(), carried([file]))
    assert (chip(signed_in), lit(signed_in)) == ("Upload to Home", ["QWidget"])
    assert not signed_in.driver.shows("Drop files or folders here")
    signed_in.driver.drop_on(port, signed_in.driver.empty_place(), carried([file]))
    assert uploads(signed_in) == [((str(file),), b"/")]
    assert (chip(signed_in), lit(signed_in)) == ("", [])
    assert signed_in.driver.shows("Drop files or folders here")


def test_a_dropped_file_is_listed_and_a_taken_name_is_asked_about(
    signed_in: Rig, file: Path
) -> None:
    signed_in.driver.drop([file], signed_in.driver.empty_place())
    signed_in.driver.wait_for("row", lambda: signed_in.driver.is_listed(b"report.csv"))
    (upload,) = (c for c in signed_in.engine.commands if isinstance(c, Upload))
    assert upload.on_conflict is ConflictChoice.ASK


def test_a_row_of_a_folder_lights_up_alone(signed_in: Rig, file: Path) -> None:
    port = signed_in.window.files.files.viewport()
    signed_in.driver.hang_over(port, row_of(signed_in, b"inbox"), carried([file]))
    assert (chip(signed_in), lit(signed_in)) == ("Upload to inbox", [])
    assert signed_in.window.files.files._target_row() == 0
    signed_in.driver.drop_on(port, row_of(signed_in, b"inbox"), carried([file]))
    assert uploads(signed_in) == [((str(file),), b"/inbox")]
    assert signed_in.window.files.files._target_row() == -1


def test_a_drop_on_a_place_goes_there_and_not_into_the_folder_shown(
    signed_in: Rig, file: Path
) -> None:
    place = button(signed_in, "place", "inbox")
    assert signed_in.driver.hang_over(place, MIDDLE, carried([file]))
    assert (chip(signed_in), lit(signed_in)) == ("Upload to inbox", ["inbox"])
    signed_in.driver.drop_on(place, MIDDLE, carried([file]))
    assert uploads(signed_in) == [((str(file),), b"/inbox")]
    assert lit(signed_in) == []
    assert signed_in.workspace.folder.view.path == b"/"


def test_a_drop_on_a_part_of_the_path_goes_there(signed_in: Rig, file: Path) -> None:
    signed_in.driver.open_folder(b"inbox")
    signed_in.driver.wait_for_folder(b"/inbox")
    home, here = button(signed_in, "crumb", "Home"), button(signed_in, "crumb", "inbox")
    assert signed_in.driver.hang_over(home, MIDDLE, carried([file]))
    assert (chip(signed_in), lit(signed_in)) == ("Upload to Home", ["Home"])
    signed_in.driver.drop_on(home, MIDDLE, carried([file]))
    signed_in.driver.drop_on(here, MIDDLE, carried([file]))
    assert uploads(signed_in) == [((str(file),), b"/"), ((str(file),), b"/inbox")]


def test_a_drop_elsewhere_is_refused(signed_in: Rig, file: Path) -> None:
    signed_in.engine.holds_transfers = True
    signed_in.workspace.transfers.upload([str(file)], signed_in.workspace.folder.view.path)
    signed_in.driver.wait_for("panel", signed_in.window.transfers.isVisible)
    window = signed_in.window
    nowhere: list[tuple[QWidget, QPoint]] = [
        (window.side, QPoint(100, window.side.height() - 100)),
        (window.side, QPoint(100, 20)),
        (window.transfers, QPoint(200, 10)),
        (window.files.bar, QPoint(window.files.bar.width() // 2, 20)),
    ]
    before = uploads(signed_in)
    for widget, place in nowhere:
        assert not signed_in.driver.drop_on(widget, place, carried([file]))
        assert (chip(signed_in), lit(signed_in)) == ("", [])
    assert uploads(signed_in) == before


def test_leaving_a_place_or_the_window_puts_all_lights_out(signed_in: Rig, file: Path) -> None:
    place = button(signed_in, "place", "inbox")
    signed_in.driver.hang_over(place, MIDDLE, carried([file]))
    assert not signed_in.driver.hang_over(signed_in.window.side, QPoint(5, 5), carried([file]))
    assert (chip(signed_in), lit(signed_in)) == ("", [])
    signed_in.driver.hang_over(place, MIDDLE, carried([file]))
    QApplication.sendEvent(signed_in.window, QDragLeaveEvent())
    assert (chip(signed_in), lit(signed_in)) == ("", [])


def test_offline_takes_no_drops(signed_in: Rig, file: Path) -> None:
    lost = Problem(kind=Kind.CONNECTION_LOST, sentence=message("The server no longer answers."))
    signed_in.engine.tell(SessionChanged(state=SessionState.OFFLINE, problem=lost))
    signed_in.driver.wait_for("state", lambda: signed_in.workspace.is_offline)
    port = signed_in.window.files.files.viewport()
    assert not signed_in.driver.drop_on(port, signed_in.driver.empty_place(), carried([file]))
    place = button(signed_in, "place", "inbox")
    assert not signed_in.driver.drop_on(place, MIDDLE, carried([file]))
    assert not signed_in.driver.shows("Drop files or folders here")
    assert uploads(signed_in) == []


def test_a_folder_that_takes_nothing_is_refused_wherever_it_is_shown(
    signed_in: Rig, file: Path
) -> None:
    wrong = Problem(kind=Kind.WRONG_TYPE, sentence=message("This is a file."))
    signed_in.engine.refuse = wrong
    signed_in.workspace.folder.open(b"/inbox")
    signed_in.driver.wait_for("refusal", lambda: signed_in.workspace.folder.view.problem == wrong)
    port = signed_in.window.files.files.viewport()
    assert not signed_in.driver.drop_on(port, signed_in.driver.empty_place(), carried([file]))
    here = button(signed_in, "place", "inbox")
    assert not signed_in.driver.drop_on(here, MIDDLE, carried([file]))
    assert signed_in.driver.drop_on(button(signed_in, "place", "Home"), MIDDLE, carried([file]))
    assert uploads(signed_in) == [((str(file),), b"/")]


def test_rows_of_the_list_are_not_dropped_on_the_list(signed_in: Rig) -> None:
    data = QMimeData()
    data.setData(PATHS_FORMAT, b"/a.csv")
    port = signed_in.window.files.files.viewport()
    assert not signed_in.driver.drop_on(port, signed_in.driver.empty_place(), data)


def test_a_web_address_is_explained_where_files_are_taken(signed_in: Rig) -> None:
    port = signed_in.window.files.files.viewport()
    assert signed_in.driver.hang_over(port, signed_in.driver.empty_place(), addresses(WEB))
    assert (chip(signed_in), lit(signed_in)) == ("This is a web address.", [])
    signed_in.driver.drop_on(port, signed_in.driver.empty_place(), addresses(WEB))
    assert signed_in.driver.shows("This is a web address.")
    assert signed_in.driver.shows("Download it first, then drop the file.")
    assert not signed_in.driver.shows("Copy details for support")
    assert uploads(signed_in) == []
    assert not signed_in.driver.drop_on(signed_in.window.side, QPoint(5, 5), addresses(WEB))


def promised() -> QMimeData:
    """Make an attachment that a mail program makes a file of once it is asked to."""
    data = QMimeData()
    data.setData("application/x-moz-file-promise", b"")
    data.setData("application/x-moz-file-promise-url", b"imap://mail/1")
    return data


def picture() -> QMimeData:
    """Make a picture that is no file, as it comes out of a page or a picture program."""
    data = QMimeData()
    data.setImageData(QImage(2, 2, QImage.Format.Format_RGB32))
    return data


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (promised, "This is an attachment or a message, and not a file yet."),
        (picture, "This is a picture without a file."),
    ],
)
def test_what_has_no_file_yet_is_explained_with_what_to_do(
    signed_in: Rig, make: Callable[[], QMimeData], words: str
) -> None:
    assert signed_in.driver.hang_over_list(make())
    assert (chip(signed_in), lit(signed_in)) == (words, [])
    assert signed_in.driver.drop_on_list(make())
    assert signed_in.driver.shows(words)
    assert signed_in.driver.shows("Save it first, then drop the file.")
    assert uploads(signed_in) == []


def test_of_a_mixed_drop_the_files_go_and_the_rest_is_said_until_the_next(
    signed_in: Rig, file: Path
) -> None:
    port = signed_in.window.files.files.viewport()
    mixed = addresses(f"file://{file}", WEB, "trash:///a")
    signed_in.driver.drop_on(port, signed_in.driver.empty_place(), mixed)
    assert uploads(signed_in) == [((str(file),), b"/")]
    assert signed_in.driver.shows("1 web address was left out.")
    signed_in.driver.drop_on(port, signed_in.driver.empty_place(), carried([file]))
    assert signed_in.workspace.notices.problem is None


def test_after_a_drop_the_list_has_the_keyboard(signed_in: Rig, file: Path) -> None:
    signed_in.window.files.bar.filter.setFocus()
    signed_in.driver.drop_on(button(signed_in, "place", "inbox"), MIDDLE, carried([file]))
    assert signed_in.window.focusWidget() is signed_in.window.files.files


# ---------------------------------------------------------------- before the sign-in


def test_a_connection_file_is_taken_anywhere_on_the_first_page(
    make_rig: MakeRig, tmp_path: Path
) -> None:
    rig = make_rig(site=None)
    rig.driver.wait_for("engine", lambda: bool(rig.engine))
    connection = tmp_path / "acme.ferrygate"
    connection.write_text('format = 1\nname = "Acme"\nhost = "sftp.example.org"\n')
    place = QPoint(rig.window.width() // 2, rig.window.height() // 2)
    assert rig.driver.hang_over(rig.window, place, carried([connection]))
    assert (chip(rig), lit(rig)) == ("Open this connection", ["MainWindow"])
    assert rig.driver.drop_on(rig.window, place, carried([connection]))
    rig.driver.wait_for("offer", lambda: rig.workspace.screen is Screen.OFFER)
    assert (chip(rig), lit(rig)) == ("", [])


@pytest.mark.parametrize(
    ("texts", "said", "step"),
    [
        (
            ["file:///data/a.csv"],
            "Files can be sent once you are signed in.",
            "Here, a connection file can be dropped: its name ends in .ferrygate.",
        ),
        (
            ["file:///data/a.ferrygate", "file:///data/b.ferrygate"],
            "These are several files.",
            "Drop one connection file, and nothing else.",
        ),
        ([WEB], "This is a web address.", "Download it first, then drop the file."),
    ],
)
def test_anything_else_is_explained_on_the_first_page(
    make_rig: MakeRig, texts: list[str], said: str, step: str
) -> None:
    rig = make_rig(site=None)
    rig.driver.wait_for("engine", lambda: bool(rig.engine))
    assert rig.driver.hang_over(rig.window, QPoint(9, 9), addresses(*texts))
    assert (chip(rig), lit(rig)) == (said, [])
    assert rig.driver.drop_on(rig.window, QPoint(9, 9), addresses(*texts))
    assert rig.driver.shows(said)
    assert rig.driver.shows(step)


def test_a_file_on_the_sign_in_card_is_explained(rig: Rig, file: Path) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    assert rig.driver.drop_on(rig.window.sign_in, MIDDLE, carried([file]))
    assert rig.driver.shows("Files can be sent once you are signed in.")
    assert rig.driver.shows("Sign in first, then drop them on the list of files.")


def test_a_file_beside_the_ground_for_pictures_is_no_picture(
    make_rig: MakeRig, site: Site, file: Path
) -> None:
    rig = make_rig(site=site)
    rig.driver.wait_for("card", lambda: rig.workspace.sign_in.view.asks_code)
    rig.driver.drop_on(rig.window.sign_in, MIDDLE, carried([file]))
    assert rig.driver.shows("Files can be sent once you are signed in.")
