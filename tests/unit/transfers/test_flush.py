"""Fetched files made safe on the disk, in groups, on a thread that comes and goes by itself."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.common.errors import FerrygateError, Kind, LocalFileError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.local_folder import LocalFile, LocalFolder
from support.fake_clock import ManualClock
from support.flush_rig import MACHINE, FlushEnds, SyncDisk, held_up, local, written


def flush_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "flush"]


@pytest.fixture
def told() -> FlushEnds:
    return FlushEnds()


@pytest.fixture
def flusher() -> Iterator[Flusher]:
    flusher = Flusher(ManualClock(), MACHINE, SystemDisk(), SystemThreads())
    yield flusher
    flusher.stop()
    flusher.join()


# ---------------------------------------------------------------- files


def test_a_file_that_has_its_place_is_told_of_as_safe(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    flusher.flush(local(written(tmp_path / "a")), told.about("a"))
    told.wait(1)
    assert told.errors == {"a": None}
    assert threading.current_thread() not in told.threads


def test_many_files_are_told_of_once_each_in_order(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    names = [f"{number:03}" for number in range(600)]  # more than two groups
    for name in names:
        flusher.flush(local(written(tmp_path / name)), told.about(name))
    told.wait(600)
    assert [name for name, _error in told.ends] == names
    assert set(told.errors.values()) == {None}


def test_a_file_that_was_taken_away_meanwhile_was_there(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    flusher.flush(local(tmp_path / "gone"), told.about("gone"))
    flusher.flush(local(tmp_path / "gone folder" / "gone"), told.about("folder"))
    told.wait(2)
    assert told.errors == {"gone": None, "folder": None}


def test_a_file_that_cannot_be_flushed_is_told_of_with_the_reason(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    not_a_folder = written(tmp_path / "file")
    flusher.flush(local(not_a_folder / "below"), told.about("bad"))
    flusher.flush(local(written(tmp_path / "good")), told.about("good"))
    told.wait(2)
    error = told.errors["bad"]
    assert isinstance(error, LocalFileError)
    assert "below" in str(error.problem.sentence)
    assert error.problem.detail == "Not a directory"
    assert told.errors["good"] is None


def is_folder(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EACCES])
def test_a_disk_that_cannot_flush_folders_has_the_file_all_the_same(
    told: FlushEnds, tmp_path: Path, number: int
) -> None:
    """As with some network disks, and folders that may be written into and not opened."""

    def sync(descriptor: int) -> None:
        if is_folder(descriptor):
            raise OSError(number, os.strerror(number))
        os.fsync(descriptor)

    flusher = Flusher(ManualClock(), MACHINE, SyncDisk(sync), SystemThreads())
    flusher.flush(local(written(tmp_path / "a")), told.about("a"))
    told.wait(1)
    flusher.stop()
    flusher.join()
    assert told.errors == {"a": None}


def test_what_nobody_foresaw_is_told_to_who_waits_and_the_next_file_is_flushed(
    told: FlushEnds, tmp_path: Path
) -> None:
    def sync(descriptor: int) -> None:
        if not is_folder(descriptor) and os.fstat(descriptor).st_size > len("content"):
            raise ZeroDivisionError
        os.fsync(descriptor)

    def fail(_error: FerrygateError | None) -> None:
        raise ZeroDivisionError

    flusher = Flusher(ManualClock(), MACHINE, SyncDisk(sync), SystemThreads())
    flusher.flush(local(written(tmp_path / "a")), fail)
    (tmp_path / "b").write_bytes(b"longer content")
    flusher.flush(local(tmp_path / "b"), told.about("b"))
    flusher.flush(local(written(tmp_path / "c")), told.about("c"))
    told.wait(2)
    flusher.stop()
    flusher.join()
    assert told.errors["c"] is None
    assert told.errors["b"] is not None
    assert told.errors["b"].kind is Kind.INTERNAL


def test_a_pipe_that_came_in_a_file_s_place_is_not_waited_for(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    flusher.flush(local(tmp_path / "pipe"), told.about("pipe"))
    told.wait(1)  # whatever it says


def test_a_link_that_came_in_a_file_s_or_a_folder_s_place_is_not_followed(
    told: FlushEnds, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    written(outside / "a")
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    (chosen / "below").symlink_to(outside)
    (chosen / "a").symlink_to(outside / "a")
    synced: list[int] = []
    flusher = Flusher(ManualClock(), MACHINE, SyncDisk(synced.append), SystemThreads())
    flusher.flush(LocalFile(LocalFolder(str(chosen), ("below",)), "a"), told.about("folder"))
    flusher.flush(local(chosen / "a"), told.about("file"))
    told.wait(2)
    flusher.stop()
    flusher.join()
    assert None not in told.errors.values()
    assert len(synced) <= 1  # the chosen folder itself


def test_a_link_in_the_place_of_a_folder_to_be_swept_holds_up_no_other_file(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "a.csv").write_bytes(b"1")
    flusher.clear(LocalFolder(str(tmp_path), ("link",)))
    flusher.flush(LocalFile(LocalFolder(str(tmp_path)), "a.csv"), told.about("a.csv"))
    told.wait(1)
    assert told.errors == {"a.csv": None}


def test_each_folder_s_trouble_is_that_of_its_own_files(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    not_a_folder = written(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    with held_up(flusher, tmp_path):
        for number in range(3):
            flusher.flush(local(not_a_folder / str(number)), told.about(f"bad {number}"))
            flusher.flush(
                local(written(tmp_path / "folder" / str(number))), told.about(f"good {number}")
            )
    told.wait(6)
    failed = {name for name, error in told.errors.items() if error is not None}
    assert failed == {"bad 0", "bad 1", "bad 2"}


def test_a_folder_is_flushed_once_for_all_its_files(told: FlushEnds, tmp_path: Path) -> None:
    synced: list[bool] = []

    def sync(descriptor: int) -> None:
        synced.append(is_folder(descriptor))

    flusher = Flusher(ManualClock(), MACHINE, SyncDisk(sync), SystemThreads())
    (tmp_path / "folder").mkdir()
    with held_up(flusher, tmp_path):
        synced.clear()
        for number in range(50):
            path = written(tmp_path / "folder" / str(number))
            flusher.flush(local(path), told.about(str(number)))
    told.wait(50)
    flusher.stop()
    flusher.join()
    assert (synced.count(True), synced.count(False)) == (1, 50)


def test_the_names_of_new_folders_are_flushed_as_well_each_once(
    told: FlushEnds, tmp_path: Path
) -> None:
    """A folder's name is safe once the folder above it was flushed, which has it."""
    synced: list[int] = []

    def sync(descriptor: int) -> None:
        if is_folder(descriptor):
            synced.append(os.fstat(descriptor).st_ino)

    flusher = Flusher(ManualClock(), MACHINE, SyncDisk(sync), SystemThreads())
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "c").mkdir()
    chosen, a, b, c = ((tmp_path / name).stat().st_ino for name in (".", "a", "a/b", "a/c"))
    with held_up(flusher, tmp_path):
        for number, below in enumerate([("a", "b"), ("a", "c"), ("a", "b")]):
            folder = LocalFolder(str(tmp_path), below)
            written(folder.path / str(number))
            flusher.flush(LocalFile(folder, str(number)), told.about(str(number)))
    told.wait(3)
    assert sorted(synced[1:]) == sorted([chosen, a, b, c])
    synced.clear()
    again = LocalFolder(str(tmp_path), ("a", "b"))
    flusher.flush(LocalFile(again, "0"), told.about("again"))
    told.wait(1)
    flusher.stop()
    flusher.join()
    assert synced == [b]
    assert set(told.errors.values()) == {None}


