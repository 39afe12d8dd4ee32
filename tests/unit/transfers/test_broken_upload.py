"""A broken upload clears away its part where it can; one that was cut goes on."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from ferrygate.common.errors import ConflictError, ConnectionLostError, RemoteFailureError
from ferrygate.transfers.checkpoint import UploadCheckpoint, UploadPhase
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.partial_uploads import clear_away
from ferrygate.transfers.views import ConflictChoice, LeftBehind, TransferState
from support.checkpoints import opening, writing
from support.scripted_sftp import CLOSE, LSTAT, OPEN, REMOVE, STAT, WRITE, Request, refusing
from support.sftp_bytes import FAILURE, PERMISSION_DENIED
from support.transfer_rig import CONTENT, TransferRig, choosing


def left_after(
    desk: TransferRig, checkpoint: UploadCheckpoint, *, object_store: bool = False
) -> LeftBehind | None:
    return desk.rig.run(clear_away(desk.rig.files, checkpoint, object_store=object_store))


def test_a_part_is_removed_where_nothing_stood(desk: TransferRig) -> None:
    desk.server.files[b"/part"] = bytearray(b"half")
    checkpoint = writing(b"/part", 4)
    assert left_after(desk, checkpoint) is LeftBehind.NOTHING
    assert b"/part" not in desk.server.files
    assert left_after(desk, checkpoint) is None


def test_a_file_that_is_more_than_was_sent_is_not_ours_to_remove(desk: TransferRig) -> None:
    desk.server.files[b"/part"] = bytearray(b"another's")
    assert left_after(desk, writing(b"/part", 4)) is LeftBehind.NOTHING
    assert desk.server.asked(REMOVE) == []


def test_nothing_is_removed_where_open_was_not_answered(desk: TransferRig) -> None:
    desk.server.files[b"/part"] = bytearray()
    assert left_after(desk, opening(b"/part")) is LeftBehind.PART
    assert desk.server.asked(REMOVE) == []


def test_an_object_store_shows_nobody_elses_beginning(desk: TransferRig) -> None:
    desk.server.files[b"/part"] = bytearray(b"whole")
    assert left_after(desk, opening(b"/part"), object_store=True) is LeftBehind.NOTHING
    assert desk.server.asked(REMOVE) == []
    desk.server.files[b"/part"] = bytearray()
    assert left_after(desk, opening(b"/part"), object_store=True) is LeftBehind.NOTHING
    assert b"/part" not in desk.server.files


def test_a_part_over_a_file_is_left_and_said(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[b"/inbox/report.csv"] = bytearray(b"old")
    desk.server.instead[WRITE] = refusing(FAILURE)
    with pytest.raises(RemoteFailureError):
        desk.send(choosing(job, ConflictChoice.REPLACE))
    assert left_after(desk, desk.checkpoint) is LeftBehind.OVERWRITTEN
    assert desk.server.asked(REMOVE) == []


def test_a_part_that_cannot_be_removed_is_said(desk: TransferRig) -> None:
    desk.server.files[b"/part"] = bytearray(b"half")
    desk.server.instead[REMOVE] = refusing(PERMISSION_DENIED)
    checkpoint = writing(b"/part", 4)
    assert left_after(desk, checkpoint) is LeftBehind.PART


def lost_under(desk: TransferRig, job: FileJob, kind: int) -> FileJob:
    """Return the job as it goes on after the connection was lost when ``kind`` was asked."""
    desk.server.instead[kind] = lambda _request: ()
    desk.rig.stream.ended = True
    with pytest.raises(ConnectionLostError):
        desk.send(job)
    desk.checkpoint.connection_lost(0)
    again = msgspec.structs.replace(job, resume_from=desk.checkpoint)
    server, desk.checkpoint = desk.server, msgspec.structs.replace(desk.checkpoint)
    server.instead.clear()
    server.requests.clear()
    desk.rig = type(desk.rig)(server)
    return again


def test_an_upload_does_not_go_on_over_a_file_that_came_since(
    desk: TransferRig, job: FileJob
) -> None:
    again = lost_under(desk, job, OPEN)
    desk.server.files[b"/inbox/report.csv"] = bytearray(b"another's")
    with pytest.raises(ConflictError):
        desk.send(again)
    assert desk.server.files[b"/inbox/report.csv"] == b"another's"


def test_an_upload_goes_on_over_its_own_part(desk: TransferRig, job: FileJob) -> None:
    again = lost_under(desk, job, WRITE)
    assert desk.send(again).state is TransferState.DELIVERED
    assert desk.server.files[b"/inbox/report.csv"] == CONTENT


def test_a_lost_answer_to_close_is_looked_up(desk: TransferRig, job: FileJob) -> None:
    again = lost_under(desk, job, CLOSE)
    outcome = desk.send(again)
    assert outcome.confirmed
    assert outcome.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert desk.server.asked(WRITE) == []


def test_a_part_shown_after_a_lost_close_is_sent_again(desk: TransferRig, job: FileJob) -> None:
    again = lost_under(desk, job, CLOSE)
    desk.server.files[b"/inbox/report.csv"] = bytearray(CONTENT[:1000])
    desk.send(again)
    assert desk.server.files[b"/inbox/report.csv"] == CONTENT


def test_lost_before_open_nothing_is_ours(desk: TransferRig, job: FileJob) -> None:
    again = lost_under(desk, job, LSTAT)
    desk.server.files[b"/inbox/report.csv"] = bytearray(b"theirs")
    with pytest.raises(ConflictError):
        desk.send(again)
    assert desk.server.files[b"/inbox/report.csv"] == b"theirs"


def test_lost_behind_the_answer_to_close_it_is_delivered(desk: TransferRig, job: FileJob) -> None:
    closing: list[Request] = []
    desk.server.instead[CLOSE] = closing.append
    desk.server.instead[STAT] = lambda _request: ()
    desk.rig.stream.ended = True
    with pytest.raises(ConnectionLostError):
        desk.send(job, object_store=False)
    assert closing
    assert desk.checkpoint.delivered is not None
    assert desk.checkpoint.phase is UploadPhase.DELIVERED
    assert desk.checkpoint.part_path is None
