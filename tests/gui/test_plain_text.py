"""Texts of servers, files and strangers on the window: shown as they are, never as markup."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QHelpEvent, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from ferrygate.app.models.folder_columns import Column
from ferrygate.app.plain_text import plain_tip, plain_title, plain_words
from ferrygate.app.presenters.workspace import Screen
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.session import Notice, SessionChanged, SessionState
from ferrygate.engine.messages.transfers import BatchChanged, Upload
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchView, Direction
from gui.scripted_engine import batch_of
from support.conflicts import conflict, question

if TYPE_CHECKING:
    from gui.conftest import MakeRig, Rig

pytestmark = pytest.mark.gui


class Bait:
    """A named pipe, and a process that notes, and lets go, whoever opens it to read.

    A process and not a thread: Qt opens pictures with Python's lock held.
    """

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._note = path.with_suffix(".taken")
        watch = 'while : > "$1"; do : > "$2"; done'
        self._process = subprocess.Popen(["/bin/sh", "-c", watch, "sh", path, self._note])
        self.markup = f"<img src={str(path).replace('/', '&#47;')}> R&D [*]"
        """A name for a file that has Qt open the pipe, where it is read as HTML."""

    @property
    def taken(self) -> bool:
        """Tell whether somebody has opened the pipe."""
        return self._note.exists()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Bait]:
    made = Bait(tmp_path / "p")
    yield made
    made.close()


def hover(widget: QWidget, place: QPoint) -> str:
    """Rest the mouse on a place; the text of the tip that shows, as a person reads it."""
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    QTest.qWait(60)
    return as_read(QToolTip.text())


def as_read(tip: str) -> str:
    """Read a tip's text as Qt shows it."""
    if not QtGui.Qt.mightBeRichText(tip):
        return tip
    page = QTextDocument()
    page.setHtml(tip)
    return page.toPlainText()


def visible(window: QWidget, kind: type[QWidget], matches: Callable[[QWidget], bool]) -> QWidget:
    return next(w for w in window.findChildren(kind) if w.isVisible() and matches(w))


def test_a_hover_on_a_hostile_file_name_opens_nothing(signed_in: Rig, bait: Bait) -> None:
    name = bait.markup
    signed_in.engine.tree[b"/"].append(Entry(name.encode(), EntryKind.FILE, 1))
    signed_in.workspace.folder.refresh()
    signed_in.driver.wait_for("row", lambda: signed_in.driver.is_listed(name.encode()))
    files = signed_in.window.files.files
    row = signed_in.desktop.model.rows_named([name.encode()])[0]
    place: QRect = files.visualRect(signed_in.desktop.model.index(row, Column.NAME))
    assert hover(files.viewport(), place.center()) == name
    assert not bait.taken


def test_a_hover_on_a_hostile_folder_opens_nothing_and_shows_its_ampersand(
    signed_in: Rig, bait: Bait
) -> None:
    name = bait.markup
    signed_in.engine.tree[b"/"].append(Entry(name.encode(), EntryKind.FOLDER))
    signed_in.engine.tree[b"/" + name.encode()] = []
    signed_in.workspace.folder.refresh()
    signed_in.driver.wait_for("row", lambda: signed_in.driver.is_listed(name.encode()))
    signed_in.workspace.folder.open(b"/" + name.encode())
    signed_in.driver.wait_for_folder(b"/" + name.encode())
    named = [
        button
        for button in signed_in.window.findChildren(ThemedButton)
        if button.isVisible() and button.accessibleName() == name
    ]
    looks = {button.property("look"): button for button in named}
    assert set(looks) == {"crumb", "place"}
    assert hover(looks["crumb"], QPoint(4, 4)) == name
    assert "R&&D" in looks["place"].text()
    assert not bait.taken


def test_a_strangers_connection_file_opens_nothing_before_consent(
    make_rig: MakeRig, site: Site, bait: Bait
) -> None:
    rig = make_rig(site=msgspec.structs.replace(site, name=bait.markup), agrees=False)
    rig.driver.wait_for("offer", lambda: rig.workspace.screen is Screen.OFFER)
    head = visible(rig.window, QLabel, lambda label: bait.markup in str(label.property("text")))
    assert hover(head, QPoint(4, 4)) == bait.markup
    assert not bait.taken


def test_no_tip_and_no_label_reads_markup_wherever_it_comes_from(
    signed_in: Rig, tmp_path: Path, bait: Bait
) -> None:
    engine, words = signed_in.engine, bait.markup
    engine.holds_transfers = True
    signed_in.driver.drop([tmp_path], signed_in.driver.empty_place())
    (upload,) = [c for c in engine.commands if isinstance(c, Upload)]
    view = BatchView(
        batch=batch_of(upload.request),
        direction=Direction.UPLOAD,
        name=words,
        sources=1,
        target=words,
    )
    problem = Problem(
        kind=Kind.REMOTE_FAILURE,
        sentence=message("{words}", words=words),
        next_step=message("{words}", words=words),
        detail=words,
        server_said=words,
    )
    engine.tell(BatchChanged(view=view))
    engine.tell(question(batch_of(upload.request), conflict(words)))
    engine.tell(Notice(problem))
    engine.tell(SessionChanged(state=SessionState.OFFLINE, problem=problem))
    QTest.qWait(50)
    for widget in signed_in.window.findChildren(QWidget):
        assert "\ufffc" not in as_read(widget.toolTip()), widget
    for label in signed_in.window.findChildren(QLabel):
        assert label.textFormat() is QtGui.Qt.TextFormat.PlainText, label
    assert not bait.taken


@pytest.mark.parametrize(
    "text",
    [
        "plain.csv",
        "a < b",
        "<b>bold</b>",
        "<!-- x -->",
        "&lt;b&gt;",
        "  two  blanks\nand <i>lines</i>",
        '<?xml version="1.0"?>',
        "<qt>&amp;</qt>",
        "\t<img src='//host/share'>",
    ],
)
def test_a_tip_reads_as_the_text_itself(text: str, qapp: QApplication) -> None:  # noqa: ARG001  Qt's fonts
    assert as_read(plain_tip(text)) == text


def test_an_ampersand_is_no_shortcut_and_a_star_in_brackets_is_no_sign() -> None:
    assert plain_words("R&D && more") == "R&&D &&&& more"
    assert plain_title("a[*]b") == "a[*][*]b"


def test_a_button_says_its_words_to_a_screen_reader_without_the_escapes(signed_in: Rig) -> None:
    button = ThemedButton(signed_in.desktop.theme, "R&D")
    assert (button.text(), button.accessibleName()) == ("R&&D", "R&D")
    button.show_words("Q&A")
    assert (button.text(), button.accessibleName()) == ("Q&&A", "Q&A")
    button.deleteLater()
