"""A batch that is taken back, wherever its files are at that moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import ConnectionLostError, Kind
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import AnswerConflict, ConflictQuestion
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.views import BatchId, ConflictChoice, LeftBehind, TransferState
from support.checkpoints import cut
from support.conflicts import taken
from support.queue_rig import LARGE, QueueRig, files

State = TransferState


@pytest.fixture
def rig(tmp_path: Path) -> QueueRig:
    return QueueRig(tmp_path)


def test_files_in_queues_waiting_and_under_way_are_all_cancelled(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 8, LARGE))
    lanes = rig.working
    (job,) = lanes[0].begin_all()  # one under way, three on queues, four waiting
    rig.handle()
    assert rig.states(batch) == [State.SENDING] + [State.WAITING] * 7
    rig.queue.cancel(batch)
    assert rig.states(batch) == [State.SENDING] + [State.WAITING] * 3 + [State.CANCELLED] * 4
    lanes[0].deliver(job)  # it was just done
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    assert rig.states(batch) == [State.DELIVERED] + [State.CANCELLED] * 7
    assert rig.ends(batch) == [None]
    assert rig.working == []


def test_that_it_is_stopping_is_told_at_once(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 8, LARGE))
    rig.working[0].begin_all()
    rig.handle()
    told = len(rig.batch_views(batch))
    rig.queue.cancel(batch)  # no time has passed since the last word
    (view,) = rig.batch_views(batch)[told:]
    assert (view.stopping, view.finished) == (True, False)
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    last = rig.batch_views(batch)[-1]
    assert (last.stopping, last.finished) == (True, True)


def test_that_it_is_stopping_is_told_while_files_only_lie_in_a_queue(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2))
    rig.queue.cancel(batch)
    view = rig.batch_views(batch)[-1]
    assert (view.stopping, view.finished) == (True, False)


def test_where_nothing_is_under_way_it_ends_at_once(rig: QueueRig) -> None:
    first = rig.walked(*files(rig, 1))
    rig.queue.interrupt()
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    second = rig.upload(rig.file("other"))
    for batch in (first, second):
        told = len(rig.batch_views(batch))
        rig.queue.cancel(batch)
        assert len(rig.ends(batch)) == 1
        (view,) = rig.batch_views(batch)[told:]
        assert view.finished
    assert rig.states(first) == [State.CANCELLED]
    rig.queue.resume(fresh=True)
    assert rig.working == []


def test_a_walk_under_way_ends_and_what_it_has_still_found_is_cancelled(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 40))
    (lane,) = rig.working
    lane.begin()
    rig.queue.cancel(batch)
    told = len(rig.batch_views(batch))
    lane.walk(rig.server)  # it had found them when the cancel came
    lane.give_up()
    rig.handle()
    assert rig.states(batch) == [State.CANCELLED] * 40
    (problem,) = rig.ends(batch)
    assert problem is not None  # files may be missing that nobody has seen
    assert problem.kind is Kind.CANCELLED
    assert len(rig.batch_views(batch)) - told <= 2  # not once for each of them


@pytest.mark.parametrize("begun", [True, False])
def test_a_walk_that_is_cancelled_fails_the_batch(rig: QueueRig, *, begun: bool) -> None:
    batch = rig.upload(*files(rig, 3))
    (lane,) = rig.working
    if begun:
        lane.begin()
    rig.queue.cancel(batch)
    assert rig.ends(batch) == []
    lane.give_up()
    rig.handle()
    (problem,) = rig.ends(batch)
    assert problem is not None
    assert problem.kind is Kind.CANCELLED
    assert rig.states(batch) == []


def test_a_lane_that_is_refused_after_the_cancel(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 4, LARGE))
    rig.working[0].begin_all()
    rig.queue.cancel(batch)
    for lane in rig.working[1:]:
        lane.refuse()
    rig.working[0].give_up()
    rig.handle()
    assert rig.states(batch) == [State.CANCELLED] * 4
    assert rig.ends(batch) == [None]


def test_what_is_put_into_a_queue_just_before_the_cancel_is_cancelled(rig: QueueRig) -> None:
    """The lane has given up, has been given one more, and then everything is taken back."""
    batch = rig.walked(*files(rig, 5, LARGE))
    lane = rig.working[0]
    (job,) = lane.begin_all()
    lane.deliver(job)
    rig.queue.hold()
    rig.handle()
    rig.queue.resume(fresh=False)  # hands the fifth to the lane that is free
    lane.give_up()
    rig.queue.cancel(batch)
    for other in rig.working:
        other.give_up()
    rig.handle()
    assert rig.states(batch) == [State.DELIVERED] + [State.CANCELLED] * 4
    assert rig.ends(batch) == [None]


def test_a_batch_that_waits_for_an_answer(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 3), on_conflict=ConflictChoice.ASK)
    (lane,) = rig.working
    for job in lane.begin_all():
        lane.fail(job, taken())
    rig.handle()
    lane.end()
    rig.handle()
    questions = [event for event in rig.events if isinstance(event, ConflictQuestion)]
    assert [question.count for question in questions] == [1, 3]
    rig.queue.cancel(batch)
    assert rig.states(batch) == [State.CANCELLED] * 3
    assert rig.ends(batch) == [None]
    rig.queue.answer_conflict(AnswerConflict(batch, 1, ConflictChoice.REPLACE))  # too late
    assert rig.working == []


def test_a_conflict_that_is_met_after_the_cancel_asks_nobody(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 1), on_conflict=ConflictChoice.ASK)
    (lane,) = rig.working
    (job,) = lane.begin_all()
    rig.queue.cancel(batch)
    lane.fail(job, taken())
    lane.give_up()
    rig.handle()
    assert not [event for event in rig.events if isinstance(event, ConflictQuestion)]
    assert rig.states(batch) == [State.NEEDS_ATTENTION]
    assert len(rig.ends(batch)) == 1


@pytest.mark.parametrize("checkpoint", [None, cut(b"/inbox/000.bin", 1)])
def test_a_connection_that_is_lost_after_the_cancel_brings_nothing_back(
    rig: QueueRig, checkpoint: UploadCheckpoint | None
) -> None:
    batch = rig.walked(*files(rig, 1))
    (lane,) = rig.working
    (job,) = lane.begin_all()
    rig.queue.cancel(batch)
    lane.fail(job, ConnectionLostError(message("Lost.")), checkpoint)
    lane.give_up()
    rig.handle()
    (view,) = rig.views(batch)
    assert view.state is State.CANCELLED
    assert view.problem is not None
    assert view.problem.kind is Kind.CANCELLED
    has_begun = checkpoint is not None  # and nobody could clear away
    assert (view.left_behind is LeftBehind.PART) is has_begun
    assert rig.ends(batch) == [None]
    assert rig.doubts == 0


def test_a_walk_that_loses_its_connection_after_the_cancel_is_cancelled(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 3))
    (lane,) = rig.working
    lane.begin()
    rig.queue.cancel(batch)
    lane.give_up(ConnectionLostError(message("Lost.")))
    rig.handle()
    (problem,) = rig.ends(batch)
    assert problem is not None
    assert problem.kind is Kind.CANCELLED


def test_nobody_has_cancelled_what_is_lost_with_its_session(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2))
    (lane,) = rig.working
    lane.begin()
    rig.queue.stop(ConnectionLostError(message("Lost for good.")).problem)
    lane.give_up(ConnectionLostError(message("Lost.")))
    rig.handle()
    view = rig.views(batch)[0]
    assert view.state is State.NEEDS_ATTENTION
    assert view.problem is not None
    assert view.problem.kind is Kind.CONNECTION_LOST


def test_other_batches_go_on(rig: QueueRig) -> None:
    first = rig.walked(*files(rig, 6, LARGE))
    second = rig.upload(rig.file("other"))
    rig.queue.cancel(first)
    for lane in rig.working:
        if lane.batch.id == first:
            lane.give_up()
    rig.handle()
    rig.work_off()
    assert rig.states(first) == [State.CANCELLED] * 6
    assert rig.states(second) == [State.DELIVERED]


def test_a_second_cancel_and_one_of_nothing_change_nothing(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2))
    rig.queue.cancel(BatchId("none"))
    rig.queue.cancel(batch)
    rig.queue.cancel(batch)
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    rig.queue.cancel(batch)
    assert rig.states(batch) == [State.CANCELLED] * 2
    assert rig.ends(batch) == [None]
