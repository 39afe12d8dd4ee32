"""The limit of open files: raised where that is allowed, and kept with room for others."""

from __future__ import annotations

import os
import threading

import pytest

from ferrygate.common.open_files import SPARE, OpenFiles, raise_limit, room
from ferrygate.common.threads import SystemThreads

UNLIMITED = 1 << 30


class Limits:
    """A process's limits; some systems refuse more than so many."""

    def __init__(self, soft: int, hard: int, allowed: int = UNLIMITED) -> None:
        self.soft, self.hard, self.allowed = soft, hard, allowed

    def get(self) -> tuple[int, int]:
        return self.soft, self.hard

    def set(self, soft: int, hard: int) -> None:
        assert hard == self.hard
        if soft > self.allowed:
            raise ValueError("not allowed")
        self.soft = soft


@pytest.mark.parametrize(
    ("limits", "raised"),
    [
        pytest.param(Limits(1024, 4096), 4096, id="to the hard one"),
        pytest.param(Limits(256, UNLIMITED, 10_240), 10_240, id="macOS"),
        pytest.param(Limits(1024, 1 << 20), 1 << 16, id="as many as are of use"),
        pytest.param(Limits(512, 512), 512, id="nothing to raise"),
        pytest.param(Limits(1 << 18, 1 << 20), 1 << 18, id="more than enough"),
        pytest.param(Limits(1024, 4096, 0), 1024, id="not allowed"),
    ],
)
def test_the_soft_limit_is_raised_as_far_as_is_allowed(limits: Limits, raised: int) -> None:
    raise_limit(limits.get, limits.set)
    assert limits.soft == raised


def test_what_is_open_already_and_room_for_others_is_left() -> None:
    limits = Limits(1000, 1000)
    before = room(limits.get)
    assert before < 1000 - SPARE
    reading, writing = os.pipe()
    assert before - room(limits.get) == 2
    os.close(reading)
    os.close(writing)


def test_no_more_are_taken_than_there_is_room_for() -> None:
    files = OpenFiles(SystemThreads(), lambda: 3)
    assert [files.acquire() for _file in range(5)] == [True, True, True, False, False]
    files.release()
    assert files.acquire()
    assert not files.acquire()


def test_the_first_of_a_lane_may_always_be_open() -> None:
    files = OpenFiles(SystemThreads(), lambda: -5)
    assert not files.acquire()
    assert files.acquire(first=True)
    assert files.acquire(first=True)
    assert not files.acquire()


def test_fewer_are_allowed_where_the_system_opens_no_more_until_all_are_closed() -> None:
    files = OpenFiles(SystemThreads(), lambda: 10)
    assert all(files.acquire() for _file in range(5))
    files.fewer()
    files.release()
    assert not files.acquire()
    files.release()
    assert files.acquire()
    for _file in range(4):
        files.release()
    assert all(files.acquire() for _file in range(10))


def test_threads_count_together() -> None:
    files = OpenFiles(SystemThreads(), lambda: 50)
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(files.acquire() for _file in range(20)))
        for _thread in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 50
