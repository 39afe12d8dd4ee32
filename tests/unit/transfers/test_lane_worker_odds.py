"""Servers that grant next to nothing, and faults that nobody foresaw."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import ConnectionLostError
from ferrygate.common.message import message
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.limits import Limits
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.views import Direction, LeftBehind
from support.checkpoints import cut
from support.lane_worker_rig import LaneWorkerRig
from support.scripted_sftp import LSTAT, OPEN, WRITE, Request, ScriptedSftp


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        yield rig


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("handles", [1, 2, 3])
def test_a_server_of_hardly_any_handles_gets_one_file_at_a_time(
    rig: LaneWorkerRig, handles: int, direction: Direction
) -> None:
    rig.limits = Limits(handles=handles)
    rig.direction = direction
    most = 0

    def count(_request: Request) -> None:
        nonlocal most
        most = max(most, 1 + len(rig.server.open_handles))

    rig.server.instead[OPEN] = count
    assert rig.work_off(*(rig.job(f"{number}.csv") for number in range(5))) == []
    assert all(isinstance(end, FileOutcome) for end in rig.told.ends.values())
    assert len(rig.told.ends) == 5
    assert most == 1


def test_a_fault_of_the_channel_that_nobody_foresaw_ends_what_was_under_way(
    rig: LaneWorkerRig,
) -> None:
    """Or the batch would wait for ever for files that nobody has any more."""

    def break_down() -> None:
        raise ZeroDivisionError

    def silent(_request: Request) -> Iterable[bytes]:
        rig.rigs[0].stream.after = break_down
        return ()

    rig.server.instead[WRITE] = silent
    jobs = [rig.job(f"{number}.csv") for number in range(70)]
    assert isinstance(rig.work_off(*jobs), ZeroDivisionError)
    ends = list(rig.told.ends.values())
    assert len(ends) == 64  # the others still lie on the queue
    assert len(rig.queue.take_all()) == 6
    for end in ends:
        assert isinstance(end, UploadFailure)
        assert isinstance(end.cause, ZeroDivisionError)
    assert rig.rigs[0].stream.closed


@pytest.mark.parametrize("ends", ["before the channel", "on the channel"])
def test_an_upload_that_was_cut_is_still_known_where_the_next_connection_ends_at_once(
    rig: LaneWorkerRig, ends: str
) -> None:
    again = cut(b"/inbox/a (2).csv", 7)
    job = msgspec.structs.replace(rig.job(), resume_from=again)

    def end(checkpoint: ScriptedSftp) -> None:
        if ends == "before the channel":
            raise ConnectionLostError(message("Lost."))
        checkpoint.stream.ended = True
        rig.server.instead[LSTAT] = lambda _request: ()

    rig.on_open = end
    rig.work_off(job)
    (failure,) = rig.told.ends.values()
    assert isinstance(failure, UploadFailure)
    assert failure.checkpoint == again
    assert failure.left_behind is LeftBehind.PART


def test_a_walk_that_fails_over_what_nobody_foresaw_is_told(rig: LaneWorkerRig) -> None:
    async def walk(_files: RemoteFiles) -> None:
        raise ZeroDivisionError

    assert rig.work_off(walk, rig.job()) == []
    (error,) = rig.told.walks
    assert isinstance(error, ZeroDivisionError)
    assert isinstance(rig.told.ends[b"/inbox/a.csv"], FileOutcome)
