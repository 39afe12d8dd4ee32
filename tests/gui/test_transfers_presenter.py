from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.problem_text import support_text
from ferrygate.app.presenters.transfer_row import RowTone, RowView
from ferrygate.app.presenters.transfers_presenter import Tab, TransfersPresenter
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine import messages as m
from ferrygate.transfers.views import Confirmation, LeftBehind, SkipReason

if TYPE_CHECKING:
    from gui.conftest import StillClock

BATCH = m.BatchId("1")
RUNNING = m.BatchView(
    batch=BATCH,
    direction=m.Direction.UPLOAD,
    name="plate-scans",
    sources=1,
    target="inbox",
    files_total=214,
    bytes_total=3_100_000_000,
    bytes_moved=1_900_000_000,
    bytes_per_second=31_400_000.0,
)
CANCELLED = Problem(kind=Kind.CANCELLED, sentence=message("Cancelled."))
PROBLEM = Problem(
    kind=Kind.SIZE_MISMATCH,
    sentence=message("The sizes differ."),
    next_step=message("Send it again."),
)


class Table:
    """A presenter with what it sent."""

    def __init__(self, clock: StillClock) -> None:
        self.sent: list[m.Command] = []
        self.clock = clock
        self.shown: list[Problem] = []
        self.presenter = TransfersPresenter(Outbox(self.sent.append), clock, self.shown.append)

    def batch(self, **changes: object) -> None:
        self.presenter.handle(m.BatchChanged(view=msgspec.structs.replace(RUNNING, **changes)))

    def finish(self, delivered: int = 214, **changes: object) -> None:
        self.batch(
            finished=True,
            finished_at=self.clock.now(),
            files_finished=214,
            files_delivered=delivered,
            **changes,
        )

    def file(self, state: m.TransferState, **more: object) -> None:
        view = m.FileView(number=0, local="x", remote=b"x", state=state, **more)  # type: ignore[arg-type]
        self.presenter.handle(m.FileChanged(batch=BATCH, view=view))

    @property
    def row(self) -> RowView:
        (row,) = self.presenter.view.rows
        return row

    @property
    def offers(self) -> list[bool]:
        """Tell of each row whether it offers to try again."""
        return [row.can_retry for row in self.presenter.view.rows]

    @property
    def labels(self) -> list[str]:
        return [words for _tab, words in self.presenter.view.labels]


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def test_nothing_is_shown_before_the_first_batch(table: Table) -> None:
    assert not table.presenter.has_batches


def test_a_running_batch_in_plain_words(table: Table) -> None:
    table.batch()
    assert table.row.status == "61 % · 1.90 of 3.10 GB"
    assert table.row.sub == "214 files · to inbox"
    assert table.row.fraction == pytest.approx(0.6129, abs=1e-4)
    assert table.presenter.view.summary == "31.4 MB/s · about 39 s left"
    assert table.labels == ["Now 1", "Delivered 0", "Needs attention 0"]


def test_totals_that_still_grow_promise_no_end(table: Table) -> None:
    table.batch(walking=True)
    assert table.presenter.view.summary == "31.4 MB/s"
    table.batch(walking=True, bytes_moved=0)
    assert table.row.status == "Looking through folders, 214 files"


def test_a_batch_that_has_not_begun_waits(table: Table) -> None:
    table.batch(bytes_total=0, bytes_moved=0, bytes_per_second=0.0)
    assert (table.row.status, table.presenter.view.summary) == ("Waiting", "")


@pytest.mark.parametrize("moved", [2, 2_200_000, 10**15])
def test_a_file_longer_than_the_server_told_fills_the_bar_and_no_more(
    table: Table, moved: int
) -> None:
    table.batch(bytes_total=1, bytes_moved=moved)
    assert table.row.fraction == 1.0
    assert table.row.status.startswith("100 %")
    assert "-" not in table.presenter.view.summary


def test_a_delivered_batch_stays_a_minute_among_those_of_now(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.DELIVERED, confirmation=Confirmation.CONFIRMED)
    table.finish()
    assert table.row.tone is RowTone.OK
    assert table.row.status == "Delivered 12:00"
    assert table.row.sub == "214 files · to inbox · size confirmed by the server"
    table.clock.time += 61
    table.presenter.tick()
    assert table.labels == ["Now 0", "Delivered 1", "Needs attention 0"]
    assert table.presenter.view.empty == "Nothing is being sent or fetched."
    table.presenter.show(Tab.DELIVERED)
    assert table.row.batch == BATCH


def test_a_file_that_needs_a_person_brings_its_batch_there(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.NEEDS_ATTENTION, problem=PROBLEM)
    table.finish(delivered=213)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.about == "The sizes differ. Send it again."
    assert table.row.status == "213 of 214 delivered"
    assert table.row.details == support_text(PROBLEM)


