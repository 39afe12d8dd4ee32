"""Uploads bring entries into the folder shown, without a window."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ferrygate.app.presenters.folder_presenter import FolderPresenter
from ferrygate.app.presenters.folder_view import FolderState
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done
from ferrygate.engine.messages.files import FolderBlock, ListFolder
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    Direction,
    FileView,
    LateCheck,
    TransferState,
)
from gui.conftest import NOON, StillClock

CANCELLED = Problem(kind=Kind.CANCELLED, sentence=message("It was cancelled."))
S = TransferState


class Rows:
    """A list that counts how often it is told."""

    def __init__(self) -> None:
        self.entries: dict[bytes, Entry] = {}
        self.puts = 0

    def begin(self, _folder: bytes, /) -> None:
        self.entries.clear()

    def add(self, entries: Iterable[Entry]) -> None:
        self.entries.update((entry.name, entry) for entry in entries)

    def end(self) -> None: ...

    def begin_again(self) -> None:
        self._again: dict[bytes, Entry] = {}

    def add_again(self, entries: Iterable[Entry]) -> None:
        self._again.update((entry.name, entry) for entry in entries)

    def replace(self) -> None:
        self.entries = self._again

    def choose(self, name: bytes) -> None:
        pass

    def put(self, entries: Iterable[Entry]) -> None:
        self.puts += 1
        self.add(entries)


class Desk:
    """A presenter in a folder, its list, and what it sent."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.rows = Rows()
        self.sent: list[Command] = []
        self.folders: dict[BatchId, bytes] = {}
        self.presenter = FolderPresenter(Outbox(self.sent.append), self.clock, self.rows)
        self.presenter.start(b"/")
        self.list(Entry(b"exports", EntryKind.FOLDER), Entry(b"inbox", EntryKind.FOLDER))
        self.presenter.open(b"/inbox")
        self.list()

    @property
    def listings(self) -> list[bytes]:
        return [command.path for command in self.sent if isinstance(command, ListFolder)]

    @property
    def places(self) -> list[str]:
        return [place.label for place in self.presenter.view.places]

    def list(self, *entries: Entry) -> None:
        request = next(c.request for c in reversed(self.sent) if isinstance(c, ListFolder))
        self.presenter.handle(FolderBlock(request=request, entries=entries))
        self.presenter.handle(Done(request=request))

    def upload(self, folder: bytes = b"/inbox", name: str = "1") -> BatchId:
        batch = BatchId(name)
        self.folders[batch] = folder
        self.tell(batch)
        return batch

    def tell(self, batch: BatchId, *, ended: bool = False, why: Problem | None = None) -> None:
        view = BatchView(
            batch=batch,
            direction=Direction.UPLOAD,
            name="plates",
            sources=1,
            target="/inbox",
            remote_folder=self.folders[batch],
            finished=ended,
            problem=why,
        )
        self.presenter.handle(BatchChanged(view))

    def bring(
        self,
        batch: BatchId,
        path: bytes,
        state: TransferState = S.DELIVERED,
        late: LateCheck = LateCheck.NOT_NEEDED,
    ) -> None:
        view = FileView(number=0, local="", remote=path, state=state, size=7, late_check=late)
        self.presenter.handle(FileChanged(batch, view))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_folder_that_files_are_on_their_way_to_is_not_called_empty(desk: Desk) -> None:
    shown = [desk.presenter.view]
    batch = desk.upload()
    shown.append(desk.presenter.view)
    desk.presenter.open(b"/exports")
    shown.append(desk.presenter.view)
    desk.presenter.back()
    shown.append(desk.presenter.view)
    desk.tell(batch, ended=True)
    shown.append(desk.presenter.view)
    assert shown[0].state is FolderState.EMPTY
    assert [view.is_filling for view in shown] == [False, True, False, True, False]


def test_a_delivered_file_shows_while_its_batch_goes_on(desk: Desk) -> None:
    batch = desk.upload()
    desk.bring(batch, b"/inbox/a.csv")
    assert desk.rows.entries == {b"a.csv": Entry(b"a.csv", EntryKind.FILE, 7, int(NOON))}
    assert desk.presenter.view.state is FolderState.READY
    desk.bring(batch, b"/inbox/b.csv")
    desk.presenter.tick()
    assert list(desk.rows.entries) == [b"a.csv", b"b.csv"]
    assert desk.listings == [b"/", b"/inbox"]


def test_a_file_that_is_asked_about_once_more_shows_as_it_was_delivered(desk: Desk) -> None:
    batch = desk.upload()
    desk.bring(batch, b"/inbox/a.csv", S.CHECKING)
    assert not desk.rows.entries
    desk.bring(batch, b"/inbox/a.csv", S.CHECKING, LateCheck.DUE)
    assert list(desk.rows.entries) == [b"a.csv"]


