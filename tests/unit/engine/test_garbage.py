"""Python passes over what is kept for each file when it looks for garbage: all stands meanwhile."""

from __future__ import annotations

import gc

import pytest

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Cancelled
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import BatchId, BatchView, Direction, FileView, TransferState

ENTRY = Entry(b"a.csv", EntryKind.FILE, 1, 2)
OUTCOME = FileOutcome(state=TransferState.DELIVERED, local="a.csv", remote=b"/a.csv")
VIEW = FileView(number=0, local="a.csv", remote=b"/a.csv", state=TransferState.WAITING)
BATCH = BatchView(
    batch=BatchId("1"), direction=Direction.UPLOAD, name="a.csv", sources=1, target="/"
)
KEPT = (
    ENTRY,
    OUTCOME,
    VIEW,
    FileChanged(BatchId("1"), VIEW),
    BatchChanged(BATCH),
    BATCH,
    FileJob(number=0, local="a.csv", remote=b"/a.csv"),
    UploadCheckpoint(overwritten=ENTRY, delivered=OUTCOME),
    Cancelled().problem,
)


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: type(kept).__name__)
def test_what_is_kept_for_each_file_is_passed_over(kept: object) -> None:
    assert not gc.is_tracked(kept)
