"""The disk in memory loses at a power cut what was not synced; else it is as every disk.

``tests/unit/common/test_disk.py`` has what holds for every disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random

import pytest

from ferrygate.common.disk import Disk, OpenFolder
from ferrygate.common.file_lock import LockResult
from simulation.event_log import EventLog
from simulation.memory_disk import MemoryDisk
from simulation.memory_files import Computer
from simulation.scheduler import Scheduler

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def computer(seed: int = 1) -> Computer:
    return Computer(Scheduler(seed, EventLog()), Random(seed))


def write(disk: Disk, folder: OpenFolder, name: str, content: bytes) -> None:
    """Make a file."""
    file = disk.writer(folder.open(name, _NEW))
    assert file.write(content) == len(content)
    file.close()


def after_power_cut(seed: int, act: Callable[[Disk], None]) -> dict[str, bytes]:
    """Have something done, cut the power, and return the files that are there then."""
    files = computer(seed)
    files.put("/top/x", b"x")
    files.scheduler.run(lambda: act(MemoryDisk(files)))
    files.lose_power()
    return files.contents("/top")


def sync_all(disk: Disk, *, file: bool, folder: bool) -> None:
    """Write a file, and sync it and its folder as wanted."""
    top = disk.open_folder("/top")
    write(disk, top, "a", b"0123456789")
    for name, is_wanted in (("a", file), (".", folder)):
        if is_wanted:
            descriptor = top.open(name, os.O_RDONLY)
            disk.sync(descriptor)
            disk.close(descriptor)


def test_a_file_that_was_synced_with_its_folder_outlasts_a_power_cut() -> None:
    for seed in range(20):
        left = after_power_cut(seed, lambda disk: sync_all(disk, file=True, folder=True))
        assert left == {"a": b"0123456789", "x": b"x"}


def test_a_file_that_was_not_synced_may_be_cut_or_gone() -> None:
    def act(disk: Disk) -> None:
        sync_all(disk, file=False, folder=True)

    ends = {after_power_cut(seed, act)["a"] for seed in range(40)}
    assert b"" in ends
    assert len(ends) > 3


def test_a_name_that_was_not_synced_may_be_gone() -> None:
    def act(disk: Disk) -> None:
        sync_all(disk, file=True, folder=False)

    ends = {tuple(after_power_cut(seed, act)) for seed in range(40)}
    assert ends == {("a", "x"), ("x",)}


def test_a_process_that_ends_lets_go_of_its_locks() -> None:
    files = computer()
    files.put("/top/x", b"x")
    one, other = MemoryDisk(files), MemoryDisk(files)

    def main() -> None:
        assert one.lock(one.open_folder("/top").open("x", os.O_RDWR)) is LockResult.TAKEN
        descriptor = other.open_folder("/top").open("x", os.O_RDWR)
        assert other.lock(descriptor) is LockResult.HELD
        one.die()
        assert other.lock(descriptor) is LockResult.TAKEN
        with pytest.raises(OSError, match="the process is dead"):
            one.scan("/top")

    files.scheduler.run(main)
