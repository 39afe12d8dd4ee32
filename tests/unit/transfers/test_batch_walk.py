"""The walk of a batch: when it is work, why it ended early, and how often it was tried."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.batch_files import BatchFiles
from ferrygate.transfers.batch_walk import BatchWalk
from ferrygate.transfers.views import BatchId, Direction
from support.fake_clock import ManualClock

PROBLEM = Problem(kind=Kind.REMOTE_FAILURE, sentence=message("No."))
OTHER = Problem(kind=Kind.CANNOT_REACH, sentence=message("Gone."))


def test_a_batch_not_walked_yet_has_work() -> None:
    batch = BatchFiles(
        BatchId("7"), Direction.UPLOAD, "month", "/inbox", ManualClock(), SystemThreads()
    )
    assert batch.has_work
    batch.walk.begin()
    assert not batch.has_work


def test_a_walk_that_was_cut_is_work_again() -> None:
    batch = BatchFiles(
        BatchId("7"), Direction.UPLOAD, "month", "/inbox", ManualClock(), SystemThreads()
    )
    batch.walk.begin()
    batch.walk.begin_anew()
    assert batch.has_work


@pytest.mark.parametrize("begun", [True, False])
def test_a_walk_that_is_stopped_may_have_missed_files(*, begun: bool) -> None:
    batch = BatchFiles(
        BatchId("7"), Direction.UPLOAD, "month", "/inbox", ManualClock(), SystemThreads()
    )
    if begun:
        batch.walk.begin()
    batch.stop(PROBLEM)
    assert batch.walk.problem is PROBLEM
    assert batch.finished is not begun  # who walks has still to say that it is over
    batch.walk.end()
    assert batch.finished
    assert batch.walk.problem is PROBLEM


def test_the_first_reason_stands() -> None:
    walk = BatchWalk()
    walk.begin()
    walk.stop(PROBLEM)
    walk.stop(OTHER)
    assert walk.goes_on  # a lane has still to say that it is over
    walk.end()
    assert (walk.goes_on, walk.problem) == (False, PROBLEM)


def test_a_walk_that_was_whole_is_not_tried_again() -> None:
    walk = BatchWalk()
    walk.begin()
    walk.end()
    walk.stop(PROBLEM)
    walk.retry()
    assert (walk.has_begun, walk.goes_on, walk.problem) == (True, False, None)


def test_a_walk_that_was_not_whole_is_begun_anew() -> None:
    walk = BatchWalk()
    walk.begin()
    walk.end(PROBLEM)
    walk.retry()
    assert (walk.has_begun, walk.goes_on, walk.problem) == (False, True, None)


def test_tries_are_counted_until_there_is_another_connection() -> None:
    walk = BatchWalk()
    assert [walk.count_try(), walk.count_try()] == [1, 2]
    walk.renew()
    assert walk.count_try() == 1
