"""Python passes over what is kept for each file when it looks for garbage: all stands meanwhile."""

from __future__ import annotations

import gc

import pytest

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Cancelled
from ferrygate.engine import messages as m
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import Outcome

ENTRY = Entry(b"a.csv", EntryKind.FILE, 1, 2)
OUTCOME = Outcome(state=m.TransferState.DELIVERED, local="a.csv", remote=b"/a.csv")
VIEW = m.FileView(number=0, local="a.csv", remote=b"/a.csv", state=m.TransferState.WAITING)
BATCH = m.BatchView(
    batch=m.BatchId("1"), direction=m.Direction.UPLOAD, name="a.csv", sources=1, target="/"
)
KEPT = (
    ENTRY,
    OUTCOME,
    VIEW,
    m.FileChanged(m.BatchId("1"), VIEW),
    m.BatchChanged(BATCH),
    BATCH,
    FileJob(number=0, local="a.csv", remote=b"/a.csv"),
    UploadCheckpoint(overwritten=ENTRY, delivered=OUTCOME),
    Cancelled().problem,
)


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: type(kept).__name__)
def test_what_is_kept_for_each_file_is_passed_over(kept: object) -> None:
    assert not gc.is_tracked(kept)
