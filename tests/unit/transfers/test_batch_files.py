"""The table of states and the sums of a batch."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.batch_files import BatchFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import (
    MOVES,
    BatchId,
    BatchView,
    Confirmation,
    ConflictChoice,
    ConflictScope,
    Direction,
    FileView,
    LeftBehind,
    TransferState,
)
from support.checkpoints import cut, opening
from support.conflicts import conflict
from support.fake_clock import ManualClock

S = TransferState
PROBLEM = Problem(kind=Kind.REMOTE_FAILURE, sentence=message("No."))
ENDED = {S.DELIVERED, S.SKIPPED, S.NEEDS_ATTENTION, S.CANCELLED}
GONE = {S.DELIVERED, S.SKIPPED}
WAY = {  # how a file gets into each state
    S.WAITING: [],
    S.SENDING: [S.SENDING],
    S.RECEIVING: [S.RECEIVING],
    S.CHECKING: [S.SENDING, S.CHECKING],
    S.INTERRUPTED: [S.SENDING, S.INTERRUPTED],
    S.DELIVERED: [S.SENDING, S.CHECKING, S.DELIVERED],
    S.SKIPPED: [S.SENDING, S.SKIPPED],
    S.NEEDS_ATTENTION: [S.SENDING, S.NEEDS_ATTENTION],
    S.CANCELLED: [S.CANCELLED],
}
PAIRS = [pair for pair in itertools.product(S, S) if pair[0] is not pair[1]]


@dataclass
class Case:
    """A batch with one file of a hundred bytes."""

    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.batch = BatchFiles(
            BatchId("7"), Direction.UPLOAD, "month", "/inbox", self.clock, SystemThreads()
        )
        self.batch.walk.begin()
        self.batch.add(FileJob(number=0, local="/a", remote=b"/a", size=100))

    def enter(self, state: TransferState) -> FileView:
        if state in {S.DELIVERED, S.SKIPPED}:
            size = 100 if state is S.DELIVERED else 0
            return self.batch.end(0, FileOutcome(state=state, local="/a", remote=b"/a", size=size))
        if state in {S.NEEDS_ATTENTION, S.CANCELLED}:
            return self.batch.fail(0, state, PROBLEM, LeftBehind.PART)
        if state is S.INTERRUPTED:
            return self.batch.interrupt(0, UploadCheckpoint())
        if state is S.WAITING:
            return self.batch.meet(conflict())
        return self.batch.progress(0, state, 40)

    @property
    def view(self) -> BatchView:
        return self.batch.view()

    @property
    def sums(self) -> tuple[int, int, int]:
        return self.view.files_finished, self.view.files_delivered, self.view.files_skipped


@pytest.fixture
def case() -> Case:
    return Case()


def test_every_state_has_its_row_and_what_has_ended_leads_nowhere_but_to_another_try() -> None:
    assert set(MOVES) == set(S)
    assert {state for state in S if state.has_ended} == ENDED
    again = {S.NEEDS_ATTENTION, S.CANCELLED}
    assert {state for state in ENDED if state.may_be_retried} == again
    for state in ENDED:
        assert MOVES[state] == ({S.WAITING} if state in again else set())
    assert all(state not in after for state, after in MOVES.items())


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_move_is_allowed_or_raises(
    case: Case, before: TransferState, after: TransferState
) -> None:
    for state in WAY[before]:
        case.enter(state)
    if after in MOVES[before]:
        assert case.enter(after).state is after
        return
    sums = case.sums
    with pytest.raises((AssertionError, KeyError), match=r"cannot go|^0$"):
        case.enter(after)
    assert case.sums == sums
    file = case.batch.file(0)
    assert file is None if before in GONE else file is not None and file.state is before


def test_a_batch_is_finished_when_walked_and_all_files_are(case: Case) -> None:
    case.batch.walk.end()
    before = case.view
    case.enter(S.SENDING)
    case.enter(S.CHECKING)
    case.enter(S.DELIVERED)
    assert (before.finished, case.view.finished) == (False, True)
    assert case.view.finished_at == case.clock.now()
    case.clock.time += 10
    assert case.view.finished_at == case.clock.now() - 10


def test_an_empty_batch_is_finished_once_walked() -> None:
    batch = BatchFiles(
        BatchId("7"), Direction.UPLOAD, "month", "/inbox", ManualClock(), SystemThreads()
    )
    assert not batch.view().finished
    batch.walk.end()
    assert batch.view().finished


def test_what_a_delivered_file_shows(case: Case) -> None:
    case.enter(S.SENDING)
    case.enter(S.CHECKING)
    view = case.batch.end(
        0,
        FileOutcome(
            state=S.DELIVERED,
            local="/a",
            remote=b"/a (2)",
            size=120,
            sha256="ab",
            confirmation=Confirmation.CONFIRMED,
        ),
    )
    assert (view.remote, view.size, view.moved) == (b"/a (2)", 120, 120)
    assert (view.sha256, view.confirmation) == ("ab", Confirmation.CONFIRMED)
    assert (case.view.bytes_total, case.view.bytes_moved) == (120, 120)


def test_waiting_files_come_in_order_and_an_interrupted_one_first(case: Case) -> None:
    for number in (1, 2):
        case.batch.add(FileJob(number=number, local="/b", remote=b"/b"))
    first = case.batch.next_job()
    case.enter(S.SENDING)
    checkpoint = opening(b"/a")
    case.batch.interrupt(first.number, checkpoint)
    again = case.batch.next_job()
    assert (again.number, again.resume_from) == (0, checkpoint)
    assert [case.batch.next_job().number for _ in range(2)] == [1, 2]
    assert not case.batch.has_work


def test_interrupted_files_go_on_in_their_order_before_those_handed_back(case: Case) -> None:
    batch = case.batch
    for number in range(1, 6):
        batch.add(FileJob(number=number, local="/b", remote=b"/b"))
    for _handed_out in range(4):
        batch.next_job()
    for number in (0, 1):
        batch.progress(number, S.SENDING, 5)
        batch.interrupt(number, UploadCheckpoint())
    for number in (3, 2):  # what a lane has not begun comes back from its end
        batch.not_begun(number)
    assert [batch.next_job().number for _file in range(6)] == [0, 1, 2, 3, 4, 5]
    for number in (1, 0):  # they go back to where they were
        batch.not_begun(number)
    batch.not_begun(2)
    assert [job.number for job in batch.stop(PROBLEM)] == [0, 1, 2]
    assert not batch.has_work
    assert batch.view().stopping


def test_interrupted_files_that_others_would_wait_for_go_on_first(case: Case) -> None:
    """Else as many as can be under way could be waiting for the slots of two that are not."""
    batch = case.batch
    for number in range(1, 5):
        batch.add(FileJob(number=number, local="/b", remote=b"/b"))
    for number in range(4):
        batch.next_job()
        batch.progress(number, S.SENDING, 5)
    for number in (1, 3):
        batch.slots.acquire(number)
    for number in range(4):
        batch.interrupt(number, UploadCheckpoint())
    assert [batch.next_job().number for _file in range(4)] == [1, 3, 0, 2]
    for number in (2, 0, 3, 1):
        batch.not_begun(number)
    assert [job.number for job in batch.stop(PROBLEM)] == [1, 3, 0, 2, 4]


@pytest.mark.parametrize("state", [S.DELIVERED, S.NEEDS_ATTENTION])
def test_a_slot_is_given_back_when_a_file_has_ended(case: Case, state: TransferState) -> None:
    case.batch.next_job()
    case.batch.slots.acquire(0)
    for each in (S.SENDING, S.CHECKING, state):
        assert case.batch.slots.has(0)
        case.enter(each)
    assert not case.batch.slots.has(0)


def test_a_persons_answer_holds_for_the_files_still_to_come(case: Case) -> None:
    case.batch.next_job()
    case.enter(S.SENDING)
    case.enter(S.WAITING)
    assert (case.view.files_asked, case.batch.has_work) == (1, False)
    case.batch.answer(1, ConflictChoice.REPLACE, ConflictScope.ALL, None)
    assert (case.view.files_asked, case.batch.has_work) == (0, True)
    case.batch.add(FileJob(number=1, local="/b", remote=b"/b"))
    jobs = [case.batch.next_job() for _file in range(2)]
    assert [job.on_conflict for job in jobs] == [ConflictChoice.REPLACE] * 2


def test_an_answer_that_nobody_asked_for_changes_nothing(case: Case) -> None:
    case.batch.answer(1, ConflictChoice.REPLACE, ConflictScope.ALL, None)
    assert case.batch.next_job().on_conflict is ConflictChoice.FAIL


def test_a_file_that_waits_for_an_answer_has_no_slot_and_is_stopped_with_the_rest(
    case: Case,
) -> None:
    case.batch.next_job()
    case.batch.slots.acquire(0)
    case.enter(S.SENDING)
    case.enter(S.WAITING)
    assert not case.batch.slots.has(0)
    case.batch.walk.end()
    assert not case.batch.is_moving
    assert [job.number for job in case.batch.stop(PROBLEM)] == [0]
    assert case.view.files_asked == 0


def test_a_batch_that_was_walked_to_its_end_is_stopped_without_a_problem(case: Case) -> None:
    case.batch.walk.end()
    case.batch.stop(PROBLEM)
    assert case.batch.walk.problem is None


def test_the_speed_is_that_of_the_last_seconds(case: Case) -> None:
    speeds = []
    for second in range(20):
        case.clock.time += 1
        case.batch.progress(0, S.SENDING, second * (10 if second < 10 else 20))
        speeds.append(case.view.bytes_per_second)
    assert speeds[5] == pytest.approx(10)
    assert speeds[-1] == pytest.approx(20)


def test_no_speed_without_time_or_after_the_end(case: Case) -> None:
    assert case.view.bytes_per_second == 0
    case.batch.walk.end()
    case.enter(S.CANCELLED)
    case.clock.time += 1
    assert case.view.bytes_per_second == 0


# ---------------------------------------------------------------- tried again


@pytest.mark.parametrize("state", [S.NEEDS_ATTENTION, S.CANCELLED])
def test_what_was_not_delivered_waits_again_with_nothing_left_of_its_end(
    case: Case, state: TransferState
) -> None:
    case.batch.walk.end()
    case.batch.next_job()
    case.enter(S.SENDING)
    case.enter(state)
    assert case.view.can_retry
    (view,) = case.batch.retry()
    assert (view.state, view.moved) == (S.WAITING, 0)
    assert (view.problem, view.left_behind) == (None, LeftBehind.NOTHING)
    assert not case.view.finished
    assert case.view.finished_at is None
    assert case.batch.next_job().number == 0


def test_a_cancelled_batch_gets_a_cancel_of_its_own_when_it_is_tried_again(case: Case) -> None:
    case.batch.walk.end()
    old = case.batch.cancel
    for job in case.batch.stop(PROBLEM):
        case.batch.fail(job.number, S.CANCELLED, PROBLEM, LeftBehind.NOTHING)
    case.batch.retry()
    assert old.cancelled
    assert not case.view.stopping


@pytest.mark.parametrize("left", LeftBehind)
def test_an_upload_goes_on_where_something_is_left_of_it(case: Case, left: LeftBehind) -> None:
    checkpoint = cut(b"/a", 10)
    case.batch.walk.end()
    case.batch.next_job()
    case.enter(S.SENDING)
    case.batch.fail(0, S.NEEDS_ATTENTION, PROBLEM, left, checkpoint)
    case.batch.retry()
    expected = None if left is LeftBehind.NOTHING else checkpoint
    assert case.batch.next_job().resume_from == expected


def test_a_name_that_was_free_need_not_be_so_when_its_file_is_tried_again(case: Case) -> None:
    case.batch.add(FileJob(number=1, local="/b", remote=b"/b", known_absent=True))
    case.batch.walk.end()
    for job in case.batch.stop(PROBLEM):
        case.batch.fail(job.number, S.CANCELLED, PROBLEM, LeftBehind.NOTHING)
    case.batch.retry()
    assert [case.batch.next_job().known_absent for _file in range(2)] == [False, False]


def test_a_walk_that_failed_begins_again(case: Case) -> None:
    case.batch.next_job()
    case.enter(S.SENDING)
    case.enter(S.CHECKING)
    case.enter(S.DELIVERED)
    case.batch.walk.end(PROBLEM)
    assert (case.view.problem, case.view.can_retry) == (PROBLEM, True)
    assert case.batch.retry() == []
    assert (case.view.walking, case.view.problem) == (True, None)
    assert not case.batch.walk.has_begun
    assert case.batch.has_work


def test_what_the_walk_has_ruled_out_is_not_tried_again() -> None:
    batch = BatchFiles(
        BatchId("7"), Direction.DOWNLOAD, "month", "/here", ManualClock(), SystemThreads()
    )
    batch.walk.begin()
    batch.add(FileJob(number=0, local="/a", remote=b"/a", not_moved=PROBLEM))
    batch.walk.end()
    batch.fail(batch.next_job().number, S.NEEDS_ATTENTION, PROBLEM, LeftBehind.NOTHING)
    assert not batch.view().can_retry


def test_what_is_not_kept_is_not_offered(case: Case) -> None:
    case.batch.walk.end()
    case.enter(S.CANCELLED)
    case.batch.is_kept = False
    assert not case.view.can_retry


def test_tries_are_counted_by_file_until_there_is_another_connection(case: Case) -> None:
    assert [case.batch.count_try(0), case.batch.count_try(0)] == [1, 2]
    assert [case.batch.walk.count_try(), case.batch.walk.count_try()] == [1, 2]
    case.batch.renew()
    assert (case.batch.count_try(0), case.batch.walk.count_try()) == (1, 1)


@pytest.mark.parametrize("state", sorted(ENDED, key=str))
def test_a_file_counts_for_as_long_as_its_name_is_remembered(case: Case, state: S) -> None:
    case.batch.walk.end()
    case.enter(S.SENDING)
    case.enter(state)
    assert case.batch.count == 1