def test_a_batch_that_failed_as_a_whole_is_over(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, problem=PROBLEM)
    assert not table.row.can_cancel
    assert table.labels[2] == "Needs attention 1"


def test_a_cancelled_batch_is_no_trouble_and_no_delivery(table: Table) -> None:
    table.batch()
    table.presenter.cancel(BATCH)
    assert table.sent == [m.CancelBatch(BATCH)]
    table.finish(delivered=0, problem=CANCELLED)
    assert table.row.status == "Cancelled"
    assert table.labels == ["Now 1", "Delivered 0", "Needs attention 0"]


def test_a_cancelled_file_is_no_trouble(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.CANCELLED, problem=CANCELLED)
    table.finish(delivered=0, files_cancelled=1)
    assert table.row.status == "Cancelled"
    assert table.labels == ["Now 1", "Delivered 0", "Needs attention 0"]


def test_what_a_cancelled_upload_may_have_destroyed_needs_attention(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.CANCELLED, problem=CANCELLED, left_behind=LeftBehind.PART)
    table.finish(delivered=0)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.status == "Cancelled"
    assert table.row.left == "A part of the file may be left on the server. Send it again."
    assert table.row.tone is RowTone.AMBER


def test_what_a_failed_upload_may_have_left_is_told_beside_why_it_failed(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.NEEDS_ATTENTION, problem=PROBLEM, left_behind=LeftBehind.PART)
    table.finish(delivered=0)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.about == "The sizes differ. Send it again."
    assert table.row.left == "A part of the file may be left on the server."


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        (Kind.NO_SPACE, "A part of the file may be left on the server."),
        (Kind.PERMISSION_DENIED, "A part of the file may be left on the server."),
        (Kind.REMOTE_FAILURE, "A part of the file may be left on the server. Send it again."),
    ],
)
def test_sending_again_is_advised_only_where_that_can_help(
    table: Table, kind: Kind, left: str
) -> None:
    table.batch()
    problem = Problem(kind=kind, sentence=message("No."))
    table.file(m.TransferState.NEEDS_ATTENTION, problem=problem, left_behind=LeftBehind.PART)
    table.finish(delivered=0)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.left == left


def test_a_batch_that_comes_to_its_end_says_so_at_once(table: Table) -> None:
    table.batch(stopping=True)
    assert table.row.status == "Cancelling"
    assert not table.row.can_cancel


def test_a_skipped_file_is_not_called_delivered(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.SKIPPED)
    table.finish(delivered=0, files_skipped=1)
    assert (table.row.status, table.row.tone) == ("Skipped, it is already there", RowTone.DIM)


def test_a_skipped_file_that_is_another_is_told(table: Table) -> None:
    table.batch(files_total=1)
    table.file(m.TransferState.SKIPPED, skip_reason=SkipReason.OTHER_SIZE_THERE)
    table.finish(delivered=0, files_skipped=1)
    assert table.row.sub == "214 files · to inbox · skipped, another size on the server"


def test_a_taken_name_is_asked_about_once_and_the_answer_sent(table: Table) -> None:
    table.batch()
    table.presenter.show(Tab.DELIVERED)
    table.presenter.handle(m.ConflictQuestion(batch=BATCH, name="a.csv", replace_is_final=True))
    assert table.row.conflict is not None
    assert table.row.conflict.question == "“a.csv” is already there."
    assert table.row.conflict.warning
    assert table.row.status == "Waiting for your answer"
    table.presenter.answer(BATCH, m.ConflictChoice.SKIP)
    assert table.sent == [m.AnswerConflict(batch=BATCH, choice=m.ConflictChoice.SKIP)]
    assert table.row.conflict is None


def test_a_lost_connection_is_counted_down_in_the_row(table: Table) -> None:
    table.batch()
    state = m.SessionState.RECONNECTING
    until = table.clock.now() + 7
    table.presenter.handle(m.SessionChanged(state=state, until=until))
    assert table.row.sub == "Connection lost. Goes on with a new code in 7 s."
    assert (table.row.tone, table.row.status) == (RowTone.AMBER, "Reconnecting")


def test_what_is_delivered_and_asked_about_again_says_when_and_why(table: Table) -> None:
    late = {"files_total": 3, "files_finished": 2, "late_until": table.clock.now() + 300}
    table.batch()
    table.file(m.TransferState.CHECKING, late_check=m.LateCheck.DUE)
    table.batch(**late, files_late=1)
    assert table.row.about.startswith("Delivered; asked again at ")
    assert table.row.about.endswith(", because the line was lost.")
    assert table.row.status == "Checking"
    assert table.row.can_cancel
    table.batch(**late | {"files_finished": 1}, files_late=1)  # another one moves
    assert table.row.about == ""
    table.file(m.TransferState.INTERRUPTED, late_check=m.LateCheck.DUE)
    table.batch(**late, files_late=1, files_interrupted=1)
    assert table.row.about.startswith("1 file is sent again at ")


