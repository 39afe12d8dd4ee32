"""A lane keeps within the descriptors that this computer has, both ways."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Kind, LocalFileError, problem_of
from ferrygate.common.local_disk import TooManyOpenFilesError, reading, writing
from ferrygate.common.open_files import SPARE, OpenFiles
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.kept_folders import MAX_DESCRIPTORS
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.schedule import lane_scaling
from ferrygate.transfers.views import ConflictChoice, Direction
from support.lane_worker_rig import CONTENT, LaneWorkerRig
from support.scripted_sftp import CLOSE, OPEN, Held, Request, ScriptedSftp
from support.transfer_rig import choosing

LIMIT = 40  # files
NONE = 3  # files: the standard streams alone


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        rig.flusher = Flusher(SystemClock(), "0123abcd", SystemDisk(), SystemThreads())
        yield rig


@contextlib.contextmanager
def limit_of_open_files() -> Iterator[Callable[[int | None], None]]:
    """Give what sets this process's limit; the end puts it back, and so does none."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def allow(files: int | None) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft if files is None else files, hard))

    try:
        yield allow
    finally:
        allow(None)


def open_now() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  numbers alone


def test_folders_that_lanes_keep_open_take_half_of_what_is_left_for_all_else_at_most() -> None:
    assert lane_scaling.MAX_LANES * MAX_DESCRIPTORS <= SPARE / 2


@pytest.mark.parametrize("direction", list(Direction))
def test_no_more_files_are_open_than_there_is_room_for(
    rig: LaneWorkerRig, direction: Direction
) -> None:
    rig.direction = direction
    rig.open_files = OpenFiles(SystemThreads(), lambda: LIMIT)
    before, most = open_now(), 0

    def look(_request: Request) -> None:
        nonlocal most
        most = max(most, open_now() - before)

    rig.server.instead[CLOSE] = look
    jobs = [rig.job(f"{number}.csv") for number in range(200)]
    for job in jobs if direction is Direction.DOWNLOAD else ():
        Path(job.local).unlink(missing_ok=True)
    assert rig.work_off(*jobs) == []
    assert len(rig.told.ends) == 200
    assert all(isinstance(end, FileOutcome) for end in rig.told.ends.values())
    assert most <= LIMIT + 5  # the flusher has one or two of its own


@pytest.mark.parametrize("direction", list(Direction))
def test_where_the_system_opens_no_more_the_rest_waits_and_arrives(
    rig: LaneWorkerRig, direction: Direction
) -> None:
    """Others of this process, or of this computer, have taken what was counted as free."""
    rig.direction = direction
    jobs = [rig.job(f"{number}.csv") for number in range(150)]
    rig.open_files = OpenFiles(SystemThreads(), lambda: 1000)
    with limit_of_open_files() as allow:
        allow(open_now() + 20)
        assert rig.work_off(*jobs) == []
    failed = [end for end in rig.told.ends.values() if not isinstance(end, FileOutcome)]
    assert failed == []
    assert len(rig.told.ends) == 150
    if direction is Direction.DOWNLOAD:
        assert {Path(job.local).read_bytes() for job in jobs} == {CONTENT}
    else:
        assert {bytes(content) for content in rig.server.files.values()} == {CONTENT}


def test_a_file_alone_that_cannot_be_opened_is_told(rig: LaneWorkerRig) -> None:
    rig.direction = Direction.DOWNLOAD
    job = rig.job()
    held = Held(rig.server)

    def none_left() -> None:
        allow(NONE)
        rig.rigs[0].stream.packets.extend(held.answers)
        held.answers.clear()

    def listen(opened: ScriptedSftp) -> None:
        opened.stream.after = none_left

    rig.on_open = listen
    rig.server.instead[OPEN] = held
    with limit_of_open_files() as allow:
        rig.work_off(job)
    (end,) = rig.told.ends.values()
    assert isinstance(end, LocalFileError)
    assert "Too many files are open" in str(problem_of(end).sentence)


def test_a_file_alone_that_cannot_be_claimed_for_lack_of_open_files_is_told(
    rig: LaneWorkerRig,
) -> None:
    """No other transfer has its name: the lock's own file could not be opened."""
    job = choosing(rig.job(), ConflictChoice.REPLACE)
    with limit_of_open_files() as allow:
        allow(NONE)
        rig.work_off(job)
    (end,) = rig.told.ends.values()
    cause = end.cause if isinstance(end, UploadFailure) else end
    assert isinstance(cause, TooManyOpenFilesError)
    assert "“a.csv”" in str(problem_of(cause).sentence)


def test_a_file_alone_waits_while_other_lanes_have_files_open(rig: LaneWorkerRig) -> None:
    rig.direction = Direction.DOWNLOAD
    job = rig.job()
    Path(job.local).unlink(missing_ok=True)
    assert rig.open_files.acquire()  # another lane's
    idle = 0

    def none_left(_request: Request) -> None:
        if not idle:
            allow(NONE)

    def close_the_other() -> None:
        nonlocal idle
        idle += 1
        allow(None)

    def listen(opened: ScriptedSftp) -> None:
        opened.stream.after = close_the_other

    rig.on_open = listen
    rig.server.instead[OPEN] = none_left
    with limit_of_open_files() as allow:
        rig.work_off(job)
    (end,) = rig.told.ends.values()
    assert isinstance(end, FileOutcome)
    assert idle
    assert len(rig.server.asked(OPEN)) == 2


def test_files_that_would_wait_for_each_other_alone_are_told(rig: LaneWorkerRig) -> None:
    rig.direction = Direction.DOWNLOAD
    job = rig.job()
    Path(job.local).unlink(missing_ok=True)
    assert rig.open_files.acquire()  # another lane's, which has found no room either
    with rig.open_files.waiting(), limit_of_open_files() as allow:
        allow(NONE)
        assert rig.work_off(job) == []
    (end,) = rig.told.ends.values()
    assert isinstance(end, LocalFileError)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
@pytest.mark.parametrize("translate", [reading, writing])
def test_too_many_open_files_are_told_as_that(
    translate: Callable[[Path], contextlib.AbstractContextManager[None]], number: int
) -> None:
    with (
        pytest.raises(LocalFileError, match="Too many files are open") as caught,
        translate(Path("/x/report.csv")),
    ):
        raise OSError(number, os.strerror(number))
    assert caught.value.problem.kind is Kind.LOCAL_FILE
    assert "free space" not in str(caught.value.problem.next_step)
