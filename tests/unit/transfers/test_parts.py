"""Parts of downloads: those of dead runs are swept, those of living ones and of others never."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from ferrygate.common.disk import OpenFolder
from ferrygate.common.file_lock import LockResult, try_lock
from ferrygate.common.system_disk import SystemDisk, SystemFolder
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.local_folder import LocalFolder
from ferrygate.transfers.part_names import is_part_name, part_name
from ferrygate.transfers.parts import machine_name, new_part, sweep
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.fake_clock import ManualClock
from support.transfer_rig import CONTENT, TransferRig, choosing

OURS, THEIRS = "0123abcd", "89abcdef"
DISK = SystemDisk()


def left_there(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def swept(folder: Path) -> set[str]:
    sweep(DISK, LocalFolder(str(folder)), OURS, ManualClock())
    return left_there(folder)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenFolder]:
    with LocalFolder(str(tmp_path)).opened(DISK) as folder:
        yield folder


def test_a_part_of_a_run_that_was_killed_is_swept(tmp_path: Path) -> None:
    name = part_name(OURS, "00")
    program = (
        "import sys\n"
        "from ferrygate.common.system_disk import SystemDisk\n"
        "from ferrygate.transfers.local_folder import LocalFolder\n"
        "from ferrygate.transfers.parts import new_part\n"
        "disk = SystemDisk()\n"
        "with LocalFolder(sys.argv[1]).opened(disk) as folder:\n"
        "    part = new_part(disk, folder, lambda: sys.argv[2])\n"
        "print(part.name, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().decode().strip() == name
        assert swept(tmp_path) == {name}, "the run lives"
        process.kill()
        process.wait()
        assert swept(tmp_path) == set()


def test_a_part_under_way_in_this_process_is_left_alone(tmp_path: Path, opened: OpenFolder) -> None:
    part = new_part(DISK, opened, lambda: part_name(OURS, "00"))
    with closing(part.file):
        assert swept(tmp_path) == {part.name}
    assert swept(tmp_path) == set()


def test_what_is_not_surely_ours_stays(tmp_path: Path) -> None:
    names = {
        part_name(THEIRS, "00"),
        ".ferrygate-0011223344556677.part",  # an older version's
        "report.part",
        f".ferrygate-{OURS}-notes",
        "plate.csv",
    }
    for name in names:
        (tmp_path / name).write_text("mine")
    assert swept(tmp_path) == names


def test_what_cannot_be_opened_or_looked_at_stays(tmp_path: Path) -> None:
    (tmp_path / part_name(OURS, "00")).mkdir()
    os.mkfifo(tmp_path / part_name(OURS, "01"))
    (tmp_path / "mine").write_text("mine")
    (tmp_path / part_name(OURS, "02")).symlink_to(tmp_path / "mine")
    sweep(DISK, LocalFolder(str(tmp_path / "missing")), OURS, ManualClock())
    assert {part_name(OURS, "00"), part_name(OURS, "02"), "mine"} <= swept(tmp_path)


def test_a_part_swept_between_its_making_and_its_lock_is_made_again(
    tmp_path: Path, opened: OpenFolder
) -> None:
    numbers = count()

    class Swept(SystemFolder):
        """A folder in which another run sweeps as soon as a file is there."""

        def open(self, name: str, flags: int) -> int:
            descriptor = opened.open(name, flags)
            if next(numbers) < 2:
                sweep(DISK, LocalFolder(str(tmp_path)), OURS, ManualClock())
            return descriptor

        def status(self, name: str) -> os.stat_result | None:
            return opened.status(name)

    names = (part_name(OURS, f"{number:02}") for number in count())
    part = new_part(DISK, Swept(str(tmp_path), None), lambda: next(names))
    with closing(part.file):
        assert part.name == part_name(OURS, "02")
        assert swept(tmp_path) == {part.name}


def test_a_download_holds_its_lock_until_the_file_has_its_place(
    desk: TransferRig, tmp_path: Path
) -> None:
    desk.server.files[b"/inbox/plate.csv"] = bytearray(CONTENT)
    seen: list[bool] = []

    def sweep_now(state: TransferState, _moved: int) -> None:
        swept(tmp_path)
        if state is TransferState.CHECKING:
            seen.append((tmp_path / part_name(OURS, "00")).exists())

    desk.new_part_name = lambda: part_name(OURS, "00")
    desk.reports.then = sweep_now
    job = FileJob(number=0, local=str(tmp_path / "plate.csv"), remote=b"/inbox/plate.csv")
    desk.fetch(job)
    assert seen == [True]
    assert left_there(tmp_path) == {"plate.csv"}


def test_a_folder_is_swept_once_before_files_come_into_it(tmp_path: Path) -> None:
    flusher = Flusher(ManualClock(), OURS, DISK, SystemThreads())
    (tmp_path / part_name(OURS, "00")).write_text("dead")
    flusher.clear(LocalFolder(str(tmp_path)))
    flusher.stop()
    flusher.join()
    assert left_there(tmp_path) == set()
    (tmp_path / part_name(OURS, "00")).write_text("dead")
    flusher.clear(LocalFolder(str(tmp_path)))
    flusher.stop()
    flusher.join()
    assert left_there(tmp_path) == {part_name(OURS, "00")}


def test_a_folder_is_swept_as_well_where_its_files_are_skipped(
    desk: TransferRig, tmp_path: Path
) -> None:
    """A run may die between the name of its last file and the end of that one's part."""
    (tmp_path / "plate.csv").write_bytes(CONTENT)
    job = FileJob(number=0, local=str(tmp_path / "plate.csv"), remote=b"/inbox/plate.csv")
    outcome = desk.fetch(choosing(job, ConflictChoice.SKIP))
    assert outcome.state is TransferState.SKIPPED
    assert desk.flusher.cleared == [LocalFolder(str(tmp_path))]


