"""Which panels of the window are rendered for what the engine tells, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.workspace import Screen, Workspace
from ferrygate.app.presenters.workspace_dependencies import WorkspaceDependencies
from ferrygate.app.render_pace import RENDER_SECONDS, RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.transfer_row_widget import TransferRowWidget
from ferrygate.app.window import MainWindow
from ferrygate.codes.totp import LiveCode
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.codes import CodeChanged, CodeGivenOut, ShowCode
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.files import FolderBlock, ListFolder, PathStat, StatPath
from ferrygate.engine.messages.session import (
    OpenSite,
    SessionChanged,
    SessionState,
    SignIn,
)
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore
from ferrygate.transfers.views import BatchId, BatchView, Direction, FileView, TransferState
from gui.background_work import at_once
from gui.fake_opener import FakeOpener
from support.hand_timer import HandTimer

if TYPE_CHECKING:
    from gui.conftest import StillClock

pytestmark = pytest.mark.gui

BATCH = BatchView(
    batch=BatchId("1"),
    direction=Direction.UPLOAD,
    name="a.csv",
    sources=5000,
    target="/inbox",
    files_total=5000,
    bytes_total=20_000_000,
)


class CountingPace(RenderPace):
    """Counts the renders by the names of widgets."""

    def __init__(self, clock: StillClock, timer: HandTimer, parent: QObject) -> None:
        super().__init__(clock, timer, parent)
        self.renders: Counter[str] = Counter()

    def add(self, widget: QWidget, render: Callable[[], None], *subjects: Observable) -> None:
        def counted() -> None:
            self.renders[type(widget).__name__] += 1
            render()

        super().add(widget, counted, *subjects)


class Table:
    """A window without an engine, signed in."""

    def __init__(self, clock: StillClock, folder: Path, application: QApplication) -> None:
        self.parent = QObject()
        self.timer = HandTimer(clock)
        self.pace = CountingPace(clock, self.timer, self.parent)
        self.model = FolderModel(clock, self.parent)
        self.sent: list[Command] = []
        dependencies = WorkspaceDependencies(
            sink=self.model,
            saved=SiteStore(folder),
            fingerprints=lambda _host, _port: (),
            background=at_once,
            opener=FakeOpener(),
        )
        self.workspace = Workspace(Outbox(self.sent.append), clock, dependencies)
        theme = Theme(application, parent=self.parent)
        self.window = MainWindow(theme, self.pace, self.workspace, self.model, at_once)
        self.window.show()

    def tell(self, *events: Event) -> None:
        """Have the engine's events in one turn."""
        with self.pace.turn():
            self.workspace.handle(*events)

    def answer(self, kind: type[OpenSite]) -> None:
        """Have a request done that was sent last."""
        asked = self.sent[-1]
        assert isinstance(asked, kind)
        self.tell(Done(request=asked.request))
        self.timer.move(1.0)

    def tell_of_file(self, number: int) -> None:
        view = FileView(
            number=number,
            local=f"{number}.csv",
            remote=b"/inbox/%d.csv" % number,
            state=TransferState.DELIVERED,
        )
        moved = msgspec.structs.replace(BATCH, bytes_moved=number * 4096)
        self.tell(FileChanged(batch=BatchId("1"), view=view), BatchChanged(view=moved))


@pytest.fixture
def table(
    clock: StillClock, tmp_path: Path, qapp: QApplication, qtbot: QtBot, site: Site
) -> Iterator[Table]:
    made = Table(clock, tmp_path, qapp)
    qtbot.waitExposed(made.window)
    made.workspace.sites.choose(site)
    made.answer(OpenSite)
    made.tell(SessionChanged(state=SessionState.SIGNED_IN))
    made.timer.move(1.0)
    assert made.workspace.screen is Screen.FILES
    made.tell(BatchChanged(view=BATCH))
    made.timer.move(1.0)
    made.pace.renders.clear()
    yield made
    made.window.close()
    made.window.deleteLater()
    made.parent.deleteLater()


def test_an_event_of_a_file_renders_no_hidden_panel(table: Table) -> None:
    table.tell_of_file(1)
    table.timer.move(1.0)
    assert table.pace.renders == {"TransfersPanel": 1, "MainWindow": 1}


