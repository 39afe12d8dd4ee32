"""An upload that is cut, and cut again while it comes back, knows its own part all the same."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from ferrygate.common.errors import ConflictError, ConnectionLostError
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.scripted_sftp import LSTAT, OPEN, WRITE, Request, ScriptedSftp, status
from support.sftp_bytes import NO_SUCH_FILE
from support.transfer_rig import CONTENT, TransferRig, choosing

PATH = b"/inbox/report.csv"
SECOND = b"/inbox/report (2).csv"
THIRD = b"/inbox/report (3).csv"


def lost_at(desk: TransferRig, job: FileJob, kind: int) -> FileJob:
    """Return the job as it goes on after the connection was lost when ``kind`` was asked."""
    desk.checkpoint = (
        UploadCheckpoint() if job.resume_from is None else msgspec.structs.replace(job.resume_from)
    )

    def silent(_request: Request) -> Iterable[bytes]:
        desk.rig.stream.ended = True
        return ()

    desk.server.instead[kind] = silent
    with pytest.raises(ConnectionLostError):
        desk.send(job)
    desk.checkpoint.connection_lost(0)
    desk.server.instead.clear()
    desk.rig = ScriptedSftp(desk.server)
    return msgspec.structs.replace(job, resume_from=desk.checkpoint)


def go_on(desk: TransferRig, job: FileJob) -> bytes:
    """Send it to its end; returns the name it was delivered under."""
    assert job.resume_from is not None
    desk.checkpoint = msgspec.structs.replace(job.resume_from)
    outcome = desk.send(job)
    assert outcome.state is TransferState.DELIVERED
    return outcome.remote


@pytest.mark.parametrize("choice", list(ConflictChoice))
@pytest.mark.parametrize("second", [LSTAT, OPEN, WRITE])
def test_a_part_that_shows_after_the_second_cut_is_our_own(
    desk: TransferRig, job: FileJob, choice: ConflictChoice, second: int
) -> None:
    """An object store shows it when it likes: after the first connection nothing stood there."""
    if choice is ConflictChoice.REPLACE and second == LSTAT:
        second = OPEN  # it is not asked again what stands there
    again = lost_at(desk, choosing(job, choice), WRITE)
    del desk.server.files[PATH]
    again = lost_at(desk, again, second)
    desk.server.files[PATH] = bytearray(CONTENT[:1000])
    assert go_on(desk, again) == PATH
    assert desk.server.files == {PATH: CONTENT}


@pytest.mark.parametrize("choice", list(ConflictChoice))
def test_a_part_that_never_shows_leaves_the_name_ours(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    again = lost_at(desk, choosing(job, choice), OPEN)
    desk.server.files.clear()
    assert go_on(desk, again) == PATH


@pytest.mark.parametrize("choice", list(ConflictChoice))
def test_a_part_that_shows_as_soon_as_it_was_looked_for_is_our_own(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    again = lost_at(desk, choosing(job, choice), WRITE)
    del desk.server.files[PATH]

    def not_yet(request: Request) -> Iterable[bytes]:
        desk.server.files.setdefault(PATH, bytearray(CONTENT[:1000]))
        del desk.server.instead[LSTAT]
        return [status(request.number, NO_SUCH_FILE)]

    desk.server.instead[LSTAT] = not_yet
    assert go_on(desk, again) == PATH
    assert desk.server.files == {PATH: CONTENT}


@pytest.mark.parametrize("choice", list(ConflictChoice))
def test_an_open_that_is_carried_out_late_is_our_own(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    """Nothing stood there when it was asked, and the server refuses EXCL the next moment."""
    again = lost_at(desk, choosing(job, choice), OPEN)
    desk.server.files.clear()

    def late(_request: Request) -> None:
        desk.server.files.setdefault(PATH, bytearray())
        del desk.server.instead[OPEN]

    desk.server.instead[OPEN] = late
    assert again.resume_from is not None
    desk.checkpoint = msgspec.structs.replace(again.resume_from)
    assert desk.send(again, object_store=False).remote == PATH
    assert desk.server.files == {PATH: CONTENT}


def test_the_second_name_of_both_that_are_kept_stays_its_name(
    desk: TransferRig, job: FileJob
) -> None:
    desk.server.files[PATH] = bytearray(b"theirs")
    again = lost_at(desk, choosing(job, ConflictChoice.KEEP_BOTH), WRITE)
    del desk.server.files[SECOND]
    again = lost_at(desk, again, OPEN)
    desk.server.files[SECOND] = bytearray(CONTENT[:1000])
    assert go_on(desk, again) == SECOND
    assert desk.server.files == {PATH: b"theirs", SECOND: CONTENT}


def test_a_file_that_came_since_is_a_conflict_all_the_same(desk: TransferRig, job: FileJob) -> None:
    again = lost_at(desk, job, WRITE)
    del desk.server.files[PATH]
    again = lost_at(desk, again, LSTAT)
    desk.server.files[PATH] = bytearray(b"x" * (len(CONTENT) + 1))
    with pytest.raises(ConflictError):
        go_on(desk, again)


def test_bytes_sent_under_one_name_make_no_file_under_the_next_one_ours(
    desk: TransferRig, job: FileJob
) -> None:
    """A name was given up for the file of somebody else, and OPEN of the next one was lost."""
    again = lost_at(desk, choosing(job, ConflictChoice.KEEP_BOTH), WRITE)
    desk.server.files[PATH] = bytearray(len(CONTENT) + 1)
    again = lost_at(desk, again, OPEN)
    desk.server.files[SECOND] = bytearray(b"theirs")
    assert again.resume_from is not None
    desk.checkpoint = msgspec.structs.replace(again.resume_from)
    assert desk.send(again, object_store=False).remote == THIRD
    assert desk.server.files[SECOND] == b"theirs"


def test_a_name_that_only_open_says_is_taken_leaves_the_next_one_to_others(
    desk: TransferRig, job: FileJob
) -> None:
    again = lost_at(desk, choosing(job, ConflictChoice.KEEP_BOTH), WRITE)
    del desk.server.files[PATH]

    def come(_request: Request) -> None:
        del desk.server.instead[OPEN]
        desk.server.files[PATH] = bytearray(len(CONTENT) + 1)
        desk.server.files[SECOND] = bytearray(b"theirs")

    desk.server.instead[OPEN] = come
    assert again.resume_from is not None
    desk.checkpoint = msgspec.structs.replace(again.resume_from)
    assert desk.send(again, object_store=False).remote == THIRD
    assert desk.server.files[SECOND] == b"theirs"