# ---------------------------------------------------------------- large files under way


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208  numbers, of which one is its own


def test_a_file_under_way_is_flushed_over_a_descriptor_of_its_own(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    before = descriptors()
    with (tmp_path / "large").open("wb") as file:
        for _part in range(5):
            file.write(b"x" * 100_000)
            flusher.write_back(file)
    # Closed here, whether the thread has come to it or not; its own descriptors go by themselves.
    flusher.flush(local(tmp_path / "large"), told.about("large"))
    told.wait(1)
    assert told.errors == {"large": None}
    assert descriptors() == before


def test_what_cannot_be_flushed_under_way_is_closed_and_not_told(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    before = descriptors()
    with Path("/dev/null").open("wb") as file:
        flusher.write_back(file)
    flusher.flush(local(written(tmp_path / "next")), told.about("next"))
    told.wait(1)
    assert descriptors() == before


def test_an_error_under_way_fails_the_file_in_the_end(told: FlushEnds, tmp_path: Path) -> None:
    errors = [OSError(errno.ENOSPC, "No space left on device")]

    def sync(descriptor: int) -> None:
        if errors:
            raise errors.pop()  # a system tells of it once
        os.fsync(descriptor)

    flusher = Flusher(ManualClock(), MACHINE, SyncDisk(sync), SystemThreads())
    with (tmp_path / "large").open("wb") as file:
        file.write(b"x")
        flusher.write_back(file)
    flusher.flush(local(tmp_path / "large"), told.about("large"))
    flusher.flush(local(written(tmp_path / "next")), told.about("next"))
    told.wait(2)
    flusher.stop()
    flusher.join()
    assert told.errors["next"] is None
    error = told.errors["large"]
    assert error is not None
    assert error.problem.detail == "No space left on device"


# ---------------------------------------------------------------- the thread


@pytest.mark.usefixtures("flusher")
def test_there_is_no_thread_before_there_is_a_file() -> None:
    assert flush_threads() == []


def test_the_end_of_a_flusher_that_had_nothing_to_do() -> None:
    flusher = Flusher(ManualClock(), MACHINE, SystemDisk(), SystemThreads())
    flusher.stop()
    flusher.join()
    assert flush_threads() == []


def test_there_is_one_thread_however_many_bring_files(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    together = threading.Barrier(8)

    def bring(number: int) -> None:
        together.wait(10)
        flusher.flush(local(written(tmp_path / str(number))), told.about(str(number)))

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.wait(8)
    assert len(told.threads) == 1
    assert set(flush_threads()) == told.threads


def test_what_was_queued_before_the_end_is_done(
    flusher: Flusher, told: FlushEnds, tmp_path: Path
) -> None:
    with held_up(flusher, tmp_path):
        for number in range(300):
            flusher.flush(local(written(tmp_path / str(number))), told.about(str(number)))
        flusher.stop()
    flusher.join()
    assert len(told.errors) == 300
    assert flush_threads() == []
