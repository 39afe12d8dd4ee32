"""Names that a file is to get, and that something has which is no file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from ferrygate.common.errors import ConflictError, WrongTypeError
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.views import ConflictChoice, SkipReason, TransferState
from support.scripted_sftp import OPEN, READ, Request, ScriptedServer, status
from support.sftp_bytes import FAILURE
from support.transfer_rig import CONTENT, TransferRig, choosing

REMOTE = b"/inbox/report.csv"
DEVICE = 0o020666
NEEDS_A_FILE = [ConflictChoice.REPLACE, ConflictChoice.SKIP, ConflictChoice.CHANGED]

needing_a_file = pytest.mark.parametrize("choice", NEEDS_A_FILE)


# ---------------------------------------------------------------- sent


def folder_there(server: ScriptedServer) -> None:
    server.folders.add(REMOTE)


def link_to_folder_there(server: ScriptedServer) -> None:
    server.folders.add(b"/real")
    server.links[REMOTE] = b"/real"


def device_there(server: ScriptedServer) -> None:
    server.files[REMOTE] = bytearray(CONTENT)
    server.modes[REMOTE] = DEVICE


def folder_that_comes_just_now(server: ScriptedServer) -> None:
    def refuse(request: Request) -> Iterable[bytes]:
        server.folders.add(REMOTE)
        return [status(request.number, FAILURE)]

    server.instead[OPEN] = refuse


@needing_a_file
@pytest.mark.parametrize(
    "put_there",
    [folder_there, link_to_folder_there, device_there, folder_that_comes_just_now],
    ids=lambda function: function.__name__,
)
def test_put_takes_nothing_else_for_the_file_of_that_name(
    desk: TransferRig,
    job: FileJob,
    choice: ConflictChoice,
    put_there: Callable[[ScriptedServer], None],
) -> None:
    put_there(desk.server)
    with pytest.raises(WrongTypeError, match=r"“report\.csv” is (a folder|neither)"):
        desk.send(choosing(job, choice), object_store=False)
    expected = 1 if put_there is folder_that_comes_just_now else 0
    assert len(desk.server.asked(OPEN)) == expected


@pytest.mark.parametrize("choice", [ConflictChoice.SKIP, ConflictChoice.CHANGED])
def test_put_finds_a_folder_where_no_kinds_are_told(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    desk.server.mode = lambda _mode: None
    folder_there(desk.server)
    with pytest.raises(WrongTypeError):
        desk.send(choosing(job, choice), object_store=False)


def test_put_skips_a_file_where_no_kinds_are_told(desk: TransferRig, job: FileJob) -> None:
    desk.server.mode = lambda _mode: None
    desk.server.files[REMOTE] = bytearray(CONTENT[:-1])
    outcome = desk.send(choosing(job, ConflictChoice.SKIP), object_store=False)
    assert (outcome.state, outcome.skip_reason) == (
        TransferState.SKIPPED,
        SkipReason.OTHER_SIZE_THERE,
    )


def test_put_does_not_skip_for_a_link_that_leads_nowhere(desk: TransferRig, job: FileJob) -> None:
    desk.server.links[REMOTE] = b"/none"
    with pytest.raises(WrongTypeError, match="leads nowhere"):
        desk.send(choosing(job, ConflictChoice.SKIP))
    assert desk.server.asked(OPEN) == []


@pytest.mark.parametrize("choice", [ConflictChoice.REPLACE, ConflictChoice.CHANGED])
def test_put_writes_the_file_that_a_link_names(
    desk: TransferRig, job: FileJob, choice: ConflictChoice
) -> None:
    desk.server.links[REMOTE] = b"/none"
    outcome = desk.send(choosing(job, choice), object_store=False)
    assert outcome.state is TransferState.DELIVERED
    assert desk.server.files[b"/none"] == CONTENT


def test_put_keeps_a_folder_and_the_file(desk: TransferRig, job: FileJob) -> None:
    folder_there(desk.server)
    outcome = desk.send(choosing(job, ConflictChoice.KEEP_BOTH))
    assert outcome.remote == b"/inbox/report (2).csv"


def test_put_without_a_choice_fails_at_a_folder(desk: TransferRig, job: FileJob) -> None:
    folder_there(desk.server)
    with pytest.raises(ConflictError):
        desk.send(job)


# ---------------------------------------------------------------- fetched


def make_folder(path: Path) -> None:
    path.mkdir()


def link_to_folder(path: Path) -> None:
    path.symlink_to(path.parent)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.fixture
def fetched(desk: TransferRig) -> FileJob:
    """Make a file to fetch, under a name that is free yet."""
    desk.server.files[REMOTE] = bytearray(CONTENT)
    local = str(desk.folder / "report.csv")
    return FileJob(number=0, local=local, remote=REMOTE, size=len(CONTENT))


@pytest.mark.parametrize("choice", [ConflictChoice.SKIP, ConflictChoice.CHANGED])
@pytest.mark.parametrize(
    "put_there", [make_folder, link_to_folder, make_pipe], ids=lambda function: function.__name__
)
def test_get_takes_nothing_else_for_the_file_of_that_name(
    desk: TransferRig,
    fetched: FileJob,
    choice: ConflictChoice,
    put_there: Callable[[Path], None],
) -> None:
    put_there(Path(fetched.local))
    with pytest.raises(WrongTypeError, match=r"“report\.csv” is (a folder|neither)"):
        desk.fetch(choosing(fetched, choice))
    assert desk.server.asked(READ) == []


def test_get_does_not_skip_for_a_link_that_leads_nowhere(
    desk: TransferRig, fetched: FileJob
) -> None:
    Path(fetched.local).symlink_to("none")
    with pytest.raises(WrongTypeError, match="leads nowhere"):
        desk.fetch(choosing(fetched, ConflictChoice.SKIP))


@pytest.mark.parametrize("choice", [ConflictChoice.REPLACE, ConflictChoice.CHANGED])
def test_get_replaces_a_link_that_leads_nowhere(
    desk: TransferRig, fetched: FileJob, choice: ConflictChoice
) -> None:
    Path(fetched.local).symlink_to("none")
    desk.fetch(choosing(fetched, choice))
    assert Path(fetched.local).read_bytes() == CONTENT
    assert not Path(fetched.local).is_symlink()


def test_get_compares_what_a_link_leads_to(desk: TransferRig, fetched: FileJob) -> None:
    shutil.copy(desk.write("real.csv", CONTENT), desk.folder / "copy.csv")
    os.utime(desk.folder / "real.csv", (desk.server.modified, desk.server.modified))
    Path(fetched.local).symlink_to("real.csv")
    outcome = desk.fetch(choosing(fetched, ConflictChoice.CHANGED))
    assert outcome.state is TransferState.SKIPPED
