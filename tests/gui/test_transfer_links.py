"""Links of batches that have ended: try again, send the rest, dismiss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.batch_outcome import Tab
from ferrygate.app.presenters.transfer_row import RowAction
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.engine.messages.transfers import RetryBatch
from ferrygate.transfers.views import Confirmation, LeftBehind, TransferState
from gui.transfers_table import BATCH, CANCELLED, PROBLEM, Table

if TYPE_CHECKING:
    from gui.conftest import StillClock


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def test_a_batch_that_needs_a_person_can_be_tried_again(table: Table) -> None:
    table.batch()
    table.file(TransferState.NEEDS_ATTENTION, problem=PROBLEM, left_behind=LeftBehind.PART)
    table.finish(delivered=213, can_retry=True)
    table.presenter.show(Tab.ATTENTION)
    assert table.offers == [True]
    assert table.links == ["Send the rest", "Copy details", "Dismiss"]
    table.presenter.act(BATCH, RowAction.RETRY)
    assert table.sent == [RetryBatch(1, BATCH)]
    assert table.presenter.view.tab is Tab.NOW
    assert table.offers == [False]  # until it is known what becomes of it
    table.batch(files_finished=213, files_delivered=213)
    table.file(TransferState.WAITING)
    table.presenter.handle(Done(request=1))
    assert table.labels == ["Now 1", "Done 0", "Needs attention 0"]
    table.file(TransferState.DELIVERED, confirmation=Confirmation.CONFIRMED)
    table.finish()
    assert table.row.status == "Delivered 12:00"
    assert (table.row.about, table.row.left, table.links) == ("", "", [])


def test_a_cancelled_batch_can_be_tried_again(table: Table) -> None:
    table.batch()
    table.file(TransferState.CANCELLED, problem=CANCELLED)
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    assert table.links == ["Try again", "Dismiss"]
    assert [link.name for link in table.row.links] == [
        "Try “plate-scans” again",
        "Dismiss “plate-scans”",
    ]


def test_nothing_is_tried_again_without_a_session(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    table.presenter.handle(SessionChanged(state=SessionState.OFFLINE))
    assert table.offers == [False]
    table.presenter.handle(SessionChanged(state=SessionState.SIGNED_IN))
    assert table.offers == [True]


def test_why_a_batch_cannot_be_tried_again_is_shown(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    table.presenter.retry(BATCH)
    table.presenter.handle(Failed(request=1, problem=PROBLEM))
    assert table.problems == [PROBLEM]
    assert table.offers == [True]


def test_what_has_begun_again_leaves_the_tab_where_it_stood(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    table.presenter.show(Tab.DONE)
    table.presenter.act(BATCH, RowAction.RETRY)
    table.batch()
    assert table.labels == ["Now 1", "Done 0", "Needs attention 0"]


def test_a_dismissed_batch_is_gone_for_good(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    table.presenter.act(BATCH, RowAction.DISMISS)
    assert not table.presenter.has_batches
    table.finish(delivered=0, files_cancelled=214)  # the engine lets it go
    assert not table.presenter.has_batches


def test_what_is_under_way_or_begins_again_is_not_dismissed(table: Table) -> None:
    table.batch()
    table.presenter.dismiss(BATCH)
    assert table.presenter.has_batches
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    table.presenter.retry(BATCH)
    table.presenter.dismiss(BATCH)
    assert table.presenter.has_batches