def test_names_of_parts_are_known_as_such() -> None:
    assert is_part_name(part_name(OURS, "00"))
    assert is_part_name(part_name(OURS, "00").encode())
    assert not is_part_name(b".ferrygate-.txt")
    assert not is_part_name("a.part")


def test_a_computer_has_one_name_and_others_have_others(tmp_path: Path) -> None:
    known = tmp_path / "machine-id"
    known.write_text("1f\n")
    first = machine_name(known)
    assert first == machine_name(known)
    assert len(first) == 8
    int(first, 16)
    known.write_text("2f\n")
    assert machine_name(known) != first
    known.write_bytes(b"\xff")
    assert machine_name(known) == machine_name(tmp_path / "missing")


def test_a_lock_is_held_by_one_open_file_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as one, path.open("r+b") as other:
        assert try_lock(one.fileno()) is LockResult.TAKEN
        assert try_lock(other.fileno()) is LockResult.HELD
        one.close()
        assert try_lock(other.fileno()) is LockResult.TAKEN


def test_where_there_are_no_locks_that_is_said() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    assert try_lock(writing) is LockResult.UNSUPPORTED


def test_two_threads_never_share_a_part(tmp_path: Path) -> None:
    """Makers and sweepers at once: each part that was made is there until it is closed."""
    numbers = count()
    lost: list[str] = []
    over = threading.Event()

    def keep_sweeping() -> None:
        while not over.is_set():
            sweep(DISK, LocalFolder(str(tmp_path)), OURS, ManualClock())

    def make() -> None:
        for _number in range(100):
            with LocalFolder(str(tmp_path)).opened(DISK) as folder:
                part = new_part(DISK, folder, lambda: part_name(OURS, f"{next(numbers):06x}"))
                with closing(part.file):
                    if folder.status(part.name) is None:
                        lost.append(part.name)

    sweeper = threading.Thread(target=keep_sweeping)
    makers = [threading.Thread(target=make) for _maker in range(2)]
    for thread in (sweeper, *makers):
        thread.start()
    for thread in makers:
        thread.join()
    over.set()
    sweeper.join()
    assert lost == []
