from __future__ import annotations

import msgspec
import pytest

from ferrygate.app.presenters.folder_view import FolderState
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
    ListingIncomplete,
    RemovePath,
    RenamePath,
)
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction
from gui.folder_table import FILE, PROBLEM, Table

FOLDER = Entry(b"inbox", EntryKind.FOLDER)

UPLOAD = BatchView(
    batch=BatchId("1"),
    direction=Direction.UPLOAD,
    name="b.csv",
    sources=1,
    target="/",
    remote_folder=b"/",
)


@pytest.fixture
def table() -> Table:
    return Table()


def test_a_place_stands_there_once_however_often_the_start_is_opened(table: Table) -> None:
    table.start(FOLDER)
    table.presenter.open(b"/inbox")
    table.list()
    table.presenter.back()
    table.list(FOLDER)
    labels = [place.label for place in table.presenter.view.places]
    assert labels == ["Home", "inbox"]


def test_the_first_rows_show_before_the_last_have_come(table: Table) -> None:
    table.presenter.start(b"/")
    assert table.presenter.view.state is FolderState.LOADING
    table.presenter.handle(FolderBlock(request=table.last, entries=(FILE, FOLDER)))
    view = table.presenter.view
    assert (view.state, view.is_reading) == (FolderState.READY, True)
    assert [place.label for place in view.places] == ["Home", "inbox"]
    table.presenter.handle(Done(request=table.last))
    assert table.rows.names == [b"a.csv", b"inbox", b"END"]
    assert not table.presenter.view.is_reading


def test_leaving_a_folder_cancels_its_listing_and_ignores_its_rows(table: Table) -> None:
    table.presenter.start(b"/")
    first = table.last
    table.presenter.open(b"/inbox")
    assert CancelRequest(target=first) in table.sent
    table.presenter.handle(FolderBlock(request=first, entries=(FILE,)))
    assert table.rows.names == []


def test_back_goes_the_way_one_came(table: Table) -> None:
    table.start(FOLDER)
    assert not table.presenter.view.can_go_back
    table.presenter.open(b"/inbox")
    table.list()
    assert table.presenter.view.state is FolderState.EMPTY
    table.presenter.back()
    table.list(FOLDER)
    assert table.presenter.view.path == b"/"
    assert not table.presenter.view.can_go_back


def test_up_at_the_root_stays(table: Table) -> None:
    table.start(FOLDER)
    table.presenter.up()
    assert not table.presenter.view.can_go_back


def test_a_refresh_shows_the_old_rows_until_the_new_are_whole(table: Table) -> None:
    table.start(FILE)
    table.presenter.refresh()
    table.presenter.handle(FolderBlock(request=table.last, entries=(FOLDER,)))
    assert table.rows.names == [b"a.csv", b"END"]
    table.presenter.handle(Done(request=table.last))
    assert table.rows.names == [b"inbox"]


def test_a_failed_refresh_keeps_the_rows_and_says_why(table: Table) -> None:
    table.start(FILE)
    table.presenter.refresh()
    table.presenter.handle(Failed(request=table.last, problem=PROBLEM))
    assert table.presenter.view.refused == PROBLEM
    assert table.presenter.view.state is FolderState.READY


def test_a_list_that_is_not_whole_is_shown_and_said_and_is_no_empty_folder(table: Table) -> None:
    table.presenter.start(b"/")
    for entries in ((FILE,), ()):
        table.presenter.handle(FolderBlock(request=table.last, entries=entries))
        table.presenter.handle(ListingIncomplete(request=table.last, problem=PROBLEM))
        table.presenter.handle(Done(request=table.last))
        view = table.presenter.view
        assert (view.state, view.refused) == (FolderState.READY, PROBLEM)
        table.presenter.open(b"/other" if entries else b"/")
    assert table.presenter.view.refused is None


def test_a_refresh_that_is_not_whole_takes_no_row_away(table: Table) -> None:
    table.start(FILE, FOLDER)
    table.presenter.refresh()
    table.presenter.handle(FolderBlock(request=table.last, entries=(FILE,)))
    table.presenter.handle(ListingIncomplete(request=table.last, problem=PROBLEM))
    table.presenter.handle(Done(request=table.last))
    assert table.rows.names == [b"a.csv", b"inbox", b"END"]
    assert [place.label for place in table.presenter.view.places] == ["Home", "inbox"]
    assert table.presenter.view.refused == PROBLEM


def test_a_folder_that_cannot_be_read_can_be_tried_again(table: Table) -> None:
    table.presenter.start(b"/")
    table.presenter.handle(Failed(request=table.last, problem=PROBLEM))
    view = table.presenter.view
    assert (view.state, view.problem, view.can_change) == (FolderState.FAILED, PROBLEM, False)
    table.presenter.refresh()
    assert table.presenter.view.state is FolderState.LOADING


