"""A batch that has ended is tried again: what it did not deliver, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    PermissionDeniedError,
    UsageError,
)
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import BatchId, TransferState
from support import checkpoints
from support.queue_rig import LARGE, FakeLane, QueueRig, files

State = TransferState
REFUSED = PermissionDeniedError(message("No."))


@pytest.fixture
def rig(tmp_path: Path) -> QueueRig:
    return QueueRig(tmp_path)


def failed(rig: QueueRig, count: int = 3, error: FerrygateError = REFUSED) -> BatchId:
    """Make a batch whose first file fails; the others are delivered."""
    batch = rig.walked(*files(rig, count))
    (lane,) = rig.working
    first, *others = lane.begin_all()
    lane.fail(first, error)
    for job in others:
        lane.deliver(job)
    lane.end()
    rig.handle()
    lane.end()
    rig.handle()
    return batch


def begun_again(rig: QueueRig) -> FakeLane:
    (lane,) = rig.working
    return lane


def test_only_what_was_not_delivered_is_begun_again(rig: QueueRig) -> None:
    batch = failed(rig)
    assert rig.batch_views(batch)[-1].can_retry
    rig.queue.retry(batch)
    (job,) = begun_again(rig).begin_all()
    assert job.number == 0
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 3
    assert rig.ends(batch) == [None, None]
    last = rig.batch_views(batch)[-1]
    assert (last.files_delivered, last.can_retry) == (3, False)


def test_an_end_is_told_once_however_long_nothing_was_told(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2))
    (lane,) = rig.working
    for job in lane.begin_all():
        rig.handle()
        rig.clock.time += 5
        lane.deliver(job)
        rig.clock.time += 5
    rig.handle()
    assert rig.ends(batch) == [None]


def test_that_it_goes_on_is_told_before_its_files_wait(rig: QueueRig) -> None:
    batch = failed(rig)
    told = len(rig.events)
    rig.queue.retry(batch)
    first, second = rig.events[told : told + 2]
    assert isinstance(first, BatchChanged)
    assert not first.view.finished
    assert isinstance(second, FileChanged)
    assert (second.view.state, second.view.problem) == (State.WAITING, None)


def test_a_cancelled_batch_is_sent_after_all(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 6, LARGE))
    lane = rig.working[0]
    lane.begin_all()
    rig.queue.cancel(batch)
    for each in rig.working:
        each.give_up()
    rig.handle()
    assert rig.states(batch) == [State.CANCELLED] * 6
    rig.queue.retry(batch)
    assert not rig.batch_views(batch)[-1].stopping
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 6


def test_a_walk_that_was_cancelled_begins_again(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 3))
    (lane,) = rig.working
    rig.queue.cancel(batch)
    lane.give_up()
    rig.handle()
    (problem,) = rig.ends(batch)
    assert problem is not None
    rig.queue.retry(batch)
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 3
    assert rig.ends(batch)[-1] is None


def test_a_file_that_is_tried_again_is_cancelled_like_any_other(rig: QueueRig) -> None:
    batch = failed(rig)
    rig.queue.retry(batch)
    lane = begun_again(rig)
    lane.begin_all()
    rig.queue.cancel(batch)
    lane.give_up()
    rig.handle()
    assert rig.states(batch) == [State.CANCELLED, State.DELIVERED, State.DELIVERED]


def test_it_has_as_many_tries_on_a_connection_as_it_had_before(rig: QueueRig) -> None:
    """Those of before the retry do not count."""
    batch = rig.walked(*files(rig, 1))
    for _round in range(2):
        for _try in range(3):
            (lane,) = rig.working
            lane.begin_all()
            lane.give_up(ConnectionLostError(message("Lost.")))
            rig.handle()
            rig.queue.resume(fresh=False)
        assert rig.states(batch) == [State.NEEDS_ATTENTION]
        rig.queue.retry(batch)
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED]


def test_an_upload_goes_on_from_how_far_it_came(rig: QueueRig, tmp_path: Path) -> None:
    batch = rig.walked(*files(rig, 1))
    (lane,) = rig.working
    (job,) = lane.begin_all()
    checkpoint = checkpoints.cut(job.remote, 1)
    rig.queue.stop(ConnectionLostError(message("Lost for good.")).problem)
    lane.fail(job, ConnectionLostError(message("Lost.")), checkpoint)
    lane.give_up()
    rig.handle()
    next_rig = QueueRig(tmp_path, ended=rig.ended)
    next_rig.queue.retry(batch)
    (again,) = begun_again(next_rig).begin_all()
    assert again.resume_from == checkpoint


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_under_way_or_delivered_is_refused(rig: QueueRig, when: str) -> None:
    batch = rig.walked(*files(rig, 1))
    if when == "after":
        rig.work_off()
    with pytest.raises(UsageError) as refusal:
        rig.queue.retry(batch)
    assert str(refusal.value.problem.sentence) == "This transfer cannot be tried again."
    assert len(rig.ends(batch)) == (when == "after")


def test_it_is_tried_again_once_for_each_end(rig: QueueRig) -> None:
    batch = failed(rig)
    rig.queue.retry(batch)
    with pytest.raises(UsageError):
        rig.queue.retry(batch)


def test_another_session_of_the_account_tries_again_what_ended_with_the_last(
    rig: QueueRig, tmp_path: Path
) -> None:
    batch = rig.walked(*files(rig, 2))
    (lane,) = rig.working
    rig.queue.stop(Cancelled(message("Signed out.")).problem)
    lane.give_up()
    rig.handle()
    next_rig = QueueRig(tmp_path, ended=rig.ended)
    next_rig.queue.retry(batch)
    next_rig.work_off()
    assert next_rig.states(batch) == [State.DELIVERED] * 2
    assert next_rig.ends(batch) == [None]
    assert len(rig.ends(batch)) == 1
    assert rig.working == []


def test_the_oldest_are_let_go_and_say_so(rig: QueueRig) -> None:
    batches = [failed(rig, 1) for _batch in range(52)]
    offered = [rig.batch_views(batch)[-1].can_retry for batch in batches]
    assert offered == [False] * 2 + [True] * 50
    with pytest.raises(UsageError):
        rig.queue.retry(batches[0])
    rig.queue.retry(batches[2])
