"""Transfers are begun by the presenter that shows them, without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.engine.messages.event import Failed
from ferrygate.engine.messages.transfers import BatchStarted, Download, Upload
from ferrygate.transfers.views import ConflictChoice
from gui.transfers_table import BATCH, PROBLEM, Table

if TYPE_CHECKING:
    from gui.conftest import StillClock


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def test_what_is_chosen_is_sent_and_names_that_are_taken_are_asked_about(table: Table) -> None:
    table.presenter.upload(["plates"], b"/inbox")
    table.presenter.download([b"/exports/a.csv"], "here")
    up, down = table.sent
    assert isinstance(up, Upload)
    assert isinstance(down, Download)
    assert (up.sources, up.folder, up.on_conflict) == (("plates",), b"/inbox", ConflictChoice.ASK)
    assert (down.sources, down.folder) == ((b"/exports/a.csv",), "here")
    assert down.on_conflict is ConflictChoice.ASK


def test_nothing_chosen_sends_nothing(table: Table) -> None:
    table.presenter.upload([], b"/inbox")
    table.presenter.download([], "here")
    assert table.sent == []


def test_what_cannot_be_begun_is_said(table: Table) -> None:
    for _number in range(2):
        table.presenter.upload(["plates"], b"/inbox")
    first, second = (command.request for command in table.sent)  # type: ignore[union-attr]
    table.presenter.handle(BatchStarted(request=first, batch=BATCH))
    for request in (first, second, second):
        table.presenter.handle(Failed(request=request, problem=PROBLEM))
    assert table.problems == [PROBLEM]
