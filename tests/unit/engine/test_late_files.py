"""Files that wait for the part of a lost connection: in a lane's hands, and in the queue."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import Cancelled, ConnectionLostError, Kind, SettingsError
from ferrygate.common.message import message
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.late_parts import OldHandle
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.views import BatchId, Confirmation, LateCheck, LeftBehind, TransferState
from support import checkpoints
from support.lane_worker_rig import CONTENT, LaneWorkerRig
from support.queue_rig import FakeLane, QueueRig, files
from support.scripted_sftp import CLOSE, STAT, WRITE, Request, refusing
from support.sftp_bytes import FAILURE

State = TransferState
PATH = b"/inbox/a.csv"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        yield rig


@pytest.fixture
def queue(tmp_path: Path) -> QueueRig:
    return QueueRig(tmp_path, object_store=True)


def end(rig: LaneWorkerRig) -> Callable[[Request], Iterable[bytes]]:
    """Make a hook with which the connection ends."""

    def hook(_request: Request) -> Iterable[bytes]:
        rig.rigs[-1].stream.ended = True
        return ()

    return hook


# ---------------------------------------------------------------- in a lane's hands


@pytest.mark.parametrize(("object_store", "is_open"), [(True, True), (False, False)])
def test_a_lost_connection_leaves_a_handle_to_an_object_store(
    worker: LaneWorkerRig, *, object_store: bool, is_open: bool
) -> None:
    worker.object_store = object_store
    worker.server.instead[WRITE] = end(worker)
    worker.failure()
    assert (worker.late.until(PATH) is not None) is is_open


def test_a_handle_whose_close_was_answered_is_none(worker: LaneWorkerRig) -> None:
    worker.server.instead[STAT] = end(worker)
    assert isinstance(worker.send(), FileOutcome)
    assert worker.late.until(PATH) is None


def test_what_was_cancelled_leaves_no_handle_once_the_server_has_closed_the_channel(
    worker: LaneWorkerRig,
) -> None:
    worker.server.instead[WRITE] = refusing(FAILURE)
    worker.failure()
    assert worker.late.until(PATH) is None


def test_what_was_cancelled_over_a_dead_line_leaves_one(worker: LaneWorkerRig) -> None:
    worker.on_open = lambda checkpoint: setattr(checkpoint.stream, "peer_closes", False)
    worker.server.instead[WRITE] = refusing(FAILURE)
    worker.failure()
    assert worker.late.until(PATH) is not None


def reckon_with_a_part(rig: LaneWorkerRig) -> OldHandle:
    handle = OldHandle(sent=5, until=rig.clock.monotonic() + 330)
    rig.late.lost(PATH, handle)
    return handle


def test_a_file_over_which_a_part_may_come_is_told_of_later(worker: LaneWorkerRig) -> None:
    handle = reckon_with_a_part(worker)
    worker.work_off(worker.job())
    assert worker.told.ends == {}
    checkpoint, until, error = worker.told.late[PATH]
    assert (until, error) == (handle.until, None)
    assert checkpoint.delivered is not None
    assert checkpoint.delivered.confirmed
    assert worker.server.files[PATH] == CONTENT


def test_a_line_that_is_lost_once_it_is_closed_changes_nothing_of_that(
    worker: LaneWorkerRig,
) -> None:
    handle = reckon_with_a_part(worker)
    worker.server.instead[STAT] = end(worker)
    worker.work_off(worker.job())
    checkpoint, until, error = worker.told.late[PATH]
    assert until == handle.until
    assert isinstance(error, ConnectionLostError)
    assert checkpoint.delivered is not None
    assert not checkpoint.delivered.confirmed


def test_where_nobody_waits_it_is_told_as_not_asked_again(worker: LaneWorkerRig) -> None:
    reckon_with_a_part(worker)
    worker.late_check = False
    outcome = worker.send()
    assert isinstance(outcome, FileOutcome)
    assert outcome.state is State.DELIVERED
    assert not outcome.confirmed
    assert outcome.late_check is LateCheck.NOT_DONE
    assert outcome.confirmation is Confirmation.NOT_ASKED_AGAIN


def test_a_line_that_is_lost_while_it_is_asked_again_leaves_it_to_be_asked(
    worker: LaneWorkerRig,
) -> None:
    handle = reckon_with_a_part(worker)
    worker.work_off(worker.job())
    checkpoint, _until, _error = worker.told.late.pop(PATH)
    worker.clock.time += 331
    worker.server.instead[STAT] = end(worker)
    worker.queue.closed = False
    worker.work_off(msgspec.structs.replace(worker.job(), resume_from=checkpoint))
    assert worker.told.ends == {}
    assert worker.told.late[PATH][1] == handle.until


def test_what_fails_says_that_a_part_may_come(worker: LaneWorkerRig) -> None:
    reckon_with_a_part(worker)
    worker.server.instead[CLOSE] = refusing(FAILURE)
    failure = worker.failure()
    assert isinstance(failure, UploadFailure)
    assert failure.left_behind is LeftBehind.PART


# ---------------------------------------------------------------- in the queue

DUE = 330.0  # seconds


def checkpoint_of(job: FileJob, *, delivered: bool = True) -> UploadCheckpoint:
    outcome = FileOutcome(
        state=State.DELIVERED,
        local=job.local,
        remote=job.remote,
        size=10,
        confirmation=Confirmation.CONFIRMED,
    )
    return checkpoints.delivered(outcome) if delivered else UploadCheckpoint()


def park(queue: QueueRig, *, delivered: bool = True) -> tuple[BatchId, FakeLane]:
    """Two files are sent; the first waits for a part."""
    batch = queue.walked(*files(queue, 2, 10))
    (lane,) = queue.working
    late, other = lane.begin_all()
    checkpoint = checkpoint_of(late, delivered=delivered)
    lane.later(late, checkpoint, queue.clock.monotonic() + DUE)
    lane.deliver(other)
    lane.end()
    queue.handle()
    lane.end()
    queue.handle()
    return batch, lane


def test_what_waits_is_checking_and_its_batch_is_not_finished(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    (late, other) = queue.views(batch)
    assert (late.state, late.late_check) == (State.CHECKING, LateCheck.DUE)
    assert late.asked_again_at == pytest.approx(queue.clock.now() + DUE)
    assert other.state is State.DELIVERED
    assert queue.ends(batch) == []
    last = queue.batch_views(batch)[-1]
    assert (last.files_late, last.files_delivered, last.finished) == (1, 1, False)
    assert last.late_until == pytest.approx(queue.clock.now() + DUE)
    assert last.bytes_moved == 20
    assert queue.working == []  # its lane is free for others meanwhile


def test_it_is_handed_out_once_the_time_is_over_and_not_before(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    queue.clock.time += DUE - 1
    queue.queue.look()
    assert queue.working == []
    queue.clock.time += 2
    queue.queue.look()
    (lane,) = queue.working
    (job,) = lane.begin_all(told=False)
    assert job.resume_from is not None
    assert job.resume_from.delivered is not None
    lane.deliver(job)
    queue.work_off()
    assert queue.states(batch) == [State.DELIVERED] * 2
    assert queue.ends(batch) == [None]
    last = queue.batch_views(batch)[-1]
    assert (last.files_late, last.late_until, last.bytes_moved) == (0, None, 20)


def test_over_which_a_part_came_is_sent_again(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    queue.clock.time += DUE + 1
    queue.queue.look()
    queue.work_off()  # it tells that it is sending
    assert queue.states(batch) == [State.DELIVERED] * 2
    assert queue.batch_views(batch)[-1].bytes_moved == 20


def test_what_may_not_be_sent_yet_is_interrupted_until_then(queue: QueueRig) -> None:
    batch, _lane = park(queue, delivered=False)
    assert queue.states(batch)[0] is State.INTERRUPTED
    queue.clock.time += DUE + 1
    queue.queue.look()
    queue.work_off()
    assert queue.states(batch) == [State.DELIVERED] * 2


def test_cancelled_it_is_delivered_and_not_asked_again(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    queue.queue.cancel(batch)
    queue.handle()
    late, _other = queue.views(batch)
    assert (late.state, late.confirmed) == (State.DELIVERED, False)
    assert late.late_check is LateCheck.NOT_DONE
    assert late.asked_again_at is None
    assert queue.ends(batch) == [None]


def test_signed_out_it_is_delivered_and_not_asked_again(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    queue.queue.stop(Cancelled(message("Signed out.")).problem)
    assert queue.views(batch)[0].late_check is LateCheck.NOT_DONE
    assert queue.states(batch) == [State.DELIVERED] * 2


def test_without_a_connection_a_person_has_to_look(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    queue.queue.stop(ConnectionLostError(message("Lost.")).problem)
    late, _other = queue.views(batch)
    assert late.state is State.NEEDS_ATTENTION
    assert late.problem is not None
    assert late.problem.kind is Kind.CONNECTION_LOST
    assert late.left_behind is LeftBehind.LATE_PART


def test_cancelled_what_was_not_sent_is_cancelled(queue: QueueRig) -> None:
    batch, _lane = park(queue, delivered=False)
    queue.queue.cancel(batch)
    assert queue.states(batch) == [State.CANCELLED, State.DELIVERED]


def test_what_is_parked_after_the_cancel_is_told_at_once(queue: QueueRig) -> None:
    batch = queue.walked(*files(queue, 1, 10))
    (lane,) = queue.working
    (job,) = lane.begin_all()
    queue.queue.cancel(batch)
    lane.later(job, checkpoint_of(job), queue.clock.monotonic() + DUE)
    lane.give_up()
    queue.handle()
    assert queue.states(batch) == [State.DELIVERED]
    assert queue.views(batch)[0].late_check is LateCheck.NOT_DONE
    assert queue.ends(batch) == [None]


def test_a_line_that_is_lost_under_the_question_is_doubted(queue: QueueRig) -> None:
    queue.walked(*files(queue, 1, 10))
    (lane,) = queue.working
    (job,) = lane.begin_all()
    lane.later(
        job, checkpoint_of(job), queue.clock.monotonic(), ConnectionLostError(message("Lost."))
    )
    lane.give_up()
    queue.handle()
    assert queue.doubts == 1
    assert queue.working == []  # else it would be asked over a dead line, again and again
    queue.queue.resume(fresh=True)
    assert len(queue.working) == 1


def hand_out(queue: QueueRig) -> FakeLane:
    """Put a file that is to be asked about again on a lane's queue."""
    queue.clock.time += DUE + 1
    queue.queue.look()
    (lane,) = queue.working
    return lane


