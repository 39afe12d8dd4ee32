"""Downloads of files that change meanwhile, and from servers that tell sizes wrongly or not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import SizeMismatchError
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.receive import ChangedError
from ferrygate.transfers.views import Confirmation, ConflictChoice, TransferState
from support.scripted_sftp import (
    ATTRS,
    CLOSE,
    FSTAT,
    OPEN,
    READ,
    STAT,
    Request,
    attributes,
    refusing,
    reply,
    status,
)
from support.sftp_bytes import EOF, FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED
from support.transfer_rig import CONTENT, TransferRig, choosing

PATH = b"/inbox/plate.csv"
NEWER = CONTENT[::-1]


@pytest.fixture
def job(desk: TransferRig) -> FileJob:
    """Make a file as its folder's listing tells of it."""
    desk.server.files[PATH] = bytearray(CONTENT)
    return FileJob(
        number=0,
        local=str(desk.folder / "plate.csv"),
        remote=PATH,
        size=len(CONTENT),
        modified=desk.server.modified,
    )


def rewriting(desk: TransferRig, *contents: bytes, after: int = 100_000) -> None:
    """Have the file rewritten in place each time a READ goes beyond so many bytes."""
    left = list(contents)

    def read(request: Request) -> None:
        if left and request.fields[1] == 0:
            armed.append(True)
        if left and armed and request.fields[1] >= after:
            armed.clear()
            desk.server.files[PATH][:] = left.pop(0)
            desk.server.modified += 10

    armed: list[bool] = []
    desk.server.instead[READ] = read


def telling(*, size: int | None, modified: int = 1_700_000_000) -> Callable[[Request], list[bytes]]:
    """Make a hook that tells always the same of a file."""
    told = bytes(4) if size is None else attributes(size, modified=modified)
    return lambda request: [reply(ATTRS, request.number, told)]


# ---------------------------------------------------------------- files that change


@pytest.mark.parametrize("newer", [NEWER, NEWER[:-1000], NEWER + NEWER])
def test_a_file_rewritten_while_it_is_fetched_is_fetched_again(
    desk: TransferRig, job: FileJob, newer: bytes
) -> None:
    rewriting(desk, newer)
    outcome = desk.fetch(job)
    assert Path(job.local).read_bytes() == newer
    assert (outcome.size, outcome.confirmed) == (len(newer), True)
    assert outcome.sha256 == hashlib.sha256(newer).hexdigest()
    assert Path(job.local).stat().st_mtime == desk.server.modified
    assert len(desk.server.asked(OPEN)) == 2


def test_a_file_rewritten_again_and_again_is_told_and_not_kept(
    desk: TransferRig, job: FileJob
) -> None:
    rewriting(desk, NEWER, CONTENT, NEWER)
    with pytest.raises(ChangedError, match="was changed while it was fetched") as caught:
        desk.fetch(job)
    assert "once it is finished" in str(caught.value.problem.next_step)
    assert os.listdir(desk.folder) == []  # noqa: PTH208  names alone
    assert len(desk.server.asked(OPEN)) == 2
    assert not desk.server.open_handles


def test_a_file_named_by_a_person_is_compared_with_what_was_told_before(
    desk: TransferRig, job: FileJob
) -> None:
    rewriting(desk, NEWER)
    desk.fetch(msgspec.structs.replace(job, size=None, modified=None))
    assert Path(job.local).read_bytes() == NEWER


def test_a_listing_without_times_is_no_reason_not_to_notice(
    desk: TransferRig, job: FileJob
) -> None:
    rewriting(desk, NEWER)
    desk.fetch(msgspec.structs.replace(job, modified=None))
    assert Path(job.local).read_bytes() == NEWER


def test_what_is_asked_again_is_the_handle(desk: TransferRig, job: FileJob) -> None:
    """Another file that was moved over the name is none of this one's changes."""
    desk.server.instead[STAT] = telling(size=7, modified=9)
    outcome = desk.fetch(job)
    assert outcome.confirmed
    assert desk.server.asked(STAT) == []


