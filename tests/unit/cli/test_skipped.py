"""What is told of files that were skipped."""

from __future__ import annotations

import json

import pytest

from ferrygate.cli.terminal import Terminal
from ferrygate.cli.transfer_report import TransferReport
from ferrygate.common.clock import Clock
from ferrygate.engine.messages import (
    ConflictChoice,
    Direction,
    FileChanged,
    FileView,
    TransferState,
)

Capture = pytest.CaptureFixture[str]

OTHER = FileView(
    number=0,
    local="d.csv",
    remote=b"/inbox/d.csv",
    state=TransferState.SKIPPED,
    size=1,
    note="skipped, another size on the server",
    size_differs=True,
)


def test_skipping_another_size_is_not_all_done(
    terminal: Terminal, clock: Clock, capsys: Capture
) -> None:
    terminal.as_json = True
    report = TransferReport(terminal, clock, Direction.UPLOAD, "/inbox", ConflictChoice.SKIP)
    report(FileChanged(1, OTHER))
    report.end()
    assert not report.complete
    told = capsys.readouterr()
    assert json.loads(told.out)["size_differs"] is True
    assert told.err.splitlines() == [
        "d.csv: skipped, another size on the server",
        "0 files delivered, 0 bytes. Skipped: 1.",
        "What has another size is moved with --on-conflict changed or replace.",
    ]
