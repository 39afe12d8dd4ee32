"""Uploads by the rules of object stores, against a server in memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    FerrygateError,
    LocalFileError,
    NoSpaceError,
    PermissionDeniedError,
    RemoteFailureError,
    SizeMismatchError,
)
from ferrygate.sftp.limits import Limits
from ferrygate.transfers.checkpoint import UploadPhase
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.partial_uploads import clear_away
from ferrygate.transfers.views import (
    Confirmation,
    ConflictChoice,
    LeftBehind,
    SkipReason,
    TransferState,
)
from support.scripted_sftp import (
    ATTRS,
    CLOSE,
    EXCL,
    LSTAT,
    OPEN,
    REMOVE,
    STAT,
    TRUNC,
    WRITE,
    Held,
    Request,
    attributes,
    refusing,
    reply,
    status,
)
from support.sftp_bytes import FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED
from support.transfer_rig import CONTENT, TransferRig, choosing


def test_a_file_is_sent_whole_in_order_over_one_handle(desk: TransferRig, job: FileJob) -> None:
    outcome = desk.send(job)
    assert desk.server.files[b"/inbox/report.csv"] == CONTENT
    assert (outcome.state, outcome.size) == (TransferState.DELIVERED, len(CONTENT))
    assert outcome.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert outcome.confirmed
    writes = desk.server.asked(WRITE)
    ends = [offset + len(data) for _handle, offset, data in writes]
    assert [offset for _handle, offset, _data in writes] == [0, *ends[:-1]]
    assert len(desk.server.asked(OPEN)) == len(desk.server.asked(CLOSE)) == 1
    kinds = [request.kind for request in desk.server.requests]
    assert kinds.index(CLOSE) > max(at for at, kind in enumerate(kinds) if kind == WRITE)
    assert desk.reports.states == [TransferState.SENDING, TransferState.CHECKING]
    assert desk.checkpoint.part_path is None


def test_an_empty_file(desk: TransferRig) -> None:
    outcome = desk.send(FileJob(number=0, local=desk.write("empty", b""), remote=b"/empty"))
    assert desk.server.files[b"/empty"] == b""
    assert outcome.sha256 == hashlib.sha256().hexdigest()


def test_no_write_is_larger_than_every_server_takes(desk: TransferRig, job: FileJob) -> None:
    desk.send(job)
    assert max(len(data) for _handle, _at, data in desk.server.asked(WRITE)) == 32_768


def test_a_cancelled_upload_is_never_closed(desk: TransferRig, job: FileJob) -> None:
    desk.reports.then = lambda _state, moved: desk.rig.cancel.cancel() if moved else None
    with pytest.raises(Cancelled):
        desk.send(job)
    assert desk.server.asked(CLOSE) == []
    assert desk.checkpoint.part_path == b"/inbox/report.csv"


def test_a_failed_upload_is_never_closed(desk: TransferRig, job: FileJob) -> None:
    written: list[Request] = []

    def full_after_three(request: Request) -> Iterable[bytes] | None:
        written.append(request)
        return [status(request.number, FAILURE, b"quota")] if len(written) > 3 else None

    desk.server.instead[WRITE] = full_after_three
    with pytest.raises(NoSpaceError) as caught:
        desk.send(job)
    assert caught.value.problem.server_said == "quota"
    assert desk.server.asked(CLOSE) == []
    assert desk.checkpoint.part_path == b"/inbox/report.csv"


@pytest.mark.parametrize("object_store", [True, False])
def test_close_goes_behind_the_last_write_where_it_publishes_nothing(
    desk: TransferRig, job: FileJob, *, object_store: bool
) -> None:
    held = desk.server.instead[WRITE] = Held(desk.server)
    closed_early = False

    def answer() -> None:
        nonlocal closed_early
        closed_early = closed_early or (bool(held.answers) and bool(desk.server.asked(CLOSE)))
        desk.rig.stream.packets.extend(held.answers)
        held.answers.clear()

    desk.rig.stream.after = answer
    outcome = desk.send(job, object_store=object_store)
    assert closed_early is not object_store
    assert outcome.confirmed
    assert len(desk.server.asked(STAT)) == 1


def test_a_size_that_was_asked_too_early_is_asked_again(desk: TransferRig, job: FileJob) -> None:
    first = [reply(ATTRS, 0, attributes(5))]

    def too_early(request: Request) -> Iterable[bytes] | None:
        return [reply(ATTRS, request.number, attributes(5))] if first and first.pop() else None

    desk.server.instead[STAT] = too_early
    assert desk.send(job, object_store=False).confirmed
    assert len(desk.server.asked(STAT)) == 2


def test_a_write_that_fails_under_a_close_is_a_failure_all_the_same(
    desk: TransferRig, job: FileJob
) -> None:
    desk.server.instead[WRITE] = refusing(FAILURE)
    with pytest.raises(RemoteFailureError):
        desk.send(job, object_store=False)
    assert desk.checkpoint.part_path == b"/inbox/report.csv"
    assert desk.checkpoint.phase is UploadPhase.WRITING


def test_nobody_is_asked_about_a_name_that_is_free(desk: TransferRig, job: FileJob) -> None:
    desk.send(msgspec.structs.replace(job, known_absent=True), object_store=False)
    assert desk.server.asked(LSTAT) == []
    assert desk.server.asked(OPEN)[0][1] & EXCL


def test_a_file_that_has_more_in_it_than_it_says(desk: TransferRig) -> None:
    with pytest.raises(LocalFileError, match="was changed"):
        desk.send(FileJob(number=0, local="/proc/self/status", remote=b"/inbox/x"))
    assert desk.server.asked(CLOSE) == []


def test_larger_requests_where_the_server_takes_them(desk: TransferRig, job: FileJob) -> None:
    desk.rig.channel.limits = Limits(write=100_000)
    desk.send(job)
    assert [len(data) for _handle, _at, data in desk.server.asked(WRITE)] == [
        100_000,
        100_000,
        len(CONTENT) - 200_000,
    ]


def test_a_refused_close_is_a_failure(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[CLOSE] = refusing(PERMISSION_DENIED)
    with pytest.raises(PermissionDeniedError):
        desk.send(job)
    assert desk.checkpoint.delivered is None


def test_another_size_on_the_server(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[STAT] = lambda request: [reply(ATTRS, request.number, attributes(5))]
    with pytest.raises(SizeMismatchError, match="5 bytes"):
        desk.send(job)
    assert desk.checkpoint.part_path is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (PERMISSION_DENIED, "does not allow"),
        (OP_UNSUPPORTED, "cannot do that"),
        (FAILURE, "refused"),
    ],
)
def test_delivered_though_the_size_cannot_be_asked(
    desk: TransferRig, job: FileJob, code: int, words: str
) -> None:
    desk.server.instead[STAT] = refusing(code)
    outcome = desk.send(job)
    assert outcome.state is TransferState.DELIVERED
    assert outcome.confirmation is Confirmation.REFUSED
    assert outcome.not_told is not None
    assert words in str(outcome.not_told.sentence)


def test_delivered_though_the_server_has_already_moved_it_on(
    desk: TransferRig, job: FileJob
) -> None:
    desk.server.instead[STAT] = refusing(NO_SUCH_FILE)
    outcome = desk.send(job)
    assert outcome.state is TransferState.DELIVERED
    assert (outcome.confirmation, outcome.not_told) == (Confirmation.MOVED_ON, None)


def test_a_server_that_tells_no_sizes(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[STAT] = lambda request: [reply(ATTRS, request.number, bytes(4))]
    outcome = desk.send(job)
    assert outcome.state is TransferState.DELIVERED
    assert not outcome.confirmed


def test_a_connection_lost_after_close_was_answered(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[STAT] = lambda _request: ()
    desk.rig.stream.ended = True
    with pytest.raises(ConnectionLostError):
        desk.send(job)
    delivered = desk.checkpoint.delivered
    assert delivered is not None
    assert (delivered.state, delivered.size) == (TransferState.DELIVERED, len(CONTENT))
    assert not delivered.confirmed


def test_a_drop_box_that_tells_nothing_takes_files(desk: TransferRig, job: FileJob) -> None:
    for kind in (STAT, LSTAT):
        desk.server.instead[kind] = refusing(PERMISSION_DENIED)
    outcome = desk.send(job, object_store=False)
    assert desk.server.files[b"/inbox/report.csv"] == CONTENT
    assert outcome.state is TransferState.DELIVERED
    assert not outcome.confirmed
    assert desk.server.asked(OPEN)[0][1] & EXCL
    desk.checkpoint.part_came_over()
    left = desk.rig.run(clear_away(desk.rig.files, desk.checkpoint, object_store=False))
    assert left is LeftBehind.PART
    assert desk.server.asked(REMOVE) == []


@pytest.mark.parametrize("change", ["grows", "shrinks", "touched"])
def test_a_source_that_changes_while_it_is_sent(
    desk: TransferRig, job: FileJob, change: str
) -> None:
    desk.write("report.csv", 16 * CONTENT)

    def meddle(_state: TransferState, moved: int) -> None:
        if moved and change == "grows":
            with Path(job.local).open("ab") as file:
                file.write(b"more")
        elif moved and change == "shrinks":
            os.truncate(job.local, 1000)
        elif moved:
            os.utime(job.local, (1, 1))

    desk.in_flight = 1 << 20
    desk.reports.then = meddle
    with pytest.raises(LocalFileError, match="was changed"):
        desk.send(job)
    assert desk.server.asked(CLOSE) == []


@pytest.mark.parametrize("sort", ["missing", "folder", "pipe", "link to a folder"])
def test_what_is_no_file(desk: TransferRig, tmp_path: Path, sort: str) -> None:
    path = tmp_path / "source"
    if sort == "folder":
        path.mkdir()
    elif sort == "pipe":
        os.mkfifo(path)
    elif sort == "link to a folder":
        path.symlink_to(tmp_path)
    with pytest.raises(LocalFileError):
        desk.send(FileJob(number=0, local=str(path), remote=b"/inbox/x"))
    assert desk.server.requests == []


@pytest.mark.parametrize("choice", [ConflictChoice.FAIL, ConflictChoice.ASK])
def test_a_taken_name_is_left_alone(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    desk.server.files[b"/inbox/report.csv"] = bytearray(b"old")
    with pytest.raises(ConflictError):
        desk.send(choosing(job, choice))
    assert desk.server.files[b"/inbox/report.csv"] == b"old"
    assert desk.server.asked(OPEN) == []


def test_skip(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[b"/inbox/report.csv"] = bytearray(len(CONTENT))
    outcome = desk.send(choosing(job, ConflictChoice.SKIP))
    assert outcome.skip_reason is SkipReason.NAME_TAKEN
    assert desk.server.files[b"/inbox/report.csv"] == bytes(len(CONTENT))


def test_a_part_that_is_skipped_is_not_passed_off_as_the_file(
    desk: TransferRig, job: FileJob
) -> None:
    desk.server.files[b"/inbox/report.csv"] = bytearray(CONTENT[:3])
    whole = msgspec.structs.replace(choosing(job, ConflictChoice.SKIP), size=len(CONTENT))
    outcome = desk.send(whole)
    assert outcome.state is TransferState.SKIPPED
    assert outcome.skip_reason is SkipReason.OTHER_SIZE_THERE


def test_replace(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[b"/inbox/report.csv"] = bytearray(b"old")
    desk.send(choosing(job, ConflictChoice.REPLACE))
    assert desk.server.files[b"/inbox/report.csv"] == CONTENT
    assert desk.server.asked(OPEN)[0][1] & TRUNC


def test_keep_both(desk: TransferRig, job: FileJob) -> None:
    for name in (b"report.csv", b"report (2).csv"):
        desk.server.files[b"/inbox/" + name] = bytearray(b"old")
    outcome = desk.send(choosing(job, ConflictChoice.KEEP_BOTH))
    assert outcome.remote == b"/inbox/report (3).csv"
    assert desk.server.files[b"/inbox/report.csv"] == b"old"
    assert desk.server.files[outcome.remote] == CONTENT


@pytest.mark.parametrize(("object_store", "flag"), [(False, EXCL), (True, TRUNC)])
def test_a_free_name_is_opened_exclusively_where_servers_know_how(
    desk: TransferRig, job: FileJob, *, object_store: bool, flag: int
) -> None:
    desk.send(job, object_store=object_store)
    assert desk.server.asked(OPEN)[0][1] & flag


def test_a_file_that_came_in_between_is_neither_overwritten_nor_removed(
    desk: TransferRig, job: FileJob
) -> None:
    def free_for_now(request: Request) -> Iterable[bytes]:
        desk.server.files[b"/inbox/report.csv"] = bytearray(b"theirs")
        return [status(request.number, NO_SUCH_FILE)]

    desk.server.instead[LSTAT] = free_for_now
    with pytest.raises(FerrygateError):
        desk.send(job, object_store=False)
    assert desk.server.files[b"/inbox/report.csv"] == b"theirs"
    assert desk.checkpoint.part_path is None  # nothing is to be cleared away
