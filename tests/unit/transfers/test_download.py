"""Downloads: checked before they get their name, and never over somebody else's file."""

from __future__ import annotations

import hashlib
import os
import resource
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    LocalFileError,
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
    SizeMismatchError,
    WrongTypeError,
)
from ferrygate.sftp.limits import Limits
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import ConflictChoice, SkipReason, TransferState
from support.scripted_sftp import (
    CLOSE,
    DATA,
    FSTAT,
    OPEN,
    READ,
    STAT,
    Held,
    Request,
    reply,
    status,
)
from support.sftp_bytes import EOF, FAILURE, OP_UNSUPPORTED, PERMISSION_DENIED, string
from support.transfer_rig import CONTENT, TransferRig, choosing


@pytest.fixture
def job(desk: TransferRig) -> FileJob:
    desk.server.files[b"/inbox/plate.csv"] = bytearray(CONTENT)
    return FileJob(number=0, local=str(desk.folder / "plate.csv"), remote=b"/inbox/plate.csv")


def there(desk: TransferRig) -> list[str]:
    """List the names in the local folder, hidden ones too."""
    return sorted(os.listdir(desk.folder))  # noqa: PTH208  names alone


def test_a_file_arrives_whole_with_its_time(desk: TransferRig, job: FileJob) -> None:
    outcome = desk.fetch(job)
    path = Path(job.local)
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mtime == desk.server.modified
    assert (outcome.state, outcome.size) == (TransferState.DELIVERED, len(CONTENT))
    assert outcome.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert outcome.confirmed
    assert there(desk) == ["plate.csv"]
    assert not desk.server.open_handles
    assert desk.reports.states == [TransferState.RECEIVING, TransferState.CHECKING]


def test_no_time_is_set_where_the_server_has_none(desk: TransferRig, job: FileJob) -> None:
    desk.server.modified = 0
    desk.fetch(job)
    assert Path(job.local).stat().st_mtime > 1_000_000


@pytest.mark.parametrize("size", [0, 1, 32_767, 32_768, 32_769, 65_536])
def test_sizes_around_one_read(desk: TransferRig, job: FileJob, size: int) -> None:
    desk.server.files[b"/inbox/plate.csv"] = bytearray(CONTENT[:size])
    desk.fetch(job)
    assert Path(job.local).read_bytes() == CONTENT[:size]


