from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.batch_outcome import RowTone, Tab
from ferrygate.app.presenters.problem_text import support_text
from ferrygate.app.presenters.transfers_presenter import STAYS_SECONDS
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.engine.messages.transfers import (
    CancelBatch,
    FileChanged,
)
from ferrygate.transfers.views import (
    BatchId,
    Confirmation,
    FileView,
    LateCheck,
    LeftBehind,
    SkipReason,
    TransferState,
)
from gui.conftest import NOON
from gui.transfers_table import BATCH, CANCELLED, PROBLEM, Table
from support.conflicts import question

if TYPE_CHECKING:
    from gui.conftest import StillClock


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
    assert table.presenter.view.summary == "31.4 MB/s · about 38 s left"
    assert table.labels == ["Now 1", "Done 0", "Needs attention 0"]


def test_totals_that_still_grow_promise_no_end(table: Table) -> None:
    table.batch(walking=True)
    assert table.presenter.view.summary == "31.4 MB/s"
    table.batch(walking=True, bytes_moved=0)
    assert table.row.status == "214 files found so far"


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


def test_a_batch_that_has_ended_keeps_its_place_until_the_person_turns_to_another_tab(
    table: Table,
) -> None:
    table.batch()
    table.finish()
    assert table.row.tone is RowTone.OK
    assert table.row.status == "Delivered 12:00"
    assert table.row.sub == "214 files · to inbox · sizes confirmed by the server"
    assert table.labels == ["Now 0", "Done 1", "Needs attention 0"]
    table.clock.time += 10_000
    table.presenter.tick()
    assert table.shown == (Tab.NOW, [BATCH])
    table.presenter.show(Tab.DONE)
    assert table.shown == (Tab.DONE, [BATCH])
    assert [tab.can_open for tab in table.presenter.view.tabs] == [False, True, False]
    table.presenter.show(Tab.NOW)  # which has nothing to show
    assert table.shown == (Tab.DONE, [BATCH])


def test_turning_to_a_tab_without_rows_takes_nothing_from_those_of_now(table: Table) -> None:
    table.batch()
    table.finish()
    table.presenter.show(Tab.ATTENTION)
    table.batch(batch=BatchId("2"))
    assert table.shown == (Tab.NOW, ["2", BATCH])


def test_a_batch_that_ended_while_another_tab_was_shown_still_is_to_be_seen(table: Table) -> None:
    other = BatchId("2")
    table.batch()
    table.finish()
    table.batch(batch=other)
    table.presenter.show(Tab.DONE)
    table.finish(batch=other)
    table.presenter.show(Tab.NOW)
    assert table.row.batch == other


@pytest.mark.parametrize(("seconds", "rows"), [(STAYS_SECONDS - 1, 2), (STAYS_SECONDS + 1, 1)])
def test_what_ended_a_minute_ago_makes_room_for_what_is_begun(
    table: Table, seconds: float, rows: int
) -> None:
    table.batch()
    table.finish(delivered=0, problem=PROBLEM)
    table.clock.time += seconds
    table.batch(batch=BatchId("2"))
    assert len(table.presenter.view.rows) == rows
    assert table.labels == ["Now 1", "Done 0", "Needs attention 1"]


def test_what_is_begun_is_shown(table: Table) -> None:
    table.batch()
    table.finish()
    table.presenter.show(Tab.DONE)
    table.batch(batch=BatchId("2"))
    assert table.presenter.view.tab is Tab.NOW


def test_the_panel_keeps_the_height_of_the_tab_with_most_rows(table: Table) -> None:
    for number in range(4):
        table.batch(batch=BatchId(f"{number}"))
        table.finish(batch=BatchId(f"{number}"))
    table.presenter.show(Tab.DONE)
    table.batch(batch=BatchId("5"))
    view = table.presenter.view
    assert (view.tab, len(view.rows)) == (Tab.NOW, 1)
    assert view.sizes == ((1, 0), (3, 0), (0, 0))