def test_no_panel_is_rendered_more_than_twenty_times_a_second(table: Table) -> None:
    for number in range(5000):
        table.tell_of_file(number)
        table.timer.move(0.001)
    assert set(table.pace.renders) == {"TransfersPanel", "MainWindow"}
    assert max(table.pace.renders.values()) <= 5 * 20
    table.timer.move(RENDER_SECONDS)
    (row,) = table.window.transfers.findChildren(TransferRowWidget)
    assert row.accessibleName().endswith(table.workspace.transfers.view.rows[0].status)


def test_a_hidden_panel_shows_what_has_come_once_it_is_shown(table: Table) -> None:
    table.tell(SessionChanged(state=SessionState.OFFLINE))
    table.answer(OpenSite)
    assert table.workspace.screen is Screen.SIGN_IN
    table.pace.renders.clear()
    table.tell_of_file(1)
    table.timer.move(1.0)
    assert "TransfersPanel" not in table.pace.renders
    table.tell(SessionChanged(state=SessionState.SIGNED_IN))
    table.timer.move(1.0)
    assert table.pace.renders["TransfersPanel"] == 1


def test_the_filter_is_forgotten_in_its_field_too_however_short_the_way_there_and_back(
    table: Table,
) -> None:
    link = Entry(b"latest", EntryKind.LINK)
    listing = table.sent[-1]
    assert isinstance(listing, ListFolder)
    entries = (link, Entry(b"other.csv", EntryKind.FILE, 1))
    table.tell(FolderBlock(request=listing.request, entries=entries), Done(listing.request))
    field = table.window.files.bar.filter
    field.setText("late")
    assert table.model.rowCount() == 1
    fetched: list[Entry] = []
    table.workspace.folder.find_out(link, lambda: fetched.append(link))
    asked = table.sent[-1]
    assert isinstance(asked, StatPath)
    with table.pace.turn():
        table.workspace.handle(PathStat(request=asked.request, entry=link))
        there = table.sent[-1]
        assert isinstance(there, ListFolder)
        no_folder = Problem(kind=Kind.WRONG_TYPE, sentence=message("It is a file."))
        table.workspace.handle(Failed(there.request, no_folder))
    assert fetched == [link]
    back = table.sent[-1]
    assert isinstance(back, ListFolder)
    table.tell(FolderBlock(request=back.request, entries=entries), Done(back.request))
    table.timer.move(1.0)
    assert (field.text(), table.model.rowCount()) == ("", 2)


def test_a_word_given_on_the_button_is_only_for_what_the_card_shows(
    table: Table, site: Site
) -> None:
    stopped = Problem(kind=Kind.LOCK_OUT_BREAKER, sentence=message("Two refusals in a row."))
    table.workspace.sites.choose(site)
    table.workspace.leaving.go()  # a batch is under way at the other site
    card = table.window.sign_in
    for field in card.findChildren(QLineEdit):
        if field.accessibleName() == "Password":
            field.setText("correct horse")
    table.answer(OpenSite)
    (button,) = [
        each for each in card.findChildren(QPushButton) if each.accessibleName() == "Sign in"
    ]
    with table.pace.turn():
        table.workspace.sign_in_problem.show(stopped)  # has come, but cannot have been read yet
        button.click()
    asked = table.sent[-1]
    assert isinstance(asked, SignIn)
    assert not asked.try_anyway


def test_a_dead_code_leaves_the_clipboard_though_no_panel_shows_it(
    table: Table, clock: StillClock, qapp: QApplication
) -> None:
    table.window.hide()
    code = LiveCode("482916", "037551", clock.now() + 30, 30)
    table.tell(CodeChanged(code=code))
    table.workspace.code.copy()
    asked = table.sent[-1]
    assert isinstance(asked, ShowCode)
    table.tell(CodeGivenOut(request=asked.request, code=code), Done(request=asked.request))
    assert qapp.clipboard().text() == "482916"
    clock.time += 31
    with table.pace.turn():
        table.workspace.tick()
    assert qapp.clipboard().text() == ""
