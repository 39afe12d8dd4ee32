"""Two writers of one file at once, on a server that shows files from OPEN on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.other_writers import MixedError
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.scripted_sftp import (
    ATTRS,
    CLOSE,
    FSTAT,
    LSTAT,
    STAT,
    WRITE,
    Request,
    attributes,
    refusing,
    reply,
)
from support.sftp_bytes import FAILURE, OP_UNSUPPORTED, PERMISSION_DENIED
from support.transfer_rig import CONTENT, TransferRig, choosing

PATH = b"/inbox/report.csv"
WHOLE = len(CONTENT)


@pytest.fixture
def job(desk: TransferRig) -> FileJob:
    """Make a file of several WRITEs, over one of another size."""
    desk.server.files[PATH] = bytearray(b"old" * 1000)
    desk.rig.channel.keeps_order = True
    local = desk.write("report.csv", CONTENT)
    return choosing(FileJob(number=0, local=local, remote=PATH), ConflictChoice.REPLACE)


def telling(sizes: Callable[[int], int | None]) -> Callable[[Request], list[bytes]]:
    """Make a hook for FSTAT that tells a size for so many looks as there were."""
    looks = 0

    def tell(request: Request) -> list[bytes]:
        nonlocal looks
        looks += 1
        size = sizes(looks)
        told = bytes(4) if size is None else attributes(size)
        return [reply(ATTRS, request.number, told)]

    return tell


@pytest.mark.parametrize("at", [1, 2])
def test_another_writer_who_is_ahead_is_told(desk: TransferRig, job: FileJob, at: int) -> None:
    desk.server.instead[FSTAT] = telling(lambda look: WHOLE if look == at else 0)
    with pytest.raises(MixedError, match=r"Somebody else wrote to “report\.csv”") as caught:
        desk.send(job, object_store=False)
    assert "once the other one is finished" in str(caught.value.problem.next_step)
    assert desk.server.files[PATH] == CONTENT  # it was finished, and is left as it is
    assert desk.checkpoint.part_path is None
    assert not desk.server.open_handles


@pytest.mark.parametrize("at", [1, 2])
def test_a_server_that_does_requests_side_by_side_has_our_own_later_bytes(
    desk: TransferRig, job: FileJob, at: int
) -> None:
    desk.rig.channel.keeps_order = False
    desk.server.instead[FSTAT] = telling(lambda look: WHOLE if look == at else 0)
    assert desk.send(job, object_store=False).confirmed


@pytest.mark.parametrize("at", [1, 2])
def test_more_than_we_have_sent_is_another_writers_on_any_server(
    desk: TransferRig, job: FileJob, at: int
) -> None:
    desk.rig.channel.keeps_order = False
    desk.server.instead[FSTAT] = telling(lambda look: WHOLE + 1 if look == at else 0)
    with pytest.raises(MixedError):
        desk.send(job, object_store=False)


def test_what_a_handle_of_ours_that_was_lost_writes_late_is_no_other_writer(
    desk: TransferRig, job: FileJob
) -> None:
    desk.checkpoint.sent = WHOLE
    desk.server.instead[FSTAT] = telling(lambda _look: WHOLE)
    assert desk.send(job, object_store=False).confirmed


def test_a_writer_alone_is_told_as_delivered(desk: TransferRig, job: FileJob) -> None:
    assert desk.send(job, object_store=False).confirmed
    kinds = [request.kind for request in desk.server.requests]
    assert kinds[kinds.index(WRITE) - 1] == FSTAT
    assert kinds[len(kinds) - 1 - kinds[::-1].index(WRITE) - 1] == FSTAT
    assert kinds.count(FSTAT) <= 2 + kinds.count(WRITE) // 8


def test_a_file_of_many_pieces_is_looked_at_on_the_way(desk: TransferRig, job: FileJob) -> None:
    desk.write("report.csv", CONTENT * 8)
    assert desk.send(job, object_store=False).confirmed
    assert len(desk.server.asked(FSTAT)) == 2 + len(desk.server.asked(WRITE)) // 8 - 1


@pytest.mark.parametrize("old", [3000, WHOLE, 2 * WHOLE])
def test_a_server_that_tells_the_old_size_until_close_tells_nothing(
    desk: TransferRig, job: FileJob, old: int
) -> None:
    desk.server.files[PATH] = bytearray(old)
    desk.server.instead[FSTAT] = telling(lambda _look: old)
    assert desk.send(job, object_store=False).state is TransferState.DELIVERED


def test_where_nobody_knows_what_stood_there_a_size_at_the_beginning_tells_nothing(
    desk: TransferRig, job: FileJob
) -> None:
    desk.server.instead[LSTAT] = desk.server.instead[STAT] = refusing(PERMISSION_DENIED)
    desk.server.instead[FSTAT] = telling(lambda _look: 2 * WHOLE)
    assert desk.send(job, object_store=False).state is TransferState.DELIVERED


@pytest.mark.parametrize("code", [FAILURE, OP_UNSUPPORTED])
def test_a_server_without_fstat_is_no_reason_to_fail(
    desk: TransferRig, job: FileJob, code: int
) -> None:
    desk.server.instead[FSTAT] = refusing(code)
    assert desk.send(job, object_store=False).confirmed


def test_a_server_that_tells_no_sizes_is_no_reason_to_fail(desk: TransferRig, job: FileJob) -> None:
    desk.server.instead[FSTAT] = telling(lambda _look: None)
    assert desk.send(job, object_store=False).confirmed


def test_a_new_file_that_somebody_else_replaces_meanwhile_is_told(
    desk: TransferRig, job: FileJob
) -> None:
    del desk.server.files[PATH]
    desk.server.instead[FSTAT] = telling(lambda look: 0 if look == 1 else WHOLE)
    with pytest.raises(MixedError):
        desk.send(choosing(job, ConflictChoice.FAIL), object_store=False)


def test_a_small_file_costs_nothing_more(desk: TransferRig, job: FileJob) -> None:
    desk.write("report.csv", b"small")
    desk.send(job, object_store=False)
    assert desk.server.asked(FSTAT) == []


def test_an_object_store_has_nothing_to_look_at(desk: TransferRig, job: FileJob) -> None:
    desk.send(job)
    assert desk.server.asked(FSTAT) == []
    assert len(desk.server.asked(CLOSE)) == 1