def test_a_file_that_needs_a_person_brings_its_batch_there(table: Table) -> None:
    table.batch()
    table.file(TransferState.NEEDS_ATTENTION, problem=PROBLEM)
    table.finish(delivered=213)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.about == "The sizes differ. Send it again."
    assert table.row.status == "1 of 214 not delivered"
    assert table.row.details == support_text(PROBLEM)


def test_a_batch_that_failed_as_a_whole_is_over(table: Table) -> None:
    table.batch()
    table.finish(delivered=0, problem=PROBLEM)
    assert not table.row.can_cancel
    assert table.labels[2] == "Needs attention 1"


def test_a_cancelled_batch_is_no_trouble_and_no_delivery(table: Table) -> None:
    table.batch()
    table.presenter.cancel(BATCH)
    assert table.sent == [CancelBatch(BATCH)]
    table.finish(delivered=0, files_cancelled=214, problem=CANCELLED)
    assert table.row.status == "Cancelled · nothing was delivered"
    assert table.row.tone is RowTone.DIM
    assert table.labels == ["Now 0", "Done 1", "Needs attention 0"]


def test_a_cancelled_file_is_no_trouble(table: Table) -> None:
    table.batch(files_total=1)
    table.file(TransferState.CANCELLED, problem=CANCELLED)
    table.finish(delivered=0, files_total=1, files_cancelled=1)
    assert table.row.status == "Cancelled"
    assert table.labels == ["Now 0", "Done 1", "Needs attention 0"]


def test_what_a_cancelled_upload_may_have_destroyed_needs_attention(table: Table) -> None:
    table.batch()
    table.file(TransferState.CANCELLED, problem=CANCELLED, left_behind=LeftBehind.PART)
    table.finish(delivered=0, files_cancelled=214)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.status == "Cancelled · nothing was delivered"
    assert table.row.left == "A part of the file may be left on the server. Send it again."
    assert table.row.tone is RowTone.AMBER


def test_what_a_failed_upload_may_have_left_is_told_beside_why_it_failed(table: Table) -> None:
    table.batch()
    table.file(TransferState.NEEDS_ATTENTION, problem=PROBLEM, left_behind=LeftBehind.PART)
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
    table.file(TransferState.NEEDS_ATTENTION, problem=problem, left_behind=LeftBehind.PART)
    table.finish(delivered=0)
    table.presenter.show(Tab.ATTENTION)
    assert table.row.left == left


def test_a_batch_that_comes_to_its_end_says_so_at_once(table: Table) -> None:
    table.batch(stopping=True)
    assert table.row.status == "Cancelling"
    assert not table.row.can_cancel


def test_a_skipped_file_that_is_another_is_told(table: Table) -> None:
    table.batch(files_total=1)
    table.file(TransferState.SKIPPED, skip_reason=SkipReason.OTHER_SIZE_THERE)
    table.finish(delivered=0, files_total=1, files_skipped=1, files_size_differs=1)
    assert table.row.status == "Skipped · another size is there"
    assert table.row.tone is RowTone.DIM


@pytest.mark.parametrize(
    ("session", "finished", "sentence", "status"),
    [
        (
            SessionChanged(SessionState.RECONNECTING, NOON + 7),
            1,
            "Connection lost. Goes on with a new code in 7 s.",
            "Reconnecting",
        ),
        (
            SessionChanged(SessionState.RECONNECTING, NOON + 7),
            213,
            "Connection lost. Begins again with a new code in 7 s.",
            "Reconnecting",
        ),
        (
            SessionChanged(SessionState.RECONNECTING, NOON + 7, can_try_now=True),
            1,
            "Connection lost. The next try is in 7 s.",
            "Reconnecting",
        ),
        (
            SessionChanged(SessionState.RECONNECTING),
            1,
            "Connection lost. Reconnecting.",
            "Reconnecting",
        ),
        (
            SessionChanged(SessionState.ASKING_FOR_CODE),
            1,
            "Connection lost. Goes on once you type the next code.",
            "Waiting for your code",
        ),
        (
            SessionChanged(SessionState.ASKING_FOR_CODE),
            213,
            "Connection lost. Begins again once you type the next code.",
            "Waiting for your code",
        ),
    ],
)
def test_a_batch_says_how_it_goes_on_while_the_connection_is_away(
    table: Table, session: SessionChanged, finished: int, sentence: str, status: str
) -> None:
    table.batch(files_finished=finished)
    table.presenter.handle(session)
    row = table.row
    assert (row.sub, row.status, row.tone) == (sentence, status, RowTone.AMBER)
    assert table.presenter.view.summary == "", "the speed and the time left are of another time"
    table.presenter.handle(SessionChanged(SessionState.SIGNED_IN))
    row = table.row
    assert row.tone is RowTone.ACCENT
    assert table.presenter.view.summary