@pytest.mark.parametrize(
    ("kind", "takes"),
    [
        (Kind.PERMISSION_DENIED, True),
        (Kind.NOT_FOUND, True),
        (Kind.REMOTE_FAILURE, True),
        (Kind.UNSUPPORTED, True),
        (Kind.WRONG_TYPE, False),
        (Kind.CONNECTION_LOST, False),
        (Kind.CANCELLED, False),
    ],
)
def test_a_folder_that_cannot_be_listed_may_take_files(
    table: Table, kind: Kind, *, takes: bool
) -> None:
    table.presenter.start(b"/drop")
    table.presenter.handle(
        Failed(request=table.last, problem=Problem(kind=kind, sentence=message("No.")))
    )
    view = table.presenter.view
    assert (view.can_upload, view.can_change) == (takes, False)


def test_removing_asks_first_and_refreshes_when_all_are_gone(table: Table) -> None:
    table.start(FILE, FOLDER)
    table.presenter.ask_to_remove([FILE, FOLDER])
    assert table.presenter.view.question == "Remove 2 items?"
    table.presenter.remove()
    removals = [command for command in table.sent if isinstance(command, RemovePath)]
    assert [(removal.path, removal.recursive) for removal in removals] == [
        (b"/a.csv", False),
        (b"/inbox", True),
    ]
    for removal in removals:
        assert not isinstance(table.sent[-1], ListFolder)
        table.presenter.handle(Done(request=removal.request))
    assert isinstance(table.sent[-1], ListFolder)


def test_a_folder_goes_with_all_that_is_in_it_and_the_question_says_so(table: Table) -> None:
    table.start(FOLDER)
    table.presenter.ask_to_remove([FOLDER])
    assert table.presenter.view.question == "Remove the folder “inbox” and all that is in it?"
    table.presenter.keep()
    assert table.presenter.view.question == ""
    assert not [command for command in table.sent if isinstance(command, RemovePath)]


@pytest.mark.parametrize("name", ["", "..", "a/b"])
def test_a_name_that_cannot_be_is_refused_before_it_is_sent(table: Table, name: str) -> None:
    table.start(FILE)
    before = len(table.sent)
    table.presenter.make_folder(name)
    assert len(table.sent) == before
    assert table.presenter.view.refused is not None


def test_renaming_to_the_same_name_asks_for_nothing(table: Table) -> None:
    table.start(FILE)
    before = len(table.sent)
    table.presenter.rename(b"a.csv", "a.csv")
    assert len(table.sent) == before
    table.presenter.rename(b"a.csv", "ä.csv")
    renamed = table.sent[-1]
    assert isinstance(renamed, RenamePath)
    assert (renamed.source, renamed.target) == (b"/a.csv", "/ä.csv".encode())


def test_a_refused_change_is_shown_until_it_is_dismissed(table: Table) -> None:
    table.start(FILE)
    table.presenter.make_folder("new")
    table.presenter.handle(Failed(request=table.last, problem=PROBLEM))
    assert table.presenter.view.refused == PROBLEM
    table.presenter.keep()
    assert table.presenter.view.refused is None


def test_a_finished_upload_refreshes_the_folder(table: Table) -> None:
    table.start(FILE)
    table.presenter.handle(BatchChanged(UPLOAD))
    for _end in ("the first", "after it was tried again"):
        table.presenter.handle(BatchChanged(msgspec.structs.replace(UPLOAD, finished=True)))
        assert isinstance(table.sent[-1], ListFolder)
        table.list(FILE)
        table.presenter.handle(BatchChanged(UPLOAD))


def test_a_folder_is_read_again_once_all_its_uploads_have_ended(table: Table) -> None:
    table.start(FILE)
    other = msgspec.structs.replace(UPLOAD, batch=BatchId("another"))
    for view in (UPLOAD, other):
        table.presenter.handle(BatchChanged(view))
    table.presenter.handle(BatchChanged(msgspec.structs.replace(UPLOAD, finished=True)))
    lists = [command for command in table.sent if isinstance(command, ListFolder)]
    assert len(lists) == 1
    ended = msgspec.structs.replace(other, finished=True, problem=PROBLEM)
    table.presenter.handle(BatchChanged(ended))
    assert isinstance(table.sent[-1], ListFolder)
    assert table.presenter.view.refused is None  # its own row tells


def test_how_far_an_upload_is_and_what_is_fetched_is_no_news_of_the_folder(table: Table) -> None:
    table.start(FILE)
    table.presenter.handle(BatchChanged(UPLOAD))
    changes: list[None] = []
    table.presenter.subscribe(lambda: changes.append(None))
    table.presenter.handle(BatchChanged(UPLOAD))
    fetched = msgspec.structs.replace(
        UPLOAD, batch=BatchId("2"), direction=Direction.DOWNLOAD, finished=True
    )
    table.presenter.handle(BatchChanged(fetched))
    assert changes == []


def test_a_folder_with_too_many_names_is_shown_as_far_as_it_goes(table: Table) -> None:
    table.presenter.start(b"/")
    listing = table.last
    long = tuple(Entry(b"n" * (1 << 20), EntryKind.FILE) for _ in range(40))
    table.presenter.handle(FolderBlock(request=listing, entries=long))
    table.presenter.handle(FolderBlock(request=listing, entries=long))
    assert CancelRequest(target=listing) in table.sent
    assert len(table.rows.names) == 41  # with the end
    view = table.presenter.view
    assert not view.is_reading
    assert view.refused is not None
    assert "too many names" in str(view.refused.sentence)
