"""Files that overwrite others: few at a time, none before it is written, finished on a cancel."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import Cancelled
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.replacing import MAX_REPLACING
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.schedule.work_queue import WorkQueue
from ferrygate.transfers.views import ConflictChoice, Direction, LeftBehind, TransferState
from support.lane_worker_rig import CONTENT, LaneWorkerRig
from support.scripted_sftp import CLOSE, LSTAT, OPEN, WRITE, Held, Request, ScriptedSftp, refusing
from support.sftp_bytes import FAILURE, PERMISSION_DENIED

OLD = b"old"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        yield rig


def replacing(rig: LaneWorkerRig, count: int, *, old: bool = True) -> list[FileJob]:
    """Files to send, in whose place others stand."""
    jobs = []
    for number in range(count):
        job = rig.job(f"{number}.csv")
        if old:
            rig.server.files[job.remote] = bytearray(OLD)
        choice = ConflictChoice.REPLACE
        jobs.append(msgspec.structs.replace(job, number=number, on_conflict=choice))
    return jobs


def most_open(rig: LaneWorkerRig) -> list[int]:
    """Make a list that will hold how many files were open, whenever one was written to."""
    counts: list[int] = []
    rig.server.instead[WRITE] = lambda _request: counts.append(len(rig.server.open_handles))
    return counts


def release_slots(rig: LaneWorkerRig) -> None:
    """As the batch does when a file has ended."""
    rig.told.then = lambda job: rig.slots.release(job.number)


@pytest.mark.parametrize("object_store", [True, False])
def test_few_are_open_at_a_time(rig: LaneWorkerRig, *, object_store: bool) -> None:
    rig.object_store = object_store
    release_slots(rig)
    counts = most_open(rig)
    assert rig.work_off(*replacing(rig, 40)) == []
    assert 1 < max(counts) <= MAX_REPLACING
    assert set(map(bytes, rig.server.files.values())) == {CONTENT}


def test_where_nobody_tells_what_stands_there_few_are_open_as_well(rig: LaneWorkerRig) -> None:
    rig.server.instead[LSTAT] = refusing(PERMISSION_DENIED)
    release_slots(rig)
    counts = most_open(rig)
    rig.work_off(*replacing(rig, 40))
    assert 1 < max(counts) <= MAX_REPLACING


def test_new_files_are_not_held_up_by_that(rig: LaneWorkerRig) -> None:
    held = rig.server.instead[OPEN] = Held(rig.server)
    together: list[int] = []

    def answer_all() -> None:
        together.append(len(held.answers))
        rig.rigs[0].stream.packets.extend(held.answers)
        held.answers.clear()

    rig.on_open = lambda opened: setattr(opened.stream, "after", answer_all)
    rig.work_off(*replacing(rig, 64, old=False))
    assert max(together) == 64


def test_nothing_is_opened_before_it_can_be_written(rig: LaneWorkerRig) -> None:
    """As much as the line holds is in flight: what stands there is not cut meanwhile."""
    rig.in_flight = 100_000
    jobs = replacing(rig, 8)
    held = rig.server.instead[WRITE] = Held(rig.server)
    opened: list[int] = []

    def answer_all() -> None:
        opened.append(len(rig.server.open_handles))
        rig.rigs[0].stream.packets.extend(held.answers)
        held.answers.clear()

    release_slots(rig)
    rig.on_open = lambda opened: setattr(opened.stream, "after", answer_all)
    rig.work_off(*jobs)
    assert opened[0] == 3  # of 32 KiB each, and all 8 without that
    assert len(rig.told.ends) == 8


def cancel_at(rig: LaneWorkerRig, kind: int) -> None:
    """Cancel as soon as a request of that kind comes."""

    def cancel(_request: Request) -> None:
        rig.cancel.cancel()

    rig.server.instead[kind] = cancel


@pytest.mark.parametrize("kind", [OPEN, WRITE, CLOSE])
@pytest.mark.parametrize("object_store", [True, False])
def test_those_under_way_are_finished_on_a_cancel(
    rig: LaneWorkerRig, kind: int, *, object_store: bool
) -> None:
    rig.object_store = object_store
    cancel_at(rig, kind)
    rig.work_off(*replacing(rig, 40))
    states = {path: end for path, end in rig.told.ends.items() if isinstance(end, FileOutcome)}
    assert 1 <= len(states) <= MAX_REPLACING
    for path, content in rig.server.files.items():
        assert content == (CONTENT if path in states else OLD)
    cancelled = [end for end in rig.told.ends.values() if isinstance(end, UploadFailure)]
    assert all(isinstance(end.cause, Cancelled) for end in cancelled)
    assert {end.left_behind for end in cancelled} == {LeftBehind.NOTHING}


@pytest.mark.parametrize("limit", [None, 400_000])
def test_those_that_waited_for_room_hold_up_none_that_is_finished(
    rig: LaneWorkerRig, limit: int | None
) -> None:
    rig.in_flight = 100_000
    rig.limit = limit
    jobs = replacing(rig, 8)
    content = CONTENT * (200_000 // len(CONTENT))
    for job in jobs:
        Path(job.local).write_bytes(content)
    cancel_at(rig, WRITE)
    rig.work_off(*jobs)
    states = {path: end for path, end in rig.told.ends.items() if isinstance(end, FileOutcome)}
    assert 1 <= len(states) < len(jobs)
    for path, stands in rig.server.files.items():
        assert stands == (content if path in states else OLD)


def test_what_overwrites_nothing_is_taken_back_all_the_same(rig: LaneWorkerRig) -> None:
    jobs = replacing(rig, 3)
    jobs[1:] = [msgspec.structs.replace(job, number=job.number) for job in jobs[1:]]
    for job in jobs[1:]:
        del rig.server.files[job.remote]
    cancel_at(rig, WRITE)
    rig.work_off(*jobs)
    ends = rig.told.ends
    first = ends[jobs[0].remote]
    assert isinstance(first, FileOutcome)
    assert first.state is TransferState.DELIVERED
    assert rig.server.files == {jobs[0].remote: CONTENT}
    assert all(isinstance(ends[job.remote], UploadFailure) for job in jobs[1:])


def test_a_server_that_answers_no_more_is_not_waited_for_long(rig: LaneWorkerRig) -> None:
    def cancel(_request: Request) -> Iterable[bytes]:
        rig.cancel.cancel()
        return ()

    rig.server.instead[WRITE] = cancel
    clocks: list[float] = []

    def listen(opened: ScriptedSftp) -> None:
        clocks.append(opened.stream.clock.monotonic())
        opened.stream.on_close_awaited = lambda: clocks.append(opened.stream.clock.monotonic())

    rig.on_open = listen
    rig.work_off(*replacing(rig, 1))
    (failure,) = rig.told.ends.values()
    assert isinstance(failure, UploadFailure)
    assert failure.left_behind is LeftBehind.OVERWRITTEN
    assert 4 < clocks[1] - clocks[0] < 7


def test_a_write_that_is_refused_ends_the_wait(rig: LaneWorkerRig) -> None:
    def cancel(_request: Request) -> None:
        rig.cancel.cancel()

    rig.server.instead[OPEN] = cancel
    rig.server.instead[WRITE] = refusing(FAILURE)
    rig.work_off(*replacing(rig, 1))
    (failure,) = rig.told.ends.values()
    assert isinstance(failure, UploadFailure)
    assert failure.left_behind is LeftBehind.OVERWRITTEN


def test_what_was_left_of_an_upload_is_written_over_when_it_is_tried_again(
    rig: LaneWorkerRig,
) -> None:
    rig.server.instead[WRITE] = refusing(FAILURE)
    (job,) = replacing(rig, 1)
    rig.work_off(job)
    failure = rig.told.ends.pop(job.remote)
    assert isinstance(failure, UploadFailure)
    assert failure.left_behind is LeftBehind.OVERWRITTEN
    del rig.server.instead[WRITE]
    rig.queue = WorkQueue(Direction.UPLOAD)
    rig.work_off(msgspec.structs.replace(job, resume_from=failure.checkpoint))
    end = rig.told.ends[job.remote]
    assert isinstance(end, FileOutcome), getattr(end, "cause", end)
    assert rig.server.files == {job.remote: CONTENT}
