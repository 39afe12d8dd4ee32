"""Names that are no UTF-8, and addresses that name this computer, through the window."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from platform import node
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from ferrygate.app.dialogs.choosers import (
    choose_connection_file,
    choose_download_folder,
    choose_picture,
)
from ferrygate.app.widgets.dropped_files import dropped_files, local_paths
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.engine.messages.files import RenamePath
from ferrygate.engine.messages.transfers import Download, Upload
from gui.background_work import at_once
from gui.file_choosing import choose

if TYPE_CHECKING:
    from gui.conftest import Rig

pytestmark = pytest.mark.gui


def brought(*addresses: str) -> QMimeData:
    """Pack addresses as a file manager does, one a line."""
    data = QMimeData()
    data.setData("text/uri-list", "".join(f"{address}\r\n" for address in addresses).encode())
    return data


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("file:///data/caf%E9.csv", b"/data/caf\xe9.csv"),
        ("file:///data/%FF%FE/x", b"/data/\xff\xfe/x"),
        ("file:///data/%C3%A9.csv", "/data/é.csv".encode()),
        ("file:///data/é.csv", "/data/é.csv".encode()),
        ("file:///data/e%CC%81.csv", "/data/e\u0301.csv".encode()),
        ("file:///data/100%25.csv", b"/data/100%.csv"),
        ("file:///data/a%20b%23c%3Fd.csv", b"/data/a b#c?d.csv"),
        ("file://localhost/data/x", b"/data/x"),
        ("file://LOCALHOST/data/x", b"/data/x"),
        (f"file://{node()}/data/x", b"/data/x"),
    ],
)
def test_an_address_leads_to_the_very_bytes_of_a_path(address: str, path: bytes) -> None:
    assert [os.fsencode(found) for found in dropped_files(brought(address))] == [path]


@pytest.mark.parametrize(
    "address",
    ["https://example.org/x", "file://other.example/share/x", "smb://host/x", "data:,x", "x"],
)
def test_what_is_not_on_this_computer_is_left_out(address: str) -> None:
    assert dropped_files(brought(address)) == []


def test_a_dropped_file_whose_name_is_no_utf8_is_uploaded(signed_in: Rig, tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    Path(os.fsdecode(raw)).write_text("1")
    data, place = brought(f"file://localhost{quote(raw)}"), signed_in.driver.empty_place()
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, port = Qt.DropAction.CopyAction, signed_in.window.files.files.viewport()
    send = signed_in.desktop.application.sendEvent
    send(port, QDragEnterEvent(place, copy, data, buttons, keys))
    send(port, QDropEvent(QPointF(place), copy, data, buttons, keys))
    (upload,) = [c for c in signed_in.engine.commands if isinstance(c, Upload)]
    (source,) = upload.sources
    assert os.fsencode(source) == raw
    assert Path(source).exists()


def test_what_is_chosen_in_a_dialog_is_told_by_every_chooser(
    signed_in: Rig, tmp_path: Path
) -> None:
    file = tmp_path / "caf\u00e9.ferrygate"
    file.write_text("1")
    picture = tmp_path / "code.png"
    picture.write_text("1")
    for ask, path in (
        (partial(choose_connection_file, background=at_once), file),
        (partial(choose_picture, background=at_once), picture),
        (choose_download_folder, tmp_path),
    ):
        chosen: list[str] = []
        ask(signed_in.window, chosen=chosen.append)
        (dialog,) = (d for d in signed_in.window.findChildren(QFileDialog) if d.isVisible())
        choose(dialog, str(path))
        assert chosen == [str(path)]


def test_an_address_keeps_the_bytes_of_a_name() -> None:
    urls = [b"file:///data/caf%E9.csv", b"file://localhost/data/%FF.ferrygate"]
    paths = local_paths([QUrl.fromEncoded(url) for url in urls])
    assert [os.fsencode(path) for path in paths] == [b"/data/caf\xe9.csv", b"/data/\xff.ferrygate"]


@pytest.mark.parametrize("name", [b"caf\xe9.txt", "a\u202eb.txt".encode(), b"two\nlines.txt"])
def test_an_inline_rename_keeps_the_bytes_that_cannot_be_shown(signed_in: Rig, name: bytes) -> None:
    signed_in.engine.tree[b"/"].append(Entry(name, EntryKind.FILE, 1))
    signed_in.workspace.folder.refresh()
    signed_in.driver.wait_for("row", lambda: signed_in.driver.is_listed(name))
    signed_in.driver.select(name)
    signed_in.driver.press(Qt.Key.Key_F2)
    (editor,) = [
        field
        for field in signed_in.window.findChildren(QLineEdit)
        if field.accessibleName() == "New name"
    ]
    QTest.keyClick(editor, Qt.Key.Key_End)
    for _letter in "txt":
        QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClicks(editor, "csv")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    new = name[:-3] + b"csv"
    signed_in.driver.wait_for("new name", lambda: signed_in.driver.is_listed(new))
    (renamed,) = [c for c in signed_in.engine.commands if isinstance(c, RenamePath)]
    assert (renamed.source, renamed.target) == (b"/" + name, b"/" + new)


def test_rows_dragged_to_the_local_pane_keep_the_bytes_of_their_names(signed_in: Rig) -> None:
    name = b"caf\xe9.txt"
    signed_in.engine.tree[b"/"].append(Entry(name, EntryKind.FILE, 1))
    signed_in.workspace.folder.refresh()
    signed_in.driver.wait_for("row", lambda: signed_in.driver.is_listed(name))
    model, local = signed_in.desktop.model, signed_in.window.files.local
    data = model.mimeData([model.index(model.rows_named([name])[0], 0)])
    signed_in.driver.press(Qt.Key.Key_F8)
    place = QPoint(2, 2)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, port = Qt.DropAction.CopyAction, local.files.viewport()
    send = signed_in.desktop.application.sendEvent
    send(port, QDragEnterEvent(place, copy, data, buttons, keys))
    send(port, QDropEvent(QPointF(place), copy, data, buttons, keys))
    (download,) = [c for c in signed_in.engine.commands if isinstance(c, Download)]
    assert download.sources == (b"/" + name,)