def test_a_folder_shows_once_its_first_file_is_sent(desk: Desk) -> None:
    batch = desk.upload()
    desk.bring(batch, b"/inbox/plates/1.csv", S.SENDING)
    assert desk.rows.entries == {b"plates": Entry(b"plates", EntryKind.FOLDER)}
    desk.presenter.open(b"/inbox/plates")
    assert desk.presenter.view.is_filling
    desk.list()
    desk.bring(batch, b"/inbox/plates/1.csv")
    desk.presenter.tick()
    assert list(desk.rows.entries) == [b"1.csv"]


def test_a_folder_that_was_removed_shows_again_once_more_of_it_is_sent(desk: Desk) -> None:
    batch = desk.upload()
    desk.bring(batch, b"/inbox/plates/1.csv", S.SENDING)
    desk.presenter.refresh()
    desk.list()
    assert not desk.rows.entries
    desk.bring(batch, b"/inbox/plates/2.csv", S.SENDING)
    desk.presenter.tick()
    assert list(desk.rows.entries) == [b"plates"]


def test_only_what_comes_into_the_folder_shown_shows(desk: Desk) -> None:
    batch = desk.upload(b"/exports")
    desk.bring(batch, b"/exports/a.csv")
    desk.presenter.handle(FileChanged(BatchId("a download"), file_of(b"/inbox/b.csv")))
    desk.presenter.tick()
    assert not desk.rows.entries


def test_what_comes_while_the_folder_is_read_is_not_lost(desk: Desk) -> None:
    batch = desk.upload()
    desk.presenter.refresh()
    desk.bring(batch, b"/inbox/a.csv")
    desk.presenter.tick()
    assert not desk.rows.entries
    desk.list()
    assert list(desk.rows.entries) == [b"a.csv"]
    assert desk.presenter.view.state is FolderState.READY


def test_what_came_is_of_no_matter_in_another_folder(desk: Desk) -> None:
    batch = desk.upload()
    desk.presenter.refresh()
    desk.bring(batch, b"/inbox/a.csv")
    desk.presenter.open(b"/exports")
    desk.list()
    desk.presenter.tick()
    assert not desk.rows.entries


def test_a_hundred_thousand_deliveries_are_handed_over_a_few_times_a_second(desk: Desk) -> None:
    batch = desk.upload()
    for number in range(100_000):
        desk.clock.time += 0.000_1
        desk.bring(batch, b"/inbox/%d.csv" % number)
    desk.presenter.tick()
    assert len(desk.rows.entries) == 100_000
    assert desk.rows.puts <= 42
    assert desk.listings == [b"/", b"/inbox"]
    desk.tell(batch, ended=True)
    assert desk.listings == [b"/", b"/inbox", b"/inbox"]


def test_an_upload_into_another_folder_reads_nothing_again(desk: Desk) -> None:
    batch = desk.upload(b"/exports")
    desk.tell(batch, ended=True)
    assert desk.listings == [b"/", b"/inbox"]


def test_an_upload_that_ends_after_its_folder_was_left_reads_nothing_again(desk: Desk) -> None:
    batch = desk.upload()
    desk.presenter.open(b"/exports")
    desk.list()
    desk.tell(batch, ended=True)
    assert desk.listings == [b"/", b"/inbox", b"/exports"]


def test_an_upload_that_is_cancelled_is_no_refusal_of_the_folder(desk: Desk) -> None:
    batch = desk.upload()
    desk.tell(batch, ended=True, why=CANCELLED)
    assert desk.presenter.view.refused is None


def test_a_new_folder_shows_while_an_upload_goes_on(desk: Desk) -> None:
    desk.upload()
    desk.presenter.make_folder("results")
    request = desk.sent[-1].request  # type: ignore[union-attr]
    desk.presenter.handle(Done(request))
    assert desk.listings == [b"/", b"/inbox", b"/inbox"]


def test_a_change_that_happens_after_its_folder_was_left_reads_nothing_again(desk: Desk) -> None:
    desk.presenter.make_folder("results")
    request = desk.sent[-1].request  # type: ignore[union-attr]
    desk.presenter.open(b"/exports")
    desk.list()
    desk.presenter.handle(Done(request))
    assert desk.listings == [b"/", b"/inbox", b"/exports"]


def test_a_folder_that_an_upload_brings_into_the_start_folder_is_a_place(desk: Desk) -> None:
    batch = desk.upload(b"/")
    desk.bring(batch, b"/plates/1.csv", S.SENDING)
    desk.bring(batch, b"/loose.csv")
    assert desk.places == ["Home", "exports", "inbox", "plates"]


def file_of(path: bytes) -> FileView:
    return FileView(number=0, local="", remote=path, state=S.DELIVERED, size=7)
