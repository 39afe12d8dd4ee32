"""A file that was sent again after a lost line, and the part that an object store shows late."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from ferrygate.common.errors import ConnectionLostError, LocalFileError, SizeMismatchError
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.partial_uploads import clear_away
from ferrygate.transfers.upload import NotBeforeError
from ferrygate.transfers.views import (
    Confirmation,
    ConflictChoice,
    LateCheck,
    LeftBehind,
    TransferState,
)
from support.scripted_sftp import LSTAT, OPEN, STAT, WRITE, Request, ScriptedSftp, refusing
from support.sftp_bytes import NO_SUCH_FILE, PERMISSION_DENIED
from support.transfer_rig import CONTENT, TransferRig, choosing

PATH = b"/inbox/report.csv"
PART = bytearray(CONTENT[:1000])


def lose(desk: TransferRig, job: FileJob, kind: int = WRITE, part: bytearray | None = None) -> None:
    """Lose the line when ``kind`` is asked; the server keeps what arrived, or shows a part."""

    def silent(_request: Request) -> Iterable[bytes]:
        desk.rig.stream.ended = True
        return ()

    desk.server.instead[kind] = silent
    with pytest.raises(ConnectionLostError):
        desk.send(job)
    del desk.server.instead[kind]
    handle = desk.checkpoint.connection_lost(desk.late.now() + desk.late.seconds)
    if handle is not None:
        desk.late.lost(PATH, handle)
    desk.server.files.pop(PATH, None)
    if part is not None:
        desk.server.files[PATH] = part
    desk.rig = ScriptedSftp(desk.server)
    desk.late.now = desk.rig.stream.clock.monotonic
    desk.late.connected()


def goes_on(desk: TransferRig, job: FileJob) -> FileOutcome:
    """Send it again."""
    return desk.send(msgspec.structs.replace(job, resume_from=desk.checkpoint))


def sent_again(desk: TransferRig, job: FileJob) -> None:
    """Deliver a file over the next connection, while the server still has the old handle."""
    lose(desk, job)
    outcome = goes_on(desk, job)
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, True)
    assert desk.late.until(PATH, desk.checkpoint.version) is not None
    desk.server.requests.clear()


def wait(desk: TransferRig) -> None:
    """Until the server has surely given up the old handle."""
    desk.rig.stream.clock.time += 331


def test_a_part_that_was_seen_is_not_waited_for(desk: TransferRig, job: FileJob) -> None:
    lose(desk, job, part=PART)
    assert goes_on(desk, job).confirmed
    assert desk.late.until(PATH) is None
    assert desk.server.files[PATH] == CONTENT


def test_a_part_that_shows_within_seconds_is_waited_for_before_anything_is_sent(
    desk: TransferRig, job: FileJob
) -> None:
    lose(desk, job)
    began = desk.late.now()

    def show(request: Request) -> None:
        assert request.kind == LSTAT
        if desk.late.now() - began > 2:
            desk.server.files[PATH] = PART

    desk.server.instead[LSTAT] = show
    goes_on(desk, job)
    assert desk.late.until(PATH) is None
    assert 2 < desk.late.now() - began < 4


def test_a_part_that_does_not_show_is_waited_for_no_longer(desk: TransferRig, job: FileJob) -> None:
    lose(desk, job)
    began = desk.late.now()
    goes_on(desk, job)
    assert 4 < desk.late.now() - began < 7


def test_a_part_that_several_handles_may_have_put_there_is_waited_for_no_longer(
    desk: TransferRig, job: FileJob
) -> None:
    """The line was lost twice, before the server had given up the first handle."""
    lose(desk, job)
    lose(desk, msgspec.structs.replace(job, resume_from=desk.checkpoint), part=PART)
    began = desk.late.now()
    asked = 0

    def look(_request: Request) -> None:
        nonlocal asked
        asked += 1
        assert asked < 100

    desk.server.instead[LSTAT] = look
    assert goes_on(desk, job).confirmed
    assert 4 < desk.late.now() - began < 7
    assert desk.late.until(PATH) is not None
    assert desk.server.files[PATH] == CONTENT


def test_asked_again_it_is_whole(desk: TransferRig, job: FileJob) -> None:
    sent_again(desk, job)
    wait(desk)
    outcome = goes_on(desk, job)
    assert (outcome.confirmed, outcome.late_check) == (True, LateCheck.DONE)
    assert outcome.sha256
    assert [request.kind for request in desk.server.requests] == [STAT]
    assert desk.late.until(PATH) is None


@pytest.mark.parametrize("choice", list(ConflictChoice))
def test_asked_again_a_part_is_there_and_it_is_sent_again(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    job = choosing(job, choice)
    sent_again(desk, job)
    wait(desk)
    desk.server.files[PATH] = PART
    outcome = goes_on(desk, job)
    assert (outcome.remote, outcome.confirmed) == (PATH, True)
    assert desk.server.files == {PATH: CONTENT}
    assert desk.late.until(PATH) is None


def test_a_part_that_comes_as_soon_as_it_was_closed_is_written_over(
    desk: TransferRig, job: FileJob
) -> None:
    lose(desk, job)
    parts = [PART]

    def overwrite(_request: Request) -> None:
        if parts:
            desk.server.files[PATH] = parts.pop()

    desk.server.instead[STAT] = overwrite
    assert goes_on(desk, job).confirmed
    assert desk.server.files[PATH] == CONTENT
    assert desk.late.until(PATH) is None


def test_asked_again_there_is_a_file_that_no_part_of_ours_explains(
    desk: TransferRig, job: FileJob
) -> None:
    sent_again(desk, job)
    wait(desk)
    desk.server.files[PATH] = bytearray(len(CONTENT) + 1)
    with pytest.raises(SizeMismatchError):
        goes_on(desk, job)
    assert desk.server.asked(OPEN) == []


@pytest.mark.parametrize("code", [NO_SUCH_FILE, PERMISSION_DENIED])
def test_asked_again_no_size_is_told(desk: TransferRig, job: FileJob, code: int) -> None:
    sent_again(desk, job)
    wait(desk)
    desk.server.instead[STAT] = refusing(code)
    outcome = goes_on(desk, job)
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, False)
    is_gone = code == NO_SUCH_FILE
    assert outcome.confirmation is (Confirmation.MOVED_ON if is_gone else Confirmation.REFUSED)
    assert outcome.late_check is LateCheck.NOT_DONE
    assert desk.server.asked(OPEN) == []


def test_an_older_version_of_the_same_size_is_not_taken_for_the_file(
    desk: TransferRig, job: FileJob
) -> None:
    lose(desk, job)
    desk.write("report.csv", CONTENT[::-1])
    goes_on(desk, job)
    wait(desk)
    desk.server.files[PATH] = bytearray(CONTENT)
    assert goes_on(desk, job).confirmed
    assert desk.server.files[PATH] == CONTENT[::-1]


def test_what_may_be_an_older_version_is_not_removed_where_it_cannot_be_sent_again(
    desk: TransferRig, job: FileJob
) -> None:
    lose(desk, job)
    desk.write("report.csv", CONTENT[::-1])
    goes_on(desk, job)
    wait(desk)
    (desk.folder / "report.csv").unlink()
    with pytest.raises(LocalFileError):
        goes_on(desk, job)
    left = desk.rig.run(clear_away(desk.rig.files, desk.checkpoint, object_store=True))
    assert left is LeftBehind.PART
    assert desk.server.files[PATH] == CONTENT[::-1]


def test_a_drop_box_gets_nothing_before_no_part_can_come_any_more(
    desk: TransferRig, job: FileJob
) -> None:
    for kind in (STAT, LSTAT):
        desk.server.instead[kind] = refusing(PERMISSION_DENIED)
    lose(desk, job)
    desk.server.requests.clear()
    with pytest.raises(NotBeforeError) as wait_for:
        goes_on(desk, job)
    assert 320 < wait_for.value.until - desk.late.now() <= 330
    assert desk.server.asked(OPEN) == []
    wait(desk)
    outcome = goes_on(desk, job)
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, False)
    assert desk.server.files[PATH] == CONTENT
    assert desk.late.until(PATH) is None


def test_a_drop_box_gets_it_at_once_where_nobody_waits_for_parts(
    desk: TransferRig, job: FileJob
) -> None:
    for kind in (STAT, LSTAT):
        desk.server.instead[kind] = refusing(PERMISSION_DENIED)
    lose(desk, job)
    desk.late_check = False
    assert goes_on(desk, job).state is TransferState.DELIVERED


def test_another_upload_of_the_same_name_reckons_with_the_part_too(
    desk: TransferRig, job: FileJob
) -> None:
    """One that was given up, and sent again by a person."""
    lose(desk, job)
    desk.checkpoint = UploadCheckpoint()
    desk.send(job)
    assert desk.late.until(PATH, desk.checkpoint.version) is not None


def test_a_line_lost_before_open_leaves_no_handle(desk: TransferRig, job: FileJob) -> None:
    lose(desk, job, LSTAT)
    assert desk.late.until(PATH) is None


def test_a_second_loss_before_its_open_leaves_no_second_handle(
    desk: TransferRig, job: FileJob
) -> None:
    lose(desk, job)
    lose(desk, msgspec.structs.replace(job, resume_from=desk.checkpoint), LSTAT, part=PART)
    goes_on(desk, job)
    assert desk.late.until(PATH) is None


def another(desk: TransferRig, content: bytes) -> FileJob:
    """Another local file, sent to the same name by another batch meanwhile."""
    local = desk.write("other.csv", content)
    job = choosing(FileJob(number=0, local=local, remote=PATH), ConflictChoice.REPLACE)
    desk.checkpoint = UploadCheckpoint()
    assert desk.send(job).confirmed
    assert desk.late.until(PATH, desk.checkpoint.version) is not None
    return msgspec.structs.replace(job, resume_from=desk.checkpoint)


@pytest.mark.parametrize("size", [10, 1000, len(CONTENT), len(CONTENT) + 1])
@pytest.mark.parametrize("part", [None, PART])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_files_for_one_name_the_later_one_is_there_whole(
    desk: TransferRig, job: FileJob, size: int, part: bytearray | None, order: tuple[int, int]
) -> None:
    """The first one's line was lost; both are asked about, in any order."""
    job = choosing(job, ConflictChoice.REPLACE)
    sent_again(desk, job)
    first = msgspec.structs.replace(job, resume_from=desk.checkpoint)
    second = another(desk, b"x" * size)
    wait(desk)
    if part is not None:
        desk.server.files[PATH] = part
    outcomes = {}
    for turn in order:
        asked = (first, second)[turn]
        assert asked.resume_from is not None
        desk.checkpoint = asked.resume_from
        outcomes[turn] = desk.send(asked)
    assert {outcome.state for outcome in outcomes.values()} == {TransferState.DELIVERED}
    assert (outcomes[0].confirmed, outcomes[0].late_check) == (False, LateCheck.NOT_DONE)
    assert outcomes[0].confirmation is Confirmation.REPLACED_SINCE
    assert outcomes[1].confirmed
    assert desk.server.files[PATH] == b"x" * size
