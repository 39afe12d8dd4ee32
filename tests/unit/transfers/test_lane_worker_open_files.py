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
from ferrygate.common.local_disk import reading, writing
from ferrygate.common.open_files import SPARE, OpenFiles
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.kept_folders import MAX_DESCRIPTORS
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.schedule import lane_scaling
from ferrygate.transfers.views import Direction
from support.lane_worker_rig import CONTENT, LaneWorkerRig
from support.scripted_sftp import CLOSE, OPEN, Held, Request, ScriptedSftp

LIMIT = 40  # files


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        rig.disk = Flusher(SystemClock(), "0123abcd")
        yield rig


def open_now() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  numbers alone


def test_folders_that_lanes_keep_open_take_half_of_what_is_left_for_all_else_at_most() -> None:
    assert lane_scaling.MAX_LANES * MAX_DESCRIPTORS <= SPARE / 2


@pytest.mark.parametrize("direction", list(Direction))
def test_no_more_files_are_open_than_there_is_room_for(
    rig: LaneWorkerRig, direction: Direction
) -> None:
    rig.direction = direction
    rig.open_files = OpenFiles(lambda: LIMIT)
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
    resource = pytest.importorskip("resource")
    rig.direction = direction
    jobs = [rig.job(f"{number}.csv") for number in range(150)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_now() + 20, hard))
    rig.open_files = OpenFiles(lambda: 1000)
    try:
        assert rig.work_off(*jobs) == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    failed = [end for end in rig.told.ends.values() if not isinstance(end, FileOutcome)]
    assert failed == []
    assert len(rig.told.ends) == 150
    if direction is Direction.DOWNLOAD:
        assert {Path(job.local).read_bytes() for job in jobs} == {CONTENT}
    else:
        assert {bytes(content) for content in rig.server.files.values()} == {CONTENT}


def test_a_file_alone_that_cannot_be_opened_is_told(rig: LaneWorkerRig) -> None:
    resource = pytest.importorskip("resource")
    rig.direction = Direction.DOWNLOAD
    job = rig.job()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = Held(rig.server)

    def none_left() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))  # numbers beyond the standard streams
        rig.rigs[0].stream.packets.extend(held.answers)
        held.answers.clear()

    def listen(opened: ScriptedSftp) -> None:
        opened.stream.after = none_left

    rig.on_open = listen
    rig.server.instead[OPEN] = held
    try:
        rig.work_off(job)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (end,) = rig.told.ends.values()
    assert isinstance(end, LocalFileError)
    assert "Too many files are open" in str(problem_of(end).sentence)


def test_a_file_alone_waits_while_other_lanes_have_files_open(rig: LaneWorkerRig) -> None:
    resource = pytest.importorskip("resource")
    rig.direction = Direction.DOWNLOAD
    job = rig.job()
    Path(job.local).unlink(missing_ok=True)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert rig.open_files.acquire()  # another lane's
    idle = 0

    def none_left(_request: Request) -> None:
        if not idle:
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))

    def close_the_other() -> None:
        nonlocal idle
        idle += 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def listen(opened: ScriptedSftp) -> None:
        opened.stream.after = close_the_other

    rig.on_open = listen
    rig.server.instead[OPEN] = none_left
    try:
        rig.work_off(job)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (end,) = rig.told.ends.values()
    assert isinstance(end, FileOutcome)
    assert idle
    assert len(rig.server.asked(OPEN)) == 2


def test_files_that_would_wait_for_each_other_alone_are_told(rig: LaneWorkerRig) -> None:
    resource = pytest.importorskip("resource")
    rig.direction = Direction.DOWNLOAD
    job = rig.job()
    Path(job.local).unlink(missing_ok=True)
    assert rig.open_files.acquire()  # another lane's, which has found no room either
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with rig.open_files.waiting():
            assert rig.work_off(job) == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
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
