"""Fetched files that are still open when they come to be flushed."""

from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.common.errors import FerrygateError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.flush import Flusher
from support.fake_clock import ManualClock
from support.flush_rig import MACHINE, FlushEnds, SyncDisk, held_up, local, written


@pytest.fixture
def told() -> FlushEnds:
    return FlushEnds()


@pytest.fixture
def flusher() -> Iterator[Flusher]:
    flusher = Flusher(ManualClock(), MACHINE, SystemDisk(), SystemThreads())
    yield flusher
    flusher.stop()
    flusher.join()


@pytest.mark.parametrize("count", [1, 300])  # and more than may wait while they are open
def test_a_file_that_is_open_is_flushed_by_its_descriptor_and_closed_before_that_is_told(
    told: FlushEnds, tmp_path: Path, count: int
) -> None:
    synced: set[tuple[int, int]] = set()

    def sync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        synced.add((status.st_dev, status.st_ino))

    flusher = Flusher(ManualClock(), MACHINE, SyncDisk(sync), SystemThreads())
    opened = [(tmp_path / str(number)).open("wb", buffering=0) for number in range(count)]
    files = {
        (status.st_dev, status.st_ino) for status in map(os.stat, map(str, tmp_path.iterdir()))
    }
    closed: list[bool] = []

    def flush(number: int) -> None:
        tell = told.about(str(number))

        def done(error: FerrygateError | None) -> None:
            closed.append(opened[number].closed)
            tell(error)

        flusher.flush(local(tmp_path / str(number)), done, opened[number])

    with held_up(flusher, tmp_path):
        for number in range(count):
            flush(number)
        (tmp_path / "0").rename(tmp_path / "moved on")  # it is the open file that counts
    told.wait(count)
    flusher.stop()
    flusher.join()
    assert set(told.errors.values()) == {None}
    assert all(closed)
    assert files <= synced


class FullAtLast(io.FileIO):
    """A file on a network disk that tells when it is closed that there was no room."""

    def close(self) -> None:
        was_open = not self.closed
        super().close()
        if was_open:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("may_wait_open", [True, False])
def test_what_a_disk_says_when_a_file_is_closed_is_told(
    flusher: Flusher, told: FlushEnds, tmp_path: Path, *, may_wait_open: bool
) -> None:
    opened = FullAtLast(written(tmp_path / "a"), "ab")
    flusher.flush(local(tmp_path / "a"), told.about("a"), opened, may_wait_open=may_wait_open)
    told.wait(1)
    error = told.errors["a"]
    assert error is not None
    assert error.problem.detail == "No space left on device"
    assert threading.current_thread() not in told.threads