def test_what_was_not_asked_again_says_so(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.DELIVERED, confirmation=Confirmation.NOT_ASKED_AGAIN)
    table.finish()
    assert "not asked again" in table.row.sub


def test_only_the_newest_rows_are_drawn_and_all_are_counted(table: Table) -> None:
    for number in range(1, 81):
        table.batch(batch=m.BatchId(f"{number}"))
    assert table.labels[0] == "Now 80"
    assert [row.batch for row in table.presenter.view.rows] == list(map(str, range(80, 30, -1)))


def test_a_question_is_drawn_however_old_its_batch_is(table: Table) -> None:
    for number in range(1, 81):
        table.batch(batch=m.BatchId(f"{number}"))
    assert table.presenter.view.asked is None
    table.presenter.handle(
        m.ConflictQuestion(batch=m.BatchId("3"), name="a.csv", replace_is_final=False)
    )
    view = table.presenter.view
    assert (view.asked, view.rows[-1].batch) == ("3", "3")


def test_what_belongs_to_others_is_left_alone(table: Table) -> None:
    table.presenter.handle(m.Done(request=9))
    table.presenter.handle(m.Failed(request=9, problem=PROBLEM))
    assert not table.presenter.has_batches


def refused(words: str) -> Problem:
    return Problem(
        kind=Kind.REMOTE_FAILURE, sentence=message("The server refused."), server_said=words
    )


def test_the_servers_words_stand_in_the_row_and_those_of_each_file_in_its_tip(table: Table) -> None:
    table.batch()
    for number, words in enumerate(["No space left", "quota\x1b[31m", ""]):
        view = m.FileView(
            number=number,
            local=f"/tmp/{number}.csv",  # noqa: S108  a name alone
            remote=b"/inbox/x",
            state=m.TransferState.NEEDS_ATTENTION,
            problem=refused(words),
        )
        table.presenter.handle(m.FileChanged(batch=BATCH, view=view))
    table.finish(delivered=0)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.said == "The server says: “No space left”"
    assert table.row.each == (
        "0.csv: The server says: “No space left”\n1.csv: The server says: “quota\\x1b[31m”"
    )
    assert table.row.details.count("[remote-failure]") == 3
    assert "1.csv\nThe server refused.\nThe server says: “quota" in table.row.details


def test_where_the_server_said_nothing_nothing_is_quoted(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.NEEDS_ATTENTION, problem=PROBLEM)
    table.finish(delivered=0)
    table.presenter.show(Tab.ATTENTION)
    assert (table.row.said, table.row.each) == ("", "")
    assert table.row.details == "The sizes differ.\nSend it again.\n[size-mismatch]"


def test_a_batch_of_links_alone_is_left_out_and_not_said_to_be_there(table: Table) -> None:
    table.batch()
    table.file(
        m.TransferState.SKIPPED,
        skip_reason=SkipReason.LINK_TO_FOLDER,
    )
    table.finish(delivered=0, files_skipped=1, files_left_out=1)
    assert table.row.status == "Left out"
    assert table.row.sub.endswith("left out: a link to a folder")


def test_a_batch_that_needs_a_person_can_be_tried_again(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.NEEDS_ATTENTION, problem=PROBLEM, left_behind=LeftBehind.PART)
    table.finish(delivered=213, can_retry=True)
    table.presenter.show(Tab.ATTENTION)
    assert table.offers == [True]
    table.presenter.retry(BATCH)
    assert table.sent == [m.RetryBatch(1, BATCH)]
    assert table.labels[0] == "Now 1"
    assert table.offers == [False]  # until it is known what becomes of it
    table.batch(files_finished=213, files_delivered=213)
    table.file(m.TransferState.WAITING)
    table.presenter.handle(m.Done(request=1))
    assert table.labels == ["Now 1", "Delivered 0", "Needs attention 0"]
    table.file(m.TransferState.DELIVERED, confirmation=Confirmation.CONFIRMED)
    table.finish()
    assert table.row.status == "Delivered 12:00"
    assert (table.row.about, table.row.left, table.row.can_retry) == ("", "", False)


def test_a_cancelled_batch_can_be_tried_again(table: Table) -> None:
    table.batch()
    table.file(m.TransferState.CANCELLED, problem=CANCELLED)
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    assert (table.row.status, table.row.can_retry) == ("Cancelled", True)


def test_nothing_is_tried_again_without_a_session(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    table.presenter.handle(m.SessionChanged(state=m.SessionState.OFFLINE))
    assert table.offers == [False]
    table.presenter.handle(m.SessionChanged(state=m.SessionState.SIGNED_IN))
    assert table.offers == [True]


def test_why_a_batch_cannot_be_tried_again_is_shown(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, files_cancelled=214, can_retry=True)
    table.presenter.retry(BATCH)
    table.presenter.handle(m.Failed(request=1, problem=PROBLEM))
    assert table.shown == [PROBLEM]
    assert table.offers == [True]
