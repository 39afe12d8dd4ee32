"""A lane's queue counts the files and bytes on it and under way, from two threads."""

from __future__ import annotations

import threading

import pytest

from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.schedule.work_queue import Item, WorkQueue
from ferrygate.transfers.views import Direction

MIB = 1 << 20


def job(number: int, size: int | None = 0) -> FileJob:
    return FileJob(number=number, local=f"/l/{number}", remote=b"/r/%d" % number, size=size)


async def walk(files: RemoteFiles) -> None:
    """There are no folders."""


@pytest.fixture
def queue() -> WorkQueue:
    return WorkQueue(Direction.UPLOAD)


def test_items_come_out_in_order_the_walk_among_them(queue: WorkQueue) -> None:
    items: list[Item] = [walk, job(0), job(1), job(2)]
    for item in items:
        queue.put(item)
    assert [queue.take() for _item in items] == items
    assert queue.take() is None


def test_whoever_listens_is_told_of_items_and_of_the_end(queue: WorkQueue) -> None:
    told: list[tuple[int, bool]] = []
    queue.put(job(0))  # nobody listens yet
    queue.changed = lambda: told.append((queue.files, queue.closed))
    queue.put(job(1))
    queue.close()
    assert told == [(2, False), (2, True)]


def test_what_is_under_way_counts_until_it_is_done(queue: WorkQueue) -> None:
    jobs = [job(number, 100) for number in range(3)]
    for each in jobs:
        queue.put(each)
    queue.take()
    assert (queue.files, queue.bytes) == (3, 300)
    queue.done(jobs[0])
    assert (queue.files, queue.bytes) == (2, 200)


def test_small_files_fill_it_by_their_number(queue: WorkQueue) -> None:
    for number in range(384):
        assert queue.has_room
        queue.put(job(number, 10))
    assert not queue.has_room
    assert not queue.full_of_bytes
    queue.done(job(0, 10))
    assert queue.has_room


@pytest.mark.parametrize(("size", "count"), [(8 * MIB, 1), (1 << 40, 1), (3 * MIB, 3), (None, 8)])
def test_large_files_fill_it_by_their_bytes(queue: WorkQueue, size: int | None, count: int) -> None:
    for number in range(count):
        assert queue.has_room
        queue.put(job(number, size))
    assert queue.full_of_bytes
    assert not queue.has_room


def test_one_lane_takes_several_large_files_to_fetch() -> None:
    queue = WorkQueue(Direction.DOWNLOAD)
    queue.put(job(0, 32 * MIB))
    assert queue.has_room
    queue.put(job(1, 32 * MIB))
    assert not queue.has_room


def test_a_walk_weighs_nothing(queue: WorkQueue) -> None:
    queue.put(walk)
    assert (queue.files, queue.bytes) == (1, 0)
    queue.done(walk)
    assert queue.files == 0


def test_a_closed_one_has_no_room(queue: WorkQueue) -> None:
    assert queue.has_room
    queue.close()
    assert not queue.has_room


def test_a_lane_that_gives_up_hands_back_what_it_has_not_begun(queue: WorkQueue) -> None:
    items: list[Item] = [walk, job(1), job(2)]
    for item in items:
        queue.put(item)
    queue.take()
    assert queue.take_all() == items[1:]
    assert queue.take_all() == []
    late = job(3)
    queue.put(late)  # somebody had not heard of it yet
    assert queue.take_all() == [late]


def test_two_threads_lose_nothing_and_miscount_nothing(queue: WorkQueue) -> None:
    wake = threading.Event()
    queue.changed = wake.set
    taken: list[FileJob] = []

    def work_off() -> None:
        while not (queue.closed and not queue.files):
            wake.wait(5)
            wake.clear()
            while (item := queue.take()) is not None:
                assert isinstance(item, FileJob)
                taken.append(item)
                queue.done(item)

    lane = threading.Thread(target=work_off)
    lane.start()
    jobs = [job(number, number) for number in range(5000)]
    for each in jobs:
        queue.put(each)
        assert 0 <= queue.files <= 5000
        assert queue.bytes >= 0
    queue.close()
    lane.join(10)
    assert taken == jobs
    assert (queue.files, queue.bytes) == (0, 0)
