"""A file that replaces another waits for whoever else on this computer does so."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import ConflictError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.late_parts import OldHandle
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.reports import UploadFailure
from ferrygate.transfers.upload_claims import Claim, UploadClaims
from ferrygate.transfers.views import Confirmation, ConflictChoice, TransferState
from support.checkpoints import delivered
from support.lane_worker_rig import CONTENT, LaneWorkerRig
from support.scripted_sftp import OPEN
from support.transfer_rig import choosing


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LaneWorkerRig]:
    with contextlib.closing(LaneWorkerRig(tmp_path)) as rig:
        yield rig


async def never(_seconds: float) -> None:
    raise AssertionError("somebody has it")


def claimed_by_another(rig: LaneWorkerRig) -> Claim:
    claims = UploadClaims(SystemDisk(), rig.folder / "replacing", "account", SystemThreads())
    work = claims.acquire(b"/inbox/a.csv", never, replaces=True)
    with pytest.raises(StopIteration) as taken:
        work.send(None)
    claim: Claim = taken.value.value
    return claim


def test_what_another_run_replaces_is_not_opened(rig: LaneWorkerRig) -> None:
    rig.server.files[b"/inbox/a.csv"] = bytearray(b"old")
    job = choosing(rig.job(), ConflictChoice.REPLACE)
    with contextlib.closing(claimed_by_another(rig)):
        rig.work_off(job)
    (end,) = rig.told.ends.values()
    cause = end.cause if isinstance(end, UploadFailure) else end
    assert isinstance(cause, ConflictError)
    assert "Another transfer on this computer" in str(cause.problem.sentence)
    assert rig.server.asked(OPEN) == []
    assert rig.server.files[b"/inbox/a.csv"] == b"old"


@pytest.mark.parametrize("choice", [ConflictChoice.FAIL, ConflictChoice.REPLACE])
def test_what_nobody_else_replaces_is_sent_at_once(
    rig: LaneWorkerRig, choice: ConflictChoice
) -> None:
    rig.work_off(choosing(rig.job(), choice))
    (end,) = rig.told.ends.values()
    assert isinstance(end, FileOutcome)
    assert rig.server.files[b"/inbox/a.csv"] == CONTENT
    assert not list(rig.folder.glob("replacing/*"))


def test_two_files_for_one_new_name_of_an_object_store_are_not_both_sent(
    rig: LaneWorkerRig,
) -> None:
    """The store shows neither before CLOSE, so the second one would come over the first."""
    jobs = [
        msgspec.structs.replace(rig.job(f"{number}.csv"), number=number, remote=name.encode())
        for number, name in enumerate(["/inbox/\u00fc.csv", "/inbox/u\u0308.csv"])
    ]
    rig.work_off(*jobs)
    delivered, failed = (rig.told.ends[job.remote] for job in jobs)
    assert isinstance(delivered, FileOutcome)
    assert isinstance(failed, UploadFailure)
    assert isinstance(failed.cause, ConflictError)
    assert list(rig.server.files) == [jobs[0].remote]


def test_a_file_after_which_another_was_sent_to_its_name_is_asked_about_once(
    rig: LaneWorkerRig,
) -> None:
    """The other one is never asked about, so the old handle is never forgotten."""
    job = rig.job()
    sent = FileOutcome(
        state=TransferState.DELIVERED,
        local=job.local,
        remote=job.remote,
        size=len(CONTENT),
        sha256="one",
    )
    rig.late.lost(job.remote, OldHandle(sent=10, until=rig.clock.monotonic() + 330))
    rig.late.deliver(job.remote, "one")
    rig.late.deliver(job.remote, "another")
    rig.clock.time += 331
    rig.work_off(msgspec.structs.replace(job, resume_from=delivered(sent)))
    assert rig.told.late == {}
    end = rig.told.ends[job.remote]
    assert isinstance(end, FileOutcome)
    assert end.confirmation is Confirmation.REPLACED_SINCE