def test_what_is_delivered_and_asked_about_again_says_when_and_why(table: Table) -> None:
    late = {"files_total": 3, "files_finished": 2, "late_until": table.clock.now() + 300}
    table.batch()
    table.file(TransferState.CHECKING, late_check=LateCheck.DUE)
    table.batch(**late, files_late=1)
    assert table.row.about.startswith("Delivered; asked again at ")
    assert table.row.about.endswith(", because the line was lost.")
    assert table.row.status == "Checking"
    assert table.row.can_cancel
    table.batch(**late | {"files_finished": 1}, files_late=1)  # another one moves
    assert table.row.about == ""
    table.file(TransferState.INTERRUPTED, late_check=LateCheck.DUE)
    table.batch(**late, files_late=1, files_interrupted=1)
    assert table.row.about.startswith("1 file is sent again at ")


def test_what_was_not_asked_again_says_so(table: Table) -> None:
    table.batch()
    table.file(TransferState.DELIVERED, confirmation=Confirmation.NOT_ASKED_AGAIN)
    table.finish(files_confirmed=0)
    assert "not asked again" in table.row.sub


def test_only_the_newest_rows_are_drawn_and_all_are_counted(table: Table) -> None:
    for number in range(1, 81):
        table.batch(batch=BatchId(f"{number}"))
    assert table.labels[0] == "Now 80"
    assert [row.batch for row in table.presenter.view.rows] == list(map(str, range(80, 30, -1)))


def test_a_question_is_drawn_however_old_its_batch_is(table: Table) -> None:
    for number in range(1, 81):
        table.batch(batch=BatchId(f"{number}"))
    assert table.presenter.view.asked is None
    table.presenter.handle(question(BatchId("3")))
    view = table.presenter.view
    assert (view.asked, view.rows[-1].batch) == ("3", "3")


def test_what_belongs_to_others_is_left_alone(table: Table) -> None:
    table.presenter.handle(Done(request=9))
    table.presenter.handle(Failed(request=9, problem=PROBLEM))
    assert not table.presenter.has_batches


def refused(words: str) -> Problem:
    return Problem(
        kind=Kind.REMOTE_FAILURE, sentence=message("The server refused."), server_said=words
    )


def test_the_servers_words_stand_in_the_row_and_those_of_each_file_in_its_tip(table: Table) -> None:
    table.batch()
    for number, words in enumerate(["No space left", "quota\x1b[31m", ""]):
        view = FileView(
            number=number,
            local=f"/tmp/{number}.csv",  # noqa: S108  a name alone
            remote=b"/inbox/x",
            state=TransferState.NEEDS_ATTENTION,
            problem=refused(words),
        )
        table.presenter.handle(FileChanged(batch=BATCH, view=view))
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
    table.file(TransferState.NEEDS_ATTENTION, problem=PROBLEM)
    table.finish(delivered=0)
    table.presenter.show(Tab.ATTENTION)
    assert (table.row.said, table.row.each) == ("", "")
    assert table.row.details == "The sizes differ.\nSend it again.\n[size-mismatch]"


def test_a_batch_of_links_alone_is_left_out_and_not_said_to_be_there(table: Table) -> None:
    table.batch(files_total=1)
    table.file(TransferState.SKIPPED, skip_reason=SkipReason.LINK_TO_FOLDER)
    table.finish(delivered=0, files_total=1, files_skipped=1, files_left_out=1)
    assert table.row.status == "Left out"
    assert table.row.sub.endswith("left out: a link to a folder")
