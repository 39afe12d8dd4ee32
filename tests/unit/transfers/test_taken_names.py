"""The errors about taken names tell both sides, so that a person can choose."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ferrygate.common.entry import EntryKind
from ferrygate.transfers.conflict import NameTakenError
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.scripted_sftp import EXCL, LSTAT, OPEN, STAT, status
from support.sftp_bytes import PERMISSION_DENIED
from support.transfer_rig import CONTENT, TransferRig

EXISTS = 11
TARGET = b"/inbox/report.csv"
ASK = ConflictChoice.ASK


def upload_of(desk: TransferRig) -> FileJob:
    local = desk.write("report.csv", CONTENT)
    os.utime(local, (1_600_000_000, 1_600_000_000))
    return FileJob(number=0, local=local, remote=TARGET, on_conflict=ASK)


def refused(desk: TransferRig, job: FileJob, *, object_store: bool = True) -> NameTakenError:
    with pytest.raises(NameTakenError) as raised:
        desk.send(job, object_store=object_store)
    return raised.value


def test_an_upload_tells_size_and_time_of_both(desk: TransferRig) -> None:
    desk.server.files[TARGET] = bytearray(b"old")
    error = refused(desk, upload_of(desk))
    assert error.new == FileFacts(EntryKind.FILE, len(CONTENT), 1_600_000_000.0)
    assert error.existing == FileFacts(EntryKind.FILE, 3, 1_700_000_000)


@pytest.mark.parametrize(
    ("leads_to", "kind"),
    [(b"/inbox", EntryKind.FOLDER), (b"/other", EntryKind.FILE), (b"/gone", EntryKind.LINK)],
)
def test_a_link_counts_as_what_it_leads_to(
    desk: TransferRig, leads_to: bytes, kind: EntryKind
) -> None:
    desk.server.files[b"/other"] = bytearray(b"old")
    desk.server.links[TARGET] = leads_to
    assert refused(desk, upload_of(desk)).existing.kind is kind


def test_a_folder_of_that_name_is_told_as_one(desk: TransferRig) -> None:
    desk.server.folders.add(TARGET)
    assert refused(desk, upload_of(desk)).existing.kind is EntryKind.FOLDER


def test_a_name_that_only_open_knows_is_asked_about_without_its_size(desk: TransferRig) -> None:
    desk.server.files[TARGET] = bytearray(b"old")
    for kind in (LSTAT, STAT):
        desk.server.instead[kind] = lambda request: [status(request.number, PERMISSION_DENIED)]
    desk.server.instead[OPEN] = lambda request: (
        [status(request.number, EXISTS)] if request.fields[1] & EXCL else None
    )
    error = refused(desk, upload_of(desk), object_store=False)
    assert error.existing == FileFacts()


def download_to(tmp_path: Path, *, size: int | None = None, modified: int | None = None) -> FileJob:
    local = str(tmp_path / "to" / "report.csv")
    return FileJob(
        number=0, local=local, remote=TARGET, size=size, modified=modified, on_conflict=ASK
    )


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_download_tells_size_and_time_of_both(
    desk: TransferRig, tmp_path: Path, *, is_folder: bool
) -> None:
    job = download_to(tmp_path, size=7, modified=1_600_000_000)
    here = Path(job.local)
    if is_folder:
        here.mkdir(parents=True)
    else:
        here.parent.mkdir()
        here.write_text("old")
    os.utime(here, (1_500_000_000, 1_500_000_000))
    with pytest.raises(NameTakenError) as raised:
        desk.fetch(job)
    assert raised.value.new == FileFacts(EntryKind.FILE, 7, 1_600_000_000)
    existing = raised.value.existing
    assert existing.kind is (EntryKind.FOLDER if is_folder else EntryKind.FILE)
    assert existing.modified == 1_500_000_000.0
    assert is_folder or existing.size == 3


def test_a_name_that_was_taken_meanwhile_tells_both_as_well(
    desk: TransferRig, tmp_path: Path
) -> None:
    desk.server.files[TARGET] = bytearray(CONTENT)
    job = download_to(tmp_path)
    Path(job.local).parent.mkdir()

    def take_the_name(_state: TransferState, moved: int) -> None:
        if moved:
            Path(job.local).write_text("mine")

    desk.reports.then = take_the_name
    with pytest.raises(NameTakenError) as raised:
        desk.fetch(job)
    assert raised.value.new.size == len(CONTENT)
    assert raised.value.existing.size == len("mine")
