"""What lies on a lane's tray, counted from two threads."""

from __future__ import annotations

import threading

import pytest

from ferrygate.engine.tray import Item, Tray
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.outcome import FileJob
from ferrygate.transfers.views import Direction

MIB = 1 << 20


def job(number: int, size: int | None = 0) -> FileJob:
    return FileJob(number=number, local=f"/l/{number}", remote=b"/r/%d" % number, size=size)


async def walk(files: RemoteFiles) -> None:
    """There are no folders."""


@pytest.fixture
def tray() -> Tray:
    return Tray(Direction.UPLOAD)


def test_items_come_out_in_order_the_walk_among_them(tray: Tray) -> None:
    items: list[Item] = [walk, job(0), job(1), job(2)]
    for item in items:
        tray.put(item)
    assert [tray.take() for _item in items] == items
    assert tray.take() is None


def test_whoever_listens_is_told_of_items_and_of_the_end(tray: Tray) -> None:
    told: list[tuple[int, bool]] = []
    tray.put(job(0))  # nobody listens yet
    tray.changed = lambda: told.append((tray.files, tray.closed))
    tray.put(job(1))
    tray.close()
    assert told == [(2, False), (2, True)]


def test_what_is_under_way_counts_until_it_is_done(tray: Tray) -> None:
    jobs = [job(number, 100) for number in range(3)]
    for each in jobs:
        tray.put(each)
    tray.take()
    assert (tray.files, tray.bytes) == (3, 300)
    tray.done(jobs[0])
    assert (tray.files, tray.bytes) == (2, 200)


def test_small_files_fill_it_by_their_number(tray: Tray) -> None:
    for number in range(384):
        assert tray.has_room
        tray.put(job(number, 10))
    assert not tray.has_room
    assert not tray.full_of_bytes
    tray.done(job(0, 10))
    assert tray.has_room


@pytest.mark.parametrize(("size", "count"), [(8 * MIB, 1), (1 << 40, 1), (3 * MIB, 3), (None, 8)])
def test_large_files_fill_it_by_their_bytes(tray: Tray, size: int | None, count: int) -> None:
    for number in range(count):
        assert tray.has_room
        tray.put(job(number, size))
    assert tray.full_of_bytes
    assert not tray.has_room


def test_one_lane_takes_several_large_files_to_fetch() -> None:
    tray = Tray(Direction.DOWNLOAD)
    tray.put(job(0, 32 * MIB))
    assert tray.has_room
    tray.put(job(1, 32 * MIB))
    assert not tray.has_room


def test_a_walk_weighs_nothing(tray: Tray) -> None:
    tray.put(walk)
    assert (tray.files, tray.bytes) == (1, 0)
    tray.done(walk)
    assert tray.files == 0


def test_a_closed_one_has_no_room(tray: Tray) -> None:
    assert tray.has_room
    tray.close()
    assert not tray.has_room


def test_a_lane_that_gives_up_hands_back_what_it_has_not_begun(tray: Tray) -> None:
    items: list[Item] = [walk, job(1), job(2)]
    for item in items:
        tray.put(item)
    tray.take()
    assert tray.take_all() == items[1:]
    assert tray.take_all() == []
    late = job(3)
    tray.put(late)  # somebody had not heard of it yet
    assert tray.take_all() == [late]


def test_two_threads_lose_nothing_and_miscount_nothing(tray: Tray) -> None:
    wake = threading.Event()
    tray.changed = wake.set
    taken: list[FileJob] = []

    def work_off() -> None:
        while not (tray.closed and not tray.files):
            wake.wait(5)
            wake.clear()
            while (item := tray.take()) is not None:
                assert isinstance(item, FileJob)
                taken.append(item)
                tray.done(item)

    lane = threading.Thread(target=work_off)
    lane.start()
    jobs = [job(number, number) for number in range(5000)]
    for each in jobs:
        tray.put(each)
        assert 0 <= tray.files <= 5000
        assert tray.bytes >= 0
    tray.close()
    lane.join(10)
    assert taken == jobs
    assert (tray.files, tray.bytes) == (0, 0)