def test_short_replies_are_legal(desk: TransferRig, job: FileJob) -> None:
    def short(request: Request) -> Iterable[bytes] | None:
        _handle, at, length = request.fields
        found = CONTENT[at : at + max(1, length // 3)]
        return [reply(DATA, request.number, string(found))] if found else None

    desk.server.instead[READ] = short
    desk.fetch(job)
    assert Path(job.local).read_bytes() == CONTENT


def test_progress_only_ever_grows(desk: TransferRig, job: FileJob) -> None:
    desk.fetch(job)
    moved = [moved for _state, moved in desk.reports.told]
    assert moved == sorted(moved)
    assert moved[-1] == len(CONTENT)


@pytest.mark.parametrize("answer", [b"", bytes(40_000)])
def test_replies_that_are_empty_or_too_long(desk: TransferRig, job: FileJob, answer: bytes) -> None:
    desk.server.instead[READ] = lambda request: [reply(DATA, request.number, string(answer))]
    with pytest.raises(SizeMismatchError):
        desk.fetch(job)
    assert there(desk) == []


def test_a_refused_read(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[READ] = lambda request: [status(request.number, FAILURE)]
    with pytest.raises(RemoteFailureError):
        desk.fetch(job)
    assert there(desk) == []
    assert len(desk.server.asked(CLOSE)) == 1


def test_a_refused_file(desk: TransferRig, job: FileJob) -> None:
    for kind in (STAT, OPEN):
        desk.server.instead[kind] = lambda request: [status(request.number, PERMISSION_DENIED)]
    with pytest.raises(PermissionDeniedError):
        desk.fetch(job)
    desk.server.instead.clear()
    with pytest.raises(NotFoundError):
        desk.fetch(msgspec.structs.replace(job, remote=b"/missing"))


@pytest.mark.parametrize("code", [PERMISSION_DENIED, FAILURE, OP_UNSUPPORTED])
def test_a_file_that_may_be_opened_and_not_asked_about_is_fetched(
    desk: TransferRig, job: FileJob, code: int
) -> None:
    for kind in (STAT, FSTAT):
        desk.server.instead[kind] = lambda request: [status(request.number, code)]
    outcome = desk.fetch(msgspec.structs.replace(job, size=None, modified=None))
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, False)
    assert Path(job.local).read_bytes() == CONTENT


def test_a_lost_connection_leaves_nothing(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[READ] = lambda _request: ()
    desk.rig.stream.ended = True
    with pytest.raises(ConnectionLostError):
        desk.fetch(job)
    assert there(desk) == []


def test_a_cancelled_download_leaves_nothing(desk: TransferRig, job: FileJob) -> None:
    desk.reports.then = lambda _state, moved: desk.rig.cancel.cancel() if moved else None
    with pytest.raises(Cancelled):
        desk.fetch(job)
    assert there(desk) == []
    assert not desk.server.open_handles


def test_bytes_in_flight_are_bounded(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[b"/inbox/plate.csv"] = bytearray(8 << 20)
    desk.in_flight = 2 << 20
    most = 0

    def count(_state: TransferState, moved: int) -> None:
        nonlocal most
        asked = sum(length for _handle, _at, length in desk.server.asked(READ))
        most = max(most, asked - moved)

    desk.reports.then = count
    desk.fetch(job)
    assert 1 << 20 < most <= 2 << 20


def test_a_large_file_lets_the_disk_keep_up(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[b"/inbox/plate.csv"] = bytearray((32 << 20) + 1)
    desk.fetch(job)
    assert desk.flusher.written_back == 2


def test_nothing_is_asked_that_a_listing_has_told(desk: TransferRig, job: FileJob) -> None:
    listed = msgspec.structs.replace(job, size=len(CONTENT), modified=desk.server.modified)
    desk.fetch(listed)
    assert desk.server.asked(STAT) == []
    assert len(desk.server.asked(OPEN)) == 1
    assert Path(job.local).read_bytes() == CONTENT
    assert Path(job.local).stat().st_mtime == desk.server.modified


@pytest.mark.parametrize("size", [0, 5, len(CONTENT) - 1, len(CONTENT) + 1])
def test_a_file_that_has_changed_since_it_was_listed_is_fetched_as_it_is(
    desk: TransferRig, job: FileJob, size: int
) -> None:
    outcome = desk.fetch(msgspec.structs.replace(job, size=size, modified=1))
    assert outcome.size == len(CONTENT)
    assert Path(job.local).read_bytes() == CONTENT
    assert Path(job.local).stat().st_mtime == desk.server.modified
    assert not desk.server.open_handles


def test_a_small_file_costs_four_requests_and_two_waits(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[b"/inbox/plate.csv"] = bytearray(b"small")
    desk.rig.stream.sends.clear()
    desk.fetch(msgspec.structs.replace(job, size=5, modified=desk.server.modified))
    kinds = [request.kind for request in desk.server.requests]
    assert kinds == [OPEN, READ, FSTAT, CLOSE]
    assert len(desk.rig.stream.sends) == 3  # the last is not waited for


def test_larger_requests_where_the_server_takes_them(desk: TransferRig, job: FileJob) -> None:
    desk.rig.channel.limits = Limits(read=100_000)
    desk.fetch(job)
    lengths = [length for _handle, _at, length in desk.server.asked(READ)]
    assert lengths == [100_000, 100_000, len(CONTENT) - 200_000 + 1]


def test_a_file_that_failed_gives_back_what_it_had_in_flight(
    desk: TransferRig, job: FileJob
) -> None:
    held = desk.server.instead[READ] = Held(desk.server)
    channel = desk.channel()

    async def one_then_another() -> FileOutcome:
        with pytest.raises(RemoteFailureError):
            await desk.fetching(channel, job, desk.reports)
        assert channel.window.in_flight > 0
        desk.server.instead.clear()
        return await desk.fetching(channel, job, desk.reports)

    def refuse_the_first() -> None:
        if held.answers:
            reads = [request for request in desk.server.requests if request.kind == READ]
            held.answers[0] = status(reads[-len(held.answers)].number, FAILURE)
            desk.rig.stream.packets.extend(held.answers)
            held.answers.clear()

    desk.rig.stream.after = refuse_the_first
    assert desk.rig.run(one_then_another()).state is TransferState.DELIVERED
    assert channel.window.in_flight == 0


@pytest.mark.parametrize("choice", [ConflictChoice.FAIL, ConflictChoice.ASK])
def test_a_taken_name_is_left_alone(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    desk.write("plate.csv", b"mine")
    with pytest.raises(ConflictError):
        desk.fetch(choosing(job, choice))
    assert Path(job.local).read_bytes() == b"mine"
    assert desk.server.requests == []


def test_a_dangling_link_is_a_taken_name(desk: TransferRig, job: FileJob) -> None:
    Path(job.local).symlink_to(desk.folder / "nowhere")
    with pytest.raises(ConflictError):
        desk.fetch(job)


def test_skip(desk: TransferRig, job: FileJob) -> None:
    desk.write("plate.csv", b"mine")
    outcome = desk.fetch(choosing(job, ConflictChoice.SKIP))
    assert outcome.skip_reason is SkipReason.NAME_TAKEN
    assert Path(job.local).read_bytes() == b"mine"


def test_a_skipped_file_of_another_size_is_told(desk: TransferRig, job: FileJob) -> None:
    desk.write("plate.csv", b"mine")
    other = msgspec.structs.replace(choosing(job, ConflictChoice.SKIP), size=5)
    outcome = desk.fetch(other)
    assert outcome.state is TransferState.SKIPPED
    assert outcome.skip_reason is SkipReason.OTHER_SIZE_THERE


def test_a_skipped_link_has_the_size_of_its_file(desk: TransferRig, job: FileJob) -> None:
    desk.write("other.csv", b"mine")
    Path(job.local).symlink_to(desk.folder / "other.csv")
    same = msgspec.structs.replace(choosing(job, ConflictChoice.SKIP), size=4)
    assert desk.fetch(same).skip_reason is SkipReason.NAME_TAKEN


def test_replace(desk: TransferRig, job: FileJob) -> None:
    desk.write("plate.csv", b"mine")
    desk.fetch(choosing(job, ConflictChoice.REPLACE))
    assert Path(job.local).read_bytes() == CONTENT


def test_replace_a_link_not_what_it_leads_to(desk: TransferRig, job: FileJob) -> None:
    elsewhere = desk.write("elsewhere", b"mine")
    Path(job.local).symlink_to(elsewhere)
    desk.fetch(choosing(job, ConflictChoice.REPLACE))
    assert Path(elsewhere).read_bytes() == b"mine"
    assert not Path(job.local).is_symlink()


def test_replace_is_only_done_with_a_whole_file(desk: TransferRig, job: FileJob) -> None:
    desk.write("plate.csv", b"mine")
    desk.server.instead[READ] = lambda request: [status(request.number, EOF)]
    with pytest.raises(SizeMismatchError):
        desk.fetch(choosing(job, ConflictChoice.REPLACE))
    assert Path(job.local).read_bytes() == b"mine"


def test_keep_both(desk: TransferRig, job: FileJob) -> None:
    desk.write("plate.csv", b"mine")
    desk.write("plate (2).csv", b"mine too")
    outcome = desk.fetch(choosing(job, ConflictChoice.KEEP_BOTH))
    assert outcome.local == str(desk.folder / "plate (3).csv")
    assert Path(outcome.local).read_bytes() == CONTENT
    assert Path(job.local).read_bytes() == b"mine"


def test_a_file_that_came_in_between_is_not_overwritten(desk: TransferRig, job: FileJob) -> None:
    def take_the_name(state: TransferState, _moved: int) -> None:
        if state is TransferState.CHECKING:
            Path(job.local).write_bytes(b"theirs")

    desk.reports.then = take_the_name
    with pytest.raises(ConflictError):
        desk.fetch(job)
    assert Path(job.local).read_bytes() == b"theirs"
    assert there(desk) == ["plate.csv"]


@pytest.mark.parametrize("sort", ["missing", "a file"])
def test_a_folder_that_cannot_be_written(desk: TransferRig, job: FileJob, sort: str) -> None:
    folder = desk.folder / "below"
    if sort == "a file":
        folder.write_bytes(b"")
    with pytest.raises(LocalFileError, match=r"plate\.csv"):
        desk.fetch(msgspec.structs.replace(job, local=str(folder / "plate.csv")))
    assert not desk.server.open_handles


def test_a_target_that_is_a_folder(desk: TransferRig, job: FileJob) -> None:
    Path(job.local).mkdir()
    with pytest.raises(WrongTypeError, match="is a folder"):
        desk.fetch(choosing(job, ConflictChoice.REPLACE))
    assert there(desk) == ["plate.csv"]


def test_a_full_disk_is_said_and_leaves_nothing(desk: TransferRig, job: FileJob) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_001, hard))
    try:
        with pytest.raises(LocalFileError) as caught:
            desk.fetch(job)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.problem.detail == "File too large"
    assert there(desk) == []
