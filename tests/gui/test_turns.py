"""The events of one turn, passed on to all presenters."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.presenters.workspace_dependencies import WorkspaceDependencies
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.files import FolderBlock, ListFolder
from ferrygate.engine.messages.session import Notice, SecretsChanged, SessionChanged, SessionState
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore
from ferrygate.transfers.views import BatchId, BatchView, Direction, FileView, TransferState
from gui.background_work import at_once
from gui.fake_opener import FakeOpener

if TYPE_CHECKING:
    from gui.conftest import StillClock

PROBLEM = Problem(kind=Kind.KEYCHAIN, sentence=message("The keychain is locked."))
BATCH = BatchView(
    batch=BatchId("1"),
    direction=Direction.UPLOAD,
    name="a.csv",
    sources=1,
    target="/",
    files_total=1,
)


class FullList:
    """A list that takes no entries."""

    def begin(self, folder: bytes) -> None:
        pass

    def add(self, entries: Iterable[Entry]) -> None:  # noqa: ARG002  the sink's signature
        raise ValueError("on purpose")

    def end(self) -> None:
        pass

    def begin_again(self) -> None:
        pass

    def add_again(self, entries: Iterable[Entry]) -> None:
        pass

    def replace(self) -> None:
        pass

    def choose(self, name: bytes) -> None:
        pass

    def put(self, entries: Iterable[Entry]) -> None:
        pass


class Table:
    """A workspace, and what it sent."""

    def __init__(self, clock: StillClock, folder: Path) -> None:
        self.sent: list[Command] = []
        self.told: list[str] = []
        dependencies = WorkspaceDependencies(
            sink=FullList(),
            saved=SiteStore(folder),
            fingerprints=lambda _host, _port: (),
            background=at_once,
            opener=FakeOpener(),
        )
        self.workspace = Workspace(Outbox(self.sent.append), clock, dependencies)
        self.workspace.transfers.subscribe(lambda: self.told.append("transfers"))
        self.workspace.sign_in.subscribe(lambda: self.told.append("sign-in"))


@pytest.fixture
def table(clock: StillClock, tmp_path: Path) -> Table:
    return Table(clock, tmp_path)


def file_changed(number: int) -> FileChanged:
    view = FileView(number=number, local="a.csv", remote=b"/a.csv", state=TransferState.DELIVERED)
    return FileChanged(batch=BatchId("1"), view=view)


def test_observers_are_told_once_a_turn_and_only_of_what_concerns_them(table: Table) -> None:
    table.workspace.handle(BatchChanged(view=BATCH), *map(file_changed, range(100)))
    assert table.told == ["transfers"]


def test_a_presenter_that_fails_keeps_no_event_from_the_others(table: Table) -> None:
    table.workspace.folder.start(b"/")
    listing = table.sent[-1]
    assert isinstance(listing, ListFolder)
    entry = Entry(b"a.csv", EntryKind.FILE, 1)
    with pytest.raises(ExceptionGroup) as failure:
        table.workspace.handle(
            FolderBlock(request=listing.request, entries=(entry,)),
            BatchChanged(view=BATCH),
            Notice(PROBLEM),
        )
    assert [str(error) for error in failure.value.exceptions] == ["on purpose"]
    assert table.workspace.notices.problem == PROBLEM
    assert table.workspace.transfers.has_batches
    assert table.told == ["transfers"]


def test_what_one_event_brings_about_comes_before_the_next_event(table: Table) -> None:
    site = Site(name="Acme", host="sftp.example.org", username="vendor7")
    table.workspace.sites.choose(site)
    table.workspace.handle(SessionChanged(state=SessionState.SIGNED_IN))
    table.workspace.handle(
        SessionChanged(state=SessionState.OFFLINE),  # which turns the card to its site anew
        SecretsChanged(site=site, has_password=True),
    )
    assert table.workspace.sign_in.view.password_hint == "Already at hand"