@pytest.mark.parametrize("handed_back", [True, False])
def test_cancelled_once_it_was_handed_out_it_is_delivered_all_the_same(
    queue: QueueRig, *, handed_back: bool
) -> None:
    batch, _lane = park(queue)
    lane = hand_out(queue)
    if handed_back:  # the connection was lost before it was begun
        queue.queue.interrupt()
        lane.give_up()
        queue.handle()
    queue.queue.cancel(batch)
    if not handed_back:
        lane.give_up()
    queue.handle()
    assert queue.states(batch) == [State.DELIVERED] * 2
    assert queue.views(batch)[0].late_check is LateCheck.NOT_DONE


def test_without_a_channel_to_ask_over_a_person_has_to_look(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    hand_out(queue).refuse()
    queue.handle()
    late, _other = queue.views(batch)
    assert late.state is State.NEEDS_ATTENTION
    assert late.left_behind is LeftBehind.LATE_PART


def test_what_cannot_be_asked_about_is_not_asked_without_an_end(queue: QueueRig) -> None:
    batch, _lane = park(queue)
    queue.clock.time += DUE + 1
    tries = 0
    while queue.views(batch)[0].state is State.CHECKING:
        queue.queue.look()
        (lane,) = queue.working
        (job,) = lane.begin_all(told=False)
        assert job.resume_from is not None
        error = SettingsError(message("The disk is full."))
        lane.later(job, job.resume_from, queue.clock.monotonic(), error)
        lane.end()
        queue.handle()
        lane.end()
        queue.handle()
        tries += 1
        assert tries < 10
    late, _other = queue.views(batch)
    assert late.state is State.NEEDS_ATTENTION
    assert late.left_behind is LeftBehind.LATE_PART
