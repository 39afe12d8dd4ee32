"""Each batch, with any sums, has one outcome, and that is what has happened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.app.presenters.batch_outcome import (
    ALL_THERE,
    MARKS,
    BatchOutcome,
    RowTone,
    Tab,
    sums_of,
)
from ferrygate.app.presenters.known_batch import Batch
from ferrygate.app.presenters.transfer_row import RowAction, row_view
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.transfers.views import BatchId, BatchView, Direction

COUNT = st.integers(0, 3)
PROBLEMS = st.none() | st.sampled_from([Kind.CANCELLED, Kind.CONNECTION_LOST, Kind.NO_SPACE]).map(
    lambda kind: Problem(kind=kind, sentence=message("Why."))
)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Draw a batch that has ended, with any sums that an engine can tell."""
    delivered, there, differs, left_out, cancelled, failed = (draw(COUNT) for _ in range(6))
    skipped = there + differs + left_out
    total = delivered + skipped + cancelled + failed
    view = BatchView(
        batch=BatchId("1"),
        direction=draw(st.sampled_from(Direction)),
        name="plates",
        sources=1,
        target="/inbox",
        files_total=total,
        files_finished=total,
        files_delivered=delivered,
        files_confirmed=draw(st.integers(0, delivered)),
        files_skipped=skipped,
        files_size_differs=differs,
        files_left_out=left_out,
        files_cancelled=cancelled,
        finished=True,
        finished_at=0.0,
        problem=draw(PROBLEMS),
        can_retry=bool(cancelled or failed),
    )
    return Batch(view=view, file_problem=draw(PROBLEMS) if failed else None)


@given(batches())
def test_the_sums_are_all_of_its_files(batch: Batch) -> None:
    sums = sums_of(batch.view)
    assert sums.delivered + sums.skipped + sums.missing == batch.view.files_total
    assert sums.there + sums.size_differs + sums.left_out == sums.skipped
    assert sums.cancelled + sums.failed == sums.missing


@given(batches())
def test_an_outcome_is_what_has_happened(batch: Batch) -> None:
    view, sums = batch.view, sums_of(batch.view)
    walk_cancelled = view.problem is not None and view.problem.kind is Kind.CANCELLED
    walk_failed = view.problem is not None and not walk_cancelled
    needs_person = bool(sums.failed) or walk_failed
    taken_back = bool(sums.cancelled) or walk_cancelled
    whole = not needs_person and not taken_back
    expected = {
        BatchOutcome.ATTENTION: needs_person,
        BatchOutcome.INTERRUPTED: needs_person,
        BatchOutcome.PARTLY: taken_back and not needs_person and bool(sums.delivered),
        BatchOutcome.CANCELLED: taken_back and not needs_person and not sums.delivered,
        BatchOutcome.EMPTY: whole and not view.files_total,
        BatchOutcome.SKIPPED: whole and bool(view.files_total) and sums.skipped == view.files_total,
        BatchOutcome.REST_SKIPPED: whole and bool(sums.skipped and sums.delivered),
        BatchOutcome.DELIVERED: whole
        and bool(sums.delivered)
        and sums.delivered == view.files_total == view.files_confirmed,
        BatchOutcome.UNCONFIRMED: whole
        and sums.delivered == view.files_total
        and view.files_confirmed < view.files_total,
    }
    assert [outcome for outcome, holds in expected.items() if holds and outcome in MARKS]
    assert expected[batch.outcome]
    others = [outcome for outcome, holds in expected.items() if holds]
    assert others == [batch.outcome] or set(others) == {
        BatchOutcome.ATTENTION,
        BatchOutcome.INTERRUPTED,
    }


@given(batches())
def test_green_is_only_what_was_delivered_whole_and_confirmed(batch: Batch) -> None:
    view = batch.view
    row = row_view(batch, here=None, away=None, can_retry=True, now=0.0)
    whole = view.problem is None and view.files_delivered == view.files_total > 0
    assert (row.tone is RowTone.OK) == (whole and view.files_confirmed == view.files_total)
    assert ("confirmed by the server" in row.sub) <= (row.tone is RowTone.OK)
    assert row.status
    assert (batch.outcome in ALL_THERE) <= (batch.tab is Tab.DONE)


@given(batches())
def test_what_could_be_tried_again_is_offered_and_may_be_dismissed(batch: Batch) -> None:
    row = row_view(batch, here=None, away=None, can_retry=True, now=0.0)
    actions = [link.action for link in row.links]
    assert (RowAction.RETRY in actions) == batch.view.can_retry
    assert (RowAction.DISMISS in actions) == (batch.outcome not in ALL_THERE)
    assert len(actions) <= 3
    assert all("“plates”" in link.name for link in row.links)