@pytest.mark.parametrize("code", [OP_UNSUPPORTED, FAILURE, PERMISSION_DENIED])
def test_the_name_is_asked_where_the_handle_cannot_be(
    desk: TransferRig, job: FileJob, code: int
) -> None:
    desk.server.instead[FSTAT] = refusing(code)
    rewriting(desk, NEWER)
    desk.fetch(job)
    assert Path(job.local).read_bytes() == NEWER


@pytest.mark.parametrize("code", [NO_SUCH_FILE, PERMISSION_DENIED, FAILURE])
def test_a_file_of_which_nothing_more_is_told_is_there_and_unconfirmed(
    desk: TransferRig, job: FileJob, code: int
) -> None:
    desk.server.instead[FSTAT] = desk.server.instead[STAT] = refusing(code)
    outcome = desk.fetch(job)
    assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, False)
    assert outcome.confirmation is Confirmation.NO_SIZES
    assert Path(job.local).read_bytes() == CONTENT


def test_what_is_missing_of_a_short_reply_is_read_before_the_version_is_asked_for(
    desk: TransferRig, job: FileJob
) -> None:
    """Else a change between the first and the last byte may fall behind the answer."""

    def short(request: Request) -> Iterable[bytes] | None:
        handle, at, length = request.fields
        if length > 100 and at + length > len(CONTENT) - 1000:
            cut = Request(READ, request.number, (handle, at, length // 2))
            return [desk.server.usual(cut)]
        return None

    desk.server.instead[READ] = short
    assert desk.fetch(job).confirmed
    kinds = [request.kind for request in desk.server.requests]
    last_read = len(kinds) - 1 - kinds[::-1].index(READ)
    assert FSTAT in kinds[last_read:]


# ---------------------------------------------------------------- times told in two ways


def told_of_handles(desk: TransferRig, apart: int) -> Callable[[Request], list[bytes]]:
    """Make a hook for FSTAT whose times are apart from those of names, by so many seconds."""
    return lambda request: [
        reply(
            ATTRS,
            request.number,
            attributes(len(desk.server.files[PATH]), modified=desk.server.modified + apart),
        )
    ]


@pytest.mark.parametrize("apart", [-1, 1, 3600])
@pytest.mark.parametrize("is_listed", [True, False])
def test_where_handles_have_another_time_than_names_one_file_is_fetched_twice_and_no_more(
    desk: TransferRig, job: FileJob, apart: int, *, is_listed: bool
) -> None:
    desk.server.instead[FSTAT] = told_of_handles(desk, apart)
    if not is_listed:
        job = msgspec.structs.replace(job, size=None, modified=None)
    opens = []
    for number in range(3):
        one = msgspec.structs.replace(job, local=f"{job.local}.{number}")
        assert desk.fetch(one).confirmed
        assert Path(one.local).read_bytes() == CONTENT
        assert Path(one.local).stat().st_mtime == desk.server.modified  # as its name has it
        opens.append(len(desk.server.asked(OPEN)))
    assert opens == [2, 3, 4]


@pytest.mark.parametrize("newer", [NEWER, NEWER[:-1000], NEWER + NEWER])
def test_where_handles_have_another_time_than_names_a_change_is_noticed(
    desk: TransferRig, job: FileJob, newer: bytes
) -> None:
    desk.server.instead[FSTAT] = told_of_handles(desk, 3600)
    desk.fetch(job)
    rewriting(desk, newer)
    again = choosing(job, ConflictChoice.REPLACE)
    assert desk.fetch(again).confirmed
    assert Path(job.local).read_bytes() == newer
    assert len(desk.server.asked(OPEN)) == 4


def test_where_times_agree_a_handle_is_asked_once(desk: TransferRig, job: FileJob) -> None:
    desk.fetch(job)
    assert len(desk.server.asked(FSTAT)) == 1
    assert desk.server.asked(STAT) == []


# ---------------------------------------------------------------- sizes told wrongly or not


@pytest.mark.parametrize("told", [0, 1, 100_000, len(CONTENT) - 1, len(CONTENT) + 1, 1 << 40])
@pytest.mark.parametrize("asked_before", [False, True])
def test_a_size_told_wrongly_is_read_to_the_end_and_unconfirmed(
    desk: TransferRig, job: FileJob, told: int, *, asked_before: bool
) -> None:
    desk.server.instead[STAT] = desk.server.instead[FSTAT] = telling(size=told)
    size = told if asked_before else None
    outcome = desk.fetch(msgspec.structs.replace(job, size=size))
    assert Path(job.local).read_bytes() == CONTENT
    assert (outcome.size, outcome.confirmed) == (len(CONTENT), False)
    assert outcome.confirmation is Confirmation.OTHER_SIZE_TOLD
    assert outcome.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert len(desk.server.asked(OPEN)) == 1
    assert not desk.server.open_handles


@pytest.mark.parametrize("size", [0, 1, 32_768, len(CONTENT), 1 << 20])
def test_a_size_that_is_not_told_is_no_reason_not_to_fetch(
    desk: TransferRig, job: FileJob, size: int
) -> None:
    content = (CONTENT * 4)[:size]
    desk.server.files[PATH] = bytearray(content)
    desk.server.instead[STAT] = desk.server.instead[FSTAT] = telling(size=None)
    outcome = desk.fetch(msgspec.structs.replace(job, size=None, modified=None))
    assert Path(job.local).read_bytes() == content
    assert outcome.confirmation is Confirmation.NO_SIZES


def test_few_reads_find_the_end_of_a_small_file(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[PATH] = bytearray(b"small")
    desk.server.instead[STAT] = desk.server.instead[FSTAT] = telling(size=None)
    desk.fetch(msgspec.structs.replace(job, size=None))
    assert len(desk.server.asked(READ)) <= 6


def test_a_size_told_on_the_handle_alone_is_confirmed(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[STAT] = telling(size=None)
    assert desk.fetch(msgspec.structs.replace(job, size=None)).confirmed


def test_a_file_that_shrinks_or_grows_under_a_wrong_size_is_still_noticed(
    desk: TransferRig, job: FileJob
) -> None:
    told = iter([(5, 100), (5, 100), (5, 200), (5, 300), (5, 400), (5, 500)])

    def tell(request: Request) -> list[bytes]:
        size, modified = next(told)
        return telling(size=size, modified=modified)(request)

    desk.server.instead[FSTAT] = tell
    with pytest.raises(ChangedError):
        desk.fetch(msgspec.structs.replace(job, size=5, modified=100))


@pytest.mark.parametrize("choice", [ConflictChoice.FAIL, ConflictChoice.REPLACE])
def test_nothing_at_all_is_not_taken_for_a_file_that_is_said_to_have_something(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    if choice is ConflictChoice.REPLACE:
        desk.write("plate.csv", b"mine")
    desk.server.instead[READ] = lambda request: [status(request.number, EOF)]
    with pytest.raises(SizeMismatchError, match="sends nothing of it"):
        desk.fetch(choosing(job, choice))
    left = {path.name: path.read_bytes() for path in desk.folder.iterdir()}
    assert left == ({"plate.csv": b"mine"} if choice is ConflictChoice.REPLACE else {})
    assert len(desk.server.asked(CLOSE)) == 1


def test_data_behind_the_end_of_a_file_is_no_file(desk: TransferRig, job: FileJob) -> None:
    def end_within(request: Request) -> Iterable[bytes] | None:
        return [status(request.number, EOF)] if request.fields[1] == 32_768 else None

    desk.server.instead[READ] = end_within
    with pytest.raises(ChangedError):
        desk.fetch(job)
    assert os.listdir(desk.folder) == []  # noqa: PTH208  names alone
