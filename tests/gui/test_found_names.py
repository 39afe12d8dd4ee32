"""Names that only the server can tell to be files or folders, such as links."""

from __future__ import annotations

import pytest

from ferrygate.app.presenters.folder_view import FolderState
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.event import Failed
from ferrygate.engine.messages.files import (
    PathStat,
    StatPath,
)
from gui.folder_table import PROBLEM, Table


def never() -> None:
    raise AssertionError


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.mark.parametrize("kind", [EntryKind.LINK, EntryKind.UNKNOWN, EntryKind.OTHER])
def test_what_a_link_leads_to_is_asked_and_a_file_is_fetched(table: Table, kind: EntryKind) -> None:
    fetched: list[str] = []
    table.start(Entry(b"tofile", kind))
    table.presenter.find_out(Entry(b"tofile", kind), lambda: fetched.append("tofile"))
    (asked,) = [command for command in table.sent if isinstance(command, StatPath)]
    assert asked.path == b"/tofile"
    table.presenter.handle(PathStat(asked.request, Entry(b"tofile", EntryKind.FILE)))
    assert (fetched, table.presenter.view.path) == (["tofile"], b"/")


def test_a_link_to_a_folder_is_opened(table: Table) -> None:
    table.start(Entry(b"link", EntryKind.LINK))
    table.presenter.find_out(Entry(b"link", EntryKind.LINK), never)
    table.presenter.handle(PathStat(table.last, Entry(b"link", EntryKind.FOLDER)))
    assert table.presenter.view.path == b"/link"


def test_a_dangling_link_is_said_and_the_list_stays(table: Table) -> None:
    table.start(Entry(b"link", EntryKind.LINK))
    table.presenter.find_out(Entry(b"link", EntryKind.LINK), never)
    table.presenter.handle(Failed(request=table.last, problem=PROBLEM))
    view = table.presenter.view
    assert (view.path, view.state, view.refused) == (b"/", FolderState.READY, PROBLEM)


def test_what_only_a_listing_tells_is_fetched_where_it_is_a_file(table: Table) -> None:
    fetched: list[str] = []
    unknown = Entry(b"x", EntryKind.UNKNOWN)
    table.start(unknown)
    table.presenter.find_out(unknown, lambda: fetched.append("x"))
    table.presenter.handle(PathStat(table.last, unknown))
    assert table.presenter.view.path == b"/x"
    wrong = Problem(kind=Kind.WRONG_TYPE, sentence=message("A file."))
    table.presenter.handle(Failed(request=table.last, problem=wrong))
    assert (fetched, table.presenter.view.path) == (["x"], b"/")
    table.presenter.handle(Failed(request=table.last, problem=wrong))
    assert fetched == ["x"]


def test_an_answer_that_comes_late_opens_nothing(table: Table) -> None:
    table.start(Entry(b"link", EntryKind.LINK))
    table.presenter.find_out(Entry(b"link", EntryKind.LINK), never)
    asked = table.last
    table.presenter.open(b"/elsewhere")
    table.presenter.handle(PathStat(asked, Entry(b"link", EntryKind.FILE)))
    assert table.presenter.view.path == b"/elsewhere"
