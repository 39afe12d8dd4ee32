"""A lane goes on with the files on its queue when uploads break in every way they can."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    Kind,
    LocalFileError,
    RemoteFailureError,
    problem_of,
)
from ferrygate.common.message import message
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.limits import Limits
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.schedule.lane import LaneRefusedError
from ferrygate.transfers.views import Confirmation, Direction, LeftBehind, TransferState
from support.lane_worker_rig import CONTENT, FullDisk, LaneWorkerRig
from support.scripted_sftp import (
    CLOSE,
    OPEN,
    READ,
    REMOVE,
    STAT,
    WRITE,
    Held,
    Request,
    ScriptedSftp,
    refusing,
    status,
)
from support.sftp_bytes import FAILURE


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        yield rig


def test_many_files_are_in_flight_at_a_time(rig: LaneWorkerRig) -> None:
    held = rig.server.instead[OPEN] = Held(rig.server)
    together: list[int] = []

    def answer_all() -> None:
        together.append(len(held.answers))
        rig.rigs[0].stream.packets.extend(held.answers)
        held.answers.clear()

    def listen(checkpoint: ScriptedSftp) -> None:
        checkpoint.stream.after = answer_all

    rig.on_open = listen
    assert rig.work_off(*(rig.job(f"{number}.csv") for number in range(70))) == []
    assert together == [64, 6]  # half of the handles that every server grants
    assert len(rig.server.files) == 70


def test_no_more_files_are_open_than_half_of_the_handles(rig: LaneWorkerRig) -> None:
    rig.limits = Limits(handles=8)
    most = 0

    def count(_request: Request) -> None:
        nonlocal most
        most = max(most, len(rig.server.open_handles))

    rig.server.instead[WRITE] = count
    rig.work_off(*(rig.job(f"{number}.csv") for number in range(20)))
    assert len(rig.server.files) == 20
    assert most <= 4


def test_a_broken_upload_drops_its_channel_and_clears_away(rig: LaneWorkerRig) -> None:
    rig.server.instead[WRITE] = refusing(FAILURE)
    failure = rig.failure()
    assert problem_of(failure.cause).kind is Kind.REMOTE_FAILURE
    assert failure.left_behind is LeftBehind.NOTHING
    assert rig.rigs[0].stream.closed
    assert rig.rigs[0].stream.close_awaited  # the server would count one channel more
    assert rig.server.asked(CLOSE) == []
    assert rig.server.files == {}


@pytest.mark.parametrize("object_store", [True, False])
def test_a_channel_that_is_refused_for_a_moment_is_asked_for_again(
    rig: LaneWorkerRig, *, object_store: bool
) -> None:
    rig.object_store = object_store
    rig.server.instead[WRITE] = refusing(FAILURE)
    refusals = [1, 2, 3]
    rig.refuse = lambda number: number > 0 and bool(refusals and refusals.pop())
    assert rig.failure().left_behind is LeftBehind.NOTHING
    assert not refusals
    assert rig.server.files == {}


def test_the_others_are_finished_before_a_channel_is_dropped(rig: LaneWorkerRig) -> None:
    jobs = [rig.job(f"{number}.csv") for number in range(70)]
    broken: list[bytes] = []

    def full_for_one(request: Request) -> Iterable[bytes] | None:
        path = rig.server.open_handles[request.fields[0]]
        if path != b"/inbox/7.csv":
            return None
        broken.append(path)
        return [status(request.number, FAILURE, b"quota")]

    rig.server.instead[WRITE] = full_for_one
    assert rig.work_off(*jobs) == []
    assert broken
    ends = rig.told.ends
    assert {path for path, end in ends.items() if not isinstance(end, FileOutcome)} == {
        b"/inbox/7.csv"
    }
    assert len(ends) == 70
    assert b"/inbox/7.csv" not in rig.server.files
    assert len(rig.rigs) == 2  # nothing is begun on a channel that is to be dropped


def test_a_part_that_shows_late_is_looked_for(rig: LaneWorkerRig) -> None:
    rig.server.instead[WRITE] = refusing(FAILURE)
    looks = 0

    def not_yet(request: Request) -> Iterable[bytes] | None:
        nonlocal looks
        looks += 1
        return [status(request.number, 2)] if looks < 4 else None

    rig.server.instead[REMOVE] = not_yet
    began = rig.clock.now()
    rig.failure()
    assert rig.server.files == {}
    assert 0.5 < rig.clock.now() - began < 1


def test_a_part_that_never_shows_is_not_looked_for_without_end(rig: LaneWorkerRig) -> None:
    rig.server.instead[WRITE] = refusing(FAILURE)
    rig.server.instead[REMOVE] = refusing(2)
    assert rig.failure().left_behind is LeftBehind.NOTHING
    assert len(rig.server.asked(REMOVE)) == 10


def test_an_open_that_is_refused_leaves_the_channel_and_the_server_alone(
    rig: LaneWorkerRig,
) -> None:
    rig.server.instead[OPEN] = refusing(FAILURE)
    rig.failure()
    assert not rig.rigs[0].stream.closed
    assert rig.server.asked(REMOVE) == []


def test_no_channel_to_clear_away_over_is_said_and_nothing_is_sent_again(
    rig: LaneWorkerRig,
) -> None:
    rig.server.instead[WRITE] = refusing(FAILURE)
    rig.refuse = lambda number: number > 0
    assert rig.failure().left_behind is LeftBehind.PART


def test_no_channel_at_all(rig: LaneWorkerRig) -> None:
    rig.refuse = lambda _number: True
    assert isinstance(rig.work_off(rig.job()), LaneRefusedError)
    assert rig.queue.take_all() != []


def test_a_lost_connection_is_for_the_file_to_go_on_from(rig: LaneWorkerRig) -> None:
    def end(_request: Request) -> Iterable[bytes]:
        rig.rigs[-1].stream.ended = True
        return ()

    rig.server.instead[WRITE] = end
    failure = rig.failure()
    assert isinstance(failure.cause, ConnectionLostError)
    assert failure.checkpoint.part_path == b"/inbox/a.csv"
    assert failure.left_behind is LeftBehind.PART  # for the case that it does not go on
    assert rig.server.asked(REMOVE) == []


def test_what_was_not_begun_is_given_back_when_the_connection_is_lost(rig: LaneWorkerRig) -> None:
    def end(_request: Request) -> Iterable[bytes]:
        rig.rigs[-1].stream.ended = True
        return ()

    rig.server.instead[WRITE] = end
    jobs = [rig.job(f"{number}.csv") for number in range(70)]
    assert rig.work_off(*jobs) == jobs[64:]
    assert len(rig.told.ends) == 64


@pytest.mark.parametrize("how", ["lost", "garbage"])
def test_what_was_closed_is_delivered_whatever_follows(rig: LaneWorkerRig, how: str) -> None:
    def end(_request: Request) -> Iterable[bytes]:
        rig.rigs[-1].stream.ended = True
        return [b"garbage"] if how == "garbage" else ()

    rig.server.instead[STAT] = end
    outcome = rig.send()
    assert isinstance(outcome, FileOutcome)
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, False)
    assert outcome.confirmation is Confirmation.NO_ANSWER
    assert rig.server.files[b"/inbox/a.csv"] == CONTENT


def test_a_server_that_speaks_no_sftp_fails_every_file_once(rig: LaneWorkerRig) -> None:
    def no_sftp(_opened: ScriptedSftp) -> None:
        raise RemoteFailureError(message("No SFTP."))

    rig.on_open = no_sftp
    assert rig.work_off(*(rig.job(f"{number}.csv") for number in range(3))) == []
    assert len(rig.told.ends) == 3
    assert len(rig.rigs) == 3


@pytest.mark.parametrize("direction", list(Direction))
def test_cancelled_before_its_turn_nothing_is_opened(
    rig: LaneWorkerRig, direction: Direction
) -> None:
    rig.direction = direction
    rig.cancel.cancel()
    job = rig.job()
    assert rig.work_off(job) == [job]
    assert rig.rigs == []


def test_a_cancel_takes_back_what_is_under_way_without_close(rig: LaneWorkerRig) -> None:
    def cancel(_request: Request) -> Iterable[bytes]:
        rig.cancel.cancel()
        return ()

    rig.server.instead[WRITE] = cancel
    failure = rig.failure()
    assert isinstance(failure.cause, Cancelled)
    assert failure.left_behind is LeftBehind.NOTHING
    assert rig.server.asked(CLOSE) == []
    assert rig.server.files == {}


def test_a_fetched_file_is_told_of_once_it_is_flushed(rig: LaneWorkerRig) -> None:
    rig.direction = Direction.DOWNLOAD
    outcome = rig.send()
    assert isinstance(outcome, FileOutcome)
    assert Path(outcome.local).read_bytes() == CONTENT


def test_a_fetched_file_that_cannot_be_flushed_has_failed(rig: LaneWorkerRig) -> None:
    rig.direction = Direction.DOWNLOAD
    job = rig.job()
    rig.flusher = FullDisk(rig.clock, "0123abcd", SystemDisk(), SystemThreads())
    rig.work_off(job)
    (end,) = rig.told.ends.values()
    assert isinstance(end, LocalFileError)


def test_a_download_that_is_cancelled_leaves_nothing(rig: LaneWorkerRig) -> None:
    rig.direction = Direction.DOWNLOAD

    def cancel(_request: Request) -> Iterable[bytes]:
        rig.cancel.cancel()
        return ()

    rig.server.instead[READ] = cancel
    assert isinstance(rig.send(), Cancelled)
    assert list(rig.folder.iterdir()) == []
    assert not rig.server.open_handles


def test_a_walk_runs_beside_the_files(rig: LaneWorkerRig) -> None:
    async def walk(files: RemoteFiles) -> None:
        await files.mkdir(b"/inbox/new")

    rig.work_off(walk, rig.job())
    assert rig.told.walks == [None]
    assert b"/inbox/new" in rig.server.folders
    assert len(rig.rigs) == 1


def test_a_walk_that_fails_is_told(rig: LaneWorkerRig) -> None:
    async def walk(files: RemoteFiles) -> None:
        await files.remove_file(b"/missing")

    rig.work_off(walk, rig.job())
    (error,) = rig.told.walks
    assert error is not None
    assert problem_of(error).kind is Kind.NOT_FOUND
    assert isinstance(rig.told.ends[b"/inbox/a.csv"], FileOutcome)


def test_an_error_nobody_foresaw_fails_one_file(rig: LaneWorkerRig) -> None:
    job = msgspec.structs.replace(rig.job(), local="no\0name")
    rig.work_off(job, rig.job("b.csv"))
    assert isinstance(rig.told.ends[b"/inbox/a.csv"], UploadFailure)
    assert isinstance(rig.told.ends[b"/inbox/b.csv"], FileOutcome)
