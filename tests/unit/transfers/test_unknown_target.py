"""Uploads to servers that cannot say what stands under a name, or take no EXCL."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from ferrygate.common.errors import (
    ConflictError,
    PermissionDeniedError,
    Problem,
    RemoteFailureError,
)
from ferrygate.common.message import message
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.scripted_sftp import EXCL, LSTAT, OPEN, STAT, TRUNC, Request, refusing, status
from support.sftp_bytes import FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED
from support.transfer_rig import CONTENT, TransferRig, choosing

EXISTS = 11
TARGET = b"/inbox/report.csv"


@pytest.fixture
def job(desk: TransferRig) -> FileJob:
    return FileJob(number=0, local=desk.write("report.csv", CONTENT), remote=TARGET)


def send(desk: TransferRig, job: FileJob) -> FileOutcome:
    """Send one file that was never begun before, to a server that is no object store."""
    desk.checkpoint = UploadCheckpoint()
    return desk.send(job, object_store=False)


def tells_only_what_is_there(desk: TransferRig, code: int) -> None:
    def answer(request: Request) -> Iterable[bytes] | None:
        return None if request.fields[0] in desk.server.files else [status(request.number, code)]

    desk.server.instead[LSTAT] = desk.server.instead[STAT] = answer


def refuses_exclusive(desk: TransferRig, code: int) -> None:
    desk.server.instead[OPEN] = lambda request: (
        [status(request.number, code)] if request.fields[1] & EXCL else None
    )


@pytest.mark.parametrize("code", [FAILURE, OP_UNSUPPORTED, PERMISSION_DENIED, 5, 4711])
@pytest.mark.parametrize("choice", list(ConflictChoice))
def test_a_name_that_cannot_be_asked_about_is_sent_to(
    desk: TransferRig, job: FileJob, code: int, choice: ConflictChoice
) -> None:
    tells_only_what_is_there(desk, code)
    outcome = send(desk, choosing(job, choice))
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, True)
    assert desk.server.files[TARGET] == CONTENT


@pytest.mark.parametrize("code", [FAILURE, OP_UNSUPPORTED])
def test_open_tells_that_a_name_is_taken(desk: TransferRig, job: FileJob, code: int) -> None:
    desk.server.files[TARGET] = bytearray(b"old")
    desk.server.instead[LSTAT] = desk.server.instead[STAT] = refusing(code)
    with pytest.raises(ConflictError, match="already"):
        send(desk, job)
    assert desk.server.files[TARGET] == b"old"
    skipped = send(desk, choosing(job, ConflictChoice.SKIP))
    assert skipped.state is TransferState.SKIPPED
    desk.server.files[b"/inbox/report (2).csv"] = bytearray(b"older")
    both = send(desk, choosing(job, ConflictChoice.KEEP_BOTH))
    assert both.remote == b"/inbox/report (3).csv"
    assert desk.server.files[TARGET] == b"old"
    replaced = send(desk, choosing(job, ConflictChoice.REPLACE))
    assert replaced.state is TransferState.DELIVERED
    assert desk.server.files[TARGET] == CONTENT


@pytest.mark.parametrize("code", [FAILURE, OP_UNSUPPORTED, PERMISSION_DENIED, 23])
@pytest.mark.parametrize("choice", [ConflictChoice.FAIL, ConflictChoice.REPLACE])
def test_a_server_that_takes_no_excl_gets_files_all_the_same(
    desk: TransferRig, job: FileJob, code: int, choice: ConflictChoice
) -> None:
    refuses_exclusive(desk, code)
    for number in range(3):
        other = msgspec.structs.replace(choosing(job, choice), remote=b"/inbox/%d" % number)
        assert send(desk, other).state is TransferState.DELIVERED
    flags = [flags for _path, flags, _attributes in desk.server.asked(OPEN)]
    assert [bool(each & EXCL) for each in flags] == [True, False, False, False]  # learned


def test_without_excl_nothing_that_stands_there_is_overwritten(
    desk: TransferRig, job: FileJob
) -> None:
    refuses_exclusive(desk, FAILURE)
    desk.server.files[TARGET] = bytearray(b"old")
    with pytest.raises(ConflictError):
        send(desk, job)
    desk.server.instead[LSTAT] = desk.server.instead[STAT] = refusing(FAILURE)
    with pytest.raises(RemoteFailureError):
        send(desk, job)
    assert desk.server.files[TARGET] == b"old"


def test_a_file_that_came_in_between_is_not_overwritten_unless_asked_for(
    desk: TransferRig, job: FileJob
) -> None:
    def come_between(request: Request) -> Iterable[bytes] | None:
        if request.fields[1] & TRUNC:
            return None
        desk.server.files[TARGET] = bytearray(b"theirs")
        return [status(request.number, EXISTS)]

    desk.server.instead[OPEN] = come_between
    with pytest.raises(ConflictError):
        send(desk, job)
    assert desk.server.files.pop(TARGET) == b"theirs"
    send(desk, choosing(job, ConflictChoice.REPLACE))
    assert desk.server.files[TARGET] == CONTENT


@pytest.mark.parametrize("code", [NO_SUCH_FILE, FAILURE, PERMISSION_DENIED, OP_UNSUPPORTED])
def test_why_the_folder_is_not_there_is_what_is_said(
    desk: TransferRig, job: FileJob, code: int
) -> None:
    desk.server.instead[OPEN] = refusing(code)
    refused = PermissionDeniedError(message("The server does not allow this for “/new”.")).problem
    with pytest.raises(PermissionDeniedError, match="/new"):
        send(desk, msgspec.structs.replace(job, folder_refused=refused))


def test_a_hidden_drop_box_takes_the_file(desk: TransferRig, job: FileJob) -> None:
    for kind in (LSTAT, STAT):
        desk.server.instead[kind] = refusing(NO_SUCH_FILE)
    refused: Problem = PermissionDeniedError(message("Not allowed.")).problem
    outcome = send(desk, msgspec.structs.replace(job, folder_refused=refused))
    assert outcome.state is TransferState.DELIVERED
    assert not outcome.confirmed


@pytest.mark.parametrize("length", [257, 1000, 4096])
def test_long_handles_leave_room_in_a_write(desk: TransferRig, job: FileJob, length: int) -> None:
    desk.server.handle_length = length
    assert send(desk, job).state is TransferState.DELIVERED
    assert desk.server.files[TARGET] == CONTENT
