"""The queue and its batches, over lanes that do what a test says, one step at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import Cancelled, ConnectionLostError, Kind, LocalFileError
from ferrygate.common.message import message
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.sftp.server_silence import too_slow
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import LeftBehind, TransferState
from support.checkpoints import cut
from support.queue_rig import LARGE, QueueRig, files

State = TransferState


@pytest.fixture
def rig(tmp_path: Path) -> QueueRig:
    return QueueRig(tmp_path)


def numbers(jobs: list[FileJob]) -> list[int]:
    return [job.number for job in jobs]


# ---------------------------------------------------------------- all is well


def test_a_batch_is_walked_moved_and_answered_once(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 3, 10))
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 3
    assert rig.ends(batch) == [None]
    last = rig.batch_views(batch)[-1]
    assert (last.finished, last.files_delivered, last.bytes_moved) == (True, 3, 30)
    assert (rig.queue.totals.files, rig.queue.totals.bytes) == (3, 30)


def test_nothing_to_move_is_answered_too(rig: QueueRig) -> None:
    batch = rig.upload()
    rig.work_off()
    assert rig.ends(batch) == [None]


def test_small_files_share_a_lane_and_large_ones_have_one_each(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 300, 10))
    assert len(rig.lanes) == 1
    assert len(rig.lanes[0].begin_all()) == 300
    rig.queue.cancel(batch)
    rig.lanes[0].give_up()
    rig.handle()
    rig.walked(*files(rig, 6, LARGE))
    assert [len(lane.begin_all()) for lane in rig.working] == [1, 1, 1, 1]


def test_a_lane_that_is_done_goes_over_to_the_next_batch(rig: QueueRig) -> None:
    first = rig.walked(*files(rig, 1))
    second = rig.upload(rig.file("other"))
    rig.work_off()
    assert rig.ends(first) == [None]
    assert rig.ends(second) == [None]
    assert len(rig.lanes) <= 2


def test_a_batch_that_has_no_lane_gets_the_next_of_who_has_several(rig: QueueRig) -> None:
    first = rig.walked(*files(rig, 9, LARGE))
    rig.working[-1].refuse()  # the server grants three
    rig.handle()
    begun = [lane.begin_all() for lane in rig.working]
    second = rig.upload(rig.file("small", 10))
    third = rig.upload(rig.file("small too", 10))
    assert [lane.queue.closed for lane in rig.working].count(True) == 1
    (leaving,) = (lane for lane in rig.working if lane.queue.closed)
    assert leaving is not rig.working[0]  # it had the walk
    leaving.deliver(begun[rig.working.index(leaving)][0])
    assert leaving.end()
    rig.handle()
    assert leaving.batch.id == second
    rig.work_off()
    for batch in (first, second, third):
        assert rig.ends(batch) == [None]
    changes = [event.view for event in rig.events if isinstance(event, BatchChanged)]
    assert [view.batch for view in changes if view.finished] == [second, third, first]


def test_who_has_but_one_lane_keeps_it(rig: QueueRig) -> None:
    rig.walked(*files(rig, 2, LARGE))
    rig.working[-1].refuse()
    rig.handle()
    rig.upload(rig.file("small", 10))
    assert [lane.queue.closed for lane in rig.working] == [False]


def test_progress_is_told_ten_times_a_second_at_most(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 1, 1000))
    (lane,) = rig.working
    (job,) = lane.begin_all()
    told = len(rig.batch_views(batch))
    for moved in range(1000):
        rig.clock.time += 0.001
        lane.batch.entered(job, State.SENDING, moved)
        rig.handle()
    assert len(rig.batch_views(batch)) - told <= 11


# ---------------------------------------------------------------- a connection that ends


def test_what_is_put_into_the_queue_of_a_lane_that_has_given_up_is_not_lost(rig: QueueRig) -> None:
    """The lane's last file has ended and its connection too; the engine hears of the first, hands
    out another file, and then hears of the second."""
    batch = rig.walked(*files(rig, 5, LARGE))
    lane = rig.working[0]
    (job,) = lane.begin_all()
    lane.deliver(job)
    queue = lane.queue
    assert lane.give_up() == []
    before = queue._given_files
    rig.handle()
    assert queue._given_files == before + 1  # it did lie there for a moment
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 5
    assert rig.ends(batch) == [None]


def test_a_walk_that_lies_in_the_queue_of_a_lane_that_has_given_up_is_not_lost(
    rig: QueueRig,
) -> None:
    first = rig.walked(*files(rig, 1))
    second = rig.upload(rig.file("other"))
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    rig.queue.resume(fresh=True)
    rig.work_off()
    assert rig.ends(first) == [None]
    assert rig.ends(second) == [None]


def test_interrupted_files_go_on_first_then_those_not_begun_in_their_order(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 6, 10))
    (lane,) = rig.working
    begun = [lane.begin() for _file in range(3)]
    assert len(begun) == 3
    lane.give_up()
    rig.handle()
    assert rig.states(batch) == [State.INTERRUPTED] * 3 + [State.WAITING] * 3
    assert rig.doubts > 0
    assert rig.working == []  # nothing is handed out before it is known what has ended
    rig.queue.resume(fresh=True)
    (lane,) = rig.working
    assert numbers(lane.begin_all()) == [0, 1, 2, 3, 4, 5]


def test_an_upload_goes_on_from_what_it_has_left(rig: QueueRig) -> None:
    rig.walked(*files(rig, 1, 10))
    (lane,) = rig.working
    (job,) = lane.begin_all()
    checkpoint = cut(job.remote, 7)
    lane.fail(job, ConnectionLostError(message("Lost.")), checkpoint)
    lane.give_up()
    rig.handle()
    rig.queue.resume(fresh=True)
    (again,) = rig.working[0].begin_all()
    assert again.resume_from == checkpoint


def test_a_walk_that_is_cut_begins_again_and_announces_nothing_twice(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 3))
    (lane,) = rig.working
    lane.begin()
    lane.give_up()
    rig.handle()
    rig.queue.resume(fresh=True)
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 3
    assert rig.ends(batch) == [None]


def lose_again_and_again(rig: QueueRig, *, fresh: bool) -> int:
    """Count how often one file is begun while every connection is lost under it; up to ten."""
    for begun in range(10):
        if not rig.working:
            return begun
        (lane,) = rig.working
        (job,) = lane.begin_all()
        lane.fail(
            job,
            ConnectionLostError(message("Lost.")),
            cut(job.remote, 5),
        )
        lane.give_up()
        rig.handle()
        rig.queue.resume(fresh=fresh)
    return 10


def test_a_file_under_which_every_channel_breaks_is_given_up(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 1, 10))
    assert lose_again_and_again(rig, fresh=False) == 3
    (view,) = rig.views(batch)
    assert view.state is State.NEEDS_ATTENTION
    assert view.problem is not None
    assert view.problem.kind is Kind.CONNECTION_LOST
    assert view.left_behind is LeftBehind.PART  # nobody has cleared away
    assert rig.ends(batch) == [None]


def test_nothing_more_is_asked_of_a_server_that_is_too_slow(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 600, 10))
    begun = [job for lane in rig.working for job in lane.begin_all()]
    for lane in rig.working:
        lane.give_up(too_slow(180.0, 3))
    rig.handle()
    assert len(begun) < 600
    assert not any(lane.working for lane in rig.lanes)
    assert rig.ends(batch) == [None]
    views = rig.views(batch)
    assert len(views) == 600
    for view in views:
        assert view.state is State.NEEDS_ATTENTION
        assert view.problem is not None
        assert str(view.problem.sentence) == "The server is too slow: 3 answers came in 3 min."
    assert rig.doubts == 0


def test_a_walk_ends_where_a_server_is_too_slow(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 2, 10))
    (lane,) = rig.working
    lane.begin_all()
    lane.give_up(too_slow(180.0, 3))
    rig.handle()
    (problem,) = rig.ends(batch)
    assert problem is not None
    assert problem.kind is Kind.SERVER_SILENT


def test_each_new_connection_is_a_new_chance(rig: QueueRig) -> None:
    rig.walked(*files(rig, 1, 10))
    assert lose_again_and_again(rig, fresh=True) == 10


def test_while_the_connection_is_away_nothing_is_handed_out(rig: QueueRig) -> None:
    rig.walked(*files(rig, 2))
    rig.queue.interrupt()
    assert [lane.dropped for lane in rig.lanes] == [1]
    batch = rig.upload(rig.file("other"))
    assert len(rig.working) == 1
    rig.queue.resume(fresh=True)
    rig.work_off()
    assert rig.ends(batch) == [None]


# ---------------------------------------------------------------- lanes that are refused


def test_what_a_refused_lane_had_goes_to_the_others(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 5, LARGE))
    first, *others = rig.working
    assert len(others) == 3
    for lane in others:
        lane.refuse()
    rig.handle()
    assert rig.working == [first]
    assert all(lane.stopped for lane in others)
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 5
    assert len(rig.lanes) == 4  # none was tried after these


def test_the_last_lane_that_is_refused_fails_what_it_had(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2, 10))
    (lane,) = rig.working
    lane.refuse()
    rig.handle()
    assert rig.states(batch) == [State.NEEDS_ATTENTION] * 2
    assert [view.problem.kind for view in rig.views(batch) if view.problem] == [
        Kind.UNSUPPORTED,
        Kind.UNSUPPORTED,
    ]
    assert rig.ends(batch) == [None]
    second = rig.upload(rig.file("other"))  # it is tried again
    rig.work_off()
    assert rig.ends(second) == [None]


def test_a_fault_that_nobody_foresaw_costs_no_lane(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 5, LARGE))
    lanes = rig.working
    lanes[0].break_down(ZeroDivisionError())
    rig.handle()
    assert sum(state is State.NEEDS_ATTENTION for state in rig.states(batch)) == 1
    assert rig.working == lanes  # the fifth file is at the first one
    assert not any(lane.stopped for lane in lanes)
    rig.work_off()
    assert rig.ends(batch) == [None]


def test_a_walk_that_gets_no_lane_fails_its_batch(rig: QueueRig) -> None:
    batch = rig.upload(*files(rig, 2))
    rig.working[0].refuse()
    rig.handle()
    (problem,) = rig.ends(batch)
    assert problem is not None
    assert problem.kind is Kind.UNSUPPORTED


def test_what_is_put_into_the_queue_of_a_refused_lane_is_not_lost(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 4, LARGE))
    lanes = rig.working
    queue = lanes[3].queue
    lanes[3].refuse()
    assert queue.files == 1
    rig.handle()
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED] * 4


# ---------------------------------------------------------------- scaling


def test_a_time_without_work_does_not_count_against_lanes(rig: QueueRig) -> None:
    def move(speed: float) -> None:
        """Small files, more than a queue holds, and what the lanes bring a second."""
        rig.clock.time += 0.5
        rig.queue.totals.bytes += int(speed * 0.5)
        (lane, *_others) = rig.working
        lane.deliver(lane.begin_all()[0])
        rig.handle()

    first = rig.walked(*files(rig, 400, 10))
    move(1e6)
    assert len(rig.lanes) == 2
    rig.queue.cancel(first)
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    rig.clock.time += 3600
    rig.walked(*files(rig, 900, 10))
    move(2e6)
    assert len(rig.lanes) == 3


# ---------------------------------------------------------------- odds and ends


def test_one_file_that_fails_does_not_hold_up_the_rest(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 3))
    (lane,) = rig.working
    jobs = lane.begin_all()
    lane.fail(jobs[1], LocalFileError(message("Gone.")))
    lane.deliver(jobs[0])
    lane.deliver(jobs[2], State.SKIPPED)
    rig.handle()
    rig.work_off()
    assert rig.states(batch) == [State.DELIVERED, State.NEEDS_ATTENTION, State.SKIPPED]
    assert rig.ends(batch) == [None]


def test_the_end_of_the_queue_ends_every_batch(rig: QueueRig) -> None:
    first, second = rig.walked(*files(rig, 2)), rig.upload(rig.file("other"))
    rig.queue.stop(Cancelled(message("Signed out.")).problem)
    for lane in rig.working:
        lane.give_up()
    rig.handle()
    assert all(lane.stopped for lane in rig.lanes)
    for batch in (first, second):
        assert len(rig.ends(batch)) == 1
        assert rig.batch_views(batch)[-1].finished
