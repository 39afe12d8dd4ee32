"""A server that answers all but one request: that one is told as that, and the others go on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ferrygate.common.errors import (
    ConnectionLostError,
    Kind,
    UnansweredError,
    error_for,
    problem_of,
)
from ferrygate.common.message import message
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.server_silence import ServerSilentError
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.views import Direction
from support.lane_worker_rig import LaneWorkerRig
from support.scripted_sftp import (
    CLOSE,
    OPEN,
    READ,
    READDIR,
    WRITE,
    Held,
    Request,
    ScriptedServer,
    ScriptedSftp,
)

SILENT = b"/inbox/3.csv"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        rig.flusher = Flusher(rig.clock, "0123abcd", SystemDisk(), SystemThreads())
        yield rig


def silent_on(rig: LaneWorkerRig, *kinds: int) -> None:
    """Answer nothing any more once one file is asked about, as a server that blocks does."""
    blocked: set[ScriptedServer] = set()
    usual = rig.server.usual

    def answer(request: Request) -> Iterable[bytes] | None:
        path = rig.server.open_handles.get(request.fields[0], request.fields[0])
        if path == SILENT and request.kind in kinds:
            blocked.add(rig.server)
        return () if blocked else [usual(request)]

    def opened(_rig: ScriptedSftp) -> None:
        blocked.clear()  # another process of the server's

    rig.on_open = opened
    for kind in range(3, 21):
        rig.server.instead[kind] = answer


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("kind", [OPEN, READ])
def test_one_file_that_is_not_answered_for_is_told_and_the_others_go_on(
    rig: LaneWorkerRig, direction: Direction, kind: int
) -> None:
    if (direction, kind) == (Direction.UPLOAD, READ):
        kind = OPEN
    rig.direction, rig.object_store = direction, False
    silent_on(rig, kind)
    jobs = [rig.job(f"{number}.csv") for number in range(8)]
    rig.work_off(*jobs)
    (end,) = (end for path, end in rig.told.ends.items() if path == SILENT)
    error = end.cause if isinstance(end, UploadFailure) else end
    assert isinstance(error, UnansweredError)
    problem = problem_of(error)
    assert problem.kind is Kind.SERVER_SILENT
    assert str(problem.sentence).startswith("The server did not answer for 1 min")
    assert ("open a file" in str(problem.sentence)) is (kind == OPEN)
    for path, other in rig.told.ends.items():
        if path != SILENT and not isinstance(other, FileOutcome):
            cause = other.cause if isinstance(other, UploadFailure) else other
            assert isinstance(cause, ConnectionLostError)  # begun again on another channel


@pytest.mark.parametrize("kind", [WRITE, CLOSE])
def test_what_may_have_been_done_is_looked_after_as_a_lost_connection_s(
    rig: LaneWorkerRig, kind: int
) -> None:
    silent_on(rig, kind)
    rig.work_off(rig.job("3.csv"))
    (end,) = rig.told.ends.values()
    assert isinstance(end, UploadFailure)
    assert isinstance(end.cause, ServerSilentError)


def test_a_walk_that_is_not_answered_is_told(rig: LaneWorkerRig) -> None:
    rig.server.instead[READDIR] = lambda _request: ()

    async def walk(files: RemoteFiles) -> None:
        listing = files.channel.spawn(files.entries(b"/inbox"))
        await listing

    rig.work_off(walk)
    (error,) = rig.told.walks
    assert isinstance(error, UnansweredError)
    assert "what a folder holds" in str(problem_of(error).sentence)


def test_a_file_of_its_own_is_no_walk_s_trouble(rig: LaneWorkerRig) -> None:
    rig.direction = Direction.DOWNLOAD
    silent_on(rig, OPEN)
    held = Held(rig.server)

    async def walk(files: RemoteFiles) -> None:
        await files.channel.sleep(1000)
        held.answers.clear()

    rig.work_off(walk, rig.job("3.csv"))
    (error,) = rig.told.walks
    assert isinstance(error, ConnectionLostError)
    assert isinstance(rig.told.ends[SILENT], UnansweredError)


def test_the_problem_crosses_the_boundary_and_comes_back_as_itself() -> None:
    error = ServerSilentError(
        message("Silent."), next_step=message("Wait."), detail="d", waiter=None
    )
    assert isinstance(error_for(error.problem), UnansweredError)
    assert error.unanswered().problem == error.problem
