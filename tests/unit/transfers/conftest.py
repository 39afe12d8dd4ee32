from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.transfers.outcome import FileJob
from transfer_rig import CONTENT, TransferRig


@pytest.fixture
def desk(tmp_path: Path) -> TransferRig:
    return TransferRig(tmp_path)


@pytest.fixture
def job(desk: TransferRig) -> FileJob:
    """A file to send."""
    return FileJob(number=0, local=desk.write("report.csv", CONTENT), remote=b"/inbox/report.csv")
