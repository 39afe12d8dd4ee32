"""Progress of a batch comes to people at one pace, whatever its lanes count."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import LocalFileError
from ferrygate.common.message import message
from support.queue_rig import QueueRig, files


@pytest.fixture
def rig(tmp_path: Path) -> QueueRig:
    return QueueRig(tmp_path)


def test_how_far_files_are_is_told_at_one_pace_with_the_latest_of_each(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2, 100))
    (lane,) = rig.working
    jobs = lane.begin_all()
    rig.clock.time += 1
    rig.handle()
    told = len(rig.batch_views(batch))
    for moved in (10, 20):
        for job in jobs:
            lane.batch.moved(job, moved)
    assert not rig.posted  # people were told just now
    rig.clock.time += 0.1
    for moved in (30, 40):
        for job in jobs:
            lane.batch.moved(job, moved)
    assert len(rig.posted) == 1
    rig.handle()
    assert [view.bytes_moved for view in rig.batch_views(batch)[told:]] == [80]
    for job in jobs:
        lane.deliver(job)
    lane.end()
    rig.handle()
    assert rig.batch_views(batch)[-1].bytes_moved == 200


def test_what_a_lane_counted_last_is_nothing_once_its_file_has_ended(rig: QueueRig) -> None:
    batch = rig.walked(*files(rig, 2, 100))
    (lane,) = rig.working
    first, second = lane.begin_all()
    rig.handle()
    lane.batch.moved(first, 70)
    lane.fail(first, LocalFileError(message("Gone.")))
    lane.batch.moved(first, 80)  # an answer that came late
    rig.clock.time += 1
    lane.batch.moved(second, 50)
    rig.handle()
    assert rig.batch_views(batch)[-1].bytes_moved == 50
