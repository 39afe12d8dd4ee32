"""Skipping by size, and replacing what has changed by size and time."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import WrongTypeError
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import ConflictChoice, SkipReason, TransferState
from support.scripted_sftp import OPEN, READ
from support.transfer_rig import CONTENT, TransferRig, choosing

REMOTE = b"/inbox/report.csv"
AT = 1_700_000_000  # what the server says of its files, seconds


def stands(desk: TransferRig, content: bytes) -> None:
    desk.server.files[REMOTE] = bytearray(content)


def modified(job: FileJob, seconds: float) -> None:
    os.utime(job.local, (seconds, seconds))


@pytest.mark.parametrize(
    ("there", "at", "object_store", "sent"),
    [
        pytest.param(CONTENT[::-1], AT - 5, False, False, id="older and as long"),
        pytest.param(CONTENT[::-1], AT, False, False, id="of that second"),
        pytest.param(CONTENT[::-1], AT + 0.5, False, True, id="in that second but later"),
        pytest.param(CONTENT[::-1], AT + 5, False, True, id="newer"),
        pytest.param(CONTENT[::-1], AT + 5, True, False, id="newer, on an object store"),
        pytest.param(CONTENT[:-1], AT - 5, False, True, id="shorter there"),
        pytest.param(CONTENT + b"x", AT - 5, True, True, id="longer there, on an object store"),
        pytest.param(b"", AT - 5, False, True, id="a part of nothing"),
    ],
)
def test_put_replaces_what_has_changed(
    desk: TransferRig, job: FileJob, there: bytes, at: float, *, object_store: bool, sent: bool
) -> None:
    stands(desk, there)
    modified(job, at)
    outcome = desk.send(choosing(job, ConflictChoice.CHANGED), object_store=object_store)
    assert outcome.state is (TransferState.DELIVERED if sent else TransferState.SKIPPED)
    assert desk.server.files[REMOTE] == (CONTENT if sent else there)
    assert outcome.skip_reason is (None if sent else SkipReason.UNCHANGED)


def test_put_compares_sizes_where_no_time_is_told(desk: TransferRig, job: FileJob) -> None:
    stands(desk, CONTENT[::-1])
    desk.server.modified = 0
    outcome = desk.send(choosing(job, ConflictChoice.CHANGED), object_store=False)
    assert outcome.state is TransferState.SKIPPED


def test_put_sends_what_is_not_there(desk: TransferRig, job: FileJob) -> None:
    assert desk.send(choosing(job, ConflictChoice.CHANGED)).state is TransferState.DELIVERED


@pytest.mark.parametrize("changed", [True, False])
def test_put_looks_through_a_link(desk: TransferRig, job: FileJob, *, changed: bool) -> None:
    desk.server.files[b"/real.csv"] = bytearray(CONTENT[:-1] if changed else CONTENT)
    desk.server.links[REMOTE] = b"/real.csv"
    modified(job, AT - 5)
    outcome = desk.send(choosing(job, ConflictChoice.CHANGED), object_store=False)
    assert outcome.state is (TransferState.DELIVERED if changed else TransferState.SKIPPED)


def test_put_skips_by_the_size_behind_a_link(desk: TransferRig, job: FileJob) -> None:
    desk.server.files[b"/real.csv"] = bytearray(CONTENT)
    desk.server.links[REMOTE] = b"/real.csv"
    same = desk.send(choosing(job, ConflictChoice.SKIP))
    assert (same.state, same.skip_reason) == (TransferState.SKIPPED, SkipReason.NAME_TAKEN)


def test_a_folder_is_no_changed_file(desk: TransferRig, job: FileJob) -> None:
    desk.server.folders.add(REMOTE)
    with pytest.raises(WrongTypeError):
        desk.send(choosing(job, ConflictChoice.CHANGED))
    assert desk.server.asked(OPEN) == []


@pytest.mark.parametrize("there", [CONTENT[:3], b"", CONTENT + b"x"])
def test_put_that_skips_another_size_says_so(desk: TransferRig, job: FileJob, there: bytes) -> None:
    stands(desk, there)
    outcome = desk.send(choosing(job, ConflictChoice.SKIP))
    assert outcome.skip_reason is SkipReason.OTHER_SIZE_THERE


@pytest.fixture
def fetched(desk: TransferRig) -> FileJob:
    """Make a file to fetch, and an older one in its place."""
    stands(desk, CONTENT)
    here = desk.write("report.csv", CONTENT[::-1])
    return FileJob(number=0, local=here, remote=REMOTE, size=len(CONTENT), modified=AT)


@pytest.mark.parametrize(
    ("here", "at", "comes"),
    [
        pytest.param(CONTENT[::-1], AT, False, id="as it was fetched"),
        pytest.param(CONTENT[::-1], AT + 0.7, False, id="within the second"),
        pytest.param(CONTENT[::-1], AT + 1, True, id="newer here"),
        pytest.param(CONTENT[::-1], AT - 1, True, id="older here"),
        pytest.param(CONTENT[:-1], AT, True, id="shorter here"),
    ],
)
@pytest.mark.parametrize("is_known", [True, False], ids=["listed", "named"])
def test_get_replaces_what_differs(
    desk: TransferRig, fetched: FileJob, here: bytes, at: float, *, comes: bool, is_known: bool
) -> None:
    Path(fetched.local).write_bytes(here)
    modified(fetched, at)
    job = choosing(fetched, ConflictChoice.CHANGED)
    if not is_known:
        job = msgspec.structs.replace(job, size=None, modified=None)
    outcome = desk.fetch(job)
    assert outcome.state is (TransferState.DELIVERED if comes else TransferState.SKIPPED)
    assert Path(job.local).read_bytes() == (CONTENT if comes else here)
    assert bool(desk.server.asked(READ)) is comes


def test_get_again_finds_nothing_changed(desk: TransferRig, fetched: FileJob) -> None:
    job = choosing(fetched, ConflictChoice.CHANGED)
    modified(job, AT - 5)
    assert desk.fetch(job).state is TransferState.DELIVERED
    assert desk.fetch(job).state is TransferState.SKIPPED


def test_get_compares_sizes_where_no_time_is_told(desk: TransferRig, fetched: FileJob) -> None:
    job = msgspec.structs.replace(choosing(fetched, ConflictChoice.CHANGED), modified=0)
    assert desk.fetch(job).state is TransferState.SKIPPED


def test_get_that_skips_another_size_says_so(desk: TransferRig, fetched: FileJob) -> None:
    Path(fetched.local).write_bytes(b"half")
    outcome = desk.fetch(choosing(fetched, ConflictChoice.SKIP))
    assert outcome.skip_reason is SkipReason.OTHER_SIZE_THERE


def test_a_folder_here_is_no_changed_file(desk: TransferRig, fetched: FileJob) -> None:
    Path(fetched.local).unlink()
    Path(fetched.local).mkdir()
    with pytest.raises(WrongTypeError):
        desk.fetch(choosing(fetched, ConflictChoice.CHANGED))
