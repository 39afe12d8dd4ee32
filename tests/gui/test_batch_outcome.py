"""A row says what has become of a batch that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ferrygate.app.presenters.batch_outcome import BatchOutcome, Tab
from ferrygate.app.presenters.known_batch import Batch
from ferrygate.app.presenters.transfer_row import row_view
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.transfers.views import BatchView, Confirmation, Direction, TransferState
from gui.transfers_table import CANCELLED, PROBLEM, RUNNING, Table

if TYPE_CHECKING:
    from gui.conftest import StillClock

UP, DOWN = Direction.UPLOAD, Direction.DOWNLOAD
SIGNED_OUT = Problem(kind=Kind.CANCELLED, sentence=message("Signed out."))
LOST = Problem(kind=Kind.CONNECTION_LOST, sentence=message("The server no longer answers."))


def ended(total: int, delivered: int, direction: Direction = UP, **changes: object) -> BatchView:
    view = msgspec.structs.replace(
        RUNNING,
        direction=direction,
        files_total=total,
        files_finished=total,
        files_delivered=delivered,
        files_confirmed=delivered,
        finished=True,
        can_retry=True,
    )
    return msgspec.structs.replace(view, **changes)


@pytest.mark.parametrize(
    ("view", "problem", "outcome", "words", "tab"),
    [
        (ended(2000, 2000), None, BatchOutcome.DELIVERED, "Delivered", Tab.DONE),
        (ended(3, 3, DOWN), None, BatchOutcome.DELIVERED, "Downloaded", Tab.DONE),
        (ended(3, 3, files_confirmed=2), None, BatchOutcome.UNCONFIRMED, "Delivered", Tab.DONE),
        (
            ended(200, 190, files_skipped=10),
            None,
            BatchOutcome.REST_SKIPPED,
            "190 delivered · 10 were already there",
            Tab.DONE,
        ),
        (
            ended(200, 190, DOWN, files_skipped=10, files_left_out=8, files_size_differs=1),
            None,
            BatchOutcome.REST_SKIPPED,
            "190 downloaded · 1 was already there, 1 is there with another size, 8 left out",
            Tab.DONE,
        ),
        (
            ended(25, 0, files_skipped=25),
            None,
            BatchOutcome.SKIPPED,
            "Skipped · 25 were already there",
            Tab.DONE,
        ),
        (
            ended(1, 0, files_skipped=1),
            None,
            BatchOutcome.SKIPPED,
            "Skipped · it was already there",
            Tab.DONE,
        ),
        (
            ended(3, 0, files_skipped=3, files_left_out=3),
            None,
            BatchOutcome.SKIPPED,
            "3 left out",
            Tab.DONE,
        ),
        (ended(0, 0), None, BatchOutcome.EMPTY, "No files in it", Tab.DONE),
        (ended(0, 0, sources=2), None, BatchOutcome.EMPTY, "No files in them", Tab.DONE),
        (
            ended(2000, 192, files_cancelled=1808),
            None,
            BatchOutcome.PARTLY,
            "Cancelled · 192 of 2,000 were delivered",
            Tab.ATTENTION,
        ),
        (
            ended(2000, 1, DOWN, files_cancelled=1999),
            None,
            BatchOutcome.PARTLY,
            "Cancelled · 1 of 2,000 was downloaded",
            Tab.ATTENTION,
        ),
        (  # the walk had not seen all of them
            ended(300, 192, files_cancelled=108, problem=CANCELLED),
            None,
            BatchOutcome.PARTLY,
            "Cancelled · 192 were delivered",
            Tab.ATTENTION,
        ),
        (ended(1, 0, files_cancelled=1), None, BatchOutcome.CANCELLED, "Cancelled", Tab.DONE),
        (
            ended(5, 0, files_cancelled=5),
            None,
            BatchOutcome.CANCELLED,
            "Cancelled · nothing was delivered",
            Tab.DONE,
        ),
        (
            ended(0, 0, DOWN, problem=CANCELLED),
            None,
            BatchOutcome.CANCELLED,
            "Cancelled · nothing was downloaded",
            Tab.DONE,
        ),
        (
            ended(5, 0, files_skipped=2, files_cancelled=3),
            None,
            BatchOutcome.CANCELLED,
            "Cancelled · 2 were already there",
            Tab.DONE,
        ),
        (
            ended(2000, 12),
            SIGNED_OUT,
            BatchOutcome.INTERRUPTED,
            "Interrupted · 12 of 2,000 were delivered",
            Tab.ATTENTION,
        ),
        (ended(1, 0), LOST, BatchOutcome.INTERRUPTED, "Interrupted", Tab.ATTENTION),
        (
            ended(2000, 1997),
            PROBLEM,
            BatchOutcome.ATTENTION,
            "3 of 2,000 not delivered",
            Tab.ATTENTION,
        ),
        (
            ended(3, 1, DOWN),
            PROBLEM,
            BatchOutcome.ATTENTION,
            "2 of 3 not downloaded",
            Tab.ATTENTION,
        ),
        (ended(1, 0), PROBLEM, BatchOutcome.ATTENTION, "Not delivered", Tab.ATTENTION),
        (ended(25, 0), PROBLEM, BatchOutcome.ATTENTION, "None of 25 was delivered", Tab.ATTENTION),
        (
            ended(0, 0, DOWN, problem=PROBLEM),
            None,
            BatchOutcome.ATTENTION,
            "Not downloaded",
            Tab.ATTENTION,
        ),
        (
            ended(7, 7, problem=PROBLEM),
            None,
            BatchOutcome.ATTENTION,
            "Incomplete · 7 were delivered",
            Tab.ATTENTION,
        ),
        (
            ended(2, 0, files_skipped=2, problem=PROBLEM),
            None,
            BatchOutcome.ATTENTION,
            "Incomplete · 2 were already there",
            Tab.ATTENTION,
        ),
    ],
)
def test_an_outcome_its_words_and_its_tab(
    view: BatchView, problem: Problem | None, outcome: BatchOutcome, words: str, tab: Tab
) -> None:
    batch = Batch(view=view, file_problem=problem)
    row = row_view(batch, here=None, away=None, can_retry=True, now=0.0)
    assert (batch.outcome, row.status, batch.tab) == (outcome, words, tab)


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def test_a_folder_that_was_cancelled_is_never_called_delivered(table: Table) -> None:
    table.batch(files_total=2000)
    for _ in range(2):
        table.file(TransferState.DELIVERED, confirmation=Confirmation.CONFIRMED)
    table.finish(delivered=192, files_total=2000, files_cancelled=1808, can_retry=True)
    assert table.labels == ["Now 0", "Done 0", "Needs attention 1"]
    assert table.row.icon == "partly"
    assert table.row.sub == "2,000 files · to inbox · 12:00 · 192 sizes confirmed"
    assert table.links == ["Send the rest", "Dismiss"]


@pytest.mark.parametrize(
    ("confirmed", "note"),
    [
        (214, "sizes confirmed by the server"),
        (211, "211 of 214 sizes confirmed"),
        (0, "size not confirmed: the server does not tell sizes"),
    ],
)
def test_only_the_sizes_that_were_confirmed_are_said_to_be(
    table: Table, confirmed: int, note: str
) -> None:
    table.batch()
    table.file(TransferState.DELIVERED, confirmation=Confirmation.NO_SIZES)
    table.file(TransferState.DELIVERED, confirmation=Confirmation.CONFIRMED)  # the last of them
    table.finish(files_confirmed=confirmed)
    assert table.row.sub == f"214 files · to inbox · {note}"


def test_a_fetched_batch_is_downloaded(table: Table) -> None:
    table.batch(direction=DOWN, target="/srv/ann/Downloads")
    table.finish(direction=DOWN, target="/srv/ann/Downloads")
    assert table.row.status == "Downloaded 12:00"
    assert table.row.sub == "214 files · to Downloads · complete"
    assert table.row.place == "/srv/ann/Downloads"
