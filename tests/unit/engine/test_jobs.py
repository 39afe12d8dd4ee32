"""What a lane does about one file, when the upload breaks in every way it can."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from fake_clock import ManualClock
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled, ConnectionLostError, Kind, UnsupportedError
from ferrygate.engine.jobs import TransferSettings, UploadFailedError, fetch_file, send_file
from ferrygate.engine.lane import Lane, LaneRefusedError
from ferrygate.sftp.channel import SftpChannel
from ferrygate.transfers.outcome import FileJob, Outcome
from ferrygate.transfers.views import TransferState
from scripted_sftp import (
    CLOSE,
    OPEN,
    REMOVE,
    STAT,
    WRITE,
    Hook,
    Request,
    Rig,
    ScriptedServer,
    status,
)
from sftp_bytes import FAILURE


class JobRig:
    """A lane whose channels lead to one server in memory, and a file to send."""

    def __init__(self, folder: Path) -> None:
        self.server = ScriptedServer({}, b"/inbox")
        self.clock = ManualClock()
        self.rigs: list[Rig] = []
        self.refuse: Callable[[int], bool] = lambda _number: False
        self.cancel = CancelToken()
        self.lane = Lane("test", self._open)
        (folder / "a.csv").write_bytes(b"x" * 100_000)
        self.job = FileJob(number=0, local=str(folder / "a.csv"), remote=b"/inbox/a.csv")

    def _open(self, _cancel: CancelToken) -> SftpChannel:
        if self.refuse(len(self.rigs)):
            raise UnsupportedError("No further channel.")
        self.rigs.append(Rig(self.server))
        return self.rigs[-1].channel

    def send(self, *, object_store: bool = True) -> Outcome:
        around = TransferSettings(self.clock, lambda count: "0" * count, object_store)
        return send_file(self.lane, self.job, lambda _state, _moved: None, self.cancel, around)

    def close(self) -> None:
        self.lane.stop()
        self.lane.join(5)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[JobRig]:
    with contextlib.closing(JobRig(tmp_path)) as jobs:
        yield jobs


def refused(code: int) -> Hook:
    return lambda request: [status(request.number, code)]


def test_a_file_is_sent(jobs: JobRig) -> None:
    assert jobs.send().state is TransferState.DELIVERED
    assert len(jobs.rigs) == 1


def test_a_broken_upload_drops_its_channel_and_clears_away(jobs: JobRig) -> None:
    jobs.server.instead[WRITE] = refused(FAILURE)
    with pytest.raises(UploadFailedError) as caught:
        jobs.send()
    assert caught.value.cause.problem.kind is Kind.REMOTE_FAILURE
    assert caught.value.left == ""
    assert jobs.rigs[0].stream.closed
    assert jobs.server.asked(CLOSE) == []
    assert jobs.server.files == {}


def test_a_part_that_shows_late_is_looked_for(jobs: JobRig) -> None:
    jobs.server.instead[WRITE] = refused(FAILURE)
    looks = 0

    def not_yet(request: Request) -> Iterable[bytes] | None:
        nonlocal looks
        looks += 1
        return [status(request.number, 2)] if looks < 4 else None

    jobs.server.instead[REMOVE] = not_yet
    began = jobs.clock.now()
    with pytest.raises(UploadFailedError):
        jobs.send()
    assert jobs.server.files == {}
    assert 0.5 < jobs.clock.now() - began < 1


def test_a_part_that_never_shows_is_not_looked_for_without_end(jobs: JobRig) -> None:
    jobs.server.instead[WRITE] = refused(FAILURE)
    jobs.server.instead[REMOVE] = refused(2)
    with pytest.raises(UploadFailedError) as caught:
        jobs.send()
    assert caught.value.left == ""
    assert len(jobs.server.asked(REMOVE)) == 10


def test_an_open_that_is_refused_leaves_the_channel_and_the_server_alone(jobs: JobRig) -> None:
    jobs.server.instead[OPEN] = refused(FAILURE)
    with pytest.raises(UploadFailedError):
        jobs.send()
    assert not jobs.rigs[0].stream.closed
    assert jobs.server.asked(REMOVE) == []


def test_no_channel_to_clear_away_over_is_said_and_nothing_is_sent_again(jobs: JobRig) -> None:
    jobs.server.instead[WRITE] = refused(FAILURE)
    jobs.refuse = lambda number: number > 0
    with pytest.raises(UploadFailedError) as caught:
        jobs.send()
    assert "may be left" in caught.value.left


def test_no_channel_at_all(jobs: JobRig) -> None:
    jobs.refuse = lambda _number: True
    with pytest.raises(LaneRefusedError):
        jobs.send()


def test_a_lost_connection_is_for_the_file_to_go_on_from(jobs: JobRig) -> None:
    def end(_request: Request) -> Iterable[bytes]:
        jobs.rigs[-1].stream.ended = True
        return ()

    jobs.server.instead[WRITE] = end
    with pytest.raises(UploadFailedError) as caught:
        jobs.send()
    assert isinstance(caught.value.cause, ConnectionLostError)
    assert caught.value.opened.path == b"/inbox/a.csv"
    assert jobs.server.asked(REMOVE) == []


@pytest.mark.parametrize("how", ["lost", "garbage"])
def test_what_was_closed_is_delivered_whatever_follows(jobs: JobRig, how: str) -> None:
    def end(_request: Request) -> Iterable[bytes]:
        jobs.rigs[-1].stream.ended = True
        return [b"garbage"] if how == "garbage" else ()

    jobs.server.instead[STAT] = end
    outcome = jobs.send()
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, False)
    assert "not confirmed" in outcome.note
    assert jobs.server.files[b"/inbox/a.csv"] == b"x" * 100_000


def test_cancelled_before_its_turn_nothing_is_opened(jobs: JobRig, tmp_path: Path) -> None:
    jobs.cancel.cancel()
    with pytest.raises(UploadFailedError) as caught:
        jobs.send()
    assert isinstance(caught.value.cause, Cancelled)
    around = TransferSettings(jobs.clock, lambda count: "0" * count, object_store=False)
    fetch = FileJob(number=0, local=str(tmp_path / "b"), remote=b"/b")
    with pytest.raises(Cancelled):
        fetch_file(jobs.lane, fetch, lambda _state, _moved: None, jobs.cancel, around)
    assert jobs.rigs == []
