"""Lanes and their assignments: who gets the next item, and how many there are."""

from __future__ import annotations

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit
from ferrygate.transfers.schedule.lane_pool import Assignment, LanePool
from ferrygate.transfers.schedule.lane_scaling import TransferTotals
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.views import BatchId, Direction
from support.fake_clock import ManualClock
from support.queue_rig import FakeLane

LARGE = 9 << 20  # bytes; such a file fills a queue
MIB = 1 << 20
ONE, TWO = BatchId("one"), BatchId("two")


class LanesRig:
    """Lanes that were asked for in simulated time."""

    def __init__(self) -> None:
        self.made: list[FakeLane] = []
        self.line_estimator = LineEstimator(48 * MIB, SystemThreads())
        self.clock = ManualClock(1000.0)
        self.totals = TransferTotals()
        self.concurrency = ConcurrencyLimit(SystemThreads())
        self.lanes = LanePool(
            self._new, self.line_estimator, self.clock, self.totals, self.concurrency
        )

    def _new(self, name: str) -> FakeLane:
        self.made.append(FakeLane(name))
        return self.made[-1]

    def assignment(self, batch: BatchId = ONE) -> Assignment:
        """Another assignment, which there has to be."""
        assignment = self.lanes.another(batch, Direction.UPLOAD)
        assert assignment is not None
        return assignment

    def full(self, batch: BatchId = ONE) -> Assignment:
        """Another assignment, busy with a large file."""
        assignment = self.assignment(batch)
        assignment.queue.put(job(LARGE))
        return assignment


def job(size: int) -> FileJob:
    return FileJob(number=0, local="/a", remote=b"/a", size=size)


@pytest.fixture
def rig() -> LanesRig:
    return LanesRig()


def test_each_is_named_and_has_its_share(rig: LanesRig) -> None:
    for count, most in ((1, 16), (2, 16), (3, 16), (4, 12)):
        rig.full()
        assert rig.line_estimator.max_bytes == most * MIB
        assert rig.made[-1].name == f"transfer-{count}"


def test_who_has_least_to_do_gets_the_next(rig: LanesRig) -> None:
    assignments = [rig.full() for _lane in range(3)]
    for assignment, sizes in zip(assignments, ([MIB], [10, 10], [10]), strict=True):
        assignment.queue.done(job(LARGE))
        for size in sizes:
            assignment.queue.put(job(size))
    assert rig.lanes.with_room(ONE) is assignments[2]
    assignments[2].queue.put(job(MIB))
    assert rig.lanes.with_room(ONE) is assignments[1]


def test_nobody_has_room_for_another_batch_s_files(rig: LanesRig) -> None:
    assignment = rig.assignment(batch=ONE)
    assert rig.lanes.with_room(ONE) is assignment
    assert rig.lanes.with_room(TWO) is None
    assert list(rig.lanes.of(ONE)) == [assignment]
    assert list(rig.lanes.of(TWO)) == []


def test_full_and_closed_ones_have_no_room(rig: LanesRig) -> None:
    rig.full()
    closed = rig.assignment()
    closed.queue.close()
    assert rig.lanes.with_room(ONE) is None


def test_one_that_is_free_works_for_whoever_comes(rig: LanesRig) -> None:
    assignment = rig.full()
    rig.lanes.release(assignment)
    assert list(rig.lanes.of(ONE)) == []
    other = rig.assignment(batch=TWO)
    assert other.lane is assignment.lane
    assert other.queue is not assignment.queue
    assert len(rig.made) == 1


def test_a_refused_one_ends_and_no_more_are_made(rig: LanesRig) -> None:
    assignments = [rig.full() for _lane in range(4)]
    assert rig.lanes.refused(assignments[3])
    assert rig.made[3].stopped
    assert rig.line_estimator.max_bytes == 16 * MIB
    assert rig.lanes.another(ONE, Direction.UPLOAD) is None
    rig.lanes.release(assignments[0])
    assert rig.assignment().lane is assignments[0].lane


def test_the_last_that_is_refused_is_kept_to_be_tried_again(rig: LanesRig) -> None:
    assignment = rig.full()
    assert not rig.lanes.refused(assignment)
    assert not rig.made[0].stopped
    assert rig.assignment().lane is assignment.lane


def test_all_let_go_of_their_channels_and_all_end(rig: LanesRig) -> None:
    assignments = [rig.full() for _lane in range(3)]
    rig.lanes.release(assignments[1])
    rig.lanes.drop_channels()
    assert [lane.dropped for lane in rig.made] == [1, 1, 1]
    rig.lanes.stop()
    assert all(lane.stopped for lane in rig.made)


@pytest.mark.parametrize("names", ["abcd", "dcba", "bdac"])
def test_of_batches_with_as_many_lanes_the_first_gives_one_up(rig: LanesRig, names: str) -> None:
    batches = [BatchId(name) for name in names[:2]]
    given = [rig.full(batch) for _lane in range(2) for batch in batches]
    for _file in range(8):
        rig.concurrency.acquire(first=True)
    rig.concurrency.note_loss(walking=False)
    assert rig.concurrency.max_files == 4
    assert rig.lanes.another(BatchId(names[2]), Direction.UPLOAD) is None
    assert [one.queue.closed for one in given] == [False, False, True, False]
